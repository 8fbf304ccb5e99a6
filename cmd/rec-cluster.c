/* SPDX-License-Identifier: MIT */
/* rec-cluster: groups of what is alike. */
#include <config.h>

#include <string.h>

#include "cluster.h"

enum mode { PERSONAS, COHORTS, CODES, DENSITY };

static struct cluster_options o = {.recent = 2000};
static int mode, gap;
static int64_t clusters, most = 10, sweeps = 100, batch;
static int64_t min_size = 5, min_samples;
static double height, decay = 0.01;
static const char *const modes[] = {"personas", "cohorts", "codes",
                                    "density", NULL};

static struct cli_option options[] = {
    CLI_OPT_CHOICE(0, "mode", "MODE", &mode, modes, 1,
                   "personas, cohorts, codes or density (required)"),
    CLI_OPT_TEXT(0, "embeddings", "FILE", &o.vectors, 0,
                 "personas: the vectors of the items (required)"),
    CLI_OPT_INT('k', "clusters", "K", &clusters, 1, 1 << 20, 1,
                "how many: personas of a user, cohorts, codes of a level"),
    CLI_OPT_REAL(0, "height", "H", &height, 0, 1e9, 1,
                 "personas: unite while that adds at most H/2 to the sum of\n"
                 "squares [4 times the variance of vectors; more for long\n"
                 "histories]"),
    CLI_OPT_FLAG(0, "gap", &gap, 1,
                 "personas: cut where the heights rise most"),
    CLI_OPT_INT(0, "most", "K", &most, 0, 1 << 20, 1,
                "personas: this many at most; 0: any number [10]"),
    CLI_OPT_REAL(0, "decay", "D", &decay, 0, 1e6, 1,
                 "personas: an event of a day ago counts exp(-D) [0.01]"),
    CLI_OPT_TIME(0, "now", "TIME", &o.personas.now, 1,
                 "personas: count ages back from TIME [the user's last\n"
                 "event]"),
    CLI_OPT_INT(0, "recent", "N", &o.recent, 1, 20000, 1,
                "personas: use the latest N events of a user [2000]"),
    CLI_OPT_INT(0, "levels", "L", &o.levels, 1, 16, 1,
                "codes: how many in a row [3]"),
    CLI_OPT_FLAG(0, "pq", &o.product, 1,
                 "codes: each of another part of the dimensions"),
    CLI_OPT_FLAG(0, "balanced", &o.kmeans.balanced, 1,
                 "cohorts, codes: clusters of equal size"),
    CLI_OPT_INT(0, "batch", "N", &batch, 1, 1 << 30, 1,
                "cohorts, codes: find centres by batches of N vectors"),
    CLI_OPT_INT(0, "sweeps", "N", &sweeps, 1, 1000000, 1,
                "cohorts, codes: over the vectors, at most [100]"),
    CLI_OPT_TEXT(0, "centres", "FILE", &o.centres, 0,
                 "cohorts: take the centres from FILE"),
    CLI_OPT_TEXT(0, "save-centres", "FILE", &o.save_centres, 0,
                 "cohorts: write the centres, as vectors, to FILE"),
    CLI_OPT_INT(0, "min-size", "N", &min_size, 2, 1 << 20, 1,
                "density: vectors of a cluster, at least [5]"),
    CLI_OPT_INT(0, "min-samples", "N", &min_samples, 1, 1000, 1,
                "density: a vector is as dense as its N-th nearest is near\n"
                "[--min-size]"),
    CLI_OPT_TEXT(0, "report", "FILE", &o.report, 0,
                 "write sizes, heights or errors to FILE, as text"),
    CLI_OPT_TEXT(0, "labels", "FILE", &o.labels, 0,
                 "codes: compare with the groups of FILE in the report"),
    CLI_OPT_FLAG(0, "raw", &o.raw, 1,
                 "take vectors as they are, not of unit length"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-cluster", "--mode=MODE [FILE]",
    "Find groups of what is alike, by vectors. personas: a few clusters of\n"
    "every history of an interactions stream, each with a real item that\n"
    "stands for it. cohorts: the nearest of K centres for each vector of a\n"
    "stream of vectors. codes: a few small numbers for each vector, of which\n"
    "neighbours share the first ones. density: clusters of any shape and\n"
    "number, and noise. With no FILE, or when FILE is -, read standard input.",
    options,
    CLI_HAS_STREAM | CLI_HAS_SEED | CLI_HAS_MAX_MEM | CLI_HAS_PROGRESS};

/* The options that only one or two modes have: bits of 1 << mode. */
static const struct {
    const char *name;
    unsigned modes;
} only[] = {
    {"embeddings", 1 << PERSONAS},
    {"height", 1 << PERSONAS},
    {"gap", 1 << PERSONAS},
    {"most", 1 << PERSONAS},
    {"decay", 1 << PERSONAS},
    {"now", 1 << PERSONAS},
    {"recent", 1 << PERSONAS},
    {"levels", 1 << CODES},
    {"balanced", 1 << COHORTS | 1 << CODES},
    {"batch", 1 << COHORTS | 1 << CODES},
    {"sweeps", 1 << COHORTS | 1 << CODES},
    {"centres", 1 << COHORTS},
    {"save-centres", 1 << COHORTS},
    {"clusters", 1 << PERSONAS | 1 << COHORTS | 1 << CODES},
    {"pq", 1 << CODES},
    {"labels", 1 << CODES},
    {"min-size", 1 << DENSITY},
    {"min-samples", 1 << DENSITY},
    {"report", 1 << PERSONAS | 1 << COHORTS | 1 << CODES | 1 << DENSITY},
};

static void check_options(struct cli *c)
{
    if (!cli_given(c, "mode")) {
        die_usage("--mode is required");
    }
    for (size_t i = 0; i < sizeof only / sizeof *only; i++) {
        if (cli_given(c, only[i].name) && !(only[i].modes >> mode & 1)) {
            die_usage("--%s is not for --mode=%s", only[i].name, modes[mode]);
        }
    }
    if (mode == PERSONAS && !o.vectors) {
        die_usage("--mode=personas needs --embeddings");
    }
    if ((mode == COHORTS || mode == CODES) && !o.centres && !clusters) {
        die_usage("--mode=%s needs --clusters", modes[mode]);
    }
    if (cli_given(c, "clusters") && (cli_given(c, "height") || o.centres)) {
        die_usage("--clusters does not go with --%s",
                  o.centres ? "centres" : "height");
    }
    if (gap && (cli_given(c, "clusters") || cli_given(c, "height"))) {
        die_usage("--gap does not go with --%s",
                  cli_given(c, "clusters") ? "clusters" : "height");
    }
    if (o.labels && !o.report) {
        die_usage("--labels needs --report");
    }
    if (o.kmeans.balanced && (batch || o.centres)) {
        die_usage("--balanced does not go with --%s",
                  batch ? "batch" : "centres");
    }
}

static void set_options(struct cli *c)
{
    o.now_given = cli_given(c, "now");
    o.personas.cut = clusters ? REC_CUT_COUNT
                     : gap    ? REC_CUT_GAP
                              : REC_CUT_HEIGHT;
    o.personas.height = height;
    o.height_given = cli_given(c, "height");
    o.personas.count = (size_t)clusters;
    o.personas.most = (size_t)most;
    o.personas.decay = decay;
    o.kmeans.clusters = (size_t)clusters;
    o.kmeans.sweeps = (size_t)sweeps;
    o.kmeans.batch = (size_t)batch;
    o.kmeans.seed = (uint64_t)c->seed;
    o.kmeans.threads = (int)c->threads;
    o.kmeans.tick = &c->tick;
    o.density.least = (size_t)min_size;
    o.density.samples = (size_t)(min_samples ? min_samples
                                 : min_size < 1000 ? min_size : 1000);
    o.levels = cli_given(c, "levels") ? o.levels : 3;
}

int main(int argc, char **argv)
{
    static void (*const run[])(struct cli *, const struct cluster_options *) = {
        cluster_personas, cluster_cohorts, cluster_codes, cluster_density};
    struct cli c;

    cli_parse(&c, &program, argc, argv);
    check_options(&c);
    set_options(&c);
    run[mode](&c, &o);
    cli_commit(&c);
    return CLI_OK;
}
