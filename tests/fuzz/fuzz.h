/* SPDX-License-Identifier: MIT */
/* Readers of what comes from outside, each as a function of the bytes of one
   file: what the fuzzer (driver.c) and the replay of its findings (replay.c)
   call. A target aborts where two ways to read the same bytes disagree; all
   else is for the sanitizers to see. Nothing is written to a disk. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "io/output.h"

struct fuzz_target {
    const char *name;
    int stream; /* its input is a stream: worth mending after a change */
    void (*one)(const uint8_t *data, size_t n);
};

extern const struct fuzz_target fuzz_targets[];
extern const size_t fuzz_target_count;
/* NULL if there is none of this name. */
const struct fuzz_target *fuzz_find(const char *name);

void fuzz_stream(const uint8_t *data, size_t n);
void fuzz_rows(const uint8_t *data, size_t n);
void fuzz_gram(const uint8_t *data, size_t n);
void fuzz_model(const uint8_t *data, size_t n);
void fuzz_table(const uint8_t *data, size_t n);
void fuzz_vectors(const uint8_t *data, size_t n);
void fuzz_calibration(const uint8_t *data, size_t n);
void fuzz_checkpoint(const uint8_t *data, size_t n);
void fuzz_text(const uint8_t *data, size_t n);
void fuzz_gzip(const uint8_t *data, size_t n);
void fuzz_lists(const uint8_t *data, size_t n);
void fuzz_ids(const uint8_t *data, size_t n);
void fuzz_number(const uint8_t *data, size_t n);

/* The path of a file in memory with these bytes, until the next call. */
const char *fuzz_file(const uint8_t *data, size_t n);
/* The path of a pipe that yields them, until fuzz_pipe_end; NULL if they are
   too many for one, or this is not the input for it. */
enum { FUZZ_PIPE = 1 << 15 };
const char *fuzz_pipe(const uint8_t *data, size_t n);
void fuzz_pipe_end(void);

/* An output to nowhere. */
struct rec_output *fuzz_null(void);

/* Write a seed of the target checkpoint onto O: of Mult-VAE, RecVAE, AMP-CF by
   cosines or by products, SORT 0 to 3. */
void fuzz_checkpoint_seed(int sort, int judged, struct rec_output *o);

/* Abort with WHAT and the cause in ERR (which may be NULL) unless OK. */
void fuzz_need(int ok, const char *what, const struct rec_error *err);

#endif
