/* SPDX-License-Identifier: MIT */
/* hash-ids FILE: the least that any reader of `user,item,...` has to do. Read
   the file line by line and add up the hashes of the two ids; nothing is
   looked up, checked or kept. Only for benchmarks. */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "io/input.h"

int main(int argc, char **argv)
{
    static char buf[1 << 20];
    struct rec_input *in;
    struct rec_error err;
    uint64_t sum = 0, lines = 0;
    size_t have = 0, got;

    if (argc != 2 || rec_input_open(&in, argv[1], 1, &err) != 0) {
        fputs("usage: hash-ids FILE\n", stderr);
        return 2;
    }
    while (rec_input_read(in, buf + have, sizeof buf - have, &got, &err) == 0
           && got > 0) {
        const char *p = buf, *end = buf + have + got, *nl, *comma;

        while ((nl = memchr(p, '\n', (size_t)(end - p))) != NULL) {
            for (int i = 0; i < 2; i++) {
                comma = memchr(p, ',', (size_t)(nl - p));
                comma = comma ? comma : nl;
                sum += rec_hash_id(p, (size_t)(comma - p));
                p = comma < nl ? comma + 1 : nl;
            }
            lines++;
            p = nl + 1;
        }
        have = (size_t)(end - p);
        memmove(buf, p, have);
    }
    rec_input_close(in);
    printf("%" PRIu64 " lines, sum %016" PRIx64 "\n", lines, sum);
    return 0;
}
