/* SPDX-License-Identifier: MIT */
/* The fast exponential and hyperbolic tangent against the C library's in
   double precision, over floats of all sizes. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <string.h>

#include "math/fastexp.h"
#include "suite.h"

/* The error of Y in units in the last place of the float nearest to TRUE. */
static double ulps(float y, double right)
{
    float at = (float)right;
    double step = (double)nextafterf(fabsf(at), INFINITY) - (double)fabsf(at);

    return fabs((double)y - right) / step;
}

/* The worst error of F against RIGHT over every 499th float of at most
   LARGEST in size. */
static double worst(float (*f)(float), double (*right)(double), float largest)
{
    double most = 0;
    uint32_t last;

    memcpy(&last, &largest, sizeof last);
    for (uint32_t bits = 0; bits < last; bits += 499) {
        for (uint32_t sign = 0; sign < 2; sign++) {
            uint32_t both = bits | sign << 31;
            double u;
            float x;

            memcpy(&x, &both, sizeof x);
            u = ulps(f(x), right((double)x));
            most = u > most || isnan(u) ? u : most;
            SURE(!isnan(u));
        }
    }
    return most;
}

static float exp_of(float x)
{
    return rec_fast_exp(x);
}

static float tanh_of(float x)
{
    return rec_fast_tanh(x);
}

START_TEST(exponential)
{
    ck_assert_double_le(worst(exp_of, exp, 87.3F), 1);
    ck_assert(rec_fast_exp(0) == 1);
    ck_assert(rec_fast_exp(-88) == 0);
    ck_assert(rec_fast_exp(-INFINITY) == 0);
    ck_assert(isnan(rec_fast_exp(NAN)));
}
END_TEST

START_TEST(tangent)
{
    ck_assert_double_le(worst(tanh_of, tanh, 20), 3);
    ck_assert(rec_fast_tanh(0) == 0);
    ck_assert(rec_fast_tanh(INFINITY) == 1);
    ck_assert(rec_fast_tanh(-INFINITY) == -1);
    ck_assert(isnan(rec_fast_tanh(NAN)));
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("fastexp");

    tcase_add_test(t, exponential);
    tcase_add_test(t, tangent);
    return suite_end("fastexp", t);
}
