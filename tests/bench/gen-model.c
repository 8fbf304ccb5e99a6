/* SPDX-License-Identifier: MIT */
/* gen-model FILE ITEMS TYPE [TOP]: a made-up model of items "1" to "ITEMS" with
   random weights stored as TYPE (f32, f16 or bf16): dense, of kind model/ease,
   or with TOP weights in every row of kind model/sparse. The same arguments
   give the same bytes. Only for benchmarks. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/rng.h"
#include "io/output.h"
#include "models/ease.h"

static struct rec_rng rng;

static void fail(const char *why)
{
    fprintf(stderr, "gen-model: %s\n", why);
    exit(1);
}

static void check(int rc, const struct rec_error *err)
{
    if (rc != 0) {
        fail(err->text);
    }
}

static uint32_t number(const char *s)
{
    int64_t v = 0;

    if (rec_parse_int(s, strlen(s), 1, 1 << 24, &v) != 0) {
        fail("ITEMS and TOP are numbers");
    }
    return (uint32_t)v;
}

static float draw(void)
{
    return (float)(rec_rng_unit(&rng) - 0.5);
}

static void *room(size_t n, size_t size)
{
    void *p = rec_alloc(n, size);

    if (!p) {
        fail("out of memory");
    }
    return p;
}

static void save_dense(uint32_t items, enum rec_dtype store,
                       const struct rec_dict *dict, struct rec_output *o)
{
    struct rec_ease e = {
        .dtype = REC_F32, .side = REC_EASE_ITEMS, .items = items};
    size_t n = (size_t)items * items;
    float *b = e.matrix = room(n, sizeof *b);
    struct rec_error err;

    for (size_t i = 0; i < n; i++) {
        b[i] = draw();
    }
    check(rec_ease_narrow(&e, store, &err), &err);
    check(rec_ease_save(&e, dict, o, 0, NULL, &err), &err);
    free(b);
}

/* Row i has every (items / top)-th item, from a random one on. */
static void save_sparse(uint32_t items, uint32_t top, enum rec_dtype store,
                        const struct rec_dict *dict, struct rec_output *o)
{
    struct rec_sparse s = {.items = items};
    size_t n = 0;
    struct rec_error err;

    s.start = room(items + (size_t)1, sizeof *s.start);
    s.item = room((size_t)items * top, sizeof *s.item);
    s.weight = room((size_t)items * top, sizeof *s.weight);
    s.start[0] = 0;
    for (uint32_t i = 0; i < items; i++) {
        uint32_t step = items / top,
                 first = (uint32_t)rec_rng_below(&rng, step);

        for (uint32_t k = 0; k < top; k++) {
            s.item[n] = first + k * step;
            s.weight[n++] = draw();
        }
        s.start[i + 1] = (int64_t)n;
    }
    check(rec_sparse_save(&s, "", store, dict, o, 0, NULL, &err), &err);
    rec_sparse_release(&s);
}

int main(int argc, char **argv)
{
    enum rec_dtype store = REC_F32;
    struct rec_output *o;
    struct rec_dict *dict = rec_dict_new();
    struct rec_error err;
    uint32_t items, index;
    char id[16];

    if (argc < 4 || !dict) {
        fail("usage: gen-model FILE ITEMS TYPE [TOP]");
    }
    items = number(argv[2]);
    store = strcmp(argv[3], "f16") == 0    ? REC_F16
            : strcmp(argv[3], "bf16") == 0 ? REC_BF16
                                           : REC_F32;
    rec_rng_init(&rng, 1);
    for (uint32_t i = 1; i <= items; i++) {
        int n = snprintf(id, sizeof id, "%lu", (unsigned long)i);

        check(rec_dict_add(dict, id, (size_t)n, &index, &err), &err);
    }
    check(rec_output_open(&o, argv[1], &err), &err);
    if (argc > 4) {
        save_sparse(items, number(argv[4]), store, dict, o);
    } else {
        save_dense(items, store, dict, o);
    }
    check(rec_output_flush(o, &err), &err);
    check(rec_output_rename(o, &err), &err);
    rec_output_free(o);
    rec_dict_free(dict);
    return 0;
}
