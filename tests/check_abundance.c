/* SPDX-License-Identifier: MIT */
/* Information abundance against closed forms and against numpy. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "math/abundance.h"
#include "suite.h"

static double abundance(const float *v, size_t n, size_t d, size_t piece)
{
    struct rec_abundance a;
    struct rec_error err;
    double out = -1;

    ck_assert_int_eq(rec_abundance_init(&a, d, &err), 0);
    for (size_t at = 0; at < n; at += piece) {
        rec_abundance_add(&a, v + at * d, n - at < piece ? n - at : piece);
    }
    ck_assert_int_eq(rec_abundance_get(&a, &out, &err), 0);
    rec_abundance_release(&a);
    return out;
}

START_TEST(closed_forms)
{
    static const float same[] = {3, 0, 0, 0, -3, 0, 0, 0, 3};
    static const float line[] = {1, 2, 3, -2, -4, -6, .5f, 1, 1.5f};
    /* axes of lengths 4, 2 and 1 */
    static const float axes[] = {4, 0, 0, 0, 2, 0, 0, 0, 1};
    static const float none[9];

    ck_assert_double_eq_tol(abundance(same, 3, 3, 3), 3, 1e-12);
    ck_assert_double_eq_tol(abundance(line, 3, 3, 2), 1, 1e-7);
    ck_assert_double_eq_tol(abundance(axes, 3, 3, 1), 1.75, 1e-12);
    ck_assert_double_eq(abundance(none, 3, 3, 3), 0);
    ck_assert_double_eq(abundance(none, 0, 3, 1), 0);
}
END_TEST

/* In numpy: s = numpy.linalg.svd(v, compute_uv=False); s.sum() / s[0], with
   v[i, k] = (i * 37 + k * 101 + i * k * 13) % 97 - 48, of 40 x 5. */
START_TEST(as_numpy_says)
{
    float v[40 * 5];

    for (int i = 0; i < 40; i++) {
        for (int k = 0; k < 5; k++) {
            v[i * 5 + k] = (float)((i * 37 + k * 101 + i * k * 13) % 97 - 48);
        }
    }
    ck_assert_double_eq_tol(abundance(v, 40, 5, 7), 4.4082330310236, 1e-10);
}
END_TEST

/* More rows than a block, in pieces or at once; longer vectors change nothing
   and a common direction makes it less. */
START_TEST(invariances)
{
    enum { N = 700, D = 9 };
    static float v[N * D], w[N * D];
    struct rec_rng r;
    double all;

    rec_rng_init(&r, 1);
    for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
        v[i] = (float)rec_rng_unit(&r) - 0.5f;
        w[i] = v[i] * 8;
    }
    all = abundance(v, N, D, N);
    SURE(all > 7 && all < D);
    ck_assert_double_eq_tol(abundance(v, N, D, 100), all, 1e-9);
    ck_assert_double_eq_tol(abundance(w, N, D, N), all, 1e-9);
    for (size_t i = 0; i < N; i++) {
        w[i * D] += 40;
    }
    SURE(abundance(w, N, D, N) < all / 2);
}
END_TEST

START_TEST(too_long)
{
    static const float v[] = {3e38f, 3e38f, -3e38f, 3e38f};
    struct rec_abundance a;
    struct rec_error err;
    double out;

    ck_assert_double_eq_tol(abundance(v, 2, 2, 2), 2, 1e-7);
    ck_assert_int_eq(rec_abundance_init(&a, 2, &err), 0);
    a.gram[0] = INFINITY; /* which takes more than 1e230 vectors */
    ck_assert_int_eq(rec_abundance_get(&a, &out, &err), REC_ENUMERIC);
    rec_abundance_release(&a);
}
END_TEST

int main(void)
{
    const TTest *const test[] = {closed_forms, as_numpy_says, invariances,
                                 too_long};

    return suite_run("abundance", test, sizeof test / sizeof *test);
}
