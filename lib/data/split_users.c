/* SPDX-License-Identifier: MIT */
/* Held-out users: liang2018 and strong. The users, ascending, are permuted;
   the last N are for test, the N before them for validation. Their items are
   first restricted to those of train, and only then counted and drawn.

   liang2018 is the published procedure: numpy's legacy generator, seeded once
   for the permutation and once for each held-out set, whose users draw in
   ascending order. strong is the same procedure with rec_rng, and every user
   draws with a generator of their own. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "data/split_private.h"

/* ---- ascending ids ---------------------------------------------------- */

struct key {
    const char *id;
    const char *digit; /* first digit that is not a leading zero */
    size_t digits;     /* how many from there; 0 is zero */
    size_t len;
    uint32_t index;
    int negative;
};

/* Fill in the value of K; 0 if it is not a decimal integer. */
static int parse_value(struct key *k)
{
    const char *end = k->id + k->len, *at = k->id;

    k->negative = *at == '-';
    at += k->negative;
    if (at == end) {
        return 0;
    }
    for (const char *p = at; p < end; p++) {
        if (*p < '0' || *p > '9') {
            return 0;
        }
    }
    while (at < end && *at == '0') {
        at++;
    }
    k->digit = at;
    k->digits = (size_t)(end - at);
    k->negative &= k->digits > 0; /* -0 is 0 */
    return 1;
}

static int compare_bytes(const void *pa, const void *pb)
{
    const struct key *a = pa, *b = pb;
    int c = memcmp(a->id, b->id, a->len < b->len ? a->len : b->len);

    return c ? c : (a->len > b->len) - (a->len < b->len);
}

static int compare_values(const void *pa, const void *pb)
{
    const struct key *a = pa, *b = pb;
    int c;

    if (a->negative != b->negative) {
        return b->negative - a->negative;
    }
    c = (a->digits > b->digits) - (a->digits < b->digits);
    c = c ? c : memcmp(a->digit, b->digit, a->digits);
    c = a->negative ? -c : c;
    return c ? c : compare_bytes(pa, pb);
}

uint32_t *rec_dict_ascending(const struct rec_dict *d)
{
    size_t n = rec_dict_count(d);
    struct key *k = rec_alloc(n, sizeof *k);
    uint32_t *order = rec_alloc(n, sizeof *order);
    int integers = 1;

    if (!k || !order) {
        free(k);
        free(order);
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        k[i].index = (uint32_t)i;
        k[i].id = rec_dict_id(d, (uint32_t)i, &k[i].len);
        integers = integers && parse_value(&k[i]);
    }
    qsort(k, n, sizeof *k, integers ? compare_values : compare_bytes);
    for (size_t i = 0; i < n; i++) {
        order[i] = k[i].index;
    }
    free(k);
    return order;
}

/* ---- who is held out -------------------------------------------------- */

static int held_out_count(const struct rec_split_rule *rule, size_t users,
                          size_t *out, struct rec_error *err)
{
    uint64_t n = rule->held_out;
    size_t sets = rule->valid ? 2 : 1;

    if (n == 0) {
        n = users / 10 < 10000 ? users / 10 : 10000;
        n = n > 0 ? n : 1;
    }
    if (n >= users || n * sets >= users) {
        return rec_fail(err, REC_EVALUE,
                        "too few users: %zu, where %llu are to be held out%s",
                        users, (unsigned long long)n,
                        rule->valid ? " for each of validation and test"
                                    : "");
    }
    *out = (size_t)n;
    return 0;
}

/* Set the users' bits: PERM is room for all users. */
static int choose_users(struct rec_split *s,
                        const struct rec_split_rule *rule,
                        const uint32_t *order, uint32_t *perm, size_t users,
                        struct rec_error *err)
{
    size_t held = 0, test, valid;
    struct rec_rng rng;
    struct rec_mt mt;
    int rc = held_out_count(rule, users, &held, err);

    if (rc != 0) {
        return rc;
    }
    if (rule->protocol == REC_SPLIT_LIANG2018) {
        rec_mt_init(&mt, rule->seed);
        rec_mt_permutation(&mt, perm, users);
    } else {
        rec_iota(perm, users);
        rec_rng_init(&rng, rule->seed);
        rec_rng_shuffle(&rng, perm, users);
    }
    test = users - held;
    valid = rule->valid ? test - held : test;
    for (size_t i = 0; i < users; i++) {
        s->user[order[perm[i]]] = i >= test ? TEST : i >= valid ? VALID
                                                                : TRAIN;
    }
    return 0;
}

/* ---- what they keep and what is to be found --------------------------- */

struct drawer {
    const struct rec_split_rule *rule;
    struct rec_mt mt;
    uint32_t *at;   /* the user's events that count, as offsets in the row */
    uint32_t *perm; /* their permutation; the first k are targets */
};

/* Permute N of USER's events into g->perm. */
static void draw(struct drawer *g, const struct rec_data *d, size_t user,
                 size_t n)
{
    struct rec_rng rng;

    if (g->rule->protocol == REC_SPLIT_LIANG2018) {
        rec_mt_permutation(&g->mt, g->perm, n);
    } else {
        rec_iota(g->perm, n);
        rec_split_user_rng(&rng, d, user, g->rule->seed);
        rec_rng_shuffle(&rng, g->perm, n);
    }
}

static void divide_user(struct rec_split *s, const struct rec_data *d,
                        const uint8_t *known, size_t user, struct drawer *g)
{
    size_t from = (size_t)d->rows.start[user], n = 0, k = 0;
    size_t len = rec_csr_row_len(&d->rows, user);
    uint8_t *event = s->event + from;

    for (size_t i = 0; i < len; i++) {
        if (known[d->rows.item[from + i]]) {
            event[i] = s->user[user] & (VALID_IN | TEST_IN);
            g->at[n++] = (uint32_t)i;
        }
    }
    s->unknown += len - n;
    if (n >= REC_SPLIT_MIN_ITEMS) {
        draw(g, d, user, n);
        k = (size_t)(g->rule->fraction * (double)n);
    }
    for (size_t i = 0; i < k; i++) {
        event[g->at[g->perm[i]]] = s->user[user] & (VALID_OUT | TEST_OUT);
    }
    s->few += k == 0;
    if (n == 0) {
        s->user[user] = 0;
    }
}

/* The events of the users of one held-out SET. */
static void divide_set(struct rec_split *s, const struct rec_data *d,
                       const uint8_t *known, const uint32_t *order,
                       uint8_t set, struct drawer *g)
{
    rec_mt_init(&g->mt, g->rule->seed);
    for (size_t i = 0; i < d->rows.rows; i++) {
        if (s->user[order[i]] == set) {
            divide_user(s, d, known, order[i], g);
        }
    }
}

/* Training users keep everything they have; one without events is none. */
static void keep_train(struct rec_split *s, const struct rec_csr *m)
{
    for (size_t u = 0; u < m->rows; u++) {
        size_t n = rec_csr_row_len(m, u);

        if (s->user[u] == TRAIN) {
            memset(s->event + m->start[u], TRAIN, n);
            s->user[u] = n > 0 ? TRAIN : 0;
        }
    }
}

int rec_split_held_users(struct rec_split *s, const struct rec_data *d,
                         const struct rec_split_rule *rule, uint8_t *known,
                         struct rec_error *err)
{
    size_t users = d->rows.rows, longest = rec_split_longest(&d->rows);
    uint32_t *order = rec_dict_ascending(d->users);
    uint32_t *perm = rec_alloc(users > longest ? users : longest,
                               sizeof *perm);
    struct drawer g;
    int rc;

    g.rule = rule;
    g.perm = perm;
    g.at = rec_alloc(longest, sizeof *g.at);
    if (!order || !perm || !g.at) {
        rc = rec_fail_nomem(err);
    } else {
        rc = choose_users(s, rule, order, perm, users, err);
    }
    if (rc == 0) {
        keep_train(s, &d->rows);
        rec_split_mark_known(s, d, known);
        divide_set(s, d, known, order, VALID, &g);
        divide_set(s, d, known, order, TEST, &g);
    }
    free(order);
    free(perm);
    free(g.at);
    return rc;
}
