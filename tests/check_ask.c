/* SPDX-License-Identifier: MIT */
/* Asking strangers: the prior, what does not depend on the axes, the choice of
   questions against brute force, how fast tastes are recovered. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/logistic.h"
#include "models/ask.h"
#include "suite.h"

static struct rec_error err;

static double normal(struct rec_rng *r)
{
    double u = 1 - rec_rng_unit(r), v = rec_rng_unit(r);

    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

/* A world of N items of DIM numbers, all known to everybody. */
struct world {
    size_t n, dim;
    float *v;
    uint32_t *count, *rank;
    double *mean, *s;
    struct rec_ask_prior prior;
    struct rec_ask_pool pool;
};

static struct world make_world(size_t n, size_t dim, struct rec_rng *r)
{
    struct world w = {.n = n, .dim = dim};

    w.v = rec_alloc(n * dim, sizeof *w.v);
    w.count = rec_alloc(n, sizeof *w.count);
    w.rank = rec_alloc(n, sizeof *w.rank);
    w.mean = rec_zalloc(dim, sizeof *w.mean);
    w.s = rec_zalloc(dim * dim, sizeof *w.s);
    SURE(w.v && w.count && w.rank && w.mean && w.s);
    for (size_t i = 0; i < n; i++) {
        w.count[i] = 7;
        w.rank[i] = (uint32_t)i;
        for (size_t k = 0; k < dim; k++) {
            w.v[i * dim + k] = (float)(normal(r) / sqrt((double)k + 1));
        }
    }
    for (size_t k = 0; k < dim; k++) {
        w.s[k * dim + k] = 1;
    }
    return w;
}

static void open_pool(struct world *w, int pairs)
{
    struct rec_ask_items items = {w->v, w->count, w->rank, (uint32_t)w->n, 10};
    struct rec_ask_options opt = {w->n, pairs, 2, 1, 0, 0};

    ck_assert_int_eq(rec_ask_prior_init(&w->prior, w->dim, w->mean, w->s,
                                        &err),
                     0);
    ck_assert_int_eq(rec_ask_pool_init(&w->pool, &w->prior, &items, &opt,
                                       &err),
                     0);
}

static void drop_world(struct world *w)
{
    rec_ask_pool_release(&w->pool);
    rec_ask_prior_release(&w->prior);
    free(w->v);
    free(w->count);
    free(w->rank);
    free(w->mean);
    free(w->s);
}

/* ---- the prior -------------------------------------------------------- */

START_TEST(the_population_is_a_mean_and_a_shrunk_covariance)
{
    enum { N = 40, D = 3 };
    struct rec_ask_prior p;
    struct rec_rng r;
    double mean[D] = {0}, s[D][D] = {{0}}, to = (double)D / (D + N);
    double trace = 0;
    float v[N][D];

    rec_rng_init(&r, 1);
    for (size_t i = 0; i < N; i++) {
        for (size_t k = 0; k < D; k++) {
            v[i][k] = (float)(normal(&r) * (double)(k + 1) + (double)k);
            mean[k] += (double)v[i][k] / N;
        }
        v[i][2] += v[i][0];
        mean[2] += (double)v[i][0] / N;
    }
    for (size_t i = 0; i < N; i++) {
        for (size_t a = 0; a < D; a++) {
            for (size_t b = 0; b < D; b++) {
                s[a][b] += ((double)v[i][a] - mean[a])
                           * ((double)v[i][b] - mean[b]) / N;
            }
        }
    }
    trace = s[0][0] + s[1][1] + s[2][2];
    ck_assert_int_eq(rec_ask_prior_fit(&p, D, v[0], N, &err), 0);
    for (size_t a = 0; a < D; a++) {
        ck_assert_double_eq_tol(p.mean[a], mean[a], 1e-5);
        for (size_t b = 0; b < D; b++) {
            double sum = 0;

            for (size_t k = 0; k < D; k++) {
                sum += p.root[a * D + k] * p.root[b * D + k];
            }
            ck_assert_double_eq_tol(sum,
                                    (1 - to) * s[a][b]
                                        + (a == b) * to * trace / D,
                                    1e-5);
        }
    }
    rec_ask_prior_release(&p);
    ck_assert_int_eq(rec_ask_prior_fit(&p, D, v[0], 1, &err), REC_EVALUE);
}
END_TEST

START_TEST(nobody_asked_is_the_mean_of_all)
{
    struct rec_asker k;
    struct rec_rng r;
    struct world w;
    float u[4], score[9], sd[9];

    rec_rng_init(&r, 2);
    w = make_world(9, 4, &r);
    for (size_t i = 0; i < 4; i++) {
        w.mean[i] = normal(&r);
        for (size_t j = 0; j < 4; j++) {
            w.s[i * 4 + j] = (i == j ? 2.0 : 0) + .3; /* not diagonal */
        }
    }
    open_pool(&w, 0);
    ck_assert_int_eq(rec_asker_init(&k, &w.pool, &err), 0);
    rec_asker_vector(&k, u);
    ck_assert_int_eq(rec_asker_scores(&k, w.v, 9, score, sd, &err), 0);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_double_eq_tol((double)u[i], w.mean[i], 1e-6);
    }
    for (size_t i = 0; i < 9; i++) {
        const float *v = w.v + i * 4;
        double sum = 0, q = 0;

        for (size_t a = 0; a < 4; a++) {
            sum += w.mean[a] * (double)v[a];
            for (size_t b = 0; b < 4; b++) {
                q += (double)v[a] * w.s[a * 4 + b] * (double)v[b];
            }
        }
        ck_assert_double_eq_tol((double)score[i], sum, 1e-5);
        ck_assert_double_eq_tol((double)sd[i], sqrt(q), 1e-5);
    }
    rec_asker_release(&k);
    drop_world(&w);
}
END_TEST

/* ---- the pool --------------------------------------------------------- */

START_TEST(the_pool_has_the_most_popular_and_pairs_of_like_fame)
{
    static const uint32_t count[] = {3, 40, 0, 10, 21, 10, 1, 9};
    static const uint32_t item[] = {1, 4, 5, 3, 7}; /* 5 before 3 by rank */
    struct rec_ask_options opt = {5, 1, 2, 3, 1, 1};
    struct rec_ask_items items;
    struct rec_ask_pool p;
    struct rec_rng r;
    struct world w;

    rec_rng_init(&r, 3);
    w = make_world(8, 2, &r);
    memcpy(w.count, count, sizeof count);
    w.rank[5] = 0;
    open_pool(&w, 0);
    items = (struct rec_ask_items){w.v, w.count, w.rank, 8, 50};
    ck_assert_int_eq(rec_ask_pool_init(&p, &w.prior, &items, &opt, &err), 0);
    ck_assert_uint_eq(p.n, 5);
    ck_assert_mem_eq(p.item, item, sizeof item);
    /* 40-21, and any two of 10, 10, 9; not 21-10 */
    ck_assert_uint_eq(p.questions, 4);
    ck_assert_double_eq_tol(p.offset[0], log(40.5 / 10.5), 1e-12);
    ck_assert_double_eq_tol(p.weight[1], 21.0 / 40, 1e-12);
    ck_assert_double_eq_tol(hypot(p.x[0], p.x[1]), /* S is 1 */
                            3 * hypot((double)w.v[2], (double)w.v[3]), 1e-6);
    rec_ask_pool_release(&p);
    opt.size = 100;
    opt.pairs = 0;
    ck_assert_int_eq(rec_ask_pool_init(&p, &w.prior, &items, &opt, &err), 0);
    ck_assert_uint_eq(p.n, 7); /* nobody has the third */
    ck_assert_uint_eq(p.questions, 7);
    rec_ask_pool_release(&p);
    drop_world(&w);
}
END_TEST

START_TEST(questions_end_and_no_item_wears_out)
{
    enum { ITEMS = 6 };
    int times[ITEMS] = {0};
    struct rec_asker k;
    struct rec_rng r;
    struct world w;
    size_t q, n = 0;
    double most;

    rec_rng_init(&r, 4);
    w = make_world(ITEMS, 2, &r);
    open_pool(&w, 1);
    ck_assert_uint_eq(w.pool.questions, ITEMS * (ITEMS - 1) / 2);
    for (int by = REC_ASK_PREF; by <= REC_ASK_POPULAR; by++) {
        uint8_t seen[ITEMS * ITEMS] = {0};

        memset(times, 0, sizeof times);
        ck_assert_int_eq(rec_asker_init(&k, &w.pool, &err), 0);
        for (n = 0; rec_asker_next(&k, (enum rec_ask_criterion)by, &r, &q,
                                   &most);
             n++) {
            times[w.pool.question[q].a]++;
            times[w.pool.question[q].b]++;
            ck_assert_uint_eq(seen[q]++, 0);
            ck_assert_int_eq(rec_asker_answer(&k, q, n % 2, &err), 0);
        }
        ck_assert_uint_ge(n, ITEMS); /* at most 3 times 6 places for 2 each */
        ck_assert_uint_le(n, ITEMS * 3 / 2);
        for (size_t i = 0; i < ITEMS; i++) {
            ck_assert_int_le(times[i], 3);
        }
        rec_asker_release(&k);
    }
    drop_world(&w);
}
END_TEST

/* ---- what must not matter --------------------------------------------- */

enum { T_DIM = 4, T_ITEMS = 30 };
static const double turn[T_DIM][T_DIM] = {
    {2, -1, .5, 1}, {0, .25, 1, -2}, {0, 0, 4, .5}, {0, 0, 0, 1}};

static void invert_turn(double inverse[T_DIM][T_DIM])
{
    for (size_t j = 0; j < T_DIM; j++) { /* back substitution */
        for (size_t i = T_DIM; i-- > 0;) {
            double sum = i == j;

            for (size_t k = i + 1; k < T_DIM; k++) {
                sum -= turn[i][k] * inverse[k][j];
            }
            inverse[i][j] = sum / turn[i][i];
        }
    }
}

/* T is W (S = 1) with V become R'V, and the population R^-1 m and
   R^-1 S R^-T. */
static void turn_world(const struct world *w, struct world *t)
{
    double inverse[T_DIM][T_DIM];

    invert_turn(inverse);
    for (size_t i = 0; i < T_DIM; i++) {
        t->mean[i] = 0;
        for (size_t k = 0; k < T_DIM; k++) {
            t->mean[i] += inverse[i][k] * w->mean[k];
            t->s[i * T_DIM + k] = 0;
            for (size_t j = 0; j < T_DIM; j++) {
                t->s[i * T_DIM + k] += inverse[i][j] * inverse[k][j];
            }
        }
    }
    for (size_t i = 0; i < T_ITEMS; i++) {
        for (size_t k = 0; k < T_DIM; k++) {
            double sum = 0;

            for (size_t j = 0; j < T_DIM; j++) {
                sum += turn[j][k] * (double)w->v[i * T_DIM + j];
            }
            t->v[i * T_DIM + k] = (float)sum;
        }
    }
}

/* The same questions, and then the same scores. */
static void same_course(const struct world *w, const struct world *t,
                        enum rec_ask_criterion by, struct rec_rng *r)
{
    float one[T_ITEMS], other[T_ITEMS], sd[T_ITEMS], sd_other[T_ITEMS];
    struct rec_asker a, b;
    double most;

    ck_assert_int_eq(rec_asker_init(&a, &w->pool, &err), 0);
    ck_assert_int_eq(rec_asker_init(&b, &t->pool, &err), 0);
    for (int n = 0; n < 12; n++) {
        size_t p, q;

        ck_assert(rec_asker_next(&a, by, r, &p, &most));
        ck_assert(rec_asker_next(&b, by, r, &q, &most));
        ck_assert_uint_eq(p, q);
        ck_assert_int_eq(rec_asker_answer(&a, p, n % 3 == 0, &err), 0);
        ck_assert_int_eq(rec_asker_answer(&b, q, n % 3 == 0, &err), 0);
    }
    ck_assert_int_eq(rec_asker_scores(&a, w->v, T_ITEMS, one, sd, &err), 0);
    ck_assert_int_eq(rec_asker_scores(&b, t->v, T_ITEMS, other, sd_other, &err),
                     0);
    for (size_t i = 0; i < T_ITEMS; i++) {
        ck_assert_double_eq_tol((double)one[i], (double)other[i], 1e-4);
        ck_assert_double_eq_tol((double)sd[i], (double)sd_other[i], 1e-4);
    }
    rec_asker_release(&a);
    rec_asker_release(&b);
}

START_TEST(the_axes_do_not_matter)
{
    struct world w, t;
    struct rec_rng r;

    rec_rng_init(&r, 5);
    w = make_world(T_ITEMS, T_DIM, &r);
    t = make_world(T_ITEMS, T_DIM, &r);
    for (size_t i = 0; i < T_DIM; i++) {
        w.mean[i] = .1 * (double)i;
    }
    turn_world(&w, &t);
    open_pool(&w, 1);
    open_pool(&t, 1);
    for (int by = REC_ASK_PREF; by <= REC_ASK_V_OPTIMAL; by++) {
        same_course(&w, &t, (enum rec_ask_criterion)by, &r);
    }
    drop_world(&w);
    drop_world(&t);
}
END_TEST

/* ---- brute force ------------------------------------------------------ */

enum { GRID = 161 };

static double entropy(double p)
{
    return p > 0 && p < 1 ? -p * log(p) - (1 - p) * log(1 - p) : 0;
}

/* The expected fall of the entropy of the taste (2 numbers, on a grid with the
   weights W) by the answer to the question with the vector X: the mutual
   information, H(mean p) - mean H(p). */
static double information(const double *w, const double x[2])
{
    double mean = 0, noise = 0;

    for (size_t i = 0; i < GRID; i++) {
        for (size_t k = 0; k < GRID; k++) {
            double a = ((double)i - GRID / 2) * .05;
            double b = ((double)k - GRID / 2) * .05;
            double p = rec_logistic(a * x[0] + b * x[1]);

            mean += w[i * GRID + k] * p;
            noise += w[i * GRID + k] * entropy(p);
        }
    }
    return entropy(mean) - noise;
}

static void set_posterior(double *w, const struct rec_asker *asker,
                          const double root[4])
{
    const struct rec_laplace *l = &asker->belief;
    double sum = 0, most = -INFINITY;

    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < GRID; i++) {
            for (size_t k = 0; k < GRID; k++) {
                double a = ((double)i - GRID / 2) * .05;
                double b = ((double)k - GRID / 2) * .05;
                double f = -(a * a + b * b) / 2;

                for (size_t n = 0; n < l->n; n++) { /* z = root' u */
                    double t = l->x[2 * n] * (root[0] * a + root[2] * b)
                               + l->x[2 * n + 1] * (root[1] * a + root[3] * b);

                    f += l->y[n] > .5 ? -rec_softplus(-t) : -rec_softplus(t);
                }
                most = f > most ? f : most;
                if (pass) {
                    w[i * GRID + k] = exp(f - most);
                    sum += w[i * GRID + k];
                }
            }
        }
    }
    for (size_t i = 0; i < GRID * GRID; i++) {
        w[i] /= sum;
    }
}

START_TEST(questions_are_among_the_most_informative)
{
    static double w[GRID * GRID];
    struct rec_asker k;
    struct rec_rng r;
    struct world s;
    double most;

    rec_rng_init(&r, 6);
    s = make_world(25, 2, &r);
    open_pool(&s, 1);
    ck_assert_int_eq(rec_asker_init(&k, &s.pool, &err), 0);
    for (int n = 0; n < 4; n++) {
        size_t chosen, better = 0;
        double value, sum = 0;

        set_posterior(w, &k, s.prior.root);
        ck_assert(rec_asker_next(&k, REC_ASK_PREF, &r, &chosen, &most));
        for (size_t q = 0; q < s.pool.questions; q++) {
            const struct rec_question *x = s.pool.question + q;
            const float *a = s.v + 2 * s.pool.item[x->a];
            const float *b = s.v + 2 * s.pool.item[x->b];
            double v[] = {(double)a[0] - (double)b[0],
                          (double)a[1] - (double)b[1]};

            if (q == 0) { /* that of the chosen one, first */
                const struct rec_question *y = s.pool.question + chosen;
                const float *c = s.v + 2 * s.pool.item[y->a];
                const float *d = s.v + 2 * s.pool.item[y->b];
                double z[] = {(double)c[0] - (double)d[0],
                              (double)c[1] - (double)d[1]};

                sum = information(w, z);
            }
            value = information(w, v);
            better += value > sum;
        }
        ck_assert_uint_le(20 * better, s.pool.questions);
        ck_assert_int_eq(rec_asker_answer(&k, chosen, n != 1, &err), 0);
    }
    rec_asker_release(&k);
    drop_world(&s);
}
END_TEST

enum { C_DIM = 3, C_ITEMS = 12 };

/* What question X is worth, as the formulas stand, and s^2 Q. */
static double formula(const struct rec_asker *k, enum rec_ask_criterion by,
                      const struct rec_question *x, double *variance)
{
    const double *items = k->pool->x;
    double v[C_DIM], h[C_DIM], t = 0, s, form = 0, goal = 0;

    for (size_t a = 0; a < C_DIM; a++) {
        v[a] = items[x->a * C_DIM + a]
               - (x->b != REC_NONE ? items[x->b * C_DIM + a] : 0);
        t += v[a] * k->belief.z[a];
    }
    for (size_t a = 0; a < C_DIM; a++) {
        h[a] = 0;
        for (size_t b = 0; b < C_DIM; b++) {
            h[a] += k->belief.inverse[a * C_DIM + b] * v[b];
        }
        form += h[a] * v[a];
    }
    for (size_t j = 0; j < C_ITEMS; j++) { /* all have one count */
        double dot = 0;

        for (size_t a = 0; a < C_DIM; a++) {
            dot += h[a] * items[j * C_DIM + a];
        }
        goal += dot * dot / C_ITEMS;
    }
    s = rec_logistic(t) * (1 - rec_logistic(t));
    *variance = s * s * form;
    return by == REC_ASK_PREF        ? s * s * form
           : by == REC_ASK_D_OPTIMAL ? s * form
                                     : s * goal / (1 + s * form);
}

/* The best question, by loops; and the largest variance. */
static size_t find_best(const struct rec_asker *k, enum rec_ask_criterion by,
                        double *most)
{
    const struct rec_ask_pool *p = k->pool;
    double top = -1;
    size_t best = 0;

    *most = 0;
    for (size_t i = 0; i < p->questions; i++) {
        const struct rec_question *x = p->question + i;
        double variance, value = formula(k, by, x, &variance);

        if (!k->asked[i] && k->times[x->a] < 3
            && (x->b == REC_NONE || k->times[x->b] < 3)) {
            *most = variance > *most ? variance : *most;
            best = value > top ? i : best;
            top = value > top ? value : top;
        }
    }
    return best;
}

START_TEST(criteria_are_their_formulas)
{
    struct rec_asker k;
    struct rec_rng r;
    struct world w;

    rec_rng_init(&r, 7);
    w = make_world(C_ITEMS, C_DIM, &r);
    for (int pairs = 0; pairs < 2; pairs++) {
        open_pool(&w, pairs);
        ck_assert_int_eq(rec_asker_init(&k, &w.pool, &err), 0);
        for (int n = 0; n < 9; n++) {
            enum rec_ask_criterion by = (enum rec_ask_criterion)(n % 3);
            double variance, most;
            size_t best = find_best(&k, by, &variance), q;

            ck_assert(rec_asker_next(&k, by, &r, &q, &most));
            ck_assert_uint_eq(q, best);
            ck_assert_double_eq_tol(most, variance, 1e-9);
            ck_assert_int_eq(rec_asker_answer(&k, q, n % 2, &err), 0);
        }
        rec_asker_release(&k);
        rec_ask_pool_release(&w.pool);
        rec_ask_prior_release(&w.prior);
    }
    drop_world(&w);
}
END_TEST

/* ---- recovery --------------------------------------------------------- */

enum { R_DIM = 8, R_ITEMS = 300, R_PAIRS = 250, R_USERS = 120, R_ASKED = 10,
       R_JUDGED = 200 };

/* The share of random pairs of items that are put in the order of TASTE. */
static double accuracy(const struct world *w, const double *taste,
                       const float *u, struct rec_rng *r)
{
    double right = 0;

    for (int n = 0; n < R_JUDGED; n++) {
        const float *a = w->v + R_DIM * rec_rng_below(r, R_ITEMS);
        const float *b = w->v + R_DIM * rec_rng_below(r, R_ITEMS);
        double is = 0, guess = 0;

        for (size_t k = 0; k < R_DIM; k++) {
            double d = (double)a[k] - (double)b[k];

            is += taste[k] * d;
            guess += (double)u[k] * d;
        }
        right += is * guess > 0 ? 1 : is * guess < 0 ? 0 : .5;
    }
    return right / R_JUDGED;
}

/* CURVE[n] is the mean accuracy after n questions chosen BY. */
static void recover(struct world *w, enum rec_ask_criterion by, double *curve)
{
    struct rec_asker k;
    struct rec_rng r;

    rec_rng_init(&r, 9);
    memset(curve, 0, (R_ASKED + 1) * sizeof *curve);
    ck_assert_int_eq(rec_asker_init(&k, &w->pool, &err), 0);
    for (int user = 0; user < R_USERS; user++) {
        double taste[R_DIM], most;
        float u[R_DIM];

        rec_asker_clear(&k);
        for (size_t i = 0; i < R_DIM; i++) {
            taste[i] = 1.5 * normal(&r);
        }
        for (int n = 0; n <= R_ASKED; n++) {
            const float *a, *b;
            double t = 0;
            size_t q;

            rec_asker_vector(&k, u);
            curve[n] += accuracy(w, taste, u, &r) / R_USERS;
            ck_assert(rec_asker_next(&k, by, &r, &q, &most));
            a = w->v + R_DIM * w->pool.item[w->pool.question[q].a];
            b = w->v + R_DIM * w->pool.item[w->pool.question[q].b];
            for (size_t i = 0; i < R_DIM; i++) {
                t += taste[i] * ((double)a[i] - (double)b[i]);
            }
            ck_assert_int_eq(
                rec_asker_answer(&k, q, rec_rng_unit(&r) < rec_logistic(t),
                                 &err),
                0);
        }
    }
    rec_asker_release(&k);
}

START_TEST(informed_questions_recover_tastes_sooner)
{
    static const enum rec_ask_criterion informed[] = {
        REC_ASK_PREF, REC_ASK_D_OPTIMAL, REC_ASK_V_OPTIMAL};
    double random[R_ASKED + 1], curve[R_ASKED + 1];
    struct rec_rng r;
    struct world w;

    rec_rng_init(&r, 8);
    w = make_world(R_ITEMS, R_DIM, &r);
    for (size_t k = 0; k < R_DIM; k++) {
        w.s[k * R_DIM + k] = 1.5 * 1.5;
    }
    open_pool(&w, 1);
    w.pool.questions = R_PAIRS;
    for (size_t q = 0; q < R_PAIRS; q++) {
        uint32_t a = (uint32_t)rec_rng_below(&r, R_ITEMS), b = a;

        while (b == a) {
            b = (uint32_t)rec_rng_below(&r, R_ITEMS);
        }
        w.pool.question[q] = (struct rec_question){a, b};
    }
    recover(&w, REC_ASK_RANDOM, random);
    ck_assert_double_eq_tol(random[0], .5, .03);
    ck_assert_double_gt(random[R_ASKED], random[1] + .05);
    for (size_t c = 0; c < 3; c++) {
        recover(&w, informed[c], curve);
        ck_assert_double_gt(curve[R_ASKED], random[R_ASKED] + .03);
        for (int n = 2; n <= R_ASKED; n += 2) { /* but for noise */
            ck_assert_double_gt(curve[n], curve[n - 2] - .01);
        }
        ck_assert_double_gt(curve[R_ASKED], curve[3] + .03);
    }
    drop_world(&w);
}
END_TEST

/* ---- the scale -------------------------------------------------------- */

/* People with known vectors, whose histories come from the model with a known
   scale. A model of theirs knows a person by private items, eight each. */
enum { S_PEOPLE = 800, S_ITEMS = 60, S_OWN = 8 };
static double person[S_PEOPLE][2];

static uint32_t two(const struct rec_model *m)
{
    (void)m;
    return 2;
}

static int get_items(const struct rec_model *m, const float **out,
                     struct rec_error *e)
{
    (void)e;
    *out = m->state;
    return 0;
}

static int get_users(const struct rec_model *m, const struct rec_csr *rows,
                     int threads, float *out, struct rec_error *e)
{
    (void)m;
    (void)threads;
    (void)e;
    for (size_t r = 0; r < rows->rows; r++) {
        out[2 * r] = out[2 * r + 1] = 0;
        for (int64_t i = rows->start[r]; i < rows->start[r + 1]; i++) {
            if (rows->item[i] >= S_ITEMS) {
                size_t p = (rows->item[i] - S_ITEMS) / S_OWN;

                out[2 * r] = (float)person[p][0];
                out[2 * r + 1] = (float)person[p][1];
            }
        }
    }
    return 0;
}

enum { S_ALL = S_ITEMS + S_PEOPLE * S_OWN };
static uint32_t s_count[S_ALL], s_rank[S_ALL];
static float s_vector[2 * S_ALL];

static struct rec_csr make_histories(struct rec_rng *r)
{
    struct rec_csr x = {.rows = S_PEOPLE, .cols = S_ALL};
    int64_t n = 0;

    x.start = rec_alloc(S_PEOPLE + 1, sizeof *x.start);
    x.item = rec_alloc((size_t)S_PEOPLE * (S_ITEMS + S_OWN), sizeof *x.item);
    SURE(x.start && x.item);
    for (size_t i = 0; i < 2 * S_ITEMS; i++) {
        s_vector[i] = (float)normal(r);
    }
    x.start[0] = 0;
    for (size_t p = 0; p < S_PEOPLE; p++) {
        person[p][0] = normal(r);
        person[p][1] = normal(r);
        for (uint32_t i = 0; i < S_ITEMS; i++) {
            double t = person[p][0] * (double)s_vector[2 * i]
                       + person[p][1] * (double)s_vector[2 * i + 1];

            if (rec_rng_unit(r) < rec_logistic(2.5 * t - 1 - .02 * i)) {
                x.item[n++] = i;
                s_count[i]++;
            }
        }
        for (uint32_t i = 0; i < S_OWN; i++) {
            x.item[n++] = (uint32_t)(S_ITEMS + p * S_OWN + i);
        }
        x.start[p + 1] = n;
    }
    return x;
}

START_TEST(the_scale_is_found_again)
{
    static const struct rec_model_type type = {.kind = "model/test",
                                               .product = 1,
                                               .dimensions = two,
                                               .item_vectors = get_items,
                                               .user_vectors = get_users};
    struct rec_model m = {.type = &type, .n_items = S_ALL, .state = s_vector};
    double mean[2] = {0}, s[4] = {1, 0, 0, 1}, again, scale;
    struct rec_ask_options opt = {S_ITEMS, 0, 2, 1, 0, 1};
    struct rec_ask_items items = {s_vector, s_count, s_rank, S_ALL, S_PEOPLE};
    struct rec_ask_prior prior;
    struct rec_ask_pool pool;
    struct rec_rng r;
    struct rec_csr x;

    rec_rng_init(&r, 10);
    x = make_histories(&r);
    ck_assert_int_eq(rec_ask_prior_init(&prior, 2, mean, s, &err), 0);
    ck_assert_int_eq(rec_ask_pool_init(&pool, &prior, &items, &opt, &err), 0);
    ck_assert_int_eq(rec_ask_scale(&m, &x, &pool, 1, 1, &scale, &err), 0);
    ck_assert_int_eq(rec_ask_scale(&m, &x, &pool, 1, 2, &again, &err), 0);
    ck_assert_double_eq(scale, again);
    ck_assert_double_eq_tol(scale, 2.5, .5);
    x.rows = 0;
    ck_assert_int_eq(rec_ask_scale(&m, &x, &pool, 1, 1, &scale, &err), 0);
    ck_assert_double_eq(scale, 1);
    rec_ask_pool_release(&pool);
    rec_ask_prior_release(&prior);
    rec_csr_release(&x);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_population_is_a_mean_and_a_shrunk_covariance,
        nobody_asked_is_the_mean_of_all,
        the_pool_has_the_most_popular_and_pairs_of_like_fame,
        questions_end_and_no_item_wears_out,
        the_axes_do_not_matter,
        questions_are_among_the_most_informative,
        criteria_are_their_formulas,
        informed_questions_recover_tastes_sooner,
        the_scale_is_found_again,
    };

    return suite_run("ask", tests, sizeof tests / sizeof *tests);
}
