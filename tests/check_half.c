/* SPDX-License-Identifier: MIT */
/* Floats of 16 bits, all of them, against their definition in ldexp. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "math/half.h"
#include "suite.h"

static const struct sort {
    enum rec_dtype dtype;
    int fraction, bias; /* bits, exponent */
    float (*widen)(uint16_t);
    uint16_t (*narrow)(float);
} sorts[] = {{REC_F16, 10, 15, rec_f16_to_float, rec_f16_from_float},
             {REC_BF16, 7, 127, rec_bf16_to_float, rec_bf16_from_float}};

/* What the bits H mean. */
static double value(const struct sort *s, unsigned h)
{
    int m = (int)(h & ((1u << s->fraction) - 1));
    int top = (1 << (15 - s->fraction)) - 1;
    int e = (int)(h & 0x7fff) >> s->fraction;
    double v = e == top ? (m ? NAN : INFINITY)
               : e == 0 ? ldexp(m, 1 - s->bias - s->fraction)
                        : ldexp(m + (1 << s->fraction),
                                e - s->bias - s->fraction);

    return h & 0x8000 ? -v : v;
}

static unsigned infinity(const struct sort *s)
{
    return 0x8000u - (1u << s->fraction);
}

/* Every half becomes the float of its value, and that the half again; of NaN
   only that it is one is kept, with its sign. */
START_TEST(all_values)
{
    const struct sort *s = &sorts[_i];

    for (unsigned h = 0; h < 65536; h++) {
        double want = value(s, h);
        float got = s->widen((uint16_t)h);
        unsigned back = s->narrow(got);

        SURE(!signbit(got) == !signbit(want));
        if (isnan(want)) {
            SURE(isnan(got) && isnan(value(s, back)));
            SURE((back & 0x8000) == (h & 0x8000));
        } else {
            SURE((double)got == want && back == h);
        }
    }
}
END_TEST

/* Between two neighbours: the middle goes to the even one, a step of a float
   off the middle to the nearer one, on both sides of 0. Beyond the largest
   half its next would be, and infinity takes that place. */
START_TEST(rounding)
{
    const struct sort *s = &sorts[_i];
    double step = value(s, infinity(s) - 1) - value(s, infinity(s) - 2);

    for (unsigned h = 0; h < infinity(s); h++) {
        double low = value(s, h);
        double high = h + 1 < infinity(s) ? value(s, h + 1) : low + step;
        float middle = (float)(low / 2 + high / 2);
        unsigned even = h % 2 ? h + 1 : h;

        SURE((double)middle == low / 2 + high / 2);
        SURE(s->narrow(middle) == even);
        SURE(s->narrow(nextafterf(middle, 0)) == h);
        SURE(s->narrow(nextafterf(middle, INFINITY)) == h + 1);
        SURE(s->narrow(-middle) == (even | 0x8000));
        SURE(s->narrow(-nextafterf(middle, 0)) == (h | 0x8000));
        SURE(s->narrow(-nextafterf(middle, INFINITY)) == ((h + 1) | 0x8000));
    }
    SURE(s->narrow(3.4028234e38f) == infinity(s));
    SURE(s->narrow(1e-45f) == 0);
}
END_TEST

enum { N = 1300 }; /* three pieces */

/* Arrays, also in place, from both precisions, at an odd place. */
START_TEST(arrays)
{
    const struct sort *s = &sorts[_i];
    static float x[N], back[N];
    static double wide[N];
    static uint16_t half[N];
    struct rec_error err;

    for (int i = 0; i < N; i++) {
        wide[i] = (i - 600) * (1 / 3.0);
        x[i] = (float)wide[i];
    }
    ck_assert_int_eq(rec_floats_narrow(s->dtype, half, REC_F32, x, N, &err),
                     0);
    for (int i = 0; i < N; i++) {
        SURE(half[i] == s->narrow(x[i]));
    }
    rec_floats_widen(s->dtype, half, 7, N - 7, back);
    for (int i = 7; i < N; i++) {
        SURE(back[i - 7] == s->widen(half[i]));
    }
    ck_assert_int_eq(rec_floats_narrow(s->dtype, x, REC_F32, x, N, &err), 0);
    ck_assert_mem_eq(x, half, sizeof half);
    ck_assert_int_eq(
        rec_floats_narrow(s->dtype, wide, REC_F64, wide, N, &err), 0);
    ck_assert_mem_eq(wide, half, sizeof half);
}
END_TEST

START_TEST(singles)
{
    double wide[] = {1 / 3.0, -2, 1e-50};
    float x[3], want[] = {1 / 3.0f, -2, 0};
    struct rec_error err;

    ck_assert_int_eq(rec_floats_narrow(REC_F32, x, REC_F64, wide, 3, &err),
                     0);
    ck_assert_mem_eq(x, want, sizeof x);
    rec_floats_widen(REC_F32, want, 1, 2, x);
    ck_assert_mem_eq(x, want + 1, 2 * sizeof *x);
    wide[2] = 1e39;
    ck_assert_int_eq(rec_floats_narrow(REC_F32, x, REC_F64, wide, 3, &err),
                     REC_ENUMERIC);
}
END_TEST

START_TEST(too_large)
{
    float x[N] = {0};
    uint16_t half[N];
    struct rec_error err;

    x[N - 1] = 65519.99f; /* the largest that becomes 65504 */
    ck_assert_int_eq(rec_floats_narrow(REC_F16, half, REC_F32, x, N, &err),
                     0);
    ck_assert_uint_eq(half[N - 1], 0x7bff);
    x[3] = -65520;
    ck_assert_int_eq(rec_floats_narrow(REC_F16, half, REC_F32, x, N, &err),
                     REC_ENUMERIC);
    ck_assert_int_eq(rec_floats_narrow(REC_BF16, half, REC_F32, x, N, &err),
                     0);
    x[3] = NAN;
    ck_assert_int_eq(rec_floats_narrow(REC_BF16, half, REC_F32, x, N, &err),
                     REC_ENUMERIC);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("half");

    tcase_add_loop_test(t, all_values, 0, 2);
    tcase_add_loop_test(t, rounding, 0, 2);
    tcase_add_loop_test(t, arrays, 0, 2);
    tcase_add_test(t, singles);
    tcase_add_test(t, too_large);
    return suite_end("half", t);
}
