/* SPDX-License-Identifier: MIT */
/* Logistic regression with a normal prior: derivatives against differences,
   solutions that are known, answers that contradict each other, and the
   extremes. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "math/laplace.h"
#include "math/logistic.h"
#include "suite.h"

enum { DIM = 5 };

static struct rec_error err;

static double normal(struct rec_rng *r)
{
    double u = 1 - rec_rng_unit(r), v = rec_rng_unit(r);

    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

/* N answers at random. */
static void make(struct rec_laplace *l, size_t n, struct rec_rng *r)
{
    ck_assert_int_eq(rec_laplace_init(l, DIM, &err), 0);
    for (size_t i = 0; i < n; i++) {
        double x[DIM], y = (double)rec_rng_below(r, 3) / 2;

        for (size_t k = 0; k < DIM; k++) {
            x[k] = 2 * normal(r);
        }
        ck_assert_int_eq(rec_laplace_add(l, x, normal(r), y, &err), 0);
    }
}

/* F as its formula stands. */
static double objective(const struct rec_laplace *l, const double *z)
{
    double sum = 0;

    for (size_t k = 0; k < DIM; k++) {
        sum += z[k] * z[k] / 2;
    }
    for (size_t i = 0; i < l->n; i++) {
        double t = l->offset[i], p;

        for (size_t k = 0; k < DIM; k++) {
            t += l->x[i * DIM + k] * z[k];
        }
        p = 1 / (1 + exp(-t));
        sum -= l->y[i] * log(p) + (1 - l->y[i]) * log(1 - p);
    }
    return sum;
}

START_TEST(derivatives_are_those_of_the_objective)
{
    struct rec_laplace l;
    struct rec_rng r;
    double z[DIM], g[DIM], h[DIM * DIM], up[DIM], down[DIM];

    rec_rng_init(&r, 1);
    make(&l, 12, &r);
    for (size_t k = 0; k < DIM; k++) {
        z[k] = normal(&r) / 2;
    }
    ck_assert_double_eq_tol(rec_laplace_objective(&l, z, g, h),
                            objective(&l, z), 1e-10);
    for (size_t k = 0; k < DIM; k++) {
        double e = 1e-5, at = z[k], high, low;

        z[k] = at + e;
        high = objective(&l, z);
        rec_laplace_objective(&l, z, up, NULL);
        z[k] = at - e;
        low = objective(&l, z);
        rec_laplace_objective(&l, z, down, NULL);
        z[k] = at;
        ck_assert_double_eq_tol(g[k], (high - low) / (2 * e), 1e-7);
        for (size_t i = 0; i < DIM; i++) {
            ck_assert_double_eq_tol(h[i * DIM + k],
                                    (up[i] - down[i]) / (2 * e), 1e-7);
        }
    }
    rec_laplace_release(&l);
}
END_TEST

START_TEST(the_mode_has_no_gradient_and_the_inverse_is_one)
{
    struct rec_laplace l;
    struct rec_rng r;
    double g[DIM], h[DIM * DIM];

    rec_rng_init(&r, 2);
    make(&l, 20, &r);
    rec_laplace_objective(&l, l.z, g, h);
    for (size_t i = 0; i < DIM; i++) {
        ck_assert_double_eq_tol(g[i], 0, 1e-8);
        for (size_t k = 0; k < DIM; k++) {
            double sum = 0;

            for (size_t j = 0; j < DIM; j++) {
                sum += h[i * DIM + j] * l.inverse[j * DIM + k];
            }
            ck_assert_double_eq_tol(sum, i == k, 1e-7);
        }
    }
    rec_laplace_release(&l);
}
END_TEST

START_TEST(one_answer_has_a_known_solution)
{
    struct rec_laplace l;
    double x = 1;

    ck_assert_int_eq(rec_laplace_init(&l, 1, &err), 0);
    ck_assert_double_eq(l.z[0], 0);
    ck_assert_double_eq(l.inverse[0], 1);
    ck_assert_int_eq(rec_laplace_add(&l, &x, 0, 1, &err), 0);
    ck_assert_double_eq_tol(l.z[0], .401058, 1e-6); /* z = 1 - sigma(z) */
    ck_assert_double_eq_tol(l.z[0], 1 - rec_logistic(l.z[0]), 1e-9);
    rec_laplace_clear(&l);
    ck_assert_double_eq(l.z[0], 0);
    ck_assert_int_eq(rec_laplace_add(&l, &x, 0, 0, &err), 0);
    ck_assert_double_eq_tol(l.z[0], -.401058, 1e-6);
    rec_laplace_release(&l);
}
END_TEST

START_TEST(a_question_turned_around_is_the_same)
{
    struct rec_laplace l, turned;
    struct rec_rng r;

    rec_rng_init(&r, 3);
    make(&l, 6, &r);
    ck_assert_int_eq(rec_laplace_init(&turned, DIM, &err), 0);
    for (size_t i = 0; i < l.n; i++) {
        double x[DIM];

        for (size_t k = 0; k < DIM; k++) {
            x[k] = -l.x[i * DIM + k];
        }
        ck_assert_int_eq(rec_laplace_add(&turned, x, -l.offset[i],
                                         1 - l.y[i], &err),
                         0);
    }
    for (size_t k = 0; k < DIM; k++) {
        ck_assert_double_eq_tol(l.z[k], turned.z[k], 1e-8);
    }
    rec_laplace_release(&l);
    rec_laplace_release(&turned);
}
END_TEST

START_TEST(contradictions_and_ties_inform_but_do_not_move)
{
    struct rec_laplace l;
    double x[2] = {3, 0}, before;

    ck_assert_int_eq(rec_laplace_init(&l, 2, &err), 0);
    ck_assert_int_eq(rec_laplace_add(&l, x, 0, 1, &err), 0);
    ck_assert_double_gt(l.z[0], .1);
    ck_assert_int_eq(rec_laplace_add(&l, x, 0, 0, &err), 0);
    ck_assert_double_eq_tol(l.z[0], 0, 1e-9);
    before = l.inverse[0];
    ck_assert_double_eq_tol(before, 1 / (1 + 2 * 9 * .25), 1e-9);
    ck_assert_int_eq(rec_laplace_add(&l, x, 0, .5, &err), 0);
    ck_assert_double_eq_tol(l.z[0], 0, 1e-9);
    ck_assert_double_lt(l.inverse[0], before);
    ck_assert_double_eq_tol(l.inverse[3], 1, 1e-12);
    rec_laplace_release(&l);
}
END_TEST

/* Answers that can be separated have no finite solution without a prior; very
   long vectors and far offsets have no curvature where Newton starts. */
START_TEST(extremes_have_a_finite_mode)
{
    static const double scale[] = {1e-3, 1, 1e2, 1e4};
    struct rec_laplace l;
    struct rec_rng r;

    rec_rng_init(&r, 4);
    for (size_t s = 0; s < 4; s++) {
        double g[DIM], offset[] = {0, 500, -500}, size = 0;

        ck_assert_int_eq(rec_laplace_init(&l, DIM, &err), 0);
        for (size_t i = 0; i < 30; i++) {
            double x[DIM];

            for (size_t k = 0; k < DIM; k++) {
                x[k] = scale[s] * normal(&r);
            }
            ck_assert_int_eq(rec_laplace_add(&l, x, offset[i % 3], x[0] > 0,
                                             &err),
                             0);
        }
        rec_laplace_objective(&l, l.z, g, NULL);
        for (size_t k = 0; k < DIM; k++) {
            SURE(isfinite(l.z[k]));
            size += g[k] * g[k];
        }
        ck_assert_double_le(sqrt(size), 1e-6 * scale[s] + 1e-6);
        rec_laplace_release(&l);
    }
}
END_TEST

static double log_determinant(double *h)
{
    double sum = 0;

    for (size_t i = 0; i < DIM; i++) { /* Gauss, positive definite */
        sum += log(h[i * DIM + i]);
        for (size_t j = i + 1; j < DIM; j++) {
            double f = h[j * DIM + i] / h[i * DIM + i];

            for (size_t k = i; k < DIM; k++) {
                h[j * DIM + k] -= f * h[i * DIM + k];
            }
        }
    }
    return sum;
}

START_TEST(information_never_falls_at_a_fixed_place)
{
    double z[DIM] = {.3, -.2, .5, 0, 1}, h[DIM * DIM], before = 0;
    struct rec_laplace l;
    struct rec_rng r;

    for (size_t n = 0; n < 15; n++) { /* each begins with the one before */
        double now;

        rec_rng_init(&r, 5);
        make(&l, n, &r);
        rec_laplace_objective(&l, z, NULL, h);
        now = log_determinant(h);
        ck_assert_double_ge(now, before);
        ck_assert(n == 0 || now > before + 1e-9);
        before = now;
        rec_laplace_release(&l);
    }
}
END_TEST

START_TEST(what_is_no_answer_is_refused)
{
    struct rec_laplace l;
    double x[DIM] = {0};

    ck_assert_int_eq(rec_laplace_init(&l, DIM, &err), 0);
    ck_assert_int_eq(rec_laplace_add(&l, x, 0, 2, &err), REC_EVALUE);
    ck_assert_int_eq(rec_laplace_add(&l, x, 0, NAN, &err), REC_EVALUE);
    x[1] = INFINITY;
    ck_assert_int_eq(rec_laplace_add(&l, x, 0, 1, &err), REC_ENUMERIC);
    rec_laplace_release(&l);
}
END_TEST

START_TEST(the_logistic_function_keeps_its_tails)
{
    ck_assert_double_eq(rec_logistic(0), .5);
    ck_assert_double_eq_tol(rec_logistic(2) + rec_logistic(-2), 1, 1e-15);
    ck_assert_double_eq_tol(rec_logistic(-700) / exp(-700), 1, 1e-12);
    ck_assert_double_eq_tol(rec_logistic_slope(1.5),
                            rec_logistic(1.5) * (1 - rec_logistic(1.5)),
                            1e-15);
    ck_assert_double_eq(rec_logistic_slope(800), 1e-12);
    ck_assert_double_eq(rec_softplus(800), 800);
    ck_assert_double_eq_tol(rec_softplus(-3), log(1 + exp(-3)), 1e-15);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        derivatives_are_those_of_the_objective,
        the_mode_has_no_gradient_and_the_inverse_is_one,
        one_answer_has_a_known_solution,
        a_question_turned_around_is_the_same,
        contradictions_and_ties_inform_but_do_not_move,
        extremes_have_a_finite_mode,
        information_never_falls_at_a_fixed_place,
        what_is_no_answer_is_refused,
        the_logistic_function_keeps_its_tails,
    };

    return suite_run("laplace", tests, sizeof tests / sizeof *tests);
}
