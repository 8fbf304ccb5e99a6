/* SPDX-License-Identifier: MIT */
/* rec-ask --learn: vectors from comparisons as text, a line "user item item":
   the user prefers the first item to the second. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "io/textin.h"
#include "models/pref.h"

struct learn {
    struct job *j;
    struct rec_text *text;
    struct rec_digest *digest;
    struct rec_dict *users, *items;
    uint32_t *user, *better, *worse;
    size_t n, user_cap, better_cap, worse_cap;
    uint64_t line;
};

static uint32_t add_id(struct learn *l, struct rec_dict *d,
                       const struct rec_cell *id, const char *what)
{
    const char *why = rec_id_check(id->p, id->n);
    struct rec_error err;
    uint32_t index;

    if (why) {
        die("%s: line %llu: the %s %s", rec_text_name(l->text),
            (unsigned long long)l->line, what, why);
    }
    check(rec_dict_add(d, id->p, id->n, &index, &err), &err);
    return index;
}

static void add_line(struct learn *l, const char *line, size_t len)
{
    struct rec_cell item[3];
    struct rec_text_event ev;
    struct rec_error err;
    size_t n = 0;

    if (rec_text_parse(rec_text_layout(l->text), line, len, 0, NULL, &ev, &err)
        != 0) {
        die("%s: line %llu: %s", rec_text_name(l->text),
            (unsigned long long)l->line, err.text);
    }
    while (n < 3 && rec_text_item(&ev.more, &item[n])) {
        n++;
    }
    if (n != 2) {
        die("%s: line %llu: a comparison is a user and two items, the "
            "better one first",
            rec_text_name(l->text), (unsigned long long)l->line);
    }
    if (rec_reserve(&l->user, &l->user_cap, l->n + 1, sizeof *l->user)
        || rec_reserve(&l->better, &l->better_cap, l->n + 1, sizeof *l->better)
        || rec_reserve(&l->worse, &l->worse_cap, l->n + 1, sizeof *l->worse)) {
        die("out of memory");
    }
    l->user[l->n] = add_id(l, l->users, &ev.user, "user");
    l->better[l->n] = add_id(l, l->items, &item[0], "item");
    l->worse[l->n] = add_id(l, l->items, &item[1], "item");
    if (l->better[l->n] == l->worse[l->n]) {
        die("%s: line %llu: an item is compared with itself",
            rec_text_name(l->text), (unsigned long long)l->line);
    }
    l->n++;
}

static void read_all(struct learn *l)
{
    static const struct rec_text_options opt = {.format = REC_TEXT_ADJ};
    const char *path = cli_one_input(l->j->c);
    struct rec_text_block b;
    struct rec_error err;
    uint8_t digest[REC_DIGEST_BYTES];

    l->digest = rec_digest_new();
    l->users = rec_dict_new();
    l->items = rec_dict_new();
    if (!l->digest || !l->users || !l->items) {
        die("out of memory");
    }
    check(rec_text_open(&l->text, path, &opt, l->digest, &err), &err);
    l->line = rec_text_skipped(l->text)->physical;
    while (check(rec_text_next(l->text, &b, &err), &err) == 1) {
        const char *p = b.cut[0], *end = b.cut[b.pieces];

        while (p < end) {
            const char *line = p;
            uint64_t lines;
            size_t n;

            p = rec_text_line(rec_text_layout(l->text), p, end, b.quotes, &n,
                              &lines);
            l->line += lines;
            if (n > 0) {
                add_line(l, line, n);
            }
        }
    }
    if (l->n == 0) {
        die("%s: no comparisons", rec_text_name(l->text));
    }
    rec_digest_get(l->digest, digest);
    cli_prov_input(l->j->c, "input", NULL, digest);
    rec_text_close(l->text);
    rec_digest_free(l->digest);
}

void ask_learn(struct job *j)
{
    const struct ask_options *o = j->o;
    struct learn l = {.j = j};
    struct rec_pref_options opt = {
        (uint32_t)o->dim, (uint32_t)o->epochs, o->penalty, o->rate, o->start,
        (uint64_t)j->c->seed, (int)j->c->threads, &j->c->tick};
    struct rec_comparisons x;
    struct rec_pref m;
    struct rec_error err;

    read_all(&l);
    x = (struct rec_comparisons){l.n, l.user, l.better, l.worse,
                                 rec_dict_count(l.users),
                                 rec_dict_count(l.items)};
    cli_need_memory(j->c, rec_pref_memory(&x, &opt), "learning");
    check_input(rec_pref_fit(&m, &x, &opt, &err), j->c, &err);
    note(j->c, "comparisons: %zu, of %zu users and %lu items; loss %.4f", l.n,
         x.users, (unsigned long)x.items, m.loss);
    check(rec_pref_save(&m, l.items, j->text.out, j->c->level,
                        cli_prov_text(j->c), &err),
          &err);
    rec_pref_release(&m);
    rec_dict_free(l.users);
    rec_dict_free(l.items);
    free(l.user);
    free(l.better);
    free(l.worse);
}
