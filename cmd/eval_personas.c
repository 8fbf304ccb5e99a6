/* SPDX-License-Identifier: MIT */
/* rec-eval --personas: do lists serve the tastes of a user in the proportion of
   the history? For each user the distance between two distributions over
   personas, t of the history and q of the list:

     tv  sum_k |t_k - q_k| / 2                         (total variation)
     js  (KL(t || m) + KL(q || m)) / 2, m = (t + q) / 2, in bits
         (Jensen-Shannon divergence)

   Both are 0 where the proportions are the same and 1 where no persona is in
   both. */
#include <config.h>

#include "eval.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/persona_set.h"

struct personas {
    struct rec_persona_set set;
    size_t numbers;  /* personas have numbers below; 0 is none */
    double *t, *q;   /* by number */
    size_t cuts;
    const uint32_t *cut;
    struct rec_moments *tv, *js; /* by cutoff */
    size_t evaluated, unknown, without;
};

static void begin(struct personas *p, const struct cli *c, const char *groups,
                  const struct rec_measures *m)
{
    struct rec_error err;

    memset(p, 0, sizeof *p);
    check(rec_persona_set_load(&p->set, groups, &err), &err);
    eval_show_digest(c, "personas", groups, p->set.data.digest);
    for (size_t k = 0; k < p->set.personas; k++) {
        if (p->set.number[k] >= p->numbers) {
            p->numbers = (size_t)p->set.number[k] + 1;
        }
    }
    p->numbers += p->numbers == 0;
    p->t = xalloc(p->numbers, sizeof *p->t);
    p->q = xalloc(p->numbers, sizeof *p->q);
    p->cuts = m->cuts;
    p->cut = m->cut;
    p->tv = xalloc(p->cuts, sizeof *p->tv);
    p->js = xalloc(p->cuts, sizeof *p->js);
    memset(p->tv, 0, p->cuts * sizeof *p->tv);
    memset(p->js, 0, p->cuts * sizeof *p->js);
}

static void release(struct personas *p)
{
    rec_persona_set_release(&p->set);
    free(p->t);
    free(p->q);
    free(p->tv);
    free(p->js);
}

/* Put the history's distribution of user U into p->t. */
static void set_history(struct personas *p, uint32_t u)
{
    const struct rec_persona_set *s = &p->set;
    uint32_t from = s->first[u], to = s->first[u + 1];
    double all = (double)(s->start[to] - s->start[from]);

    memset(p->t, 0, p->numbers * sizeof *p->t);
    for (uint32_t k = from; k < to; k++) {
        p->t[s->number[k]] += (double)(s->start[k + 1] - s->start[k]) / all;
    }
}

/* x log2(x / m), 0 for x = 0. */
static double part(double x, double m)
{
    return x > 0 ? x * log2(x / m) : 0;
}

/* The first N items of a list, whose personas are at PERSONA. */
static void compare(struct personas *p, size_t c, const uint32_t *persona,
                    size_t n)
{
    double tv = 0, js = 0;

    memset(p->q, 0, p->numbers * sizeof *p->q);
    for (size_t i = 0; i < n; i++) {
        size_t k = persona[i] < p->numbers ? persona[i] : 0;

        p->q[k] += 1 / (double)n;
    }
    for (size_t k = 0; k < p->numbers; k++) {
        double m = (p->t[k] + p->q[k]) / 2;

        tv += fabs(p->t[k] - p->q[k]) / 2;
        js += (part(p->t[k], m) + part(p->q[k], m)) / 2;
    }
    rec_moments_add(&p->tv[c], tv);
    rec_moments_add(&p->js[c], js > 0 ? js : 0);
}

static void add_list(struct personas *p, const struct rec_row *row,
                     const uint32_t *persona)
{
    uint32_t u = rec_dict_find(p->set.data.users, row->id, row->id_len);

    if (row->n == 0 || persona[0] == 0) { /* served without */
        p->without++;
        return;
    }
    if (u == REC_NONE || p->set.first[u] == p->set.first[u + 1]) {
        p->unknown++;
        return;
    }
    p->evaluated++;
    set_history(p, u);
    for (size_t c = 0; c < p->cuts; c++) {
        compare(p, c, persona, row->n < p->cut[c] ? row->n : p->cut[c]);
    }
}

/* The column "persona" of B, or die. */
static const uint32_t *find_column(const struct rec_batch *b,
                                   const char *path)
{
    for (size_t k = 0; k < b->columns; k++) {
        if (strcmp(b->column[k].name, "persona") == 0
            && b->column[k].type == REC_COLUMN_COUNT) {
            return b->more[k];
        }
    }
    die("%s: the lists do not say of which persona an item is", path);
}

static void read_lists(struct personas *p, const struct cli *c,
                       const char *path)
{
    struct rec_row_reader *in;
    struct rec_batch b;
    struct rec_error err;

    check(rec_row_reader_open(&in, path, "ranking", &err), &err);
    while (check(rec_row_next(in, &b, &err), &err) == 1) {
        const uint32_t *persona = b.rows ? find_column(&b, path) : NULL;

        for (size_t r = 0; r < b.rows; r++) {
            struct rec_row row = rec_batch_row(&b, r);

            add_list(p, &row, persona + b.start[r]);
        }
    }
    eval_show_digest(c, "ranking", path,
                     rec_stream_digest(rec_row_stream(in)));
    rec_row_reader_close(in);
}

static void show_text(struct cli_text *t, const struct personas *p)
{
    cli_text_printf(t, "%-26s %10zu\n%-26s %10zu\n%-26s %10zu\n\n",
                    "users evaluated", p->evaluated,
                    "users without a history", p->unknown,
                    "users served without", p->without);
    cli_text_printf(t, "%-18s %9s %9s\n", "distance", "mean", "error");
}

/* All figures, by the format: text, tsv, json. */
static void show_figures(struct cli_text *t, const struct personas *p,
                         int format)
{
    for (size_t c = 0; c < 2 * p->cuts; c++) {
        const struct rec_moments *v = c & 1 ? &p->js[c / 2] : &p->tv[c / 2];
        double mean = v->n > 0 ? v->mean : NAN;
        double error = v->n > 0 ? rec_moments_error(v) : NAN;
        char name[32];

        snprintf(name, sizeof name, "persona-%s@%" PRIu32, c & 1 ? "js" : "tv",
                 p->cut[c / 2]);
        if (format == 0) {
            cli_text_printf(t, "%-18s", name);
            eval_number_text(t, mean);
            eval_number_text(t, error);
            cli_text_add(t, "\n", 1);
        } else if (format == 1) {
            cli_text_printf(t, "%s", name);
            eval_number_tsv(t, mean);
            eval_number_tsv(t, error);
            cli_text_add(t, "\n", 1);
        } else {
            cli_text_printf(t, ",\"%s\":{", name);
            eval_number_json(t, "mean", mean);
            cli_text_add(t, ",", 1);
            eval_number_json(t, "error", error);
            cli_text_add(t, "}", 1);
        }
    }
}

void eval_personas(struct cli *c, const char *groups, const char *path,
                   const struct rec_measures *m, int format)
{
    struct cli_text t = {NULL, {NULL, 0, 0}};
    struct personas p;

    begin(&p, c, groups, m);
    read_lists(&p, c, path);
    t.out = cli_output(c, c->output, 0);
    if (format == 0) {
        show_text(&t, &p);
    } else if (format == 1) {
        cli_text_printf(&t, "metric\tmean\terror\n");
    } else {
        cli_text_printf(&t,
                        "{\"users\":{\"evaluated\":%zu,"
                        "\"without_history\":%zu,\"served_without\":%zu}",
                        p.evaluated, p.unknown, p.without);
    }
    show_figures(&t, &p, format);
    if (format == 1) {
        cli_text_printf(&t,
                        "users/evaluated\t%zu\t\nusers/without-history\t%zu\t"
                        "\nusers/served-without\t%zu\t\n",
                        p.evaluated, p.unknown, p.without);
    } else if (format == 2) {
        cli_text_printf(&t, "}\n");
    }
    cli_text_finish(&t);
    release(&p);
}
