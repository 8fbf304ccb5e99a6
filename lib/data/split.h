/* SPDX-License-Identifier: MIT */
/* Splitting interactions into training, validation and test. A split says for
   every event and every user which of five files it goes to:

     train      what a model learns from
     valid.in   what may be known of a validation user ...
     valid.out  ... and the targets to be found
     test.in    the same for test
     test.out

   so a protocol is a rule that sets bits, and writing is one loop for all.
   Two families:

   Held-out users (liang2018, strong): a user belongs to one of train, valid
   and test; the items of a held-out user are divided into in and out. The
   protocol of Liang, Krishnan, Hoffman and Jebara, "Variational Autoencoders
   for Collaborative Filtering" (WWW 2018); liang2018 draws with the generator
   of its published code and repeats those splits bit for bit.

   Held-out events (ratio, leave-last, leave-random, time): every user stays
   in train with a part of the events. valid.in is what train has of the user,
   test.in that and the validation events.

   In every protocol an event whose item is not in train is dropped from the
   other files: nothing learnt from train could find it. */
#ifndef REC_SPLIT_H
#define REC_SPLIT_H

#include "data/dataset.h"

enum rec_split_protocol {
    REC_SPLIT_LIANG2018,
    REC_SPLIT_STRONG,
    REC_SPLIT_RATIO,
    REC_SPLIT_LEAVE_LAST,
    REC_SPLIT_LEAVE_RANDOM,
    REC_SPLIT_TIME
};

/* Their names, in this order, then NULL. */
extern const char *const rec_split_protocols[];

enum rec_split_file {
    REC_SPLIT_TRAIN,
    REC_SPLIT_VALID_IN,
    REC_SPLIT_VALID_OUT,
    REC_SPLIT_TEST_IN,
    REC_SPLIT_TEST_OUT,
    REC_SPLIT_FILES
};

/* "train", "valid.in" ...: the role in the stream's head. */
const char *rec_split_role(enum rec_split_file f);

/* A held-out user with fewer items known to train has no targets. */
#define REC_SPLIT_MIN_ITEMS 5

struct rec_split_rule {
    enum rec_split_protocol protocol;
    uint32_t seed;
    int valid;         /* whether there is a validation part */
    uint64_t held_out; /* liang2018, strong: users of each held-out set; 0:
                          a tenth of the users, 1 to 10,000 */
    double fraction;   /* liang2018, strong, ratio: share of a user's items;
                          time: share of all events; in (0, 1) */
    uint64_t leave;    /* leave-last, leave-random: items of each part */
    int cut;           /* time: the two below count, not the fraction */
    int64_t valid_at;  /* first second of validation (with valid) */
    int64_t test_at;   /* first second of test */
};

struct rec_split {
    uint8_t *user;  /* per row of the data: bit 1 << file */
    uint8_t *event; /* per event; counts where the user's bit is set too */
    struct {
        size_t users, events, items;
    } count[REC_SPLIT_FILES];
    size_t few;     /* users with too few items to have targets */
    size_t unknown; /* events dropped, their item is not in train */
    size_t cold;    /* users left out of a held-out part: nothing of theirs
                       is known before it (per part) */
    int64_t valid_at, test_at; /* time: the cuts */
};

/* Split D by RULE. *OUT is the caller's, to be released. REC_EVALUE when the
   rule does not suit the data. */
REC_MUST_CHECK int rec_split_make(struct rec_split *out,
                                  const struct rec_data *d,
                                  const struct rec_split_rule *rule,
                                  struct rec_error *err);
void rec_split_release(struct rec_split *s);

/* Write the rows of file F in the order of D, each in its order of arrival.
   W has the columns of D. */
REC_MUST_CHECK int rec_split_write(const struct rec_split *s,
                                   const struct rec_data *d,
                                   enum rec_split_file f,
                                   struct rec_row_writer *w,
                                   struct rec_error *err);

/* order[0 .. count) = all ids of D ascending: by value when every id is a
   decimal integer (equal values bytewise), else bytewise. The caller frees;
   NULL when out of memory. */
REC_MUST_CHECK uint32_t *rec_dict_ascending(const struct rec_dict *d);

#endif
