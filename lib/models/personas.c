/* SPDX-License-Identifier: MIT */
/* Personas of one user: see personas.h. */
#include <config.h>

#include "models/personas.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/ward.h"

static const double DAY = 86400;

double rec_persona_height(double variance, size_t n)
{
    return variance * (n > 20 ? (double)n / 5 : 4);
}

/* Are the N vectors, D numbers each, equal but for rounding? A number that was
   divided by a length is off by 2^-23 of itself at most; the heights sum to
   twice the sum of squares around the mean. */
static int all_equal(const struct rec_merge *merge, const float *v, size_t n,
                     size_t d)
{
    double sum = 0, off = 1.0 / (1 << 22);

    for (size_t i = 0; i < n * d; i++) {
        sum += (double)v[i] * v[i];
    }
    return n < 2 || merge[n - 2].height <= sum * off * off;
}

static size_t how_many(const struct rec_merge *merge, const float *v, size_t n,
                       size_t d, const struct rec_persona_options *opt)
{
    size_t k = opt->count;

    if (opt->cut != REC_CUT_COUNT) {
        k = all_equal(merge, v, n, d)    ? 1
            : opt->cut == REC_CUT_HEIGHT ? rec_ward_count(merge, n, opt->height)
                                         : rec_ward_gap(merge, n);
        k = opt->most && k > opt->most ? opt->most : k;
    }
    return k < 1 ? 1 : k > n ? n : k;
}

/* The member of K nearest to the members' mean. */
static uint32_t medoid(const float *v, size_t n, size_t d,
                       const uint32_t *member, uint32_t k, double *mean)
{
    double best = INFINITY;
    uint32_t at = 0;
    size_t size = 0;

    memset(mean, 0, d * sizeof *mean);
    for (size_t i = 0; i < n; i++) {
        size += member[i] == k;
        for (size_t c = 0; c < d && member[i] == k; c++) {
            mean[c] += v[i * d + c];
        }
    }
    for (size_t c = 0; c < d; c++) {
        mean[c] /= (double)size;
    }
    for (size_t i = 0; i < n; i++) {
        double far = 0;

        for (size_t c = 0; c < d && member[i] == k; c++) {
            far += (v[i * d + c] - mean[c]) * (v[i * d + c] - mean[c]);
        }
        if (member[i] == k && far < best) {
            best = far;
            at = (uint32_t)i;
        }
    }
    return at;
}

static int compare_times(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* How many of the N ascending times are T. */
static size_t times_of(const int64_t *sorted, size_t n, int64_t t)
{
    size_t from[2];

    for (int upper = 0; upper < 2; upper++) {
        size_t low = 0, high = n;

        while (low < high) {
            size_t middle = (low + high) / 2;

            if (sorted[middle] < t || (upper && sorted[middle] == t)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        from[upper] = low;
    }
    return from[1] - from[0];
}

/* What the event at time T counts. */
static double count_event(const struct rec_persona_options *opt,
                          const int64_t *sorted, size_t n, int64_t t)
{
    double age = ((double)opt->now - (double)t) / DAY;

    return exp(-opt->decay * (age > 0 ? age : 0))
           / sqrt((double)times_of(sorted, n, t));
}

static void weigh(const int64_t *time, const int64_t *sorted, size_t n,
                  const struct rec_persona_options *opt,
                  const uint32_t *member, struct rec_persona *persona)
{
    for (size_t i = 0; i < n; i++) {
        struct rec_persona *p = &persona[member[i]];

        p->size++;
        p->importance += time ? count_event(opt, sorted, n, time[i]) : 1;
    }
}

struct order {
    double importance;
    uint32_t persona; /* they were numbered by their first member */
};

static int compare_orders(const void *a, const void *b)
{
    const struct order *x = a, *y = b;

    if (x->importance < y->importance || x->importance > y->importance) {
        return x->importance < y->importance ? 1 : -1;
    }
    return (x->persona > y->persona) - (x->persona < y->persona);
}

/* Number the K personas by importance. */
static int sort_personas(struct rec_persona *persona, size_t k,
                         uint32_t *member, size_t n, struct rec_error *err)
{
    struct order *order = rec_alloc(k, sizeof *order);
    struct rec_persona *old = rec_alloc(k, sizeof *old);
    uint32_t *number = rec_alloc(k, sizeof *number);
    int ok = order && old && number;

    for (size_t p = 0; ok && p < k; p++) {
        order[p] = (struct order){persona[p].importance, (uint32_t)p};
        old[p] = persona[p];
    }
    if (ok) {
        qsort(order, k, sizeof *order, compare_orders);
    }
    for (size_t p = 0; ok && p < k; p++) {
        persona[p] = old[order[p].persona];
        number[order[p].persona] = (uint32_t)p;
    }
    for (size_t i = 0; ok && i < n; i++) {
        member[i] = number[member[i]];
    }
    free(order);
    free(old);
    free(number);
    return ok ? 0 : rec_fail_nomem(err);
}

struct scratch {
    struct rec_merge *merge;
    double *mean;
    int64_t *sorted; /* the times */
};

static int make(struct scratch *s, const float *v, size_t n, size_t d,
                const int64_t *time, const struct rec_persona_options *opt,
                struct rec_persona *persona, uint32_t *member, size_t *count,
                struct rec_error *err)
{
    int rc = rec_ward(v, n, d, s->merge, err);

    if (rc != 0) {
        return rc;
    }
    *count = how_many(s->merge, v, n, d, opt);
    rc = rec_ward_cut(s->merge, n, *count, member, err);
    if (rc != 0) {
        return rc;
    }
    if (time) {
        memcpy(s->sorted, time, n * sizeof *time);
        qsort(s->sorted, n, sizeof *s->sorted, compare_times);
    }
    memset(persona, 0, *count * sizeof *persona);
    weigh(time, s->sorted, n, opt, member, persona);
    for (size_t k = 0; k < *count; k++) {
        persona[k].medoid = medoid(v, n, d, member, (uint32_t)k, s->mean);
    }
    return sort_personas(persona, *count, member, n, err);
}

int rec_personas(const float *v, size_t n, size_t d, const int64_t *time,
                 const struct rec_persona_options *opt,
                 struct rec_persona *persona, uint32_t *member, size_t *count,
                 double height[2], struct rec_error *err)
{
    struct scratch s = {rec_alloc(n, sizeof *s.merge),
                        rec_alloc(d, sizeof *s.mean),
                        rec_alloc(n, sizeof *s.sorted)};
    int rc = 0;

    *count = 0;
    if (!s.merge || !s.mean || !s.sorted) {
        rc = rec_fail_nomem(err);
    } else if (n > 0) {
        rc = make(&s, v, n, d, time, opt, persona, member, count, err);
    }
    if (rc == 0 && height) {
        size_t made = n - *count;

        height[0] = made > 0 ? s.merge[made - 1].height : 0;
        height[1] = made + 1 < n ? s.merge[made].height : 0;
    }
    free(s.merge);
    free(s.mean);
    free(s.sorted);
    return rc;
}
