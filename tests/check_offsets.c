/* SPDX-License-Identifier: MIT */
/* Offsets beyond 2^32: a row that stands behind 2^32 events scores as it does
   at the beginning, in every kind of model. The events before it are address
   space that is never touched. (tests/bench/counts.sh streams as many.) */
#include <config.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "models/recommend.h"
#include "suite.h"

enum { N = 3 };
static const uint64_t far = ((uint64_t)1 << 32) + 7;

static void *reserve(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return p == MAP_FAILED ? NULL : p;
}

static void compare(const struct rec_model *m, struct rec_csr *here,
                    struct rec_csr *there)
{
    size_t n = m->n_items;
    float *a = calloc(n, sizeof *a), *b = calloc(n, sizeof *b);
    struct rec_error err;
    struct rec_lists l;

    SURE(a && b);
    here->cols = there->cols = m->n_items;
    ck_assert_int_eq(rec_model_score(m, here, 1, a, &err), 0);
    ck_assert_int_eq(rec_model_score(m, there, 1, b, &err), 0);
    ck_assert(memcmp(a, b, n * sizeof *a) == 0);
    ck_assert_int_eq(rec_lists_init(&l, m, 3, &err), 0);
    if (l.cohort) {
        l.cohort[0] = REC_NONE;
    }
    ck_assert_int_eq(rec_lists_fill(&l, there, there, NULL, 1, &err), 0);
    ck_assert_uint_gt(l.count[0], 0);
    for (size_t i = 0; i < l.count[0]; i++) {
        ck_assert_float_eq(l.hit[i].score, a[l.hit[i].item]);
        for (int k = 0; k < N; k++) { /* what the row has is hidden */
            ck_assert_uint_ne(l.hit[i].item, here->item[k]);
        }
    }
    rec_lists_release(&l);
    free(a);
    free(b);
}

START_TEST(rows_behind_2_32_events)
{
    static uint32_t item[N] = {2, 0, 5};
    static float weight[N] = {1, 2.5F, 0.5F};
    int64_t start[] = {0, N}, one[2];
    int64_t behind[] = {0, (int64_t)far, (int64_t)far + N};
    struct rec_csr here = {1, 0, start, item, weight, NULL}, there;
    struct rec_csr all = {2, 0, behind, NULL, NULL, NULL};
    size_t bytes = (size_t)(far + N) * 4;
    char folder[512], path[1024];
    struct dirent *e;
    int models = 0;
    DIR *d;

    all.item = reserve(bytes);
    all.weight = reserve(bytes);
    if (!all.item || !all.weight) {
        return; /* a limit on address space: nothing to be seen here */
    }
    memcpy(all.item + far, item, sizeof item);
    memcpy(all.weight + far, weight, sizeof weight);
    ck_assert_uint_eq(rec_csr_events(&all), far + N);
    ck_assert_uint_eq(rec_csr_row_len(&all, 1), N);
    there = rec_csr_one(&all, 1, one);
    snprintf(folder, sizeof folder, "%s/tests/data/valid/1/model",
             getenv("SRC") ? getenv("SRC") : ".");
    d = opendir(folder);
    ck_assert_ptr_nonnull(d);
    while ((e = readdir(d)) != NULL) {
        struct rec_model *m;
        struct rec_error err;

        if (e->d_name[0] != '.') {
            snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
            ck_assert_int_eq(rec_model_open(&m, path, &err), 0);
            compare(m, &here, &there);
            rec_model_close(m);
            models++;
        }
    }
    closedir(d);
    ck_assert_int_gt(models, 10);
    munmap(all.item, bytes);
    munmap(all.weight, bytes);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {rows_behind_2_32_events};

    return suite_run("offsets", tests, 1);
}
