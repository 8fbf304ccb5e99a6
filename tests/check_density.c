/* SPDX-License-Identifier: MIT */
/* Clusters by density against the definition, taken literally on the full
   matrix of reachabilities, and the tree against scipy; copies and ties; what
   is planted; noise. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "math/density_private.h"
#include "suite.h"

enum { MAX = 120, DIM = 3 };

static float v[MAX * DIM];
static struct rec_error err;
static struct rec_density out;

/* ---- the definition --------------------------------------------------- */

static struct {
    size_t n, least;
    double reach[MAX][MAX];
    size_t branches;
    struct {
        size_t parent;
        double born, died, stability, best;
        int chosen, taken;
    } branch[2 * MAX];
    size_t left[MAX]; /* the branch that a vector left */
    double lambda[MAX];
} o;

static int by_value(const void *pa, const void *pb)
{
    double a = *(const double *)pa, b = *(const double *)pb;

    return (a > b) - (a < b);
}

static void reachability(size_t samples)
{
    double core[MAX], row[MAX];

    for (size_t i = 0; i < o.n; i++) {
        for (size_t j = 0; j < o.n; j++) {
            double sum = 0;

            for (size_t k = 0; k < DIM; k++) {
                double t = (double)v[i * DIM + k] - v[j * DIM + k];

                sum += t * t;
            }
            row[j] = o.reach[i][j] = sqrt(sum);
        }
        qsort(row, o.n, sizeof *row, by_value);
        core[i] = row[samples - 1];
    }
    for (size_t i = 0; i < o.n; i++) {
        for (size_t j = 0; j < o.n; j++) {
            o.reach[i][j] = fmax(o.reach[i][j], fmax(core[i], core[j]));
        }
    }
}

/* The longest step that holds the N members of IN together. */
static double weakest(const size_t *in, size_t n)
{
    double near[MAX], most = 0;
    int done[MAX] = {0};

    for (size_t i = 0; i < n; i++) {
        near[i] = i == 0 ? 0 : INFINITY;
    }
    for (size_t step = 0; step < n; step++) {
        size_t at = n;

        for (size_t i = 0; i < n; i++) {
            if (!done[i] && (at == n || near[i] < near[at])) {
                at = i;
            }
        }
        done[at] = 1;
        most = fmax(most, near[at]);
        for (size_t i = 0; i < n; i++) {
            near[i] = fmin(near[i], o.reach[in[at]][in[i]]);
        }
    }
    return most;
}

/* The N members of IN less the edges not shorter than FAR: PART[i] numbers
   the component; how many. */
static size_t components(const size_t *in, size_t n, double far, size_t *part)
{
    size_t parts = 0, stack[MAX], top = 0;

    for (size_t i = 0; i < n; i++) {
        part[i] = MAX;
    }
    for (size_t i = 0; i < n; i++) {
        if (part[i] == MAX) {
            part[i] = parts++;
            stack[top++] = i;
        }
        while (top > 0) {
            size_t a = stack[--top];

            for (size_t b = 0; b < n; b++) {
                if (part[b] == MAX && o.reach[in[a]][in[b]] < far) {
                    part[b] = part[a];
                    stack[top++] = b;
                }
            }
        }
    }
    return parts;
}

static void divide(const size_t *in, size_t n, size_t branch)
{
    size_t part[MAX], count[MAX] = {0}, large = 0;
    double far = weakest(in, n);
    size_t parts = components(in, n, far, part);

    for (size_t i = 0; i < n; i++) {
        count[part[i]]++;
    }
    for (size_t q = 0; q < parts; q++) {
        large += count[q] >= o.least;
    }
    for (size_t q = 0; q < parts; q++) {
        size_t some[MAX], have = 0, into = branch;

        for (size_t i = 0; i < n; i++) {
            if (part[i] == q) {
                some[have++] = in[i];
            }
        }
        if (have < o.least || large > 1) {
            o.branch[branch].stability +=
                (double)have * (1 / far - o.branch[branch].born);
            o.branch[branch].died = fmax(o.branch[branch].died, 1 / far);
        }
        if (have < o.least) {
            for (size_t i = 0; i < have; i++) {
                o.left[some[i]] = branch;
                o.lambda[some[i]] = 1 / far;
            }
            continue;
        }
        if (large > 1) {
            into = o.branches++;
            memset(&o.branch[into], 0, sizeof o.branch[into]);
            o.branch[into].parent = branch;
            o.branch[into].born = 1 / far;
        }
        divide(some, have, into);
    }
}

/* The best sum within branch K. */
static double best(size_t k)
{
    double sum = 0;

    for (size_t c = k + 1; c < o.branches; c++) {
        sum += o.branch[c].parent == k ? best(c) : 0;
    }
    o.branch[k].chosen = k > 0 && o.branch[k].stability >= sum;
    return o.branch[k].chosen ? o.branch[k].stability : sum;
}

/* The outermost chosen branch around K, or 0. */
static size_t taken(size_t k)
{
    size_t at = 0;

    for (; k > 0; k = o.branch[k].parent) {
        at = o.branch[k].chosen ? k : at;
    }
    return at;
}

static void define(size_t n, size_t least, size_t samples)
{
    size_t all[MAX];

    o.n = n;
    o.least = least;
    reachability(samples);
    for (size_t i = 0; i < n; i++) {
        all[i] = i;
    }
    memset(&o.branch[0], 0, sizeof o.branch[0]);
    o.branches = 1;
    divide(all, n, 0);
    best(0);
}

/* ---- comparing -------------------------------------------------------- */

static void cluster(size_t n, size_t least, size_t samples, int threads)
{
    struct rec_density_options opt = {least, samples, threads, NULL};

    ck_assert_int_eq(rec_density(&out, v, n, DIM, &opt, &err), 0);
}

static void sure_same(size_t n)
{
    uint32_t size[MAX + 1] = {0}, first[MAX + 1] = {0};
    size_t branch[MAX + 1] = {0};

    for (size_t i = n; i-- > 0;) {
        size_t k = taken(o.left[i]);
        double depth = 0;

        SURE(out.label[i] <= out.clusters);
        SURE((k == 0) == (out.label[i] == 0));
        size[out.label[i]]++;
        first[out.label[i]] = (uint32_t)i;
        if (k) {
            SURE(!branch[out.label[i]] || branch[out.label[i]] == k);
            branch[out.label[i]] = k;
            depth = o.lambda[i] < o.branch[k].died
                        ? o.lambda[i] / o.branch[k].died
                        : 1;
        }
        SURE(fabs(out.weight[i] - depth) < 1e-6);
    }
    for (size_t c = 1; c <= out.clusters; c++) {
        double want = o.branch[branch[c]].stability,
               got = out.cluster[c - 1].stability;

        SURE(size[c] > 0 && out.cluster[c - 1].size == size[c]);
        SURE(isinf(want) ? isinf(got) : fabs(got - want) <= 1e-9 * want);
        SURE(c == 1 || size[c] < size[c - 1]
             || (size[c] == size[c - 1] && first[c] > first[c - 1]));
        for (size_t e = 1; e < c; e++) {
            SURE(branch[e] != branch[c]);
        }
    }
}

/* N vectors: some clouds and some noise; on a grid if there is one, so that
   many are equal or equally far. */
static void scatter(size_t n, uint64_t seed, uint64_t grid)
{
    struct rec_rng rng;
    size_t clouds;

    rec_rng_init(&rng, seed);
    clouds = 1 + rec_rng_below(&rng, 5);
    for (size_t i = 0; i < n; i++) {
        size_t c = rec_rng_below(&rng, clouds + 1);
        double wide = c == clouds ? 8 : 0.2 + (double)c / 2;

        for (size_t k = 0; k < DIM; k++) {
            v[i * DIM + k] =
                grid ? (float)rec_rng_below(&rng, grid)
                     : (float)(4 * ((c >> k) & 1)
                               + wide * (rec_rng_unit(&rng) - 0.5));
        }
    }
}

START_TEST(as_defined)
{
    static const size_t sizes[] = {5, 7, 30, MAX};
    size_t clusters = 0, noise = 0;

    for (uint64_t seed = 1; seed <= 80; seed++) {
        size_t n = sizes[seed % 4], least = 2 + seed % 4,
               samples = 1 + seed / 4 % 5;

        scatter(n, seed, seed % 3 == 0 ? 2 + seed % 5 : 0);
        define(n, least, samples);
        cluster(n, least, samples, 1 + seed % 2);
        sure_same(n);
        clusters += out.clusters;
        for (size_t i = 0; i < n; i++) {
            noise += out.label[i] == 0;
        }
        rec_density_release(&out);
    }
    SURE(clusters > 100 && noise > 500); /* it was a test of something */
}
END_TEST

/* Many more neighbours than are kept, in three blobs around a ring of noise
   far from the origin, where products of matrices lose most digits. */
START_TEST(far_away)
{
    for (uint64_t seed = 1; seed <= 10; seed++) {
        scatter(MAX, seed, 0);
        for (size_t i = 0; i < MAX * DIM; i++) {
            v[i] = v[i] / 64 + 1000;
        }
        define(MAX, 4, 3);
        cluster(MAX, 4, 3, 2);
        sure_same(MAX);
        rec_density_release(&out);
    }
}
END_TEST

START_TEST(copies)
{
    /* One vector; one that all are: no division of it, so nothing but noise. */
    scatter(MAX, 1, 0);
    for (size_t i = 1; i < MAX; i++) {
        memcpy(v + i * DIM, v, DIM * sizeof *v);
    }
    for (size_t n = 0; n < MAX; n += n + 1) {
        cluster(n, 2, 2, 2);
        SURE(out.clusters == 0);
        for (size_t i = 0; i < n; i++) {
            SURE(out.label[i] == 0 && out.weight[i] <= 0);
        }
        rec_density_release(&out);
    }
    /* Two vectors, 40 times and 20 times, and four others. */
    scatter(MAX, 2, 0);
    for (size_t i = 2; i < 60; i++) {
        memcpy(v + i * DIM, v + (i % 3 > 0) * DIM, DIM * sizeof *v);
    }
    define(64, 5, 5);
    cluster(64, 5, 5, 1);
    sure_same(64);
    SURE(out.clusters == 2 && isinf(out.cluster[0].stability));
    SURE(out.cluster[0].size >= 40 && out.cluster[1].size >= 20);
    SURE(out.label[1] == 1 && out.label[0] == 2 && out.weight[0] >= 1);
    rec_density_release(&out);
}
END_TEST

START_TEST(few)
{
    scatter(MAX, 3, 0);
    for (size_t n = 0; n < 12; n++) {
        cluster(n, 12, 3, 1);
        SURE(out.clusters == 0 && (n == 0 || out.label[n - 1] == 0));
        rec_density_release(&out);
        cluster(n, 3, 12, 1);
        SURE(out.clusters == 0 && (n == 0 || out.label[n - 1] == 0));
        rec_density_release(&out);
    }
}
END_TEST

static int by_length(const void *pa, const void *pb)
{
    const struct rec_edge *a = pa, *b = pb;

    return (a->far > b->far) - (a->far < b->far);
}

/* The tree against scipy 1.10 in Python: with 24 points v[i][k] = ((37 i + 11 k
   + 5 i i (k + 1)) % 23) / 4 (two of them equal) and S samples,
       D = squareform(pdist(v)); c = numpy.sort(D)[:, S - 1]
       R = numpy.maximum(D, numpy.maximum(c[:, None], c))
       numpy.fill_diagonal(R, 0); linkage(squareform(R), "single")[:, 2]
   are the lengths of the tree's edges. */
START_TEST(as_scipy)
{
    enum { POINTS = 24 };
    static const struct {
        size_t samples;
        double length[POINTS - 1];
    } want[] = {
        {1, {0, 0.353553390593274, 0.433012701892219, 0.559016994374947,
             0.559016994374947, 0.707106781186548, 0.82915619758885,
             0.866025403784439, 1.06066017177982, 1.11803398874989,
             1.11803398874989, 1.14564392373896, 1.4790199457749,
             1.4790199457749, 1.6583123951777, 1.76776695296637,
             2.19374109684803, 2.35849528301415, 2.37170824512628,
             2.41091269024824, 2.41091269024824, 2.61007662722764,
             3.74165738677394}},
        {4, {1.14564392373896, 1.14564392373896, 1.14564392373896,
             1.4142135623731, 1.6583123951777, 1.92028643696715,
             1.92028643696715, 1.96850196850295, 1.96850196850295,
             2.19374109684803, 2.19374109684803, 2.19374109684803,
             2.23606797749979, 2.41091269024824, 2.42383992870816,
             2.47487373415292, 2.48746859276655, 2.51246890528022,
             2.58602010819715, 2.65753645318366, 2.76134025429682,
             2.80624304008046, 4.06201920231798}}};

    for (int i = 0; i < POINTS; i++) {
        for (int k = 0; k < DIM; k++) {
            v[i * DIM + k] =
                (float)((37 * i + 11 * k + 5 * i * i * (k + 1)) % 23) / 4;
        }
    }
    for (size_t t = 0; t < 2; t++) {
        struct rec_density_options opt = {2, want[t].samples, 1, NULL};
        struct rec_edge edge[POINTS];

        ck_assert_int_eq(rec_density_edges(v, POINTS, DIM, &opt, edge, &err),
                         0);
        qsort(edge, POINTS - 1, sizeof *edge, by_length);
        for (size_t e = 0; e + 1 < POINTS; e++) {
            ck_assert_double_eq_tol(sqrt(edge[e].far), want[t].length[e],
                                    1e-13 * 4);
        }
    }
}
END_TEST

/* What k-means cannot: two rings, one within the other, and points between. */
START_TEST(rings)
{
    for (size_t i = 0; i < MAX; i++) {
        double turn = 2 * 3.14159265358979 * (double)(i / 2) / 56;
        double r = i % 2 ? 1 : 4;

        r = i >= 112 ? 2.5 : r;
        v[i * DIM] = (float)(r * cos(i >= 112 ? (double)i : turn));
        v[i * DIM + 1] = (float)(r * sin(i >= 112 ? (double)i : turn));
        v[i * DIM + 2] = 0;
    }
    cluster(MAX, 5, 3, 2);
    SURE(out.clusters == 2);
    for (size_t i = 0; i < MAX; i++) {
        SURE(out.label[i] == (i >= 112 ? 0 : out.label[i % 2]));
    }
    SURE(out.label[0] != out.label[1] && out.label[0] && out.label[1]);
    rec_density_release(&out);
}
END_TEST

START_TEST(hostile)
{
    struct rec_density_options opt = {3, 3, 1, NULL};
    float *many;

    scatter(MAX, 4, 0);
    v[7 * DIM] = NAN;
    ck_assert_int_eq(rec_density(&out, v, MAX, DIM, &opt, &err), REC_ENUMERIC);
    ck_assert(strstr(err.text, "vector 8 ") != NULL);
    v[7 * DIM] = 1e30f;
    ck_assert_int_eq(rec_density(&out, v, MAX, DIM, &opt, &err), REC_ENUMERIC);
    many = calloc(REC_DENSITY_MOST + 1, sizeof *many);
    SURE(many != NULL);
    ck_assert_int_eq(
        rec_density(&out, many, REC_DENSITY_MOST + 1, 1, &opt, &err),
        REC_ELIMIT);
    ck_assert(strstr(err.text, "50001 vectors") != NULL);
    SURE(out.label == NULL);
    /* At the limit, all equal: no more work than for one. */
    ck_assert_int_eq(rec_density(&out, many, REC_DENSITY_MOST, 1, &opt, &err),
                     0);
    SURE(out.clusters == 0);
    rec_density_release(&out);
    free(many);
}
END_TEST

int main(void)
{
    const TTest *const test[] = {as_defined, as_scipy, far_away, copies,
                                 few,        rings,    hostile};

    return suite_run("density", test, sizeof test / sizeof *test);
}
