/* SPDX-License-Identifier: MIT */
/* Numbers and times in text, and the names of rows of hashed tables. What our
   parser of numbers takes, strtod takes to the same bits. */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "data/scheme.h"
#include "fuzz.h"
#include "io/textin.h"

static void check_double(const char *s, size_t n)
{
    char text[512];
    double x = 0, y;
    char *end;

    if (rec_parse_double(s, n, &x) != 0) {
        return;
    }
    fuzz_need(isfinite(x), "a number that is not finite", NULL);
    if (n < sizeof text) {
        memcpy(text, s, n);
        text[n] = '\0';
        y = strtod(text, &end);
        fuzz_need(end == text + n && memcmp(&x, &y, sizeof x) == 0,
                  "strtod reads another number", NULL);
    }
}

static void check_int(const char *s, size_t n)
{
    int64_t x, y;
    char text[32];

    if (rec_parse_int(s, n, INT64_MIN, INT64_MAX, &x) == 0) {
        snprintf(text, sizeof text, "%lld", (long long)x);
        fuzz_need(rec_parse_int(text, strlen(text), x, x, &y) == 0 && x == y,
                  "an integer does not come back", NULL);
    }
}

static void check_scheme(const char *s, size_t n)
{
    for (int kind = REC_SCHEME_MODULO; kind <= REC_SCHEME_BLOOM; kind++) {
        char name[REC_SCHEME_TOKEN];
        struct rec_scheme scheme;
        struct rec_error err;
        int64_t row;

        fuzz_need(rec_scheme_init(&scheme, kind, 1000, 2, 5000, 1, &err) == 0,
                  "scheme", &err);
        row = rec_scheme_row(&scheme, s, n);
        if (row >= 0) {
            fuzz_need(row < 1000
                          && rec_scheme_name(&scheme, (uint32_t)row, name)
                                 == n
                          && memcmp(name, s, n) == 0,
                      "the name of a row does not come back", NULL);
        }
    }
}

void fuzz_number(const uint8_t *data, size_t n)
{
    char *s = malloc(n ? n : 1); /* its end guarded */
    int64_t t;

    fuzz_need(s != NULL, "memory", NULL);
    memcpy(s, data, n);
    check_double(s, n);
    check_int(s, n);
    for (int format = REC_TIME_UNIX; format <= REC_TIME_ISO; format++) {
        if (rec_parse_time(s, n, format, &t) == 0) {
            fuzz_need(n > 0, "a time from nothing", NULL);
        }
    }
    check_scheme(s, n);
    free(s);
}
