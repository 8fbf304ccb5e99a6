/* SPDX-License-Identifier: MIT */
/* What reading and writing table files share; not for anyone else. */
#ifndef REC_IDBOOK_PRIVATE_H
#define REC_IDBOOK_PRIVATE_H

#include "data/idbook.h"

#define REC_BLOCK_TABLE_HISTORY "Hist"
#define REC_BLOCK_TABLE_IDS "Tids"
#define REC_BLOCK_TABLE_USE "Tuse"
#define REC_BLOCK_TABLE_GENERATION "Tgen"
#define REC_BLOCK_TABLE_COUNTS "Tcnt"

enum {
    REC_TABLE_BATCH = 1 << 16, /* slots of a batch, at most */
    REC_TABLE_TEXT = 1 << 20,  /* a batch is closed once its ids reach this */
    REC_SETTINGS = 7
};

extern const char *const rec_settings_name[REC_SETTINGS];
uint64_t *rec_settings_at(struct rec_idsettings *s, int i);

#endif
