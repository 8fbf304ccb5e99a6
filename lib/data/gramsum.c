/* SPDX-License-Identifier: MIT */
/* Adding Gram matrices: see gramsum.h. */
#include <config.h>

#include "data/gramsum.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The values that a held part adds to a row of the sum. */
struct row {
    uint32_t *col;
    double *value;
    size_t n, col_cap, value_cap;
};

struct rec_gram_part {
    struct rec_gram_reader *in;
    double factor;
    uint32_t *map;   /* its items in the sum, or REC_NONE */
    struct row *row; /* by row of the sum; NULL: it is read along */
    struct rec_gram_strip strip; /* of a part read along: where it stands */
    uint32_t next;               /* row of STRIP */
    int ended;
};

int rec_gram_sum_init(struct rec_gram_sum *s, uint64_t max_bytes,
                      struct rec_error *err)
{
    memset(s, 0, sizeof *s);
    s->max_held = (double)max_bytes;
    s->head.items = rec_dict_new();
    return s->head.items ? 0 : rec_fail_nomem(err);
}

static void release_part(struct rec_gram_part *p, uint32_t rows)
{
    for (uint32_t i = 0; p->row && i < rows; i++) {
        free(p->row[i].col);
        free(p->row[i].value);
    }
    free(p->row);
    free(p->map);
}

void rec_gram_sum_release(struct rec_gram_sum *s)
{
    uint32_t n = s->head.items ? rec_dict_count(s->head.items) : 0;

    for (size_t i = 0; i < s->parts; i++) {
        release_part(&s->part[i], n);
    }
    free(s->part);
    rec_gram_head_release(&s->head);
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
        && ((left.n > 0 && s->parts > 1 && h->old.n == 0)
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

static int check_values(struct rec_gram_sum *s, const char *name,
                        const struct rec_gram_head *h, struct rec_error *err)
{
    if (rec_dict_count(s->head.items) == 0) {
        s->head.weights = h->weights;
    } else if (rec_dict_count(h->items) > 0
               && h->weights != s->head.weights) {
        return rec_fail(err, REC_EFORMAT,
                        "%s: is made of %s, other than the files before",
                        name, h->weights ? "weights" : "ones (--binary)");
    }
    return 0;
}

int rec_gram_sum_add(struct rec_gram_sum *s, struct rec_gram_reader *in,
                     double factor, int overlap, struct rec_error *err)
{
    const struct rec_gram_head *h = rec_gram_reader_head(in);
    const char *name = rec_stream_name(rec_gram_reader_stream(in));
    struct rec_gram_part *p;
    int rc;

    if (rec_reserve(&s->part, &s->part_cap, s->parts + 1, sizeof *s->part)
        != 0) {
        return rec_fail_nomem(err);
    }
    p = &s->part[s->parts++];
    memset(p, 0, sizeof *p);
    p->in = in;
    p->factor = factor;
    rc = check_values(s, name, h, err);
    rc = rc ? rc
            : take_out(s, name, factor < 0 ? &h->users : &h->old, err);
    rc = rc ? rc
            : put_in(s, name, factor < 0 ? &h->old : &h->users, overlap, err);
    return rc ? rc : add_counts(s, h, factor, err);
}

/* ---- closing ----------------------------------------------------------- */

/* Leave out the items that nobody has. */
static int drop_items(struct rec_gram_sum *s, struct rec_error *err)
{
    struct rec_gram_head *h = &s->head;
    uint32_t n = rec_dict_count(h->items);
    struct rec_dict *kept = rec_dict_new();
    int rc = kept ? 0 : rec_fail_nomem(err);

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
    if (rc != 0) {
        rec_dict_free(kept);
        return rc;
    }
    rec_dict_free(h->items);
    h->items = kept;
    return 0;
}

/* Do the N items of MAP ascend, those left out apart? */
static int ascends(const uint32_t *map, uint32_t n)
{
    uint32_t least = 0;

    for (uint32_t i = 0; i < n; i++) {
        if (map[i] != REC_NONE) {
            if (map[i] < least) {
                return 0;
            }
            least = map[i] + 1;
        }
    }
    return 1;
}

static int append(struct row *r, uint32_t col, double value)
{
    if (rec_reserve(&r->col, &r->col_cap, r->n + 1, sizeof *r->col) != 0
        || rec_reserve(&r->value, &r->value_cap, r->n + 1, sizeof *r->value)
               != 0) {
        return -1;
    }
    r->col[r->n] = col;
    r->value[r->n++] = value;
    return 0;
}

/* Hold row K of P's strip. */
static int hold_row(struct rec_gram_part *p, uint32_t k, struct rec_error *err)
{
    const struct rec_gram_strip *s = &p->strip;
    uint32_t i = p->map[s->first + k];

    if (i == REC_NONE) {
        return 0;
    }
    for (size_t e = s->start[k]; e < s->start[k + 1]; e++) {
        uint32_t j = p->map[s->col[e]];

        if (j != REC_NONE && s->value[e] != 0
            && append(&p->row[i < j ? i : j], i < j ? j : i, s->value[e])
                   != 0) {
            return rec_fail_nomem(err);
        }
    }
    return 0;
}

static int hold_part(struct rec_gram_sum *s, struct rec_gram_part *p,
                     struct rec_error *err)
{
    int rc;

    p->row = rec_zalloc(rec_dict_count(s->head.items), sizeof *p->row);
    if (!p->row) {
        return rec_fail_nomem(err);
    }
    while ((rc = rec_gram_next(p->in, &p->strip, err)) == 1) {
        s->held += 16.0 * (double)p->strip.start[p->strip.rows];
        if (s->max_held > 0 && s->held > s->max_held) {
            return rec_fail(err, REC_ENOMEM,
                            "%s: its items come in another order and need "
                            "more than %.1f MiB, which --max-mem forbids",
                            rec_stream_name(rec_gram_reader_stream(p->in)),
                            s->max_held / 0x1p20);
        }
        for (uint32_t k = 0; k < p->strip.rows; k++) {
            rc = hold_row(p, k, err);
            if (rc != 0) {
                return rc;
            }
        }
    }
    return rc;
}

int rec_gram_sum_close(struct rec_gram_sum *s, struct rec_error *err)
{
    /* In a difference a count of 0 says nothing. */
    int rc = s->head.old.n > 0 ? 0 : drop_items(s, err);

    for (size_t i = 0; i < s->parts && rc == 0; i++) {
        struct rec_gram_part *p = &s->part[i];
        const struct rec_gram_head *h = rec_gram_reader_head(p->in);

        p->map = rec_dict_map(h->items, s->head.items);
        if (!p->map) {
            return rec_fail_nomem(err);
        }
        if (!ascends(p->map, rec_dict_count(h->items))) {
            rc = hold_part(s, p, err);
        }
    }
    return rc;
}

/* ---- the matrix -------------------------------------------------------- */

/* SUM[j - I] += what the held part P has at row I, column j. */
static void add_held(const struct rec_gram_part *p, uint32_t i, double *sum)
{
    const struct row *r = &p->row[i];

    for (size_t e = 0; e < r->n; e++) {
        sum[r->col[e] - i] += p->factor * r->value[e];
    }
}

/* Row K of the strip of P, which is row I of the sum. */
static void add_row(const struct rec_gram_part *p, uint32_t k, uint32_t i,
                    double *sum)
{
    const struct rec_gram_strip *s = &p->strip;

    for (size_t e = s->start[k]; e < s->start[k + 1]; e++) {
        uint32_t j = p->map[s->col[e]];

        if (j != REC_NONE) {
            sum[j - i] += p->factor * s->value[e];
        }
    }
}

/* The same of a part that is read along: on to its row that is row I of the
   sum, if it has one. */
static int add_along(struct rec_gram_part *p, uint32_t i, double *sum,
                     struct rec_error *err)
{
    while (!p->ended) {
        uint32_t to;

        if (p->next == p->strip.rows) {
            int rc = rec_gram_next(p->in, &p->strip, err);

            if (rc < 0) {
                return rc;
            }
            p->next = 0;
            p->ended = rc == 0;
            continue;
        }
        to = p->map[p->strip.first + p->next];
        if (to != REC_NONE && to > i) {
            break;
        }
        if (to == i) {
            add_row(p, p->next, i, sum);
        }
        p->next++;
    }
    return 0;
}

/* The strip of ROWS rows from FIRST on. */
static int make_strip(struct rec_gram_sum *s, uint32_t first, uint32_t rows,
                      double *packed, struct rec_error *err)
{
    uint32_t n = rec_dict_count(s->head.items);
    double *sum = packed;

    memset(packed, 0,
           rec_gram_strip_size(n, first, rows) * sizeof *packed);
    for (uint32_t i = first; i < first + rows; i++) {
        for (size_t k = 0; k < s->parts; k++) {
            struct rec_gram_part *p = &s->part[k];
            int rc = 0;

            if (p->row) {
                add_held(p, i, sum);
            } else {
                rc = add_along(p, i, sum, err);
            }
            if (rc != 0) {
                return rc;
            }
        }
        sum += n - i;
    }
    return 0;
}

/* What is behind the last row that counts. */
static int read_ends(struct rec_gram_sum *s, struct rec_error *err)
{
    int rc = 0;

    for (size_t k = 0; k < s->parts && rc == 0; k++) {
        struct rec_gram_part *p = &s->part[k];

        while (!p->row && !p->ended && rc == 0) {
            rc = rec_gram_next(p->in, &p->strip, err);
            p->ended = rc == 0;
            rc = rc < 0 ? rc : 0;
        }
    }
    return rc;
}

int rec_gram_sum_write(struct rec_gram_sum *s, struct rec_stream_writer *w,
                       struct rec_error *err)
{
    uint32_t n = rec_dict_count(s->head.items), first = 0;
    double *packed = rec_alloc(rec_gram_strip_room(n), sizeof *packed);
    int rc = packed ? 0 : rec_fail_nomem(err);

    while (first < n && rc == 0) {
        uint32_t rows = rec_gram_strip_rows(n, first);

        rc = make_strip(s, first, rows, packed, err);
        rc = rc ? rc : rec_gram_write(w, n, first, packed, err);
        first += rows;
    }
    free(packed);
    return rc ? rc : read_ends(s, err);
}
