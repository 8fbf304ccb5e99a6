/* SPDX-License-Identifier: MIT */
/* Titles of items, for people to read, joined by item id. */
#ifndef REC_TITLES_H
#define REC_TITLES_H

#include "base/mem.h"
#include "data/dict.h"

struct rec_titles {
    struct rec_buf text; /* the titles found, one after the other */
    size_t *at;          /* by item: where its title begins */
    uint32_t *len;       /* by item: its length; 0: it has none */
};

/* The titles of the items of D in the text file PATH (gzip undone). A line is
   ID::TITLE or ID::TITLE::..., ID TAB TITLE or ID TAB TITLE TAB ..., or CSV
   (RFC 4180) with the id and the title first; the first line that is not
   empty says which, in this order. Ids not in D are passed over; of two
   titles the first stands. Control characters come out as spaces. *FOUND is
   the number of items that have a title. */
REC_MUST_CHECK int rec_titles_load(struct rec_titles *t, const char *path,
                                   const struct rec_dict *d, uint32_t *found,
                                   struct rec_error *err);
void rec_titles_release(struct rec_titles *t);

/* The title of item I, or else its id; *LEN bytes, borrowed from T and D. T
   may be NULL. */
const char *rec_titles_get(const struct rec_titles *t, const struct rec_dict *d,
                           uint32_t i, size_t *len);

#endif
