/* SPDX-License-Identifier: MIT */
/* A whole interactions stream in memory, for what cannot be done in one
   pass. */
#ifndef REC_DATASET_H
#define REC_DATASET_H

#include "data/csr.h"
#include "data/dict.h"
#include "data/rows.h"

struct rec_data {
    struct rec_dict *users; /* row r of the matrix is user r */
    struct rec_dict *items;
    struct rec_csr rows;
    struct rec_head head;
    char *prov; /* provenance text, "" when there is none */
    uint8_t digest[REC_DIGEST_BYTES];
};

/* Read PATH ("-": standard input) of KIND (NULL: interactions or a ranking)
   to its verified end. A user given twice is REC_EREPEAT. *OUT is the
   caller's, to be released. */
REC_MUST_CHECK int rec_data_load(struct rec_data *out, const char *path,
                                 const char *kind, struct rec_error *err);
/* The same of groups of users: of kind groups, or interactions, whose items are
   the groups then. */
REC_MUST_CHECK int rec_data_load_groups(struct rec_data *out, const char *path,
                                        struct rec_error *err);

/* The same from R, of which nothing was read yet. R stays the caller's, but
   gives its items away. */
REC_MUST_CHECK int rec_data_read(struct rec_data *out,
                                 struct rec_row_reader *r,
                                 struct rec_error *err);
/* The same as rec_data_load with the N extra columns WANT: MORE[k], the
   caller's to free, gets the values of column k, four bytes for each event.
   REC_EFORMAT if the rows have no such column. */
REC_MUST_CHECK int rec_data_load_more(struct rec_data *out, const char *path,
                                      const char *kind,
                                      const struct rec_column *want, size_t n,
                                      uint32_t **more, struct rec_error *err);
/* REC_EREPEAT if a row has an item twice: FILE, and what its rows and items are
   called, "user" and "target", are for the message. */
REC_MUST_CHECK int rec_data_check_once(const struct rec_data *d,
                                       const char *file, const char *user,
                                       const char *item,
                                       struct rec_error *err);
void rec_data_release(struct rec_data *d);

/* Row R with its user's id, all borrowed from D. */
struct rec_row rec_data_row(const struct rec_data *d, size_t r);

#endif
