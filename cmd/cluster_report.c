/* SPDX-License-Identifier: MIT */
/* rec-cluster --mode=personas --report: how many personas users have, how many
   members these, and where trees are cut. */
#include <config.h>

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster.h"

enum { ZERO_BIN = 40 }; /* from height 1 on */

/* One more of X in the histogram *BY, whose N places grow as needed. */
static void add_one(uint64_t **by, size_t *cap, size_t *n, size_t x)
{
    if (rec_reserve(by, cap, x + 1, sizeof **by) != 0) {
        die("out of memory");
    }
    for (; *n <= x; ++*n) {
        (*by)[*n] = 0;
    }
    (*by)[x]++;
}

void persona_count(struct persona_counts *n, const struct rec_persona *persona,
                   size_t personas, const double height[2])
{
    add_one(&n->users, &n->users_cap, &n->users_n, personas);
    for (size_t k = 0; k < personas; k++) {
        add_one(&n->personas, &n->personas_cap, &n->personas_n,
                persona[k].size);
    }
    for (int side = 0; side < 2; side++) {
        double bin = floor(2 * log2(height[side])) + ZERO_BIN;

        if (bin >= 0) { /* less is nothing, or rounding */
            n->height[side][bin < PERSONA_BINS ? (size_t)bin
                                               : PERSONA_BINS - 1]++;
        }
    }
}

static void histogram(struct cli_text *t, const char *what, const uint64_t *by,
                      size_t n)
{
    for (size_t x = 0; x < n; x++) {
        if (by[x] > 0) {
            cli_text_printf(t, "%s\t%zu\t%" PRIu64 "\n", what, x, by[x]);
        }
    }
}

void persona_report(const struct persona_counts *n, struct cli *c,
                    const char *path)
{
    static const char *const side[] = {"below", "above"};
    struct cli_text t = {cli_output(c, path, 0), {NULL, 0, 0}};

    cli_text_printf(&t, "what\tvalue\tcount\n");
    histogram(&t, "users", n->users, n->users_n);
    histogram(&t, "personas", n->personas, n->personas_n);
    for (int s = 0; s < 2; s++) {
        for (size_t k = 0; k < PERSONA_BINS; k++) {
            if (n->height[s][k] > 0) {
                cli_text_printf(&t, "%s\t%.4g\t%" PRIu64 "\n", side[s],
                                exp2(((double)k - ZERO_BIN) / 2),
                                n->height[s][k]);
            }
        }
    }
    cli_text_finish(&t);
}

void persona_counts_release(struct persona_counts *n)
{
    free(n->users);
    free(n->personas);
    memset(n, 0, sizeof *n);
}
