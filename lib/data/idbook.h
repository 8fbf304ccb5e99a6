/* SPDX-License-Identifier: MIT */
/* The table file of rec-hash: the ids of users and of items, each with its
   slot, in a stream of kind "table"; rec-format(5) has the blocks:

     "Parm"  text, lines "key number", in the order of the struct below
     "Hist"  bytes, the digests of the versions before this one, oldest first
     "Tids"  text, the ids of the next slots in order, each ended by LF; an
             empty line is a free slot                   (opens a batch)
     "Tuse"  u32, the time of last use of each
     "Tgen"  u32, its generation                         (closes the batch)
     "Tcnt"  bytes, a half of the counting filter, named "user" or "item" and
             0 or 1

   Batches are named "user" or "item"; all of the users come first. */
#ifndef REC_IDBOOK_H
#define REC_IDBOOK_H

#include "base/hash.h"
#include "data/idsketch.h"
#include "data/idtable.h"
#include "io/output.h"
#include "io/stream.h"

#define REC_TABLE_KIND "table"
#define REC_TABLE_HISTORY 65536 /* digests kept, the newest */

enum { REC_USERS, REC_ITEMS, REC_SIDES };
enum { REC_ADMIT_COUNT, REC_ADMIT_CHANCE };

struct rec_idsettings {
    uint64_t seed;   /* keys the hashes */
    uint64_t epoch;  /* updates so far */
    uint64_t now;    /* latest time known, seconds */
    uint64_t expire; /* seconds a slot is kept unused; 0: for ever */
    uint64_t admit;  /* times an id is seen before it gets a slot; 1: none */
    uint64_t by;     /* REC_ADMIT_ */
    uint64_t sketch; /* ids of one half of a counting filter; 0: none */
};

struct rec_idbook {
    struct rec_idsettings set;
    struct rec_idtable *side[REC_SIDES];
    struct rec_idsketch sketch[REC_SIDES];
    uint8_t (*history)[REC_DIGEST_BYTES];
    size_t versions, history_cap;
    uint8_t digest[REC_DIGEST_BYTES]; /* of the file it was read from */
    int saved; /* 1: there is such a file */
};

/* "user", "item" */
extern const char *const rec_side_name[REC_SIDES];

/* An empty book. */
REC_MUST_CHECK int rec_idbook_init(struct rec_idbook *b, uint64_t seed,
                                   struct rec_error *err);
/* Read all of PATH ("-": standard input), every byte verified. *B is the
   caller's, to be released. */
REC_MUST_CHECK int rec_idbook_load(struct rec_idbook *b, const char *path,
                                   struct rec_error *err);
void rec_idbook_release(struct rec_idbook *b);

/* Change the size of the counting filters; what they have counted is lost. */
REC_MUST_CHECK int rec_idbook_sketch(struct rec_idbook *b, uint32_t capacity,
                                     struct rec_error *err);

/* Write the next version of B onto O: its digest, if it was read from a file,
   joins the history, and becomes that of the version written. */
REC_MUST_CHECK int rec_idbook_save(struct rec_idbook *b, struct rec_output *o,
                                   int level, const char *prov,
                                   struct rec_error *err);

/* Was the version with this digest B itself (returns 0), or one N updates ago
   (returns N)? -1: neither is known. */
int64_t rec_idbook_age(const struct rec_idbook *b,
                       const uint8_t digest[REC_DIGEST_BYTES]);

/* Give the ids of FROM that B has not slots in it, and each the later of the
   two times. */
REC_MUST_CHECK int rec_idbook_join(struct rec_idbook *b,
                                   const struct rec_idbook *from,
                                   struct rec_error *err);

#endif
