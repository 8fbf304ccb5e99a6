/* SPDX-License-Identifier: MIT */
/* gen-interactions EVENTS USERS ITEMS [SEED]: made-up ratings as
   `user,item,rating,time` on standard output. Users are uniform, items follow
   Zipf's law with exponent 1 (drawn as floor(N^u), whose chance falls as 1/i),
   ratings are half stars from .5 to 5, times ascend. The same arguments give
   the same bytes. Only for benchmarks. */
#include <config.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "base/rng.h"

static int64_t number(const char *s)
{
    int64_t v = 0;
    size_t n = 0;

    while (s[n]) {
        n++;
    }
    if (rec_parse_int(s, n, 0, UINT32_MAX, &v) != 0) {
        fprintf(stderr, "gen-interactions: '%s' is not a number\n", s);
        exit(2);
    }
    return v;
}

int main(int argc, char **argv)
{
    struct rec_rng rng;
    int64_t events, users, items;
    double log_items;

    if (argc < 4) {
        fputs("usage: gen-interactions EVENTS USERS ITEMS [SEED]\n", stderr);
        return 2;
    }
    events = number(argv[1]);
    users = number(argv[2]);
    items = number(argv[3]);
    rec_rng_init(&rng, argc > 4 ? (uint64_t)number(argv[4]) : 1);
    log_items = log((double)items);
    puts("user,item,rating,time");
    for (int64_t e = 0; e < events; e++) {
        uint64_t user = rec_rng_below(&rng, (uint64_t)users) + 1;
        double item = floor(exp(log_items * rec_rng_unit(&rng)));
        uint64_t half = rec_rng_below(&rng, 10) + 1;

        printf("%" PRIu64 ",%.0f,%" PRIu64 ".%c,%" PRId64 "\n", user, item,
               half / 2, half % 2 ? '5' : '0', 1300000000 + e * 10);
    }
    return fflush(stdout) != 0 || ferror(stdout);
}
