/* SPDX-License-Identifier: MIT */
/* rec-svd: truncated singular value decomposition, PureSVD. */
#include <config.h>

#include "cli.h"

#include <string.h>

#include "data/dataset.h"
#include "models/factors.h"
#include "models/svd.h"
#include "validate.h"

static const char *valid_in, *valid_out;
static double user_power, item_power, score_power, value_power;
static int64_t dim = 64, extra = 32, rounds = 8;
static int binary;

static struct cli_option options[] = {
    CLI_OPT_INT('d', "dim", "D", &dim, 1, REC_FACTORS_MAX, 1,
                "numbers in a vector [64]"),
    CLI_OPT_REAL(0, "user-power", "A", &user_power, 0, 2, 1,
                 "divide a user's row by its length to the power A [0]"),
    CLI_OPT_REAL(0, "item-power", "B", &item_power, 0, 2, 1,
                 "divide an item's column by its count to the power B [0]"),
    CLI_OPT_REAL(0, "score-power", "C", &score_power, -2, 2, 1,
                 "multiply an item's score by its count to the power C [B]"),
    CLI_OPT_REAL(0, "value-power", "P", &value_power, -2, 2, 1,
                 "multiply a dimension by its singular value to the power\n"
                 "P [0]"),
    CLI_OPT_INT(0, "rounds", "N", &rounds, 0, 1000, 1,
                "refine the random start by N multiplications [8]"),
    CLI_OPT_INT(0, "extra", "N", &extra, 0, REC_FACTORS_MAX, 1,
                "refine N dimensions more than are kept [32]"),
    CLI_OPT_FLAG(0, "binary", &binary, 1,
                 "take every weight of the stream as 1"),
    CLI_OPT_TEXT(0, "validate-in", "FILE", &valid_in, 0,
                 "histories of the validation users"),
    CLI_OPT_TEXT(0, "validate-out", "FILE", &valid_out, 0,
                 "what they are judged by; report it"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-svd", "[FILE]",
    "Train user and item vectors on an interactions stream by a truncated\n"
    "singular value decomposition, and write the model.\n"
    "With no FILE, or when FILE is -, read standard input.",
    options,
    CLI_HAS_STREAM | CLI_HAS_SEED | CLI_HAS_MAX_MEM | CLI_HAS_PROGRESS};

static void check_options(const struct cli *c)
{
    validate_check_usage(valid_in, valid_out, cli_one_input(c));
}

static void validate(struct cli *c, const struct rec_svd *s,
                     struct rec_dict *items)
{
    struct rec_moments mean[VALIDATE_COLUMNS];
    struct validation v;
    struct rec_model m;
    struct rec_error err;

    validate_open(&v, c, valid_in, valid_out, items);
    check(rec_svd_lend(s, items, &m, &err), &err);
    validate_model(&v, &m, (int)c->threads, mean);
    rec_svd_unlend(&m);
    validate_release(&v);
    for (int k = 0; k < VALIDATE_COLUMNS; k++) {
        note(c, "%-13s %.6f +- %.6f", validate_name(k), mean[k].mean,
             rec_moments_error(&mean[k]));
    }
}

int main(int argc, char **argv)
{
    struct cli c;
    struct rec_svd_options opt;
    struct rec_data data;
    struct rec_output *out;
    struct rec_svd s;
    struct rec_error err;

    cli_parse(&c, &program, argc, argv);
    check_options(&c);
    opt = (struct rec_svd_options){
        (uint32_t)dim, (uint32_t)extra, (uint32_t)rounds, user_power,
        item_power, cli_given(&c, "score-power") ? score_power : item_power,
        value_power, (uint64_t)c.seed, binary, (int)c.threads, &c.tick};
    out = cli_output(&c, c.output, 1);
    check(rec_data_load(&data, cli_one_input(&c), "interactions", &err), &err);
    cli_prov_input(&c, "input", data.prov, data.digest);
    cli_need_memory(&c, rec_svd_memory(&data.rows, &opt), "training");
    check_input(rec_svd_fit(&s, &data.rows, &opt, &err), &c, &err);
    for (uint32_t k = 0; k < s.dim && c.verbose; k++) {
        note(&c, "value %lu: %.6g", (unsigned long)k + 1,
             (double)s.value[k]);
    }
    if (valid_in) {
        validate(&c, &s, data.items);
    }
    check(rec_svd_save(&s, data.items, out, c.level, cli_prov_text(&c), &err),
          &err);
    rec_svd_release(&s);
    rec_data_release(&data);
    cli_commit(&c);
    return CLI_OK;
}
