/* SPDX-License-Identifier: MIT */
/* What rec-ease makes of a solve: the dense model, or a sparse one that keeps
   its largest weights, or the non-negative one, which is sparse; or the sparse
   approximation. */
#ifndef REC_EASE_RESULT_H
#define REC_EASE_RESULT_H

#include "cli.h"
#include "models/ease.h"
#include "models/ease_mrf.h"

struct ease_result {
    struct rec_ease *e;
    struct rec_ease_mrf *mrf; /* instead of E, or NULL */
    struct rec_cut cut;
    int is_cut, nonneg;
    enum rec_dtype store;     /* REC_BYTES: as it was solved */
    struct rec_sparse whole;  /* with NONNEG, before it is cut */
    struct rec_sparse sparse; /* what is written, if it is sparse */
};

/* Solve for LAMBDA; dies with the name of FILE. */
void ease_result_solve(struct ease_result *r, double lambda,
                       const char *file);
void ease_result_release(struct ease_result *r);

static inline int ease_result_is_sparse(const struct ease_result *r)
{
    return r->is_cut || r->nonneg || r->mrf;
}

/* Lend model K of those to be judged, until ease_result_unlend; the last is
   the one that is written. Returns 0 if there is none of that number. *SHARE
   is that of the items^2 weights it has. */
int ease_result_lend(const struct ease_result *r, int k,
                     struct rec_dict *items, struct rec_model *m,
                     double *share);
void ease_result_unlend(struct rec_model *m);

/* Write it, which ends what can be done with this solution. */
void ease_result_save(struct ease_result *r, const struct cli *c,
                      const struct rec_dict *items, struct rec_output *out,
                      const char *prov);

#endif
