/* SPDX-License-Identifier: MIT */
/* Popularity within cohorts: see cohort_pop.h. */
#include <config.h>

#include "models/cohort_pop.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/rows.h"

/* ---- fitting ---------------------------------------------------------- */

/* The cohort of every user of GROUPS. */
static int list_users(struct rec_cohort_pop *p, const struct rec_data *groups,
                      struct rec_error *err)
{
    for (size_t u = 0; u < groups->rows.rows; u++) {
        struct rec_row row = rec_data_row(groups, u);

        if (row.n > 1) {
            return rec_fail(err, REC_EVALUE,
                            "user '%.*s' is in more than one cohort",
                            (int)row.id_len, row.id);
        }
        p->cohort[u] = row.n ? row.item[0] : REC_NONE;
    }
    return 0;
}

/* The training users of each cohort: member[from[c]] on, before
   from[c + 1]. */
static int sort_users(struct rec_cohort_pop *p, const struct rec_data *x,
                      uint32_t *of, uint32_t *member, size_t *from)
{
    uint32_t *map = rec_dict_map(x->users, p->users);

    if (!map) {
        return -1;
    }
    memset(from, 0, (p->cohorts + 2) * sizeof *from);
    for (size_t u = 0; u < x->rows.rows; u++) {
        of[u] = map[u] == REC_NONE ? REC_NONE : p->cohort[map[u]];
        if (of[u] != REC_NONE) {
            p->size[of[u]]++;
            from[of[u] + 2]++;
            p->placed++;
        }
    }
    for (size_t c = 0; c < p->cohorts; c++) {
        from[c + 2] += from[c + 1];
    }
    for (size_t u = 0; u < x->rows.rows; u++) {
        if (of[u] != REC_NONE) {
            member[from[of[u] + 1]++] = (uint32_t)u;
        }
    }
    free(map);
    return 0;
}

/* The items of the N users MEMBER, and how many have them; SUM has a zero for
   every item, before and after. */
static int count_cohort(struct rec_cohort_pop *p, const struct rec_data *x,
                        const uint32_t *member, size_t n, uint32_t *sum,
                        size_t cap[2])
{
    size_t at = rec_csr_events(&p->rows), more = 0;

    for (size_t k = 0; k < n; k++) {
        struct rec_row row = rec_data_row(x, member[k]);

        for (size_t i = 0; i < row.n; i++) {
            more += sum[row.item[i]]++ == 0;
        }
    }
    if (rec_reserve(&p->rows.item, &cap[0], at + more + 1,
                    sizeof *p->rows.item)
            != 0
        || rec_reserve(&p->amount, &cap[1], at + more + 1, sizeof *p->amount)
               != 0) {
        return -1;
    }
    for (uint32_t i = 0; i < p->items; i++) {
        if (sum[i]) {
            p->rows.item[at] = i;
            p->amount[at++] = sum[i];
            sum[i] = 0;
        }
    }
    p->rows.start[++p->rows.rows] = (int64_t)at;
    return 0;
}

static int count_cohorts(struct rec_cohort_pop *p, const struct rec_data *x)
{
    size_t users = x->rows.rows, cap[2] = {0, 0};
    uint32_t *of = rec_alloc(users, sizeof *of);
    uint32_t *member = rec_alloc(users, sizeof *member);
    uint32_t *sum = rec_zalloc(p->items, sizeof *sum);
    size_t *from = rec_alloc((size_t)p->cohorts + 2, sizeof *from);
    int rc = of && member && sum && from ? 0 : -1;

    rc = rc ? rc : sort_users(p, x, of, member, from);
    for (size_t c = 0; c < p->cohorts && rc == 0; c++) {
        rc = count_cohort(p, x, member + from[c], from[c + 1] - from[c], sum,
                          cap);
    }
    free(of);
    free(member);
    free(sum);
    free(from);
    return rc;
}

int rec_cohort_pop_fit(struct rec_cohort_pop *p, const struct rec_data *x,
                       const struct rec_data *groups, double prior,
                       struct rec_error *err)
{
    int rc;

    memset(p, 0, sizeof *p);
    p->users = groups->users;
    p->cohorts = rec_dict_count(groups->items);
    p->items = rec_dict_count(x->items);
    p->trained = x->rows.rows;
    p->prior = prior;
    p->cohort = rec_alloc(groups->rows.rows, sizeof *p->cohort);
    p->count = rec_alloc(p->items, sizeof *p->count);
    p->size = rec_zalloc(p->cohorts, sizeof *p->size);
    p->rows.cols = p->items;
    p->rows.start = rec_zalloc((size_t)p->cohorts + 1, sizeof *p->rows.start);
    if (!p->cohort || !p->count || !p->size || !p->rows.start) {
        rc = rec_fail_nomem(err);
    } else {
        rec_csr_item_counts(&x->rows, p->count);
        rc = list_users(p, groups, err);
        if (rc == 0 && count_cohorts(p, x) != 0) {
            rc = rec_fail_nomem(err);
        }
    }
    if (rc != 0) {
        rec_cohort_pop_release(p);
    }
    return rc;
}

void rec_cohort_pop_release(struct rec_cohort_pop *p)
{
    free(p->cohort);
    free(p->count);
    free(p->size);
    free(p->amount);
    rec_csr_release(&p->rows);
    memset(p, 0, sizeof *p);
}

/* ---- saving ----------------------------------------------------------- */

/* The ids of D, each ended by LF. */
static int join_ids(const struct rec_dict *d, struct rec_buf *text,
                    struct rec_error *err)
{
    uint32_t n = rec_dict_count(d);

    for (uint32_t i = 0; i < n; i++) {
        size_t len;
        const char *id = rec_dict_id(d, i, &len);

        if (rec_buf_add(text, id, len) != 0
            || rec_buf_add(text, "\n", 1) != 0) {
            return rec_fail_nomem(err);
        }
    }
    return 0;
}

static int save_arrays(const struct rec_cohort_pop *p,
                       struct rec_stream_writer *w, struct rec_error *err)
{
    uint32_t listed = rec_dict_count(p->users);
    size_t n = rec_csr_events(&p->rows);
    struct rec_buf text = {NULL, 0, 0};
    int rc = join_ids(p->users, &text, err);
    const struct {
        const char *name;
        enum rec_dtype dtype;
        const void *data;
        size_t n;
    } array[] = {{"count", REC_U32, p->count, p->items},
                 {"size", REC_U32, p->size, p->cohorts},
                 {"start", REC_I64, p->rows.start, (size_t)p->cohorts + 1},
                 {"item", REC_U32, p->rows.item, n},
                 {"amount", REC_U32, p->amount, n},
                 {"user", REC_BYTES, text.data, text.len},
                 {"cohort", REC_U32, p->cohort, listed}};

    for (size_t i = 0; i < sizeof array / sizeof *array && rc == 0; i++) {
        rc = rec_stream_write(w, REC_BLOCK_ARRAY, array[i].name,
                              array[i].dtype, array[i].data,
                              array[i].n * rec_dtype_size(array[i].dtype),
                              err);
    }
    rec_buf_release(&text);
    return rc;
}

int rec_cohort_pop_save(const struct rec_cohort_pop *p,
                        const struct rec_dict *items, struct rec_output *o,
                        int level, const char *prov, struct rec_error *err)
{
    struct rec_stream_writer *w;
    char param[160];
    int rc;

    snprintf(param, sizeof param,
             "users %" PRIu64 "\ncohorts %" PRIu32 "\nlisted %" PRIu32
             "\nprior %.17g\n",
             p->trained, p->cohorts, rec_dict_count(p->users), p->prior);
    rc = rec_model_begin(&w, o, rec_cohort_pop_type.kind, level, param, items,
                         err);
    if (rc != 0) {
        return rc;
    }
    rc = save_arrays(p, w, err);
    if (rc != 0) {
        rec_stream_writer_free(w);
        return rc;
    }
    return rec_model_end(w, items, prov, err);
}

/* ---- the loaded model ------------------------------------------------- */

struct state {
    struct rec_dict *users; /* listed */
    const uint32_t *cohort, *size, *item, *amount;
    const int64_t *start;
    uint32_t cohorts;
    double prior;
    float *share; /* by item: of all users */
};

static int damaged(const struct rec_model *m, const char *what,
                   struct rec_error *err)
{
    return rec_fail(err, REC_ECORRUPT, "%s: damaged: %s",
                    rec_store_name(m->store), what);
}

/* A parameter that is a whole number below 2^32 - 1. */
static int get_count(const struct rec_model *m, const char *key, uint32_t *out,
                     struct rec_error *err)
{
    double x = 0;
    int rc = rec_model_param(m, key, &x, err);

    if (rc == 0 && !(x >= 0 && x < REC_NONE && floor(x) >= x)) {
        rc = damaged(m, "a parameter is out of range", err);
    }
    *out = rc == 0 ? (uint32_t)x : 0;
    return rc;
}

/* The ids listed, and their cohorts. */
static int load_users(struct rec_model *m, struct state *s,
                      struct rec_error *err)
{
    const struct rec_array *a =
        rec_store_find(m->store, REC_BLOCK_ARRAY, "user");
    uint32_t listed;
    int rc = get_count(m, "listed", &listed, err);

    if (rc == 0 && (!a || a->block.dtype != REC_BYTES)) {
        rc = damaged(m, "no array 'user' of ids", err);
    }
    rc = rc ? rc : rec_array_check(a, 0, a->block.nbytes, err);
    rc = rc ? rc : rec_dict_read(s->users, a->file, &a->block, err);
    if (rc == 0 && rec_dict_count(s->users) != listed) {
        rc = damaged(m, "'user' has not as many ids as are listed", err);
    }
    rc = rc ? rc
            : rec_model_array(m, "cohort", REC_U32, listed, &s->cohort, err);
    for (uint32_t u = 0; u < listed && rc == 0; u++) {
        if (s->cohort[u] >= s->cohorts && s->cohort[u] != REC_NONE) {
            rc = damaged(m, "'cohort' names one that is not there", err);
        }
    }
    return rc;
}

static int check_cohort(const struct rec_model *m, const struct state *s,
                        size_t c, struct rec_error *err)
{
    for (int64_t e = s->start[c]; e < s->start[c + 1]; e++) {
        if (s->item[e] >= m->n_items) {
            return damaged(m, "'item' names one that is not there", err);
        }
        if (e > s->start[c] && s->item[e] <= s->item[e - 1]) {
            return damaged(m, "'item' does not ascend", err);
        }
        if (s->amount[e] > s->size[c]) {
            return damaged(m, "'amount' is more than the cohort has", err);
        }
    }
    return 0;
}

static int load_cohorts(struct rec_model *m, struct state *s,
                        struct rec_error *err)
{
    size_t n = 0;
    int rc = rec_model_array(m, "size", REC_U32, s->cohorts, &s->size, err);

    rc = rc ? rc
            : rec_model_array(m, "start", REC_I64, (size_t)s->cohorts + 1,
                              &s->start, err);
    if (rc != 0) {
        return rc;
    }
    for (size_t c = 0; c < s->cohorts; c++) {
        if (s->start[0] != 0 || s->start[c] > s->start[c + 1]) {
            return damaged(m, "'start' does not ascend from 0", err);
        }
    }
    n = (size_t)s->start[s->cohorts];
    rc = rec_model_array(m, "item", REC_U32, n, &s->item, err);
    rc = rc ? rc : rec_model_array(m, "amount", REC_U32, n, &s->amount, err);
    for (size_t c = 0; c < s->cohorts && rc == 0; c++) {
        rc = check_cohort(m, s, c, err);
    }
    return rc;
}

static int load_shares(struct rec_model *m, struct state *s,
                       struct rec_error *err)
{
    const uint32_t *count = NULL;
    double users = 0;
    int rc = rec_model_param(m, "users", &users, err);

    rc = rc ? rc : rec_model_param(m, "prior", &s->prior, err);
    if (rc == 0
        && !(users >= 0 && isfinite(users) && s->prior >= 0
             && isfinite(s->prior))) {
        rc = damaged(m, "a parameter is out of range", err);
    }
    rc = rc ? rc
            : rec_model_array(m, "count", REC_U32, m->n_items, &count, err);
    for (uint32_t i = 0; i < m->n_items && rc == 0; i++) {
        s->share[i] = users > 0 ? (float)(count[i] / users) : 0;
        if (count[i] > users) {
            rc = damaged(m, "'count' is more than all users", err);
        }
    }
    return rc;
}

static int cohort_pop_load(struct rec_model *m, struct rec_error *err)
{
    struct state *s = m->state = rec_zalloc(1, sizeof *s);
    int rc;

    if (!s) {
        return rec_fail_nomem(err);
    }
    s->users = rec_dict_new();
    s->share = rec_alloc(m->n_items, sizeof *s->share);
    if (!s->users || !s->share) {
        return rec_fail_nomem(err);
    }
    rc = get_count(m, "cohorts", &s->cohorts, err);
    rc = rc ? rc : load_users(m, s, err);
    rc = rc ? rc : load_cohorts(m, s, err);
    return rc ? rc : load_shares(m, s, err);
}

static void cohort_pop_release(struct rec_model *m)
{
    struct state *s = m->state;

    if (s) {
        rec_dict_free(s->users);
        free(s->share);
        free(s);
    }
}

static uint32_t cohort_pop_cohort(const struct rec_model *m, const char *id,
                                  size_t len)
{
    const struct state *s = m->state;
    uint32_t u = rec_dict_find(s->users, id, len);

    return u == REC_NONE ? REC_NONE : s->cohort[u];
}

static void score_one(const struct rec_model *m, uint32_t c, float *out)
{
    const struct state *s = m->state;
    double all = c == REC_NONE ? 0 : s->size[c] + s->prior;

    if (!(all > 0)) {
        memcpy(out, s->share, m->n_items * sizeof *out);
        return;
    }
    for (uint32_t i = 0; i < m->n_items; i++) {
        out[i] = (float)(s->prior * (double)s->share[i] / all);
    }
    for (int64_t e = s->start[c]; e < s->start[c + 1]; e++) {
        double have = s->amount[e]
                      + s->prior * (double)s->share[s->item[e]];

        out[s->item[e]] = (float)(have / all);
    }
}

static int cohort_pop_score_cohorts(const struct rec_model *m,
                                    const struct rec_csr *rows,
                                    const uint32_t *cohort, int threads,
                                    float *out, struct rec_error *err)
{
    (void)err;
#pragma omp parallel for num_threads(threads) if (rows->rows > 1)
    for (size_t r = 0; r < rows->rows; r++) {
        score_one(m, cohort[r], out + r * m->n_items);
    }
    return 0;
}

static int cohort_pop_score(const struct rec_model *m,
                            const struct rec_csr *rows, int threads, float *out,
                            struct rec_error *err)
{
    (void)threads;
    (void)err;
    for (size_t r = 0; r < rows->rows; r++) {
        score_one(m, REC_NONE, out + r * m->n_items);
    }
    return 0;
}

const struct rec_model_type rec_cohort_pop_type = {
    .kind = "model/cohort-pop",
    .any_row = 1,
    .load = cohort_pop_load,
    .release = cohort_pop_release,
    .score = cohort_pop_score,
    .cohort = cohort_pop_cohort,
    .score_cohorts = cohort_pop_score_cohorts,
};
