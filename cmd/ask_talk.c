/* SPDX-License-Identifier: MIT */
/* rec-ask: a conversation. Every line of the output begins with a word that
   says what it is, and fields are divided by tabs: a person can read it, and a
   program too. */
#include <config.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ask.h"
#include "data/vectors.h"
#include "math/topk.h"

struct talk {
    struct job *j;
    struct rec_asker person;
    struct rec_rng rng;
    uint8_t *hidden;      /* items that were answered about */
    float *score;
    struct rec_hit *list, *before;
    size_t n, n_before;   /* their lengths */
    size_t length;        /* of the list that must be stable */
    int64_t same;         /* answers that left it as it was */
};

/* ---- writing ---------------------------------------------------------- */

/* The id, and the title if there are titles. */
static void add_item(struct job *j, uint32_t item)
{
    size_t len;
    const char *text = rec_dict_id(j->model->items, item, &len);

    cli_text_add(&j->text, "\t", 1);
    cli_text_add(&j->text, text, len);
    if (j->o->titles) {
        text = rec_titles_get(&j->titles, j->model->items, item, &len);
        cli_text_add(&j->text, "\t", 1);
        cli_text_add(&j->text, text, len);
    }
}

static const char *choices(const struct job *j)
{
    return j->o->pairs ? "a, b, skip or quit" : "like, dislike, skip or quit";
}

static void write_question(struct job *j, int64_t number, size_t question)
{
    const struct rec_question *q = j->pool.question + question;

    cli_text_printf(&j->text, "ask\t%lld\t%s", (long long)number,
                    j->o->pairs ? "a or b?" : "like or dislike?");
    add_item(j, j->pool.item[q->a]);
    if (q->b != REC_NONE) {
        add_item(j, j->pool.item[q->b]);
    }
    cli_text_add(&j->text, "\n", 1);
    cli_text_flush(&j->text);
}

/* ---- reading ---------------------------------------------------------- */

enum answer { NO, YES, SKIP, QUIT, NONSENSE, END };

/* A line without its end, cut to SIZE - 1 bytes: no answer is that long. 0 at
   the end of the input. */
static int read_line(char *line, size_t size)
{
    size_t n = 0;
    int c;

    while ((c = getchar()) != EOF && c != '\n') {
        if (n < size - 1) {
            line[n++] = c ? (char)c : '?';
        }
    }
    if (ferror(stdin)) {
        die("cannot read 'standard input'");
    }
    while (n > 0 && strchr(" \t\r", line[n - 1])) {
        n--;
    }
    line[n] = '\0';
    return c != EOF || n > 0;
}

static enum answer read_answer(const struct job *j)
{
    static const struct {
        const char *word;
        int pairs; /* 0: items, 1: pairs, 2: both */
        enum answer answer;
    } words[] = {{"like", 0, YES}, {"dislike", 0, NO}, {"a", 1, YES},
                 {"b", 1, NO},     {"skip", 2, SKIP},  {"quit", 2, QUIT}};
    char line[16], *at = line;

    if (!read_line(line, sizeof line)) {
        return END;
    }
    at += strspn(line, " \t");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (*at != '\0' && strncasecmp(at, words[i].word, strlen(at)) == 0
            && (words[i].pairs == 2 || words[i].pairs == j->o->pairs)) {
            return words[i].answer;
        }
    }
    return NONSENSE;
}

/* Ask until there is an answer that can be understood. */
static enum answer ask(struct job *j, int64_t number, size_t question)
{
    enum answer a;

    write_question(j, number, question);
    while ((a = read_answer(j)) == NONSENSE) {
        cli_text_printf(&j->text, "say\t%s\n", choices(j));
        write_question(j, number, question);
    }
    return a;
}

/* ---- the list --------------------------------------------------------- */

/* The N best items, of those that were not answered about, into HIT. */
static size_t best(struct talk *t, size_t n, float *sd, struct rec_hit *hit)
{
    struct job *j = t->j;
    struct rec_error err;

    check(rec_asker_scores(&t->person, j->vector, j->model->n_items, t->score,
                           sd, &err),
          &err);
    return rec_topk(t->score, j->model->n_items, j->rank, t->hidden, n, hit);
}

/* Is the list the one before? */
static void compare_lists(struct talk *t)
{
    struct rec_hit *other = t->before;
    int same;

    t->before = t->list;
    t->n_before = t->n;
    t->list = other;
    t->n = best(t, t->length, NULL, t->list);
    same = t->n == t->n_before;
    for (size_t i = 0; i < t->n && same; i++) {
        same = t->list[i].item == t->before[i].item;
    }
    t->same = same ? t->same + 1 : 0;
}

static void take_answer(struct talk *t, size_t question, enum answer a)
{
    const struct rec_ask_pool *p = &t->j->pool;
    const struct rec_question *q = p->question + question;
    struct rec_error err;

    check(rec_asker_answer(&t->person, question, a == YES, &err), &err);
    t->hidden[p->item[q->a]] = 1;
    if (q->b != REC_NONE) {
        t->hidden[p->item[q->b]] = 1;
    }
    compare_lists(t);
}

static void write_list(struct talk *t)
{
    struct job *j = t->j;
    size_t n = (size_t)j->o->length;
    struct rec_hit *hit;
    float *sd = xalloc(j->model->n_items, sizeof *sd);

    n = n < j->model->n_items ? n : j->model->n_items;
    hit = xalloc(n, sizeof *hit);
    n = best(t, n, sd, hit);
    for (size_t i = 0; i < n; i++) {
        cli_text_printf(&j->text, "list\t%zu\t%.4f\t%.4f", i + 1,
                        (double)hit[i].score, (double)sd[hit[i].item]);
        add_item(j, hit[i].item);
        cli_text_add(&j->text, "\n", 1);
    }
    free(hit);
    free(sd);
}

/* ---- all -------------------------------------------------------------- */

/* Questions and answers; why there are no more. */
static const char *converse(struct talk *t)
{
    const struct ask_options *o = t->j->o;
    int informed = o->by != REC_ASK_RANDOM && o->by != REC_ASK_POPULAR;
    size_t question;
    double most;

    for (int64_t n = 1; n <= o->questions; n++) {
        enum answer a;

        if (o->stable > 0 && t->same >= o->stable) {
            return "the list no longer changes";
        }
        if (!rec_asker_next(&t->person, (enum rec_ask_criterion)o->by, &t->rng,
                            &question, &most)) {
            return "no question is left";
        }
        if (informed && most < o->tolerance) {
            return "all answers are clear";
        }
        a = ask(t->j, n, question);
        if (a == END || a == QUIT) {
            return a == END ? "end of input" : "quit";
        }
        if (a != SKIP) {
            take_answer(t, question, a);
        }
    }
    return "all questions are asked";
}

static void save(struct talk *t, struct rec_output *out)
{
    struct job *j = t->j;
    float *vector = xalloc(j->dim, sizeof *vector);
    struct rec_vector_writer *w;
    struct rec_error err;

    rec_asker_vector(&t->person, vector);
    check(rec_vector_begin(&w, out, "", j->dim, j->c->level, &err), &err);
    check(rec_vector_write(w, j->o->user, strlen(j->o->user), vector, &err),
          &err);
    check(rec_vector_finish(w, cli_prov_text(j->c), &err), &err);
    rec_vector_writer_free(w);
    free(vector);
}

void ask_talk(struct job *j)
{
    struct talk t = {.j = j};
    struct rec_output *saved =
        j->o->save ? cli_output(j->c, j->o->save, 1) : NULL;
    struct rec_error err;

    t.length = (size_t)j->o->length;
    t.hidden = xalloc(j->model->n_items, 1);
    memset(t.hidden, 0, j->model->n_items);
    t.score = xalloc(j->model->n_items, sizeof *t.score);
    t.list = xalloc(t.length, sizeof *t.list);
    t.before = xalloc(t.length, sizeof *t.before);
    rec_rng_init(&t.rng, (uint64_t)j->c->seed);
    check(rec_asker_init(&t.person, &j->pool, &err), &err);
    t.n = best(&t, t.length, NULL, t.list);
    cli_text_printf(&j->text, "end\t%s\n", converse(&t));
    write_list(&t);
    if (saved) {
        save(&t, saved);
    }
    rec_asker_release(&t.person);
    free(t.hidden);
    free(t.score);
    free(t.list);
    free(t.before);
}
