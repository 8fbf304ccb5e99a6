/* SPDX-License-Identifier: MIT */
/* What somebody who typed an option that is not there may have meant. */
#include <config.h>

#include <string.h>

#include "cli_private.h"

enum { LONGEST = 32 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How many letters must be inserted, left out, replaced or swapped with
   their neighbours to turn the N bytes at A into B. */
static size_t edits(const char *a, size_t n, const char *b)
{
    size_t m = strlen(b), row[3][LONGEST + 1];
    size_t *before = row[0], *last = row[1], *now = row[2];

    for (size_t j = 0; j <= m; j++) {
        last[j] = j;
    }
    for (size_t i = 1; i <= n; i++) {
        size_t *spare = before;

        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            now[j] = least(last[j - 1] + (a[i - 1] != b[j - 1]),
                           least(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2]
                && a[i - 2] == b[j - 1]) {
                now[j] = least(now[j], before[j - 2] + 1);
            }
        }
        before = last;
        last = now;
        now = spare;
    }
    return last[m];
}

const char *cli_suggest(const char *typed, size_t n,
                        const char *(*name)(const void *of, int i),
                        const void *of)
{
    const char *best = NULL, *s;
    size_t least_edits = n < 3 ? 1 : 1 + n / 3;

    for (int i = 0; n <= LONGEST && (s = name(of, i)) != NULL; i++) {
        size_t d = strlen(s) <= LONGEST ? edits(typed, n, s) : least_edits;

        if (d < least_edits) {
            least_edits = d;
            best = s;
        }
    }
    return best;
}
