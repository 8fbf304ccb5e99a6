/* SPDX-License-Identifier: MIT */
/* Models through their interface: saved, then mapped and read from a pipe;
   scores, explanations and lists; damage and foreign files refused. */
#include <config.h>

#include <check.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rng.h"
#include "io/output.h"
#include "models/ease.h"
#include "models/pop.h"
#include "models/recommend.h"
#include "suite.h"

enum { ITEMS = 300, LARGE = ITEMS * ITEMS }; /* 360,000 bytes: two chunks */

static char dir[64], path[96];
static struct rec_dict *dict;
static float weights[LARGE];
static double wide[LARGE];

static void set_up(void)
{
    struct rec_error err;
    struct rec_rng rng;
    uint32_t index;
    char id[16];

    snprintf(dir, sizeof dir, "/tmp/check_model.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/m.rps", dir);
    dict = rec_dict_new();
    rec_rng_init(&rng, 3);
    for (int i = 0; i < ITEMS; i++) {
        int n = snprintf(id, sizeof id, "item-%d", i);

        ck_assert_int_eq(rec_dict_add(dict, id, (size_t)n, &index, &err), 0);
    }
    for (size_t k = 0; k < LARGE; k++) {
        wide[k] = rec_rng_unit(&rng) - 0.5;
        weights[k] = (float)wide[k];
    }
}

static void tear_down(void)
{
    unlink(path);
    rmdir(dir);
    rec_dict_free(dict);
}

static void save(struct rec_ease *e, int level)
{
    struct rec_output *o;
    struct rec_error err;

    ck_assert_int_eq(rec_output_open(&o, path, &err), 0);
    ck_assert_int_eq(rec_ease_save(e, dict, o, level, "test\n", &err), 0);
    ck_assert_int_eq(rec_output_flush(o, &err), 0);
    ck_assert_int_eq(rec_output_rename(o, &err), 0);
    rec_output_free(o);
}

static void save_ease(int is_wide, int use_weights, int level)
{
    struct rec_ease e = {.dtype = is_wide ? REC_F64 : REC_F32,
                         .side = REC_EASE_ITEMS,
                         .items = ITEMS,
                         .family = {2.5, 0, 0},
                         .weights = use_weights,
                         .matrix = is_wide ? (void *)wide : (void *)weights};

    save(&e, level);
}

static int64_t row_start[] = {0, 3, 3, 5};
static uint32_t row_item[] = {7, 299, 0, 12, 7};
static float row_weight[] = {1, 2, 0.5f, 3, -1};

static struct rec_csr make_rows(void)
{
    struct rec_csr x = {3, ITEMS, row_start, row_item, row_weight, NULL};

    return x;
}

static void check_scores(const struct rec_model *m, int use_weights)
{
    static float one[3 * ITEMS], two[3 * ITEMS];
    struct rec_csr x = make_rows();
    struct rec_error err;

    ck_assert_int_eq(rec_model_score(m, &x, 1, one, &err), 0);
    ck_assert_int_eq(rec_model_score(m, &x, 3, two, &err), 0);
    ck_assert_mem_eq(one, two, sizeof one);
    for (size_t r = 0; r < 3; r++) {
        for (size_t j = 0; j < ITEMS; j++) {
            double want = 0;

            for (int64_t e = row_start[r]; e < row_start[r + 1]; e++) {
                want += (use_weights ? (double)row_weight[e] : 1)
                        * wide[row_item[e] * ITEMS + j];
            }
            ck_assert_double_eq_tol(one[r * ITEMS + j], want, 1e-6);
        }
    }
}

/* float32 and float64, weights used and not, plain and deflated. */
START_TEST(ease_round_trip)
{
    int is_wide = _i & 1, use_weights = (_i & 2) != 0;
    struct rec_model *m;
    struct rec_error err;
    double lambda;

    save_ease(is_wide, use_weights, _i & 4 ? 1 : 0);
    ck_assert_int_eq(rec_model_open(&m, path, &err), 0);
    ck_assert_str_eq(m->type->kind, "model/ease");
    ck_assert_uint_eq(m->n_items, ITEMS);
    ck_assert_uint_eq(rec_dict_find(m->items, "item-42", 7), 42);
    ck_assert_uint_eq(rec_store_counts(m->store)->items, ITEMS);
    ck_assert_str_eq(rec_store_prov(m->store), "test\n");
    ck_assert_int_eq(rec_model_param(m, "lambda", &lambda, &err), 0);
    ck_assert_double_eq(lambda, 2.5);
    ck_assert_int_eq(rec_model_param(m, "lamb", &lambda, &err), REC_ECORRUPT);
    check_scores(m, use_weights);
    rec_model_close(m);
}
END_TEST

/* What the items add sums up to the score. */
START_TEST(ease_explain)
{
    int64_t start[2], last[2];
    struct rec_csr x = make_rows(), row = rec_csr_one(&x, 0, start);
    struct rec_csr third = rec_csr_one(&x, 2, last);
    static float score[3 * ITEMS];
    struct rec_model *m;
    struct rec_error err;
    double part[3];

    ck_assert_uint_eq(rec_csr_events(&row), 3);
    ck_assert_uint_eq(rec_csr_events(&third), 2);
    save_ease(_i & 1, _i & 2, 0);
    ck_assert_int_eq(rec_model_open(&m, path, &err), 0);
    ck_assert_int_eq(rec_model_can_explain(m), 1);
    ck_assert_int_eq(rec_model_score(m, &x, 1, score, &err), 0);
    for (uint32_t j = 0; j < ITEMS; j++) {
        ck_assert_int_eq(rec_model_explain(m, &row, j, part, &err), 0);
        ck_assert_double_eq_tol(part[0] + part[1] + part[2], score[j], 1e-6);
        ck_assert_double_eq_tol(part[0], wide[7 * ITEMS + j], 1e-7);
        ck_assert_int_eq(rec_model_explain(m, &third, j, part, &err), 0);
        ck_assert_double_eq_tol(part[0] + part[1], score[2 * ITEMS + j], 1e-6);
    }
    rec_model_close(m);
}
END_TEST

/* The weights of an item are its row, whether or not weights of rows count. */
START_TEST(ease_weights)
{
    static float row[ITEMS];
    struct rec_model *m;
    struct rec_error err;

    save_ease(_i & 1, _i & 2, 0);
    ck_assert_int_eq(rec_model_open(&m, path, &err), 0);
    for (uint32_t i = 0; i < ITEMS; i += 23) {
        ck_assert_int_eq(rec_model_weights(m, i, row, &err), 0);
        for (size_t j = 0; j < ITEMS; j++) {
            SURE(row[j] == (float)wide[i * ITEMS + j]);
        }
    }
    rec_model_close(m);
}
END_TEST

START_TEST(ease_from_pipe)
{
    char fifo[96];
    struct rec_model *m;
    struct rec_error err;
    pid_t child;

    save_ease(0, 1, 0);
    snprintf(fifo, sizeof fifo, "%s/fifo", dir);
    ck_assert_int_eq(mkfifo(fifo, 0600), 0);
    child = fork();
    if (child == 0) {
        char in[128], out[128];

        snprintf(in, sizeof in, "if=%s", path);
        snprintf(out, sizeof out, "of=%s", fifo);
        execlp("dd", "dd", "status=none", "bs=1000", in, out, (char *)NULL);
        _exit(127);
    }
    ck_assert_int_eq(rec_model_open(&m, fifo, &err), 0);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    unlink(fifo);
    check_scores(m, 1);
    rec_model_close(m);
}
END_TEST

static void flip(long offset)
{
    FILE *f = fopen(path, "r+b");
    int byte;

    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(fseek(f, offset, SEEK_END), 0);
    byte = getc(f);
    ck_assert_int_eq(fseek(f, offset, SEEK_END), 0);
    putc(byte ^ 4, f);
    ck_assert_int_eq(fclose(f), 0);
}

/* The last row is damaged: found when it is used, and not before. */
START_TEST(damage_on_first_touch)
{
    uint32_t touched[] = {0, 1, ITEMS - 1};
    int64_t start[] = {0, 2};
    struct rec_csr x = {1, ITEMS, start, touched, NULL, NULL};
    static float score[ITEMS];
    struct rec_model *m;
    struct rec_error err;

    save_ease(0, 0, 0);
    flip(-600); /* before the end block (128) and provenance (128) */
    ck_assert_int_eq(rec_model_open(&m, path, &err), 0);
    ck_assert_int_eq(rec_model_score(m, &x, 2, score, &err), 0);
    start[1] = 3;
    ck_assert_int_eq(rec_model_score(m, &x, 2, score, &err), REC_ECORRUPT);
    ck_assert_ptr_nonnull(strstr(err.text, path));
    ck_assert_ptr_nonnull(strstr(err.text, "chunk 1 of array 'B'"));
    rec_model_close(m);
}
END_TEST

/* A file of one block, of a kind and with what a test wants. */
static void save_odd(const char *kind, const char *param, const char *array,
                     enum rec_dtype dtype, size_t bytes, uint64_t items)
{
    struct rec_head head = {"", "", 0};
    struct rec_counts counts = {0, 0, 0, items};
    struct rec_stream_writer *w;
    struct rec_output *o;
    struct rec_error err;

    snprintf(head.kind, sizeof head.kind, "%s", kind);
    ck_assert_int_eq(rec_output_open(&o, path, &err), 0);
    ck_assert_int_eq(rec_stream_writer_new(&w, o, &head, 0, &err), 0);
    if (param) {
        ck_assert_int_eq(rec_stream_write(w, "Parm", NULL, REC_BYTES, param,
                                          strlen(param), &err),
                         0);
    }
    ck_assert_int_eq(
        rec_stream_write(w, "Item", NULL, REC_BYTES, "a\nb\n", 4, &err), 0);
    ck_assert_int_eq(
        rec_stream_write(w, "Arry", array, dtype, weights, bytes, &err), 0);
    ck_assert_int_eq(rec_stream_finish(w, &counts, NULL, &err), 0);
    ck_assert_int_eq(rec_output_flush(o, &err), 0);
    ck_assert_int_eq(rec_output_rename(o, &err), 0);
    rec_stream_writer_free(w);
    rec_output_free(o);
}

START_TEST(refuses)
{
    static const struct {
        const char *kind, *param, *array;
        enum rec_dtype dtype;
        size_t bytes;
        uint64_t items;
        int code;
        const char *words;
    } odd[] = {
        {"model/ease", "weights 0\n", "B", REC_F32, 16, 2, 0, ""},
        {"model/ease", "weights 0", "B", REC_F64, 32, 2, 0, ""},
        {"interactions", "weights 0\n", "B", REC_F32, 16, 2, REC_EFORMAT, ""},
        {"model/none", "weights 0\n", "B", REC_F32, 16, 2, REC_EFORMAT, ""},
        {"model/ease", "weights 0\n", "B", REC_F32, 12, 2, REC_ECORRUPT,
         "block 4 'Arry': array 'B'"},
        {"model/ease", "weights 0\n", "B", REC_U32, 16, 2, REC_ECORRUPT, ""},
        {"model/ease", "weights 0\n", "C", REC_F32, 16, 2, REC_ECORRUPT, ""},
        {"model/ease", "weights 0\n", "B", REC_F32, 16, 3, REC_ECORRUPT,
         "the end block counts 3 items"},
        {"model/ease", "weights\n", "B", REC_F32, 16, 2, REC_ECORRUPT, ""},
        {"model/ease", "weights x\n", "B", REC_F32, 16, 2, REC_ECORRUPT,
         "block 2 'Parm': the parameter 'weights'"},
        {"model/ease", NULL, "B", REC_F32, 16, 2, REC_ECORRUPT,
         "no block 'Parm'"},
        {"model/pop", "users 2\n", "count", REC_U32, 8, 2, 0, ""},
        {"model/pop", "users 2\n", "count", REC_U32, 12, 2, REC_ECORRUPT, ""},
        {"model/pop", "users 2\n", "count", REC_F32, 8, 2, REC_ECORRUPT, ""},
    };
    struct rec_model *m = NULL;
    struct rec_error err;

    save_odd(odd[_i].kind, odd[_i].param, odd[_i].array, odd[_i].dtype,
             odd[_i].bytes, odd[_i].items);
    ck_assert_int_eq(rec_model_open(&m, path, &err), odd[_i].code);
    if (odd[_i].code != 0) {
        ck_assert_ptr_null(m);
        ck_assert_ptr_nonnull(strstr(err.text, path));
        ck_assert_ptr_nonnull(strstr(err.text, odd[_i].words));
    }
    rec_model_close(m);
}
END_TEST

/* Popularity over two batches, the second with a new item. */
START_TEST(pop)
{
    const uint32_t item[] = {0, 1, 1, 2};
    struct rec_batch b = {.rows = 2, .events = 2, .item = item};
    struct rec_dict *three = rec_dict_new();
    struct rec_pop p = {NULL, 0, 0, 0};
    struct rec_csr x = make_rows();
    float score[9];
    struct rec_model *m;
    struct rec_output *o;
    struct rec_error err;
    uint32_t index;
    double part[3];

    ck_assert_int_eq(rec_pop_add(&p, &b, 2, &err), 0);
    b.item = item + 2;
    b.events = 2;
    ck_assert_int_eq(rec_pop_add(&p, &b, 3, &err), 0);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(rec_dict_add(three, &"xyz"[i], 1, &index, &err), 0);
    }
    ck_assert_int_eq(rec_output_open(&o, path, &err), 0);
    ck_assert_int_eq(rec_pop_save(&p, three, o, 0, NULL, &err), 0);
    ck_assert_int_eq(rec_output_flush(o, &err), 0);
    ck_assert_int_eq(rec_output_rename(o, &err), 0);
    rec_output_free(o);
    rec_pop_release(&p);
    rec_dict_free(three);
    ck_assert_int_eq(rec_model_open(&m, path, &err), 0);
    ck_assert_int_eq(rec_model_score(m, &x, 1, score, &err), 0);
    for (int r = 0; r < 3; r++) {
        ck_assert_float_eq(score[3 * r], 1);
        ck_assert_float_eq(score[3 * r + 1], 2);
        ck_assert_float_eq(score[3 * r + 2], 1);
    }
    ck_assert_int_eq(rec_model_can_explain(m), 0);
    ck_assert_int_eq(rec_model_explain(m, &x, 0, part, &err), REC_ENOTSUP);
    rec_model_close(m);
}
END_TEST

/* Seen and hidden items stay out; a row without items has no list. */
START_TEST(lists)
{
    struct rec_csr x = make_rows();
    static uint8_t hidden[ITEMS];
    struct rec_model *m;
    struct rec_lists l;
    struct rec_error err;

    save_ease(0, 1, 0);
    hidden[20] = hidden[21] = 1;
    ck_assert_int_eq(rec_model_open(&m, path, &err), 0);
    ck_assert_int_eq(rec_lists_init(&l, m, 1000, &err), 0);
    ck_assert_uint_eq(l.n, ITEMS);
    ck_assert_uint_ge(l.max_rows, 3);
    ck_assert_int_eq(rec_lists_fill(&l, &x, &x, hidden, 2, &err), 0);
    ck_assert_uint_eq(l.count[0], ITEMS - 5);
    ck_assert_uint_eq(l.count[1], 0);
    ck_assert_uint_eq(l.count[2], ITEMS - 4);
    for (size_t i = 0; i < l.count[0]; i++) {
        const struct rec_hit *h = &l.hit[i];

        ck_assert(h->item != 7 && h->item != 299 && h->item != 0);
        ck_assert(h->item != 20 && h->item != 21);
        ck_assert(i == 0 || !(h->score > h[-1].score));
    }
    rec_lists_release(&l);
    rec_model_close(m);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("model");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, ease_round_trip, 0, 8);
    tcase_add_loop_test(t, ease_explain, 0, 4);
    tcase_add_loop_test(t, ease_weights, 0, 4);
    tcase_add_test(t, ease_from_pipe);
    tcase_add_test(t, damage_on_first_touch);
    tcase_add_loop_test(t, refuses, 0, 14);
    tcase_add_test(t, pop);
    tcase_add_test(t, lists);
    return suite_end("model", t);
}
