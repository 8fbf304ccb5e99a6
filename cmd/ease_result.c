/* SPDX-License-Identifier: MIT */
/* Dense and sparse results: see ease_result.h. */
#include <config.h>

#include "ease_result.h"

static void release_sparse(struct ease_result *r)
{
    rec_sparse_release(&r->whole);
    rec_sparse_release(&r->sparse);
}

void ease_result_release(struct ease_result *r)
{
    release_sparse(r);
    rec_ease_release(r->e);
}

static int solve_nonneg(struct ease_result *r, double lambda,
                        struct rec_error *err)
{
    int rc = rec_ease_nonneg(r->is_cut ? &r->whole : &r->sparse, r->e, lambda,
                             err);

    if (rc == 0 && r->is_cut) {
        rc = rec_sparse_cut(&r->sparse, &r->whole, &r->cut, err);
    }
    return rc;
}

void ease_result_solve(struct ease_result *r, double lambda, const char *file)
{
    struct rec_error err;
    int rc;

    release_sparse(r);
    if (r->mrf) {
        rc = rec_ease_mrf_solve(r->mrf, lambda, &err);
    } else if (r->nonneg) {
        rc = solve_nonneg(r, lambda, &err);
    } else {
        rc = rec_ease_solve(r->e, lambda, &err);
        if (rc == 0 && r->is_cut) {
            rc = rec_ease_sparse(&r->sparse, r->e, &r->cut, &err);
        }
    }
    if (rc < 0) {
        die("%s: %s", file, err.text);
    }
}

static double share_of(const struct rec_sparse *s)
{
    double items = s->items;

    return items > 0 ? (double)s->start[s->items] / (items * items) : 0;
}

int ease_result_lend(const struct ease_result *r, int k,
                     struct rec_dict *items, struct rec_model *m,
                     double *share)
{
    const struct rec_sparse *s = r->mrf            ? &r->mrf->w
                                 : k == r->is_cut ? &r->sparse
                                                   : &r->whole;
    struct rec_error err;

    if (k > r->is_cut) {
        return 0;
    }
    if (s->start) {
        *share = share_of(s);
        check(rec_sparse_lend(s, items, m, &err), &err);
    } else {
        *share = 1;
        check(rec_ease_lend(r->e, items, m, &err), &err);
    }
    return 1;
}

void ease_result_unlend(struct rec_model *m)
{
    m->type->release(m);
}

static void save_sparse(const struct ease_result *r, const struct cli *c,
                        const struct rec_dict *items, struct rec_output *out,
                        const char *prov)
{
    const struct rec_sparse *s = r->mrf ? &r->mrf->w : &r->sparse;
    enum rec_dtype dtype = r->store ? r->store : REC_F32;
    struct rec_error err;

    if (c->verbose) {
        note(c, "%lld weights, %.6g of all", (long long)s->start[s->items],
             share_of(s));
    }
    check(r->mrf ? rec_ease_mrf_save(r->mrf, dtype, items, out, c->level, prov,
                                     &err)
                 : rec_ease_save_sparse(r->e, s, &r->cut, r->nonneg, dtype,
                                        items, out, c->level, prov, &err),
          &err);
}

void ease_result_save(struct ease_result *r, const struct cli *c,
                      const struct rec_dict *items, struct rec_output *out,
                      const char *prov)
{
    struct rec_error err;

    if (ease_result_is_sparse(r)) {
        save_sparse(r, c, items, out, prov);
        return;
    }
    rec_ease_finish(r->e);
    if (r->store) {
        check(rec_ease_narrow(r->e, r->store, &err), &err);
    }
    check(rec_ease_save(r->e, items, out, c->level, prov, &err), &err);
}
