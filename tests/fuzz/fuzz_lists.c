/* SPDX-License-Identifier: MIT */
/* Runs and qrels of TREC, rankings and targets as text; once as each. */
#include <config.h>

#include <math.h>

#include "eval/listtext.h"
#include "fuzz.h"

static void load(const char *path, int targets)
{
    struct rec_data d;
    struct rec_error err;

    if (rec_list_text_load(&d, path, targets, &err) != 0) {
        return;
    }
    fuzz_need(d.rows.rows == rec_dict_count(d.users)
                  && d.rows.cols == rec_dict_count(d.items),
              "shape", NULL);
    for (size_t r = 0; r < d.rows.rows; r++) {
        fuzz_need(d.rows.start[r] <= d.rows.start[r + 1], "rows", NULL);
    }
    for (size_t e = 0; e < rec_csr_events(&d.rows); e++) {
        fuzz_need(d.rows.item[e] < d.rows.cols, "an item that is none", NULL);
        fuzz_need(isfinite(d.rows.weight[e]), "not finite", NULL);
        fuzz_need(!targets || d.rows.weight[e] >= 0, "no target", NULL);
    }
    rec_data_release(&d);
}

void fuzz_lists(const uint8_t *data, size_t n)
{
    const char *path = fuzz_file(data, n);

    load(path, 0);
    load(path, 1);
}
