/* SPDX-License-Identifier: MIT */
/* rec-cluster: groups of what is alike. */
#include <config.h>

#include "cluster.h"

static struct cluster_options o = {
    .recent = 2000,
    .personas = {.cut = REC_CUT_HEIGHT, .height = 1, .decay = 0.01},
};
static int mode, cut = REC_CUT_HEIGHT;
static int64_t clusters, most = 10;
static double height = 1, decay = 0.01;
static const char *const modes[] = {"personas", NULL};
static const char *const cuts[] = {"height", "count", "gap", NULL};

static struct cli_option options[] = {
    CLI_OPT_CHOICE(0, "mode", "MODE", &mode, modes, 1,
                   "personas: the items of every history (required)"),
    CLI_OPT_TEXT(0, "embeddings", "FILE", &o.vectors, 0,
                 "the vectors of the items (required)"),
    CLI_OPT_CHOICE(0, "cut", "HOW", &cut, cuts, 1,
                   "cut the tree at a height, into a count of personas, or\n"
                   "at the largest gap of heights [height]"),
    CLI_OPT_REAL(0, "height", "H", &height, 0, 1e9, 1,
                 "of --cut=height: twice the sum of squares that a union may\n"
                 "add [1]"),
    CLI_OPT_INT('k', "clusters", "K", &clusters, 1, 1 << 20, 1,
                "how many, with --cut=count"),
    CLI_OPT_INT(0, "most", "K", &most, 0, 1 << 20, 1,
                "personas of a user, at most; 0: any number [10]"),
    CLI_OPT_REAL(0, "decay", "D", &decay, 0, 1e6, 1,
                 "an event D a day ago counts exp(-D) [0.01]"),
    CLI_OPT_TIME(0, "now", "TIME", &o.personas.now, 1,
                 "count ages back from TIME [the user's last event]"),
    CLI_OPT_INT(0, "recent", "N", &o.recent, 1, 20000, 1,
                "use the last N events of a user [2000]"),
    CLI_OPT_FLAG(0, "raw", &o.raw, 1,
                 "take vectors as they are, not of unit length"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-cluster", "--mode=MODE --embeddings=FILE [FILE]",
    "Find groups of what is alike, by vectors of items: personas, a few\n"
    "clusters of every user's history, each with a real item that stands for\n"
    "it. With no FILE, or when FILE is -, read standard input.",
    options, CLI_HAS_STREAM};

static void check_options(struct cli *c)
{
    if (!cli_given(c, "mode")) {
        die_usage("--mode is required");
    }
    if (!o.vectors) {
        die_usage("--embeddings is required");
    }
    if (cli_given(c, "clusters") && !cli_given(c, "cut")) {
        cut = REC_CUT_COUNT;
    }
    if ((cut == REC_CUT_COUNT) != cli_given(c, "clusters")) {
        die_usage("--cut=count and --clusters belong together");
    }
    if (cut != REC_CUT_HEIGHT && cli_given(c, "height")) {
        die_usage("--height is for --cut=height");
    }
    o.now_given = cli_given(c, "now");
    o.personas.cut = (enum rec_persona_cut)cut;
    o.personas.height = height;
    o.personas.count = (size_t)clusters;
    o.personas.most = (size_t)most;
    o.personas.decay = decay;
}

int main(int argc, char **argv)
{
    struct cli c;

    cli_parse(&c, &program, argc, argv);
    check_options(&c);
    cluster_personas(&c, &o);
    cli_commit(&c);
    return CLI_OK;
}
