/* SPDX-License-Identifier: MIT */
/* The command line of rec-ease: its options, and which of them go together
   with each other and with the input. */
#ifndef REC_EASE_OPTIONS_H
#define REC_EASE_OPTIONS_H

#include "cli.h"
#include "ease_gram.h"
#include "ease_lambdas.h"
#include "models/ease.h"

extern const struct cli_program ease_program;

struct ease_settings {
    struct ease_lambdas lambdas; /* as typed; none: the default */
    const char *valid_in, *valid_out; /* both or none */
    struct rec_ease_options fit;
    int sparse;       /* --method=sparse */
    int64_t nonzeros; /* of it; 0: the default */
    struct rec_cut cut;
    int nonneg;
    enum rec_dtype store; /* REC_BYTES: as it was solved */
    double half_life;     /* seconds; 0: none */
    int64_t now;          /* of it, if given */
};

/* What cli_parse found, or die of the command line. Phases go to TICK. */
struct ease_settings ease_settings_get(const struct cli *c,
                                       const struct rec_progress *tick);

/* Die of what a Gram matrix cannot do. */
void ease_settings_check_gram(const struct ease_settings *s,
                              const struct ease_gram *g);

/* Are several models to be written? */
static inline int ease_settings_several(const struct ease_settings *s)
{
    return s->lambdas.n > 1 && !s->valid_in;
}

#endif
