/* SPDX-License-Identifier: MIT */
/* A whole stream at hand as named arrays: how models are loaded. A regular
   file is mapped, so that a large model costs nothing until it is touched;
   anything else (a pipe, a deflated array) is read into memory.

   What is verified when: opening a mapped file checks all headers, padding and
   chunk tables, the end block, and the payload of everything but the chunks
   of an "Arry", which are checked when rec_array_check first covers them. The
   digest of the whole is verified only where everything is read: on a pipe. A
   mapped file must not be changed in place while in use; files written with
   -o never are, they are replaced. */
#ifndef REC_STORE_H
#define REC_STORE_H

#include "io/stream.h"

struct rec_store;

/* One array of the store. Borrowed from it. */
struct rec_array {
    struct rec_block block; /* type, name, dtype, data, nbytes */
    uint8_t *checked;       /* one per chunk; NULL: all verified */
    const uint8_t *table;   /* the chunk CRCs when CHECKED is not NULL */
    void *owned;            /* memory to free, or NULL when mapped */
    const char *file;       /* for messages */
};

REC_MUST_CHECK int rec_store_open(struct rec_store **s, const char *path,
                                  struct rec_error *err);
void rec_store_close(struct rec_store *s);

const char *rec_store_name(const struct rec_store *s);
const struct rec_head *rec_store_head(const struct rec_store *s);
const char *rec_store_prov(const struct rec_store *s);
const struct rec_counts *rec_store_counts(const struct rec_store *s);
const uint8_t *rec_store_digest(const struct rec_store *s);
const struct rec_volume *rec_store_volume(const struct rec_store *s);

/* Arrays in file order. */
size_t rec_store_count(const struct rec_store *s);
const struct rec_array *rec_store_at(const struct rec_store *s, size_t i);

/* The first array of TYPE and NAME ("" for none), or NULL. */
const struct rec_array *rec_store_find(const struct rec_store *s,
                                       const char *type, const char *name);

/* The "Arry" block NAME, which must have DTYPE and COUNT elements, all finite;
   an error naming the file otherwise. Where rec_array_check has yet to look,
   it looks for that too. */
REC_MUST_CHECK int rec_store_array(const struct rec_store *s,
                                   const char *name, enum rec_dtype dtype,
                                   size_t count,
                                   const struct rec_array **out,
                                   struct rec_error *err);

/* Verify the bytes [OFFSET, OFFSET + N) of A unless done before. Safe from
   several threads at once. REC_EVALUE if A is shorter than that. */
REC_MUST_CHECK int rec_array_check(const struct rec_array *a, size_t offset,
                                   size_t n, struct rec_error *err);

/* Verify everything: all of every array, and the digest of the whole. */
REC_MUST_CHECK int rec_store_verify(const struct rec_store *s,
                                    struct rec_error *err);

#endif
