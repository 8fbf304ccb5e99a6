/* SPDX-License-Identifier: MIT */
/* What ends a target: see fuzz.h. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

void fuzz_need(int ok, const char *what, const struct rec_error *err)
{
    if (!ok) {
        fprintf(stderr, "fuzz: %s%s%s\n", what, err ? ": " : "",
                err ? err->text : "");
        abort();
    }
}
