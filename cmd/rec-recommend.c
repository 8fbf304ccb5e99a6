/* SPDX-License-Identifier: MIT */
/* rec-recommend: the best items of a model for every user of a stream, as a
   ranking stream or as text for people. */
#include <config.h>

#include "cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "data/dataset.h"
#include "data/gather.h"
#include "data/idlist.h"
#include "data/titles.h"
#include "models/recommend.h"

static const char *model_path, *fallback_path, *exclude_path;
static const char *only_path, *except_path, *titles_path, *items_given;
static int64_t list_length = 10, reasons, samples, seed = 1;
static int keep_seen, as_text;

static struct cli_option options[] = {
    CLI_OPT_TEXT('m', "model", "FILE", &model_path, 0,
                 "the model, of any kind (required)"),
    CLI_OPT_INT('n', "number", "N", &list_length, 1, REC_MAX_ROW, 1,
                "items in a list [10]"),
    CLI_OPT_FLAG(0, "keep-seen", &keep_seen, 1,
                 "recommend also what the user already has"),
    CLI_OPT_TEXT(0, "only", "FILE", &only_path, 0,
                 "recommend only the items listed in FILE, one id a line"),
    CLI_OPT_TEXT(0, "except", "FILE", &except_path, 0,
                 "never recommend the items listed in FILE"),
    CLI_OPT_TEXT(
        0, "exclude", "STREAM", &exclude_path, 0,
        "never recommend to a user the items of that user's row in\nSTREAM"),
    CLI_OPT_TEXT(0, "fallback", "MODEL", &fallback_path, 0,
                 "serve users without an item known to the model from MODEL"),
    CLI_OPT_TEXT(0, "items", "ID,ID...", &items_given, 1,
                 "recommend for this history; no FILE is read"),
    CLI_OPT_INT(0, "samples", "S", &samples, 2, 100000, 1,
                "score by S draws from what the model knows of a user, and\n"
                "add a column with the standard deviation"),
    CLI_OPT_INT(0, "seed", "N", &seed, 0, UINT32_MAX, 1,
                "seed of these draws [1]"),
    CLI_OPT_FLAG(0, "text", &as_text, 0,
                 "write text: user, rank, item, score, divided by tabs"),
    CLI_OPT_TEXT(0, "titles", "FILE", &titles_path, 0,
                 "add a column with the item's title, from FILE"),
    CLI_OPT_INT(0, "explain", "K", &reasons, 1, 100, 0,
                "add a column with the K items of the history that added\n"
                "most, and their share"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-recommend", "-m MODEL [FILE]",
    "Recommend N items to every user of an interactions stream, whose rows\n"
    "are the users' histories; write a ranking.\n"
    "With no FILE, or when FILE is -, read standard input.",
    options, CLI_HAS_STREAM};

enum { BLOCK_EVENTS = 1 << 20 }; /* 16 MiB of histories, hidden items too */

/* A model that makes lists: the main one or the fallback. Indices of other
   dictionaries are turned into its own by the maps, REC_NONE for unknown. */
struct source {
    struct rec_model *model;
    struct rec_lists lists;
    uint32_t *join; /* from the input's items, as far as they are known */
    size_t joined, join_cap;
    uint32_t *excluded; /* from the items of --exclude, or NULL */
    uint32_t *shown;    /* from its own items to the output's; NULL: same */
    uint8_t *hidden;    /* by --only and --except, or NULL */
    struct rec_gather history, hide; /* of the block at hand */
};

struct job {
    struct cli *c;
    struct source main, fallback; /* fallback.model NULL: none */
    struct rec_dict *shown;       /* items of the output; owned if extended */
    struct rec_data exclude;      /* users NULL: none */
    struct rec_titles titles;
    struct rec_output *out;
    struct cli_rows rows; /* the ranking, or */
    struct cli_text text; /* the text */
    /* The block at hand, gathered from several batches: */
    size_t block, block_rows; /* its users, and the most it may have */
    size_t block_events;
    struct source **who; /* by user; NULL: nobody */
    struct rec_buf ids;  /* of the users, one after the other */
    size_t *id_end;      /* where each ends */
    uint32_t *list_item;  /* a list as a row */
    float *list_score;
    float *list_spread;
    double *part; /* of an explanation */
    size_t part_cap;
    uint64_t unknown_items, unknown_events, users_empty, users_fallback;
    uint64_t users_excluded; /* served, and with a row in --exclude */
};

/* ---- setting up ------------------------------------------------------- */

static void open_source(struct job *j, struct source *s, const char *path,
                        const char *what)
{
    struct rec_error err;

    check(rec_model_open(&s->model, path, &err), &err);
    check(rec_lists_init(&s->lists, s->model, (size_t)list_length, &err), &err);
    cli_prov_input(j->c, what, rec_store_prov(s->model->store),
                   rec_store_digest(s->model->store));
    if (!samples) {
        return;
    }
    if (!rec_model_has_posterior(s->model)) {
        die("%s: this '%s' has no posterior to sample from", path,
            s->model->type->kind);
    }
    check(rec_lists_sample(&s->lists, (size_t)samples, (uint64_t)seed, &err),
          &err);
}

/* The output's dictionary: the main model's, and then what only the fallback
   knows. */
static void join_dictionaries(struct job *j)
{
    const struct rec_dict *from[] = {j->main.model->items,
                                     j->fallback.model->items};
    uint32_t n = rec_dict_count(from[1]), index;
    struct rec_error err;

    j->shown = rec_dict_new();
    j->fallback.shown = xalloc(n, sizeof *j->fallback.shown);
    if (!j->shown) {
        die("out of memory");
    }
    for (int d = 0; d < 2; d++) {
        for (uint32_t i = 0; i < rec_dict_count(from[d]); i++) {
            size_t len;
            const char *id = rec_dict_id(from[d], i, &len);

            check(rec_dict_add(j->shown, id, len, &index, &err), &err);
            if (d == 1) {
                j->fallback.shown[i] = index;
            }
        }
    }
}

static void open_models(struct job *j)
{
    open_source(j, &j->main, model_path, "model");
    if (reasons && !rec_model_can_explain(j->main.model)) {
        die("%s: a '%s' cannot explain its scores", model_path,
            j->main.model->type->kind);
    }
    if (fallback_path) {
        open_source(j, &j->fallback, fallback_path, "fallback");
        join_dictionaries(j);
    } else {
        j->shown = j->main.model->items;
    }
}

/* Say how many of the items in PATH no model knows. */
static void report_unknown(const struct job *j, const char *path,
                           const struct rec_dict *list)
{
    uint32_t n = rec_dict_count(list), unknown = 0;

    for (uint32_t i = 0; i < n; i++) {
        size_t len;
        const char *id = rec_dict_id(list, i, &len);

        unknown += rec_dict_find(j->shown, id, len) == REC_NONE;
    }
    if (unknown > 0) {
        note(j->c, "%s: unknown to the model: %lu of %lu items", path,
             (unsigned long)unknown, (unsigned long)n);
    }
}

static struct rec_dict *load_list(struct job *j, const char *path,
                                  const char *what)
{
    uint8_t digest[REC_DIGEST_BYTES];
    struct rec_dict *list;
    struct rec_error err;

    if (!path) {
        return NULL;
    }
    check(rec_idlist_load(&list, path, digest, &err), &err);
    cli_prov_input(j->c, what, NULL, digest);
    report_unknown(j, path, list);
    return list;
}

static void hide_items(struct source *s, const struct rec_dict *only,
                       const struct rec_dict *except)
{
    uint32_t n = s->model ? s->model->n_items : 0;

    if (!only && !except) {
        return;
    }
    s->hidden = xalloc(n, 1);
    for (uint32_t i = 0; i < n; i++) {
        size_t len;
        const char *id = rec_dict_id(s->model->items, i, &len);

        s->hidden[i] =
            (only && rec_dict_find(only, id, len) == REC_NONE)
            || (except && rec_dict_find(except, id, len) != REC_NONE);
    }
}

static void load_filters(struct job *j)
{
    struct rec_dict *only = load_list(j, only_path, "only");
    struct rec_dict *except = load_list(j, except_path, "except");
    struct source *source[] = {&j->main, &j->fallback};
    struct rec_error err;

    if (exclude_path) {
        check(rec_data_load(&j->exclude, exclude_path, NULL, &err), &err);
        cli_prov_input(j->c, "exclude", j->exclude.prov, j->exclude.digest);
        report_unknown(j, exclude_path, j->exclude.items);
    }
    for (int i = 0; i < 2; i++) {
        hide_items(source[i], only, except);
        if (exclude_path && source[i]->model) {
            source[i]->excluded =
                rec_dict_map(j->exclude.items, source[i]->model->items);
            if (!source[i]->excluded) {
                die("out of memory");
            }
        }
    }
    rec_dict_free(only);
    rec_dict_free(except);
}

static void load_titles(struct job *j)
{
    struct rec_error err;
    uint32_t found;

    if (!titles_path) {
        return;
    }
    check(rec_titles_load(&j->titles, titles_path, j->shown, &found, &err),
          &err);
    if (j->c->verbose || found == 0) { /* it may be the wrong file */
        note(j->c, "%s: titles for %lu of %lu items", titles_path,
             (unsigned long)found, (unsigned long)rec_dict_count(j->shown));
    }
}

/* Standard input can be read once. */
static void check_dashes(const struct cli *c)
{
    const char *path[] = {model_path,
                          fallback_path,
                          exclude_path,
                          only_path,
                          except_path,
                          titles_path,
                          items_given ? NULL : cli_one_input(c)};
    int dashes = 0;

    for (size_t i = 0; i < sizeof path / sizeof *path; i++) {
        dashes += path[i] && strcmp(path[i], "-") == 0;
    }
    if (dashes > 1) {
        die_usage("standard input can be only one of the inputs");
    }
}

static void begin_source(struct source *s)
{
    struct rec_error err;

    if (s->model) {
        check(rec_gather_begin(&s->history, s->model->n_items, &err), &err);
        check(rec_gather_begin(&s->hide, s->model->n_items, &err), &err);
    }
}

static void begin_block(struct job *j)
{
    j->block = j->block_events = j->ids.len = 0;
    begin_source(&j->main);
    begin_source(&j->fallback);
}

static void set_up(struct job *j, struct cli *c)
{
    memset(j, 0, sizeof *j);
    j->c = c;
    if (!model_path) {
        die_usage("no model given (-m)");
    }
    if (!as_text && (titles_path || reasons)) {
        die_usage("--%s needs --text", titles_path ? "titles" : "explain");
    }
    if (cli_given(c, "seed") && !samples) {
        die_usage("--seed needs --samples");
    }
    if (items_given && c->n_operands > 0) {
        die_usage("--items reads no FILE, but '%s' is given", c->operand[0]);
    }
    check_dashes(c);
    j->out = cli_output(c, c->output, !as_text);
    j->text.out = j->out;
    open_models(j);
    load_filters(j);
    load_titles(j);
    j->block_rows = j->main.lists.max_rows;
    if (fallback_path && j->fallback.lists.max_rows < j->block_rows) {
        j->block_rows = j->fallback.lists.max_rows;
    }
    j->who = xalloc(j->block_rows, sizeof *j->who);
    j->id_end = xalloc(j->block_rows, sizeof *j->id_end);
    begin_block(j);
    j->list_item = xalloc((size_t)list_length, sizeof *j->list_item);
    j->list_score = xalloc((size_t)list_length, sizeof *j->list_score);
    j->list_spread = xalloc((size_t)list_length, sizeof *j->list_spread);
}

static void release_source(struct source *s)
{
    rec_lists_release(&s->lists);
    rec_gather_release(&s->history);
    rec_gather_release(&s->hide);
    rec_model_close(s->model);
    free(s->join);
    free(s->excluded);
    free(s->shown);
    free(s->hidden);
}

static void tear_down(struct job *j)
{
    if (fallback_path) {
        rec_dict_free(j->shown);
    }
    release_source(&j->main);
    release_source(&j->fallback);
    rec_data_release(&j->exclude);
    rec_titles_release(&j->titles);
    free(j->who);
    rec_buf_release(&j->ids);
    free(j->id_end);
    free(j->list_item);
    free(j->list_score);
    free(j->list_spread);
    free(j->part);
}

/* ---- a block of users ------------------------------------------------- */

/* Bring the map from the input's items up to date. Returns how many of the
   new ones the model does not know. */
static uint32_t extend_join(struct source *s, const struct rec_dict *items)
{
    uint32_t n = rec_dict_count(items), unknown = 0;

    if (!s->model) {
        return 0;
    }
    if (rec_reserve(&s->join, &s->join_cap, n, sizeof *s->join) != 0) {
        die("out of memory");
    }
    for (; s->joined < n; s->joined++) {
        size_t len;
        const char *id = rec_dict_id(items, (uint32_t)s->joined, &len);

        s->join[s->joined] = rec_dict_find(s->model->items, id, len);
        unknown += s->join[s->joined] == REC_NONE;
    }
    return unknown;
}

/* Can S serve ROW? */
static int usable(const struct source *s, const struct rec_row *row)
{
    if (!s->model || s->model->type->any_row) {
        return s->model != NULL;
    }
    for (size_t i = 0; i < row->n; i++) {
        if (s->join[row->item[i]] != REC_NONE) {
            return 1;
        }
    }
    return 0;
}

/* The items that --exclude has for the user of ROW, into the row to hide. */
static void add_excluded(struct job *j, struct source *s,
                         const struct rec_row *row)
{
    struct rec_error err;
    struct rec_row ex;
    uint32_t u;

    if (!s->excluded) {
        return;
    }
    u = rec_dict_find(j->exclude.users, row->id, row->id_len);
    if (u == REC_NONE) {
        return;
    }
    j->users_excluded++;
    ex = rec_data_row(&j->exclude, u);
    for (size_t i = 0; i < ex.n; i++) {
        uint32_t item = s->excluded[ex.item[i]];

        if (item != REC_NONE) {
            check(rec_gather_add(&s->hide, item, 1, &err), &err);
        }
    }
}

static void add_row(struct job *j, struct source *s, const struct rec_row *row)
{
    struct rec_error err;

    if (samples) { /* so that it is the user, and nothing else, who decides */
        s->lists.key[s->history.m.rows] = rec_hash_id(row->id, row->id_len);
    }
    for (size_t i = 0; i < row->n; i++) {
        uint32_t item = s->join[row->item[i]];
        float weight = row->weight ? row->weight[i] : 1;

        if (item != REC_NONE) {
            check(rec_gather_add(&s->history, item, weight, &err), &err);
            if (!keep_seen) {
                check(rec_gather_add(&s->hide, item, 1, &err), &err);
            }
        }
    }
    add_excluded(j, s, row);
    check(rec_gather_end_row(&s->history, &err), &err);
    check(rec_gather_end_row(&s->hide, &err), &err);
}

/* Who serves ROW? */
static struct source *choose_source(struct job *j, const struct rec_row *row)
{
    for (size_t i = 0; i < row->n; i++) {
        j->unknown_events += j->main.join[row->item[i]] == REC_NONE;
    }
    if (usable(&j->main, row)) {
        return &j->main;
    }
    if (usable(&j->fallback, row)) {
        j->users_fallback++;
        return &j->fallback;
    }
    j->users_empty++;
    return NULL;
}

static void fill_source(struct job *j, struct source *s)
{
    struct rec_error err;

    if (s->model && s->history.m.rows > 0) {
        check(rec_lists_fill(&s->lists, &s->history.m, &s->hide.m, s->hidden,
                             (int)j->c->threads, &err),
              &err);
    }
}

/* ---- output ----------------------------------------------------------- */

static uint32_t shown_item(const struct source *s, uint32_t item)
{
    return s->shown ? s->shown[item] : item;
}

static void add_title(struct job *j, uint32_t shown)
{
    size_t len;
    const char *title =
        rec_titles_get(titles_path ? &j->titles : NULL, j->shown, shown, &len);

    cli_text_add(&j->text, title, len);
}

/* The place of the largest part above zero, by the tie rule; N: none. */
static size_t largest_part(const double *part, const uint32_t *item,
                           const uint32_t *rank, size_t n)
{
    size_t best = n;

    for (size_t i = 0; i < n; i++) {
        if (part[i] > 0
            && (best == n || part[i] > part[best]
                || (!(part[i] < part[best])
                    && rank[item[i]] < rank[item[best]]))) {
            best = i;
        }
    }
    return best;
}

/* "because of A (41%), B (20%)": shares of the sum of all positive parts. */
static void add_reasons(struct job *j, const struct source *s, size_t row,
                        uint32_t item)
{
    int64_t start[2];
    struct rec_csr h = rec_csr_one(&s->history.m, row, start);
    size_t n = rec_csr_events(&h), best;
    struct rec_error err;
    double sum = 0;

    cli_text_add(&j->text, "\t", 1);
    if (!rec_model_can_explain(s->model)) {
        return;
    }
    if (rec_reserve(&j->part, &j->part_cap, n, sizeof *j->part) != 0) {
        die("out of memory");
    }
    check(rec_model_explain(s->model, &h, item, j->part, &err), &err);
    for (size_t i = 0; i < n; i++) {
        sum += j->part[i] > 0 ? j->part[i] : 0;
    }
    for (int k = 0; k < reasons; k++) {
        best = largest_part(j->part, h.item, s->lists.rank, n);
        if (best == n) {
            break;
        }
        cli_text_printf(&j->text, "%s", k ? ", " : "because of ");
        add_title(j, shown_item(s, h.item[best]));
        cli_text_printf(&j->text, " (%.0f%%)", 100 * j->part[best] / sum);
        j->part[best] = 0;
    }
}

static void write_text_list(struct job *j, const struct source *s, size_t row,
                            const struct rec_row *list)
{
    const struct rec_hit *hit = s->lists.hit + row * s->lists.n;

    for (size_t i = 0; i < list->n; i++) {
        size_t len;
        const char *id = rec_dict_id(j->shown, list->item[i], &len);

        cli_text_add(&j->text, list->id, list->id_len);
        cli_text_printf(&j->text, "\t%zu\t", i + 1);
        cli_text_add(&j->text, id, len);
        cli_text_printf(&j->text, "\t%.9g", (double)list->weight[i]);
        if (samples) {
            cli_text_printf(&j->text, "\t%.9g", (double)j->list_spread[i]);
        }
        if (titles_path) {
            cli_text_add(&j->text, "\t", 1);
            add_title(j, list->item[i]);
        }
        if (reasons) {
            add_reasons(j, s, row, hit[i].item);
        }
        cli_text_add(&j->text, "\n", 1);
    }
}

/* The list that is row ROW of S's block, for the user of USER. */
static void write_list(struct job *j, const struct source *s, size_t row,
                       const struct rec_row *user)
{
    struct rec_row list = {user->id,     user->id_len,  0,
                           j->list_item, j->list_score, NULL};
    struct rec_error err;

    if (s) {
        const struct rec_hit *hit = s->lists.hit + row * s->lists.n;

        list.n = s->lists.count[row];
        for (size_t i = 0; i < list.n; i++) {
            j->list_item[i] = shown_item(s, hit[i].item);
            j->list_score[i] = hit[i].score;
            j->list_spread[i] =
                samples ? s->lists.spread[row * s->model->n_items + hit[i].item]
                        : 0;
            if (!isfinite(hit[i].score) || !isfinite(j->list_spread[i])) {
                die("a score of user '%.*s' is beyond single precision",
                    (int)user->id_len, user->id);
            }
        }
    }
    if (!as_text) {
        const void *more[] = {j->list_spread};

        check(rec_row_write_more(j->rows.rows, &list, more, &err), &err);
    } else if (s) {
        write_text_list(j, s, row, &list);
    }
}

/* Make the lists of the block and write them. */
static void run_block(struct job *j)
{
    size_t main_row = 0, fallback_row = 0, begin = 0;

    fill_source(j, &j->main);
    fill_source(j, &j->fallback);
    for (size_t r = 0; r < j->block; r++) {
        const struct source *s = j->who[r];
        struct rec_row row = {.id = j->ids.data + begin,
                              .id_len = j->id_end[r] - begin};

        write_list(j, s,
                   s == &j->main       ? main_row++
                   : s == &j->fallback ? fallback_row++
                                       : 0,
                   &row);
        begin = j->id_end[r];
    }
    begin_block(j);
}

/* Add the rows of B to the block, and run it whenever it is full. Batches are
   too small for blocks: the more users, the less of the model is moved. */
static void take_batch(struct job *j, const struct rec_batch *b,
                       const struct rec_dict *items)
{
    j->unknown_items += extend_join(&j->main, items);
    extend_join(&j->fallback, items);
    for (size_t r = 0; r < b->rows; r++) {
        struct rec_row row = rec_batch_row(b, r);
        struct source *s = j->who[j->block] = choose_source(j, &row);

        if (s) {
            add_row(j, s, &row);
        }
        if (rec_buf_add(&j->ids, row.id, row.id_len) != 0) {
            die("out of memory");
        }
        j->id_end[j->block++] = j->ids.len;
        j->block_events += row.n;
        if (j->block == j->block_rows || j->block_events >= BLOCK_EVENTS) {
            run_block(j);
        }
    }
}

/* ---- the two sources of users ----------------------------------------- */

static void begin_output(struct job *j, const char *role)
{
    static const struct rec_column spread = {"spread", REC_COLUMN_REAL};
    struct rec_head head = {"ranking", "", REC_COL_WEIGHT};
    struct rec_error err;

    snprintf(head.role, sizeof head.role, "%s", role);
    if (!as_text) {
        cli_rows_begin(j->c, &j->rows, j->out, &head, j->shown);
        check(rec_row_columns(j->rows.rows, &spread, samples > 0, &err), &err);
    }
}

static void run_stream(struct job *j)
{
    struct rec_row_reader *in;
    struct rec_batch b;
    struct rec_error err;

    check(rec_row_reader_open(&in, cli_one_input(j->c), NULL, &err), &err);
    begin_output(j, rec_row_head(in)->role);
    while (check(rec_row_next(in, &b, &err), &err) == 1) {
        take_batch(j, &b, rec_row_items(in));
    }
    run_block(j);
    cli_prov_input(j->c, "input", rec_stream_prov(rec_row_stream(in)),
                   rec_stream_digest(rec_row_stream(in)));
    rec_row_reader_close(in);
}

/* The ids of --items, each once, as the only row; the user is called "-". */
static void run_items(struct job *j)
{
    static const uint32_t id_at[] = {0, 2};
    struct rec_dict *items = rec_dict_new();
    struct rec_batch b = {.rows = 1, .text = "-\n", .id_at = id_at};
    uint32_t start[] = {0, 0}, *item, index;
    const char *at = items_given;
    struct rec_error err;

    while (items) {
        size_t len = strcspn(at, ",");
        const char *why = rec_id_check(at, len);

        if (why) {
            die_usage("--items: an id %s", why);
        }
        check(rec_dict_add(items, at, len, &index, &err), &err);
        if (!at[len]) {
            break;
        }
        at += len + 1;
    }
    if (!items) {
        die("out of memory");
    }
    start[1] = rec_dict_count(items);
    item = xalloc(start[1], sizeof *item);
    for (uint32_t i = 0; i < start[1]; i++) {
        item[i] = i;
    }
    b.events = start[1];
    b.start = start;
    b.item = item;
    begin_output(j, "");
    take_batch(j, &b, items);
    run_block(j);
    rec_dict_free(items);
    free(item);
}

static void report(const struct job *j)
{
    if (j->unknown_items > 0) {
        note(j->c,
             "unknown to the model: %llu items of the input (%llu "
             "events)",
             (unsigned long long)j->unknown_items,
             (unsigned long long)j->unknown_events);
    }
    if (j->users_excluded < j->exclude.rows.rows) {
        note(j->c, "%s: rows of users who were not served: %llu of %llu",
             exclude_path,
             (unsigned long long)(j->exclude.rows.rows - j->users_excluded),
             (unsigned long long)j->exclude.rows.rows);
    }
    if (j->users_fallback > 0) {
        note(j->c, "users without a known item, served by the fallback: %llu",
             (unsigned long long)j->users_fallback);
    }
    if (j->users_empty > 0) {
        note(j->c, "users without a known item, whose lists are empty: %llu",
             (unsigned long long)j->users_empty);
    }
}

int main(int argc, char **argv)
{
    struct cli c;
    struct job j;

    cli_parse(&c, &program, argc, argv);
    set_up(&j, &c);
    if (items_given) {
        run_items(&j);
    } else {
        run_stream(&j);
    }
    report(&j);
    if (as_text) {
        cli_text_finish(&j.text);
    } else {
        cli_rows_finish(&c, &j.rows);
    }
    tear_down(&j);
    cli_commit(&c);
    return CLI_OK;
}
