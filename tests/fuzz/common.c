/* SPDX-License-Identifier: MIT */
/* The table of targets and what they share: see fuzz.h. */
#include <config.h>

#include "fuzz.h"

#include <string.h>

const struct fuzz_target fuzz_targets[] = {
    {"stream", 1, fuzz_stream},
    {"rows", 1, fuzz_rows},
    {"gram", 1, fuzz_gram},
    {"model", 1, fuzz_model},
    {"table", 1, fuzz_table},
    {"vectors", 1, fuzz_vectors},
    {"calibration", 1, fuzz_calibration},
    {"checkpoint", 1, fuzz_checkpoint},
    {"text", 0, fuzz_text},
    {"gzip", 0, fuzz_gzip},
    {"lists", 0, fuzz_lists},
    {"ids", 0, fuzz_ids},
    {"number", 0, fuzz_number},
};
const size_t fuzz_target_count = sizeof fuzz_targets / sizeof *fuzz_targets;


const struct fuzz_target *fuzz_find(const char *name)
{
    for (size_t i = 0; i < fuzz_target_count; i++) {
        if (strcmp(fuzz_targets[i].name, name) == 0) {
            return &fuzz_targets[i];
        }
    }
    return NULL;
}

struct rec_output *fuzz_null(void)
{
    struct rec_error err;
    struct rec_output *o = NULL;

    fuzz_need(rec_output_open(&o, "/dev/null", &err) == 0, "/dev/null", &err);
    return o;
}
