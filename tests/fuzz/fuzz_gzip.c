/* SPDX-License-Identifier: MIT */
/* Text that may be gzip: the bytes are the same in whatever steps they are
   read. */
#include <config.h>

#include "base/hash.h"
#include "fuzz.h"
#include "io/input.h"

enum { MOST = 1 << 20 }; /* bytes that come out; enough to meet everything */

struct outcome {
    int rc;
    uint64_t n, sum;
};

static struct outcome read_in_steps(const char *path, size_t step)
{
    static uint8_t buf[1 << 16];
    struct outcome o = {0, 0, 0};
    struct rec_input *in;
    struct rec_error err;
    size_t got = 1;

    o.rc = rec_input_open(&in, path, 1, &err);
    if (o.rc != 0) {
        return o;
    }
    while (o.rc == 0 && got > 0 && o.n < MOST) {
        o.rc = rec_input_read(in, buf, step, &got, &err);
        fuzz_need(got <= step, "more than was asked for", NULL);
        for (size_t i = 0; i < got && o.rc == 0; i++) {
            o.sum = (o.sum ^ buf[i]) * 1099511628211U;
        }
        o.n += o.rc == 0 ? got : 0;
    }
    rec_input_close(in);
    return o;
}

void fuzz_gzip(const uint8_t *data, size_t n)
{
    const char *path = fuzz_file(data, n);
    struct outcome a = read_in_steps(path, 1 << 16);
    struct outcome b = read_in_steps(path, 57);

    if (a.n < MOST && b.n < MOST) {
        fuzz_need((a.rc == 0) == (b.rc == 0), "steps change the outcome", NULL);
        fuzz_need(a.rc != 0 || (a.n == b.n && a.sum == b.sum),
                  "steps change the bytes", NULL);
    }
}
