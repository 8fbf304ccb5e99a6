/* SPDX-License-Identifier: MIT */
/* How a long library call tells its caller where it stands. The library only
   calls; whether anything is shown, and how often, is the program's affair. */
#ifndef REC_PROGRESS_H
#define REC_PROGRESS_H

struct rec_progress {
    /* PHASE is a word or two; DONE of TOTAL (0: unknown) in any unit. Called
       from one thread at a time. */
    void (*report)(void *ctx, const char *phase, double done, double total);
    void *ctx;
};

/* Report to P, which may be NULL. */
static inline void rec_progress(const struct rec_progress *p,
                                const char *phase, double done, double total)
{
    if (p && p->report) {
        p->report(p->ctx, phase, done, total);
    }
}

#endif
