/* SPDX-License-Identifier: MIT */
/* Between cli.c and cli_options.c. */
#ifndef REC_CLI_PRIVATE_H
#define REC_CLI_PRIVATE_H

#include "cli.h"

extern const char *cli_name; /* of the program, in every message */

void cli_install_signals(void);
void cli_start_progress(struct cli *c);

#endif
