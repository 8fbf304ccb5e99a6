/* SPDX-License-Identifier: MIT */
/* rec-recommend --text: lists for people. */
#include <config.h>

#include "recommend.h"

static void add_title(struct job *j, uint32_t shown)
{
    size_t len;
    const char *title =
        rec_titles_get(j->o->titles ? &j->titles : NULL, j->shown, shown,
                       &len);

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
    for (int k = 0; k < j->o->reasons; k++) {
        best = largest_part(j->part, h.item, s->lists.rank, n);
        if (best == n) {
            break;
        }
        cli_text_printf(&j->text, "%s", k ? ", " : "because of ");
        add_title(j, recommend_shown(s, h.item[best]));
        cli_text_printf(&j->text, " (%.0f%%)", 100 * j->part[best] / sum);
        j->part[best] = 0;
    }
}

/* What item I of LIST says beside its place and score. */
static void add_columns(struct job *j, const struct asker *a,
                        const struct rec_row *list, size_t i)
{
    if (j->o->samples) {
        cli_text_printf(&j->text, "\t%.9g", (double)j->list_spread[i]);
    }
    if (winners_wanted(j)) {
        cli_text_printf(&j->text, "\t%lu\t%.3g",
                        (unsigned long)j->list_winner[i],
                        (double)j->list_share[i]);
    }
    if (j->o->titles) {
        cli_text_add(&j->text, "\t", 1);
        add_title(j, list->item[i]);
    }
    if (j->o->personas) {
        cli_text_add(&j->text, "\t", 1);
        if (a->personas) {
            add_title(j, j->personas.medoid[i]);
        }
    }
    if (j->o->reasons) {
        cli_text_add(&j->text, "\t", 1);
        add_reasons(j, a->source, j->list_row[i], j->list_own[i]);
    }
}

void recommend_text(struct job *j, const struct asker *a,
                    const struct rec_row *list)
{
    for (size_t i = 0; i < list->n; i++) {
        size_t len;
        const char *id = rec_dict_id(j->shown, list->item[i], &len);

        cli_text_add(&j->text, list->id, list->id_len);
        cli_text_printf(&j->text, "\t%zu\t", i + 1);
        cli_text_add(&j->text, id, len);
        cli_text_printf(&j->text, "\t%.9g", (double)list->weight[i]);
        add_columns(j, a, list, i);
        cli_text_add(&j->text, "\n", 1);
    }
}
