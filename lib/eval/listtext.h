/* SPDX-License-Identifier: MIT */
/* Rankings and targets as text, for runs of any program. Fields are divided by
   blanks or tabs; how many the first line has says what they are:

     a ranking   user item score              3
                 user Q0 item rank score tag  6   a TREC run; rank is not used
     targets     user item                    2
                 user item weight             3   a target if above 0
                 user 0 item weight           4   qrels

   The lines of a user may be anywhere. A user without a target has an empty
   row. */
#ifndef REC_LISTTEXT_H
#define REC_LISTTEXT_H

#include "data/dataset.h"

/* Read PATH ("-": standard input; gzip is undone); TARGETS: or a ranking.
   Scores are finite. REC_EPARSE names file and line. *OUT is the caller's, to
   be released. */
REC_MUST_CHECK int rec_list_text_load(struct rec_data *out, const char *path,
                                      int targets, struct rec_error *err);

#endif
