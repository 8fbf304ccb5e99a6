/* SPDX-License-Identifier: MIT */
/* Sets of personas: what rec-cluster writes comes back user by user; groups
   that do not ascend, importances that are none, and other streams are
   refused. */
#include <config.h>

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "data/rows.h"
#include "forge.h"
#include "make_data.h"
#include "models/persona_set.h"
#include "suite.h"

enum { EVENTS = 7 };

/* u has three personas, of 1, 2 and 1 members; v none; w one of 3. */
static const char *const user[] = {"u", "v", "w"};
static const size_t from[] = {0, 4, 4, 7};
static uint32_t item[EVENTS] = {4, 0, 2, 1, 3, 1, 0};
static uint32_t group[EVENTS] = {1, 2, 2, 5, 1, 1, 1};
static uint32_t medoid[EVENTS] = {4, 2, 2, 1, 1, 1, 1};
static float weight[EVENTS] = {3, 2, 2, 0, 1, 1, 1};

static struct scratch s;
static struct rec_error err;
static struct rec_persona_set set;

static void save(const char *kind, size_t columns, int weighted)
{
    static const struct rec_column column[] = {{"group", REC_COLUMN_COUNT},
                                               {"medoid", REC_COLUMN_ITEM}};
    struct rec_head head = {"", "", weighted ? REC_COL_WEIGHT : 0};
    struct rec_dict *items = rec_dict_new();
    struct rec_stream_writer *w;
    struct rec_row_writer *rw;
    struct rec_output *o;
    uint32_t index;

    for (size_t i = 0; i < 5; i++) {
        ck_assert_int_eq(rec_dict_add(items, &"abcde"[i], 1, &index, &err), 0);
    }
    snprintf(head.kind, sizeof head.kind, "%s", kind);
    ck_assert_int_eq(rec_output_open(&o, s.path, &err), 0);
    ck_assert_int_eq(rec_stream_writer_new(&w, o, &head, 0, &err), 0);
    ck_assert_int_eq(rec_row_writer_new(&rw, w, head.columns, items, &err), 0);
    ck_assert_int_eq(rec_row_columns(rw, column, columns, &err), 0);
    for (size_t u = 0; u < 3; u++) {
        size_t e = from[u];
        const void *more[] = {group + e, medoid + e};
        struct rec_row row = {user[u], 1, from[u + 1] - e, item + e,
                              weighted ? weight + e : NULL, NULL};

        ck_assert_int_eq(rec_row_write_more(rw, &row, more, &err), 0);
    }
    end_rows(rw, w, o);
    rec_dict_free(items);
}

static void sure_item(uint32_t have, uint32_t want)
{
    size_t len;
    const char *id = rec_dict_id(set.data.items, have, &len);

    SURE(len == 1 && *id == "abcde"[want]);
}

START_TEST(there_and_back)
{
    static const uint32_t first[] = {0, 3, 3, 4}, number[] = {1, 2, 5, 1};
    static const int64_t start[] = {0, 1, 3, 4, 7};

    scratch_open(&s);
    save("groups", 2, 1);
    ck_assert_int_eq(rec_persona_set_load(&set, s.path, &err), 0);
    ck_assert_uint_eq(set.personas, 4);
    ck_assert_uint_eq(set.most, 3);
    ck_assert_mem_eq(set.first, first, sizeof first);
    ck_assert_mem_eq(set.number, number, sizeof number);
    ck_assert_mem_eq(set.start, start, sizeof start);
    for (size_t e = 0; e < EVENTS; e++) {
        sure_item(set.data.rows.item[e], item[e]);
    }
    for (size_t p = 0; p < 4; p++) {
        size_t e = (size_t)start[p];

        sure_item(set.medoid[p], medoid[e]);
        SURE(rec_persona_importance(&set, p) >= weight[e]
             && rec_persona_importance(&set, p) <= weight[e]);
    }
    rec_persona_set_release(&set);
    ck_assert(set.start == NULL && set.personas == 0);
    scratch_close(&s);
}
END_TEST

static void sure_refused(int code, const char *words)
{
    ck_assert_int_eq(rec_persona_set_load(&set, s.path, &err), code);
    ck_assert_msg(strstr(err.text, words) != NULL, "'%s' for '%s'", err.text,
                  words);
    ck_assert(set.start == NULL && set.data.users == NULL);
}

START_TEST(refuses)
{
    scratch_open(&s);
    save("groups", 2, 0);
    sure_refused(REC_EFORMAT, "no weights");
    save("groups", 1, 1);
    sure_refused(REC_EFORMAT, "medoid");
    save("groups", 0, 1);
    sure_refused(REC_EFORMAT, "group");
    save("ranking", 2, 1);
    sure_refused(REC_EFORMAT, "");
    group[3] = 1;
    save("groups", 2, 1);
    sure_refused(REC_EVALUE, "user 'u': the groups do not ascend");
    group[3] = 5;
    weight[5] = -1;
    save("groups", 2, 1);
    sure_refused(REC_EVALUE, "user 'w': an importance below 0");
    scratch_close(&s);
}
END_TEST

int main(void)
{
    const TTest *const test[] = {there_and_back, refuses};

    return suite_run("persona_set", test, sizeof test / sizeof *test);
}
