/* SPDX-License-Identifier: MIT */
/* rec-ask --simulate: strangers whose histories answer, so that the questions
   can be judged. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "ask_judge.h"
#include "data/gather.h"
#include "math/topk.h"
#include "models/factors.h"

enum { CUT = 20, BLOCK = 256 };

struct simulation {
    struct job *j;
    struct rec_data history, truth;
    struct rec_csr has;          /* with the items of the model */
    uint32_t *row;               /* by user of the truth: in HISTORY */
    uint32_t *user;              /* the strangers, as users of the truth */
    size_t users, steps;         /* steps: 0 to all questions */
    float *asked, *known;        /* steps x users x dim: vectors */
    uint64_t *answers;           /* by step: of all users */
    double seconds, longest;
    uint64_t questions;
    struct rec_gather lists;
    uint8_t *hidden;             /* by item: a stranger has it */
    float *score;
};

/* ---- the strangers ---------------------------------------------------- */

static void load(struct simulation *s)
{
    struct job *j = s->j;
    struct rec_error err;

    check(rec_data_load(&s->history, j->o->simulate, "interactions", &err),
          &err);
    cli_prov_input(j->c, "simulate", s->history.prov, s->history.digest);
    check(rec_data_load(&s->truth, j->o->truth, "interactions", &err), &err);
    cli_prov_input(j->c, "truth", s->truth.prov, s->truth.digest);
    s->has = ask_join(j, &s->history);
    s->row = rec_dict_map(s->truth.users, s->history.users);
    if (!s->row) {
        die("out of memory");
    }
    s->user = xalloc(s->truth.rows.rows, sizeof *s->user);
    for (size_t u = 0; u < s->truth.rows.rows; u++) {
        if (rec_csr_row_len(&s->truth.rows, u) > 0 && s->row[u] != REC_NONE
            && rec_csr_row_len(&s->has, s->row[u]) > 0) {
            s->user[s->users++] = (uint32_t)u;
        }
    }
    if (s->users == 0) {
        die("%s: no user has targets and a history of items that the model "
            "knows",
            j->o->truth);
    }
}

/* Say how many of them are no strangers. */
static void report_known(const struct simulation *s)
{
    size_t n = 0;

    for (size_t u = 0; u < s->users && s->j->users; u++) {
        size_t len;
        const char *id = rec_dict_id(s->truth.users, s->user[u], &len);

        n += rec_dict_find(s->j->users, id, len) != REC_NONE;
    }
    if (n > 0) {
        note(s->j->c, "%s: users who are in the population too: %zu of %zu",
             s->j->o->simulate, n, s->users);
    }
}

/* Mark what the stranger U has in S->hidden, or unmark it. */
static void mark_user(struct simulation *s, size_t u, uint8_t value)
{
    size_t r = s->row[s->user[u]];

    for (int64_t e = s->has.start[r]; e < s->has.start[r + 1]; e++) {
        s->hidden[s->has.item[e]] = value;
    }
}

/* What the marked stranger says: 1, 0, or -1 for skip. Of the truth nothing is
   known yet: to treat what is in it in any other way than the rest of what the
   stranger does not have would give it away. */
static int reply(const struct simulation *s, const struct rec_question *q)
{
    const struct rec_ask_pool *p = &s->j->pool;
    int a = s->hidden[p->item[q->a]], b;

    if (q->b == REC_NONE) {
        return a ? 1 : s->j->o->absent ? 0 : -1;
    }
    b = s->hidden[p->item[q->b]];
    return a == b ? -1 : a;
}

/* ---- asking ----------------------------------------------------------- */

static float *vector_of(const struct simulation *s, float *all, size_t step,
                        size_t user)
{
    return all + (step * s->users + user) * s->j->dim;
}

/* Seconds of the processor: others may want it too. */
static double cpu_time(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void add_time(struct simulation *s, double t)
{
    s->seconds += t;
    s->longest = t > s->longest ? t : s->longest;
    s->questions++;
}

static void interview(struct simulation *s, struct rec_asker *k, size_t u)
{
    const struct ask_options *o = s->j->o;
    struct rec_error err;
    struct rec_rng rng;
    uint64_t answers = 0;

    /* strangers are independent of each other */
    rec_rng_init(&rng, (uint64_t)s->j->c->seed + (uint64_t)u * 0x9e3779b9u);
    rec_asker_clear(k);
    mark_user(s, u, 1);
    rec_asker_vector(k, vector_of(s, s->asked, 0, u));
    for (size_t step = 1; step < s->steps; step++) {
        double begin = cpu_time(), most;
        size_t question;
        int y;

        if (rec_asker_next(k, (enum rec_ask_criterion)o->by, &rng, &question,
                           &most)) {
            y = reply(s, &s->j->pool.question[question]);
            if (y >= 0) {
                check(rec_asker_answer(k, question, y, &err), &err);
                answers++;
            }
            add_time(s, cpu_time() - begin);
        }
        s->answers[step] += answers;
        rec_asker_vector(k, vector_of(s, s->asked, step, u));
    }
    mark_user(s, u, 0);
}

/* Vectors of as many items of the histories, drawn at random, folded in. */
static void fold_known(struct simulation *s, size_t step)
{
    struct rec_gather g = {0};
    struct rec_error err;

    check(rec_gather_begin(&g, s->j->model->n_items, &err), &err);
    for (size_t u = 0; u < s->users; u++) {
        size_t r = s->row[s->user[u]];
        uint32_t n = rec_csr_row_len(&s->has, r);

        for (uint32_t i = 0; i < n && i < step; i++) { /* shuffled before */
            check(rec_gather_add(&g, s->has.item[s->has.start[r] + i], 1,
                                 &err),
                  &err);
        }
        check(rec_gather_end_row(&g, &err), &err);
    }
    check(rec_model_user_vectors(s->j->model, &g.m, (int)s->j->c->threads,
                                 vector_of(s, s->known, step, 0), &err),
          &err);
    rec_gather_release(&g);
}

static void ask_all(struct simulation *s)
{
    size_t all = s->steps * s->users * s->j->dim;
    size_t first = s->users * s->j->dim;
    struct rec_asker k;
    struct rec_rng rng;
    struct rec_error err;

    cli_need_memory(s->j->c, 8.0 * (double)all, "the vectors");
    s->asked = xalloc(all, sizeof *s->asked);
    s->known = xalloc(all, sizeof *s->known);
    s->answers = xalloc(s->steps, sizeof *s->answers);
    memset(s->answers, 0, s->steps * sizeof *s->answers);
    check(rec_asker_init(&k, &s->j->pool, &err), &err);
    for (size_t u = 0; u < s->users; u++) {
        rec_progress(&s->j->c->tick, "strangers", (double)u,
                     (double)s->users);
        interview(s, &k, u);
    }
    rec_asker_release(&k);
    rec_rng_init(&rng, (uint64_t)s->j->c->seed);
    for (size_t r = 0; r < s->has.rows; r++) {
        rec_rng_shuffle(&rng, s->has.item + s->has.start[r],
                        rec_csr_row_len(&s->has, r));
    }
    memcpy(s->known, s->asked, first * sizeof *s->known); /* nobody asked */
    for (size_t step = 1; step < s->steps; step++) {
        fold_known(s, step);
    }
}

/* ---- judging ---------------------------------------------------------- */

/* The list of U by SCORE, without what U has already. */
static void add_list(struct simulation *s, size_t u, const float *score)
{
    uint32_t items = s->j->model->n_items;
    struct rec_hit hit[CUT];
    struct rec_error err;
    size_t n;

    mark_user(s, u, 1);
    n = rec_topk(score, items, s->j->rank, s->hidden, CUT, hit);
    mark_user(s, u, 0);
    for (size_t i = 0; i < n; i++) {
        check(rec_gather_add(&s->lists, hit[i].item, hit[i].score, &err),
              &err);
    }
    check(rec_gather_end_row(&s->lists, &err), &err);
}

/* The lists as a run of the users of the truth. */
static struct rec_moments judge_lists(struct simulation *s)
{
    struct rec_data run = {.items = s->j->model->items, .rows = s->lists.m};
    struct rec_moments m;
    struct rec_error err;
    uint32_t index;

    run.users = rec_dict_new();
    if (!run.users) {
        die("out of memory");
    }
    for (size_t u = 0; u < s->users; u++) {
        size_t len;
        const char *id = rec_dict_id(s->truth.users, s->user[u], &len);

        check(rec_dict_add(run.users, id, len, &index, &err), &err);
    }
    m = ask_judge(&s->truth, s->j->o->truth, &run, CUT);
    rec_dict_free(run.users);
    return m;
}

static void begin_lists(struct simulation *s)
{
    struct rec_error err;

    check(rec_gather_begin(&s->lists, s->j->model->n_items, &err), &err);
}

static struct rec_moments judge_vectors(struct simulation *s,
                                        const float *vector)
{
    uint32_t items = s->j->model->n_items;

    begin_lists(s);
    for (size_t u = 0; u < s->users; u += BLOCK) {
        size_t n = s->users - u < BLOCK ? s->users - u : BLOCK;

        rec_factors_score(vector + u * s->j->dim, n, s->j->vector, items,
                          s->j->dim, s->score);
        for (size_t i = 0; i < n; i++) {
            add_list(s, u + i, s->score + i * items);
        }
    }
    return judge_lists(s);
}

static struct rec_moments judge_popularity(struct simulation *s)
{
    for (uint32_t i = 0; i < s->j->model->n_items; i++) {
        s->score[i] = (float)s->j->count[i];
    }
    begin_lists(s);
    for (size_t u = 0; u < s->users; u++) {
        add_list(s, u, s->score);
    }
    return judge_lists(s);
}

static void write_figure(struct simulation *s, const struct rec_moments *m)
{
    cli_text_printf(&s->j->text, "\t%.6f\t%.6f", m->mean,
                    rec_moments_error(m));
}

static void report(struct simulation *s)
{
    struct job *j = s->j;
    struct rec_moments popular = judge_popularity(s), m;

    cli_text_printf(&j->text, "questions\tanswers\tusers\tndcg@20\tse\tknown\t"
                              "se\tpopularity\tse\n");
    for (size_t step = 0; step < s->steps; step++) {
        cli_text_printf(&j->text, "%zu\t%.3f\t%zu", step,
                        (double)s->answers[step] / (double)s->users,
                        s->users);
        m = judge_vectors(s, vector_of(s, s->asked, step, 0));
        write_figure(s, &m);
        m = judge_vectors(s, vector_of(s, s->known, step, 0));
        write_figure(s, &m);
        write_figure(s, &popular);
        cli_text_add(&j->text, "\n", 1);
    }
    if (j->c->verbose && s->questions > 0) {
        note(j->c, "time per question: %.3f ms on average, %.3f at most",
             1e3 * s->seconds / (double)s->questions, 1e3 * s->longest);
    }
}

void ask_simulate(struct job *j)
{
    uint32_t items = j->model->n_items;
    struct simulation s = {.j = j, .steps = (size_t)j->o->questions + 1};

    load(&s);
    report_known(&s);
    s.hidden = xalloc(items, 1);
    memset(s.hidden, 0, items);
    s.score = xalloc((size_t)BLOCK * items, sizeof *s.score);
    ask_all(&s);
    report(&s);
    rec_gather_release(&s.lists);
    rec_data_release(&s.history);
    rec_data_release(&s.truth);
    rec_csr_release(&s.has);
    free(s.row);
    free(s.user);
    free(s.asked);
    free(s.known);
    free(s.answers);
    free(s.hidden);
    free(s.score);
}
