/* SPDX-License-Identifier: MIT */
/* Between cli.c, cli_options.c and child.c. */
#ifndef REC_CLI_PRIVATE_H
#define REC_CLI_PRIVATE_H

#include <sys/types.h>

#include "cli.h"

extern const char *cli_name; /* of the program, in every message */

void cli_install_signals(void);
void cli_start_progress(struct cli *c);

/* Of the names that NAME gives for I = 0, 1 ... until NULL, the nearest to
   the N bytes TYPED; NULL when none is near. Borrowed from NAME. */
const char *cli_suggest(const char *typed, size_t n,
                        const char *(*name)(const void *of, int i),
                        const void *of);

/* A process group to end when we are ended or die; 0: none any more. */
void cli_set_child(pid_t group);

#endif
