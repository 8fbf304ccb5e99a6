/* SPDX-License-Identifier: MIT */
/* The metrics: see metrics.h for the definitions. */
#include <config.h>

#include "eval/metrics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const struct {
    const char *name, *variant; /* name@k/variant */
} metric[REC_METRICS] = {{"recall", "/min"}, {"recall", "/all"},
                         {"precision", ""},  {"ndcg", ""},
                         {"map", ""},        {"hit", ""},
                         {"mrr", ""},        {"popularity", ""},
                         {"lift", ""},       {"novelty", ""},
                         {"tail", ""},       {"miscalibration", ""},
                         {"diversity", ""},  {"diversity", "/attributes"},
                         {"brier", ""},      {"log-loss", ""}};

/* Has metric I no k? */
static int is_whole(const struct rec_measures *m, int i)
{
    return (i == REC_MRR && !m->rules.cut_mrr) || i >= REC_BRIER;
}

/* The columns that metric I has in M. */
static size_t columns_of(const struct rec_measures *m, int i)
{
    return m->metrics >> i & 1 ? is_whole(m, i) ? 1 : m->cuts : 0;
}

void rec_metric_name(enum rec_metric m, char out[REC_MEASURE_NAME])
{
    snprintf(out, REC_MEASURE_NAME, "%s%s", metric[m].name,
             metric[m].variant);
}

enum rec_metric rec_metric_find(const char *name, size_t len)
{
    char own[REC_MEASURE_NAME];
    int i;

    for (i = 0; i < REC_METRICS; i++) {
        rec_metric_name((enum rec_metric)i, own);
        if (strlen(own) == len && memcmp(own, name, len) == 0) {
            break;
        }
    }
    return (enum rec_metric)i;
}

int rec_measures_init(struct rec_measures *out, unsigned metrics,
                      const uint32_t *cut, size_t n,
                      const struct rec_rules *rules, struct rec_error *err)
{
    struct rec_measures m = {0};
    int some = 0; /* have a k */

    m.metrics = metrics;
    if (rules) {
        m.rules = *rules;
    }
    m.cuts = n;
    for (int i = 0; i < REC_METRICS; i++) {
        m.columns += columns_of(&m, i);
        m.accurate += i <= REC_MRR ? columns_of(&m, i) : 0;
        m.chances += i >= REC_BRIER ? columns_of(&m, i) : 0;
        some |= metrics >> i & 1 && !is_whole(&m, i);
    }
    if (n > REC_MAX_CUTS || m.columns == 0) {
        return rec_fail(err, REC_EVALUE, "nothing, or too much, to measure");
    }
    for (size_t i = 0; i < n; i++) {
        m.cut[i] = cut[i];
        m.longest = cut[i] > m.longest ? cut[i] : m.longest;
    }
    m.discount = rec_zalloc((size_t)m.longest + 1, sizeof *m.discount);
    m.ideal = rec_zalloc((size_t)m.longest + 1, sizeof *m.ideal);
    if (!m.discount || !m.ideal) {
        rec_measures_release(&m);
        return rec_fail_nomem(err);
    }
    for (uint32_t r = 1; r <= m.longest; r++) {
        double shift = m.rules.flat_ndcg ? 0 : 1, d = log2((double)r + shift);

        m.discount[r] = d > 1 ? 1 / d : 1;
        m.ideal[r] = m.ideal[r - 1] + m.discount[r];
    }
    m.longest = some ? m.longest : 0;
    *out = m;
    return 0;
}

void rec_measures_release(struct rec_measures *m)
{
    free(m->discount);
    free(m->ideal);
    memset(m, 0, sizeof *m);
}

void rec_measures_name(const struct rec_measures *m, size_t column,
                       char out[REC_MEASURE_NAME])
{
    int i = 0;

    for (; column >= columns_of(m, i); i++) {
        column -= columns_of(m, i);
    }
    if (is_whole(m, i)) {
        snprintf(out, REC_MEASURE_NAME, "%s", metric[i].name);
    } else {
        snprintf(out, REC_MEASURE_NAME, "%s@%u%s", metric[i].name,
                 (unsigned)m->cut[column], metric[i].variant);
    }
}

/* What the hits up to k amount to. */
struct tally {
    size_t hits;
    double gain;      /* discounted */
    double precision; /* summed over the hits */
};

static struct tally count_hits(const struct rec_measures *m, uint32_t k,
                               const uint32_t *rank, size_t n)
{
    struct tally t = {0, 0, 0};

    while (t.hits < n && rank[t.hits] <= k) {
        uint32_t r = rank[t.hits++];

        t.gain += m->discount[r];
        t.precision += (double)t.hits / (double)r;
    }
    return t;
}

void rec_measures_row(const struct rec_measures *m, const uint32_t *rank,
                      size_t n, size_t targets, double *out)
{
    for (size_t c = 0; c < m->cuts; c++) {
        uint32_t k = m->cut[c];
        size_t possible = targets < k ? targets : k;
        struct tally t = count_hits(m, k, rank, n);
        double hits = (double)t.hits, value[REC_MRR + 1];
        int last = m->rules.cut_mrr ? REC_MRR : REC_MRR - 1;
        double *at = out + c;

        value[REC_RECALL_MIN] = hits / (double)possible;
        value[REC_RECALL_ALL] = hits / (double)targets;
        value[REC_PRECISION] = hits / (double)k;
        value[REC_NDCG] = t.gain / m->ideal[possible];
        value[REC_MAP] = t.precision
                         / (double)(m->rules.map_of_all ? targets : possible);
        value[REC_HIT] = t.hits > 0;
        value[REC_MRR] = t.hits > 0 ? 1 / (double)rank[0] : 0;
        for (int i = 0; i <= last; i++) {
            if (m->metrics >> i & 1) {
                *at = value[i];
                at += m->cuts;
            }
        }
    }
    if (m->metrics >> REC_MRR & 1 && !m->rules.cut_mrr) {
        out[m->accurate - 1] = n > 0 ? 1 / (double)rank[0] : 0;
    }
}

void rec_moments_add(struct rec_moments *m, double x)
{
    double d = x - m->mean;

    if (!isnan(x)) {
        m->n += 1;
        m->mean += d / m->n;
        m->spread += d * (x - m->mean);
    }
}

void rec_moments_add_zeros(struct rec_moments *m, double n)
{
    double all = m->n + n;

    if (n > 0) {
        m->spread += m->mean * m->mean * m->n * n / all;
        m->mean *= m->n / all;
        m->n = all;
    }
}

double rec_moments_error(const struct rec_moments *m)
{
    return m->n > 0 ? sqrt(m->spread) / m->n : 0;
}
