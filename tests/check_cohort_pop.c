/* SPDX-License-Identifier: MIT */
/* Popularity within cohorts: scores by the formula; files with one thing wrong
   are refused. */
#include <config.h>

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "forge.h"
#include "models/cohort_pop.h"
#include "suite.h"

/* Three items and two cohorts: of the first, two users have item 0, one item
   2; of the second, its only user has item 1. Four users in all. */
struct content {
    const char *param;
    uint32_t count[4], size[3], item[4], amount[4], cohort[4];
    int64_t start[4];
    const char *user;
    /* of each array, in the order below */
    size_t n[7];
    enum rec_dtype dtype[7];
};

enum { COUNT, SIZE, START, ITEM, AMOUNT, USER, COHORT, ARRAYS };

static const struct content good = {
    .param = "users 4\ncohorts 2\nlisted 3\nprior 2\n",
    .count = {3, 1, 1},
    .size = {2, 1},
    .start = {0, 2, 3},
    .item = {0, 2, 1},
    .amount = {2, 1, 1},
    .user = "p\nq\nr\n",
    .cohort = {0, 1, REC_NONE},
    .n = {3, 2, 3, 3, 3, 6, 3},
    .dtype = {REC_U32, REC_U32, REC_I64, REC_U32, REC_U32, REC_BYTES,
              REC_U32}};

static struct scratch s;
static struct rec_error err;

/* Without the array LEAVE_OUT. */
static void save(const struct content *c, size_t leave_out)
{
    static const char *const name[] = {"count",  "size", "start", "item",
                                       "amount", "user", "cohort"};
    const void *const data[] = {c->count,  c->size, c->start, c->item,
                                c->amount, c->user, c->cohort};
    struct rec_dict *items = rec_dict_new();
    struct rec_stream_writer *w;
    struct rec_output *o;
    uint32_t index;

    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(rec_dict_add(items, &"abc"[i], 1, &index, &err), 0);
    }
    ck_assert_int_eq(rec_output_open(&o, s.path, &err), 0);
    ck_assert_int_eq(rec_model_begin(&w, o, rec_cohort_pop_type.kind, 0,
                                     c->param, items, &err),
                     0);
    for (size_t a = 0; a < ARRAYS; a++) {
        if (a != leave_out) {
            ck_assert_int_eq(
                rec_stream_write(w, "Arry", name[a], c->dtype[a], data[a],
                                 c->n[a] * rec_dtype_size(c->dtype[a]), &err),
                0);
        }
    }
    ck_assert_int_eq(rec_model_end(w, items, NULL, &err), 0);
    ck_assert_int_eq(rec_output_flush(o, &err), 0);
    ck_assert_int_eq(rec_output_rename(o, &err), 0);
    rec_output_free(o);
    rec_dict_free(items);
}

START_TEST(scores)
{
    static int64_t start[4];
    struct rec_csr rows = {3, 3, start, NULL, NULL, NULL};
    const uint32_t cohort[] = {0, 1, REC_NONE};
    const double amount[3][3] = {{2, 0, 1}, {0, 1, 0}}, size[] = {2, 1};
    float score[9];
    struct rec_model *m;

    scratch_open(&s);
    save(&good, ARRAYS);
    ck_assert_int_eq(rec_model_open(&m, s.path, &err), 0);
    for (size_t u = 0; u < 3; u++) {
        ck_assert_uint_eq(rec_model_cohort(m, &"pqr"[u], 1), cohort[u]);
    }
    ck_assert_uint_eq(rec_model_cohort(m, "x", 1), REC_NONE);
    ck_assert_int_eq(
        rec_model_score_cohorts(m, &rows, cohort, 2, score, &err), 0);
    for (size_t r = 0; r < 3; r++) {
        for (size_t i = 0; i < 3; i++) {
            double share = good.count[i] / 4.0;
            double want = r == 2 ? share
                                 : (amount[r][i] + 2 * share) / (size[r] + 2);

            SURE(fabs(score[r * 3 + i] - want) < 1e-6);
        }
    }
    rec_model_close(m);
    scratch_close(&s);
}
END_TEST

static void sure_refused(const struct content *c, size_t leave_out,
                         const char *words)
{
    struct rec_model *m = NULL;

    save(c, leave_out);
    ck_assert_msg(rec_model_open(&m, s.path, &err) == REC_ECORRUPT, "%s",
                  words);
    ck_assert_ptr_null(m);
    ck_assert_msg(strstr(err.text, s.path) && strstr(err.text, words),
                  "'%s' for '%s'", err.text, words);
}

/* Every array one element longer or shorter, of another type, or not there. */
START_TEST(shapes)
{
    static const char *const named[] = {"'count'",  "'size'", "'start'",
                                        "'item'",   "'amount'", "'user'",
                                        "'cohort'"};

    scratch_open(&s);
    for (size_t a = 0; a < ARRAYS; a++) {
        struct content c = good;

        sure_refused(&good, a, named[a]);
        c.dtype[a] = a == START ? REC_F64 : REC_F32;
        c.n[a] = a == USER ? 1 : c.n[a];
        sure_refused(&c, ARRAYS, named[a]);
        for (int more = -1; more <= 1; more += 2) {
            c = good;
            c.n[a] = more > 0 ? c.n[a] + 1 : c.n[a] - 1;
            if (a == USER) { /* one id less, or an empty one more */
                c.n[a] = more > 0 ? 7 : 4;
                c.user = "p\nq\nr\n\n";
            }
            sure_refused(&c, ARRAYS, a == USER && more > 0 ? "" : named[a]);
        }
    }
    scratch_close(&s);
}
END_TEST

START_TEST(values)
{
    static const struct {
        const char *words;
        size_t array, at;
        int64_t value;
    } odd[] = {
        {"'start'", START, 0, 1},          {"'start'", START, 0, -1},
        {"'start'", START, 1, 4},          {"'start'", START, 1, -1},
        {"'item'", START, 2, INT64_MAX},   {"'item'", START, 2, 2},
        {"'item'", ITEM, 0, 3},            {"'item'", ITEM, 2, REC_NONE},
        {"'item'", ITEM, 1, 0},            {"'amount'", AMOUNT, 0, 3},
        {"'amount'", AMOUNT, 2, REC_NONE}, {"'cohort'", COHORT, 0, 2},
        {"'count'", COUNT, 0, 5},
    };
    static const char *const param[] = {
        "users 4\ncohorts 2\nlisted 3\n",
        "users 4\ncohorts 2\nlisted 3\nprior nan\n",
        "users 4\ncohorts 2\nlisted 3\nprior inf\n",
        "users 4\ncohorts 2\nlisted 3\nprior -1\n",
        "users nan\ncohorts 2\nlisted 3\nprior 2\n",
        "users inf\ncohorts 2\nlisted 3\nprior 2\n",
        "users -4\ncohorts 2\nlisted 3\nprior 2\n",
        "users 4\ncohorts 3\nlisted 3\nprior 2\n",
        "users 4\ncohorts 2.5\nlisted 3\nprior 2\n",
        "users 4\ncohorts nan\nlisted 3\nprior 2\n",
        "users 4\ncohorts 4294967295\nlisted 3\nprior 2\n",
        "users 4\ncohorts 2\nlisted 2\nprior 2\n",
        "users 4\ncohorts 2\nlisted -1\nprior 2\n",
        "users 4\ncohorts 2\nlisted 3.5\nprior 2\n",
    };

    scratch_open(&s);
    for (size_t k = 0; k < sizeof odd / sizeof *odd; k++) {
        struct content c = good;
        uint32_t *const to[] = {c.count,  c.size, NULL,    c.item,
                                c.amount, NULL,   c.cohort};

        if (odd[k].array == START) {
            c.start[odd[k].at] = odd[k].value;
        } else {
            to[odd[k].array][odd[k].at] = (uint32_t)odd[k].value;
        }
        sure_refused(&c, ARRAYS, odd[k].words);
    }
    for (size_t k = 0; k < sizeof param / sizeof *param; k++) {
        struct content c = good;

        c.param = param[k];
        sure_refused(&c, ARRAYS, "");
    }
    scratch_close(&s);
}
END_TEST

int main(void)
{
    const TTest *const test[] = {scores, shapes, values};

    return suite_run("cohort_pop", test, sizeof test / sizeof *test);
}
