/* SPDX-License-Identifier: MIT */
/* rec-recommend with a model of several personas per user (rec-persona): which
   of them an item of a list is due to. */
#include <config.h>

#include <stdlib.h>

#include "recommend.h"

int winners_wanted(const struct job *j)
{
    return rec_model_has_personas(j->main.model) && !j->o->personas;
}

void winners_find(struct job *j)
{
    const struct source *s = &j->main;
    struct rec_error err;
    size_t n;

    if (!winners_wanted(j)) {
        return;
    }
    check(rec_gather_begin(&j->listed, s->model->n_items, &err), &err);
    for (size_t r = 0; r < s->history.m.rows; r++) {
        for (size_t i = 0; i < s->lists.count[r]; i++) {
            check(rec_gather_add(&j->listed,
                                 s->lists.hit[r * s->lists.n + i].item, 1,
                                 &err),
                  &err);
        }
        check(rec_gather_end_row(&j->listed, &err), &err);
    }
    n = rec_csr_events(&j->listed.m);
    if (rec_reserve(&j->winner, &j->winner_cap, n, sizeof *j->winner) != 0
        || rec_reserve(&j->winner_share, &j->share_cap, n,
                       sizeof *j->winner_share)
               != 0) {
        die("out of memory");
    }
    check(rec_model_winners(s->model, &s->history.m, &j->listed.m,
                            (int)j->c->threads, j->winner, j->winner_share,
                            &err),
          &err);
}

void winners_take(struct job *j, const struct source *s, size_t row, size_t i)
{
    int known = s == &j->main; /* the fallback has none */
    size_t at = known ? (size_t)j->listed.m.start[row] + i : 0;

    j->list_winner[i] = known ? j->winner[at] : 0;
    j->list_share[i] = known ? j->winner_share[at] : 0;
}

void winners_close(struct job *j)
{
    rec_gather_release(&j->listed);
    free(j->winner);
    free(j->winner_share);
    free(j->list_winner);
    free(j->list_share);
}
