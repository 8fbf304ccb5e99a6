/* SPDX-License-Identifier: MIT */
/* Strict numbers from text: see number.h. */
#include <config.h>

#include "base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int rec_parse_int(const char *s, size_t n, int64_t min, int64_t max,
                  int64_t *out)
{
    int negative = n > 0 && *s == '-';
    uint64_t v = 0, limit = (uint64_t)INT64_MAX + (uint64_t)negative;
    int64_t value;

    s += negative;
    n -= (size_t)negative;
    if (n == 0) {
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        unsigned d = (unsigned)(unsigned char)s[i] - '0';

        if (d > 9 || v > (limit - d) / 10) {
            return -1;
        }
        v = v * 10 + d;
    }
    if (!negative) {
        value = (int64_t)v;
    } else {
        value = v > (uint64_t)INT64_MAX ? INT64_MIN : -(int64_t)v;
    }
    if (value < min || value > max) {
        return -1;
    }
    *out = value;
    return 0;
}

/* The general case: check the characters, then let strtod round. */
static int parse_slow(const char *s, size_t n, double *out)
{
    char copy[512], *end;
    double v;

    if (n == 0 || n >= sizeof copy) {
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        if (!memchr("0123456789.+-eE", s[i], 15)) {
            return -1;
        }
    }
    memcpy(copy, s, n);
    copy[n] = '\0';
    v = strtod(copy, &end);
    if (end != copy + n || !isfinite(v)) {
        return -1;
    }
    *out = v;
    return 0;
}

int rec_parse_double(const char *s, size_t n, double *out)
{
    static const double power[] = {1,   1e1,  1e2,  1e3,  1e4,  1e5,
                                   1e6, 1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15};
    size_t i = n > 0 && *s == '-', digits = 0, places = 0;
    uint64_t v = 0;
    int point = 0;

    /* Up to 15 digits and no exponent: the integer and the power of ten are
       both exact, so one division rounds correctly. */
    for (; i < n; i++) {
        unsigned d = (unsigned)(unsigned char)s[i] - '0';

        if (d <= 9 && digits < 15) {
            v = v * 10 + d;
            digits++;
            places += (size_t)point;
        } else if (s[i] == '.' && !point) {
            point = 1;
        } else {
            return parse_slow(s, n, out);
        }
    }
    if (digits == 0) {
        return -1;
    }
    *out = (double)v / power[places];
    if (*s == '-') {
        *out = -*out;
    }
    return 0;
}
