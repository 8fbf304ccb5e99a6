/* SPDX-License-Identifier: MIT */
/* Adding Gram matrices: see gramsum.h. */
#include <config.h>

#include "data/gramsum.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

int rec_gram_sum_init(struct rec_gram_sum *s, struct rec_error *err)
{
    memset(s, 0, sizeof *s);
    s->head.items = rec_dict_new();
    return s->head.items ? 0 : rec_fail_nomem(err);
}

void rec_gram_sum_release(struct rec_gram_sum *s)
{
    rec_gram_head_release(&s->head);
    free(s->packed);
    memset(s, 0, sizeof *s);
}

/* ---- users ------------------------------------------------------------- */

/* Replace *OLD by *FRESH. */
static void replace(struct rec_userset *old, struct rec_userset *fresh)
{
    rec_userset_release(old);
    *old = *fresh;
    fresh->hash = NULL;
    fresh->n = 0;
}

/* Take the users OUT out of S. Those who are not in it become its old ones,
   which a sum that has none so far is not to get. */
static int take_out(struct rec_gram_sum *s, const char *name,
                    const struct rec_userset *out, struct rec_error *err)
{
    struct rec_gram_head *h = &s->head;
    struct rec_userset left = {NULL, 0}, rest = {NULL, 0}, all = {NULL, 0};
    int rc = rec_userset_minus(&left, out, &h->users, err);

    rc = rc ? rc : rec_userset_minus(&rest, &h->users, out, err);
    rc = rc ? rc : rec_userset_union(&all, &h->old, &left, err);
    if (rc == 0
        && ((left.n > 0 && s->parts > 0 && h->old.n == 0)
            || rec_userset_common(&h->old, &left) > 0)) {
        rc = rec_fail(err, REC_EVALUE,
                      "%s: takes away %zu users who are not there", name,
                      left.n);
    }
    if (rc == 0) {
        replace(&h->users, &rest);
        replace(&h->old, &all);
    }
    rec_userset_release(&left);
    rec_userset_release(&rest);
    rec_userset_release(&all);
    return rc;
}

static int put_in(struct rec_gram_sum *s, const char *name,
                  const struct rec_userset *in, int overlap,
                  struct rec_error *err)
{
    size_t both = rec_userset_common(&s->head.users, in);
    struct rec_userset all = {NULL, 0};
    int rc;

    if (both > 0 && !overlap) {
        return rec_fail(err, REC_EREPEAT,
                        "%s: %zu of its users are there already; "
                        "--allow-overlap adds them all the same",
                        name, both);
    }
    rc = rec_userset_union(&all, &s->head.users, in, err);
    if (rc == 0) {
        replace(&s->head.users, &all);
    }
    rec_userset_release(&all);
    return rc;
}

/* ---- heads ------------------------------------------------------------- */

static int add_counts(struct rec_gram_sum *s, const struct rec_gram_head *h,
                      double factor, struct rec_error *err)
{
    uint32_t n = rec_dict_count(h->items);
    int rc = 0;

    if (rec_reserve(&s->head.count, &s->count_cap,
                    (size_t)rec_dict_count(s->head.items) + n,
                    sizeof *s->head.count)
        != 0) {
        return rec_fail_nomem(err);
    }
    for (uint32_t i = 0; i < n && rc == 0; i++) {
        uint32_t before = rec_dict_count(s->head.items), to;
        size_t len;
        const char *id = rec_dict_id(h->items, i, &len);

        rc = rec_dict_add(s->head.items, id, len, &to, err);
        if (rc == 0) {
            double sum = to < before ? s->head.count[to] : 0;

            s->head.count[to] = sum + factor * h->count[i];
        }
    }
    return rc;
}

int rec_gram_sum_head(struct rec_gram_sum *s, const char *name,
                      const struct rec_gram_head *h, double factor,
                      int overlap, struct rec_error *err)
{
    int some = rec_dict_count(s->head.items) > 0, rc;

    if (!some) {
        s->head.weights = h->weights;
    } else if (rec_dict_count(h->items) > 0
               && h->weights != s->head.weights) {
        return rec_fail(err, REC_EFORMAT,
                        "%s: is made of %s, other than the files before",
                        name, h->weights ? "weights" : "ones (--binary)");
    }
    rc = take_out(s, name, factor < 0 ? &h->users : &h->old, err);
    rc = rc ? rc
            : put_in(s, name, factor < 0 ? &h->old : &h->users, overlap, err);
    s->parts++;
    return rc ? rc : add_counts(s, h, factor, err);
}

int rec_gram_sum_close(struct rec_gram_sum *s, struct rec_error *err)
{
    struct rec_gram_head *h = &s->head;
    uint32_t n = rec_dict_count(h->items);
    struct rec_dict *kept;
    int rc = 0;

    if (h->old.n > 0) {
        return 0; /* in a difference a count of 0 says nothing */
    }
    kept = rec_dict_new();
    if (!kept) {
        return rec_fail_nomem(err);
    }
    for (uint32_t i = 0; i < n && rc == 0; i++) {
        size_t len;
        const char *id = rec_dict_id(h->items, i, &len);
        double count = h->count[i];
        uint32_t to;

        if (count < 0) {
            rc = rec_fail(err, REC_EVALUE,
                          "more is taken away than there is of item '%.*s'",
                          (int)len, id);
        } else if (count > 0) {
            rc = rec_dict_add(kept, id, len, &to, err);
            if (rc == 0) {
                h->count[to] = count;
            }
        }
    }
    rec_dict_free(h->items);
    h->items = kept;
    return rc;
}

/* ---- the matrix -------------------------------------------------------- */

double rec_gram_sum_memory(const struct rec_gram_sum *s)
{
    double n = rec_dict_count(s->head.items);

    return n * (n + 1) / 2 * sizeof *s->packed;
}

int rec_gram_sum_alloc(struct rec_gram_sum *s, struct rec_error *err)
{
    uint32_t n = rec_dict_count(s->head.items);

    s->packed = rec_zalloc(rec_gram_strip_size(n, 0, n), sizeof *s->packed);
    return s->packed ? 0 : rec_fail_nomem(err);
}

/* Add row I of the part, whose items MAP translates. */
static void add_row(struct rec_gram_sum *s, const struct rec_gram_strip *strip,
                    uint32_t k, const uint32_t *map, double factor)
{
    uint32_t n = rec_dict_count(s->head.items);
    uint32_t i = map[strip->first + k];

    if (i == REC_NONE) {
        return;
    }
    for (size_t e = strip->start[k]; e < strip->start[k + 1]; e++) {
        uint32_t j = map[strip->col[e]];
        uint32_t row = i < j ? i : j, col = i < j ? j : i;

        if (j != REC_NONE) {
            s->packed[rec_gram_strip_size(n, 0, row) + (col - row)] +=
                factor * strip->value[e];
        }
    }
}

int rec_gram_sum_read(struct rec_gram_sum *s, struct rec_gram_reader *r,
                      double factor, struct rec_error *err)
{
    const struct rec_gram_head *h = rec_gram_reader_head(r);
    uint32_t *map = rec_dict_map(h->items, s->head.items);
    struct rec_gram_strip strip;
    int rc = map ? 1 : rec_fail_nomem(err);

    while (rc == 1 && (rc = rec_gram_next(r, &strip, err)) == 1) {
        for (uint32_t k = 0; k < strip.rows; k++) {
            add_row(s, &strip, k, map, factor);
        }
    }
    free(map);
    return rc;
}

int rec_gram_sum_write(const struct rec_gram_sum *s,
                       struct rec_stream_writer *w, struct rec_error *err)
{
    uint32_t n = rec_dict_count(s->head.items), first = 0;
    int rc = 0;

    while (first < n && rc == 0) {
        rc = rec_gram_write(w, n, first,
                            s->packed + rec_gram_strip_size(n, 0, first),
                            err);
        first += rec_gram_strip_rows(n, first);
    }
    return rc;
}
