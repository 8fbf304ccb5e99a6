/* SPDX-License-Identifier: MIT */
/* For unit tests: scratch files and pipes, and streams forged byte by byte,
   so that a test can say things that no writer would. Everything here aborts
   the test when the system fails. */
#ifndef FORGE_H
#define FORGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "io/stream.h"

/* ---- files and pipes -------------------------------------------------- */

struct scratch {
    char path[64]; /* an empty file under TMPDIR or /tmp */
};

void scratch_open(struct scratch *s);
void scratch_close(struct scratch *s); /* removes it */
/* Make N bytes its whole content. */
void scratch_put(const struct scratch *s, const void *p, size_t n);
/* Change its byte at OFFSET; make it N bytes long. */
void scratch_poke(const struct scratch *s, size_t offset, uint8_t byte);
void scratch_cut(const struct scratch *s, size_t n);
/* Its content, to be freed. */
uint8_t *scratch_get(const struct scratch *s, size_t *n);

/* A pipe that yields the N bytes at P; PATH names its end for reading. A
   child process writes. Ended by scratch_pipe_close. */
struct scratch_pipe {
    char path[32];
    int fd;
    long child;
};
void scratch_pipe_open(struct scratch_pipe *s, const void *p, size_t n);
void scratch_pipe_close(struct scratch_pipe *s);

/* ---- forged streams --------------------------------------------------- */

struct forge {
    struct rec_buf bytes;
    uint64_t blocks;
};

/* The file header and a Head block of this text (NULL: no Head). */
void forge_begin(struct forge *f, const char *head);
/* Any header with this payload and its padding; the lengths and the CRC of
   the payload are the caller's. */
struct forge_header {
    const char *type, *name;
    uint32_t flags, dtype, crc;
    uint64_t raw, stored;
};
void forge_raw(struct forge *f, const struct forge_header *h,
               const void *payload, size_t n);
/* A right block: plain, N bytes. */
void forge_block(struct forge *f, const char *type, uint32_t dtype,
                 const void *data, size_t n);
void forge_text(struct forge *f, const char *type, const char *text);
/* A right end block with these counts. */
void forge_end(struct forge *f, uint64_t rows, uint64_t events,
               uint64_t items);
void forge_release(struct forge *f);

/* Repair the CRC of the block header at OFFSET after a change. */
void forge_repair(uint8_t *header);

#endif
