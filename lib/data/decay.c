/* SPDX-License-Identifier: MIT */
/* Exponential decay: see decay.h. */
#include <config.h>

#include "data/decay.h"

#include <float.h>
#include <math.h>

#include "base/mem.h"

static int need_times(const struct rec_csr *m, struct rec_error *err)
{
    return m->time ? 0 : rec_fail(err, REC_EVALUE, "the events have no times");
}

int rec_csr_newest(const struct rec_csr *m, int64_t *newest,
                   struct rec_error *err)
{
    size_t n = rec_csr_events(m);
    int rc = need_times(m, err);

    if (rc == 0 && n == 0) {
        rc = rec_fail(err, REC_EVALUE, "there are no events");
    }
    for (size_t e = 0; e < n && rc == 0; e++) {
        if (e == 0 || m->time[e] > *newest) {
            *newest = m->time[e];
        }
    }
    return rc;
}

int rec_csr_decay(struct rec_csr *m, double half_life, int64_t now,
                  struct rec_error *err)
{
    size_t n = rec_csr_events(m), left = 0;
    float *made = NULL;
    int rc = need_times(m, err);

    if (rc == 0 && !m->weight) {
        made = m->weight = rec_alloc(n, sizeof *made);
        rc = made ? 0 : rec_fail_nomem(err);
    }
    for (size_t e = 0; e < n && rc == 0; e++) {
        double age = fmax(0, (double)now - (double)m->time[e]);
        double w = exp2(-age / half_life) * (made ? 1 : m->weight[e]);

        m->weight[e] = fabs(w) < FLT_MIN ? 0 : (float)w;
        left += m->weight[e] != 0;
    }
    if (rc == 0 && left == 0 && n > 0) {
        rc = rec_fail(err, REC_EVALUE,
                      "every event is too old for this half-life to count");
    }
    return rc;
}
