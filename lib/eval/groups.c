/* SPDX-License-Identifier: MIT */
/* Groups of users: see groups.h. */
#include <config.h>

#include "eval/groups.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/compare.h"

/* Who is in which group, as it is found. */
struct pairs {
    uint32_t *user;
    size_t *group, n, user_cap, group_cap;
};

static int begin(struct rec_groups *g, size_t n, size_t columns,
                 struct rec_error *err)
{
    size_t all;

    memset(g, 0, sizeof *g);
    g->n = n;
    g->columns = columns;
    if (rec_size_mul(n, columns, &all) == 0) {
        g->at = rec_zalloc(all, sizeof *g->at);
    }
    return g->at ? 0 : rec_fail_nomem(err);
}

void rec_groups_release(struct rec_groups *g)
{
    free(g->at);
    free(g->interval);
    free(g->first);
    free(g->member);
    free(g->decile);
    memset(g, 0, sizeof *g);
}

/* USER of the truth is in GROUP. */
static int add(struct rec_groups *g, struct pairs *p, size_t group,
               uint32_t user, const double *value, struct rec_error *err)
{
    if (rec_reserve(&p->user, &p->user_cap, p->n + 1, sizeof *p->user) != 0
        || rec_reserve(&p->group, &p->group_cap, p->n + 1, sizeof *p->group)
               != 0) {
        return rec_fail_nomem(err);
    }
    p->user[p->n] = user;
    p->group[p->n++] = group;
    for (size_t c = 0; c < g->columns; c++) {
        rec_moments_add(&g->at[group * g->columns + c], value[c]);
    }
    return 0;
}

/* The members by group from the pairs, which go. */
static int sort_pairs(struct rec_groups *g, struct pairs *p,
                      struct rec_error *err)
{
    int rc = 0;

    g->first = rec_zalloc(g->n + 1, sizeof *g->first);
    g->member = rec_alloc(p->n, sizeof *g->member);
    if (g->first && g->member) {
        for (size_t i = 0; i < p->n; i++) {
            g->first[p->group[i]]++; /* of the next one, for now */
        }
        for (size_t i = 0, at = 0; i <= g->n; i++) {
            size_t n = g->first[i];

            g->first[i] = at += n;
        }
        for (size_t i = p->n; i-- > 0;) {
            g->member[--g->first[p->group[i]]] = p->user[i];
        }
    } else {
        rc = rec_fail_nomem(err);
    }
    free(p->user);
    free(p->group);
    return rc;
}

int rec_groups_intervals(struct rec_groups *g, const struct rec_judge *j,
                         const struct rec_draws *o, struct rec_error *err)
{
    int rc = 0;

    g->interval = rec_alloc(g->n * g->columns, sizeof *g->interval);
    if (!g->interval) {
        return rec_fail_nomem(err);
    }
    for (size_t i = 0; i < g->n && rc == 0; i++) {
        rc = rec_judge_intervals(j, g->member + g->first[i],
                                 g->first[i + 1] - g->first[i], o,
                                 g->interval + i * g->columns, err);
    }
    return rc;
}

/* ---- by activity -------------------------------------------------------- */

struct active { /* the users with targets, in the order of the truth */
    uint32_t n;
    uint32_t *user, *items, *tie;
    uint8_t *decile;
};

static void release(struct active *a)
{
    free(a->user);
    free(a->items);
    free(a->tie);
    free(a->decile);
}

static int reserve(struct active *a, size_t n, struct rec_error *err)
{
    memset(a, 0, sizeof *a);
    a->user = rec_alloc(n, sizeof *a->user);
    a->items = rec_alloc(n, sizeof *a->items);
    a->tie = rec_alloc(n, sizeof *a->tie);
    a->decile = rec_alloc(n, 1);
    return a->user && a->items && a->tie && a->decile ? 0
                                                      : rec_fail_nomem(err);
}

/* What each user has in ROWS; *ABSENT: how many are not there at all. */
static int find_active(struct active *a, const struct rec_judge *j,
                       const struct rec_data *truth,
                       const struct rec_data *rows, size_t *absent,
                       struct rec_error *err)
{
    size_t n;
    const uint32_t *user = rec_judge_rows(j, &n);
    uint32_t *place = rec_dict_map(truth->users, rows->users);
    uint32_t *tie = rec_dict_tie_rank(truth->users);
    int rc = place && tie ? 0 : rec_fail_nomem(err);

    for (size_t i = 0; i < n && rc == 0; i++) {
        uint32_t u = user[i], p = place[u];

        *absent += p == REC_NONE;
        a->user[a->n] = u;
        a->items[a->n] = p == REC_NONE ? 0 : rec_csr_row_len(&rows->rows, p);
        a->tie[a->n++] = tie[u];
    }
    free(place);
    free(tie);
    return rc;
}

int rec_groups_by_activity(struct rec_groups *g, const struct rec_judge *j,
                           const struct rec_data *truth,
                           const struct rec_data *rows,
                           struct rec_error *err)
{
    struct pairs p = {NULL, NULL, 0, 0, 0};
    struct active a;
    int rc = begin(g, REC_DECILES, rec_judge_columns(j), err);
    int rc2 = reserve(&a, truth->rows.rows, err);

    rc = rc ? rc : rc2;
    g->decile = rec_zalloc(truth->rows.rows, 1);
    rc = rc ? rc : g->decile ? 0 : rec_fail_nomem(err);
    rc = rc ? rc : find_active(&a, j, truth, rows, &g->absent, err);
    rc = rc ? rc : rec_deciles_by_number(a.items, a.tie, a.n, a.decile, err);
    for (uint32_t i = 0; i < a.n && rc == 0; i++) {
        uint8_t d = a.decile[i];
        uint32_t n = a.items[i];
        int first = g->at[d * g->columns].n == 0;

        g->least[d] = first || n < g->least[d] ? n : g->least[d];
        g->most[d] = n > g->most[d] ? n : g->most[d];
        g->decile[a.user[i]] = d;
        rc = add(g, &p, d, a.user[i], rec_judge_user(j, a.user[i]), err);
    }
    release(&a);
    rc2 = sort_pairs(g, &p, err);
    return rc ? rc : rc2;
}

/* ---- by what a row says ------------------------------------------------- */

int rec_groups_by_row(struct rec_groups *g, const struct rec_judge *j,
                      const struct rec_data *truth,
                      const struct rec_data *rows, struct rec_error *err)
{
    uint32_t *place = rec_dict_map(truth->users, rows->users);
    struct pairs p = {NULL, NULL, 0, 0, 0};
    size_t none = rows->rows.cols, n;
    const uint32_t *user = rec_judge_rows(j, &n);
    int rc = begin(g, none + 1, rec_judge_columns(j), err), rc2;

    rc = rc ? rc : place ? 0 : rec_fail_nomem(err);
    for (size_t k = 0; k < n && rc == 0; k++) {
        struct rec_row in = {NULL, 0, 0, NULL, NULL, NULL};
        uint32_t u = user[k];

        if (place[u] != REC_NONE) {
            in = rec_data_row(rows, place[u]);
        } else {
            g->absent++;
        }
        for (size_t i = 0; i < in.n && rc == 0; i++) {
            rc = add(g, &p, in.item[i], u, rec_judge_user(j, u),
                     err);
        }
        if (in.n == 0) {
            rc = add(g, &p, none, u, rec_judge_user(j, u), err);
        }
    }
    free(place);
    rc2 = sort_pairs(g, &p, err);
    return rc ? rc : rc2;
}
