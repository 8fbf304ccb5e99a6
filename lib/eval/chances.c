/* SPDX-License-Identifier: MIT */
/* Scores as probabilities: see chances.h. */
#include <config.h>

#include "eval/chances.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "eval/reliability.h"

int rec_chances_add(struct rec_chances *t, const struct rec_measures *m,
                    const float *score, size_t len, const uint32_t *rank,
                    size_t hits, double *out, size_t *bad,
                    struct rec_error *err)
{
    size_t need = t->n + len, h = 0;
    double brier = 0, loss = 0;

    for (*bad = 0; *bad < len && score[*bad] >= 0 && score[*bad] <= 1;
         ++*bad) {
    }
    if (*bad < len) {
        return 0;
    }
    if (rec_reserve(&t->p, &t->cap[0], need, sizeof *t->p) != 0
        || rec_reserve(&t->y, &t->cap[1], need, 1) != 0) {
        return rec_fail_nomem(err);
    }
    for (size_t i = 0; i < len; i++) {
        int y = h < hits && rank[h] == i + 1;
        double far = (double)score[i] - y;

        h += (size_t)y;
        brier += far * far;
        loss += rec_log_loss(score[i], y);
        t->p[t->n] = score[i];
        t->y[t->n++] = (uint8_t)y;
    }
    if (m->metrics >> REC_BRIER & 1) {
        *out++ = brier / (double)len;
    }
    if (m->metrics >> REC_LOG_LOSS & 1) {
        *out = loss / (double)len;
    }
    return 0;
}

void rec_chances_release(struct rec_chances *t)
{
    free(t->p);
    free(t->y);
    memset(t, 0, sizeof *t);
}
