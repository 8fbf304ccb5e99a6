/* SPDX-License-Identifier: MIT */
/* The parts of rec-persona. */
#ifndef REC_CMD_PERSONA_H
#define REC_CMD_PERSONA_H

#include "cli.h"

/* --assign: write every history of the input with the persona of the MODEL
   that each of its items belongs to, as groups. */
void persona_assign(struct cli *c, const char *model);

#endif
