/* SPDX-License-Identifier: MIT */
/* Intervals and comparisons of judged rankings: see compare.h. */
#include <config.h>

#include "eval/compare.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

int rec_judge_intervals(const struct rec_judge *j, const uint32_t *row,
                        size_t n, const struct rec_draws *o,
                        struct rec_interval *out, struct rec_error *err)
{
    struct rec_units u;
    int rc = rec_units_init(&u, n, rec_judge_columns(j), REC_UNITS_MOST,
                            o->seed, err);

    for (size_t i = 0; i < n && rc == 0; i++) {
        rec_units_add_row(&u, i, rec_judge_user(j, row[i]));
    }
    rc = rc ? rc : rec_units_close(&u, err);
    rc = rc ? rc : rec_bootstrap(&u, o, out, err);
    rec_units_release(&u);
    return rc;
}

/* The differences of the user in row ROW into U, as its row I. */
static void add_user(struct rec_units *u, size_t i, const double *a,
                     const double *b, struct rec_comparison *out)
{
    for (size_t c = 0; c < u->columns; c++) {
        double d = b[c] - a[c];

        if (!isnan(d)) {
            rec_units_add(u, i, c, d, 1);
            rec_moments_add(&out[c].difference, d);
            out[c].better += d > 0;
            out[c].worse += d < 0;
        }
    }
}

static int draw_columns(const struct rec_units *u, const struct rec_draws *o,
                        struct rec_comparison *out, struct rec_error *err)
{
    struct rec_interval *interval = rec_alloc(u->columns, sizeof *interval);
    double *p = rec_alloc(u->columns, sizeof *p);
    int rc = interval && p ? 0 : rec_fail_nomem(err);

    rc = rc ? rc : rec_bootstrap(u, o, interval, err);
    rc = rc ? rc : rec_sign_test(u, o, p, err);
    for (size_t c = 0; c < u->columns && rc == 0; c++) {
        const struct rec_moments *d = &out[c].difference;

        out[c].interval = interval[c];
        out[c].p = out[c].holm = p[c];
        out[c].effect = d->spread > 0 ? d->mean / sqrt(d->spread / d->n) : 0;
    }
    free(interval);
    free(p);
    return rc;
}

int rec_judges_compare(const struct rec_judge *a, const struct rec_judge *b,
                       const struct rec_draws *o, struct rec_comparison *out,
                       struct rec_error *err)
{
    static const struct rec_comparison none;
    size_t n, columns = rec_judge_columns(a);
    const uint32_t *row = rec_judge_rows(a, &n);
    struct rec_units u;
    int rc = rec_units_init(&u, n, columns, REC_UNITS_MOST, o->seed, err);

    for (size_t c = 0; c < columns && rc == 0; c++) {
        out[c] = none;
    }
    for (size_t i = 0; i < n && rc == 0; i++) {
        add_user(&u, i, rec_judge_user(a, row[i]), rec_judge_user(b, row[i]),
                 out);
    }
    rc = rc ? rc : rec_units_close(&u, err);
    rc = rc ? rc : draw_columns(&u, o, out, err);
    rec_units_release(&u);
    return rc;
}
