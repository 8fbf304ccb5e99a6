/* SPDX-License-Identifier: MIT */
/* Calibrations: what was loaded maps any score to a probability, and does not
   fall. */
#include <config.h>

#include <float.h>

#include "eval/calibration_file.h"
#include "fuzz.h"

static void check_map(const struct rec_calibration *c, uint32_t cohort)
{
    static const float score[] = {-FLT_MAX, -1e10F, -3.5F, -1, -1e-40F, 0,
                                  1e-40F,   0.25F,  0.5F,  1,  3.5F,    1e10F,
                                  FLT_MAX};
    size_t n = sizeof score / sizeof *score;
    double last = 0;

    for (size_t i = 0; i < n; i++) {
        float x = score[i];
        double p;

        if (c->input == REC_FROM_PROBABILITY && !(x >= 0 && x <= 1)) {
            continue;
        }
        p = rec_calibrate(c, cohort, x);
        fuzz_need(p >= 0 && p <= 1, "not a probability", NULL);
        fuzz_need(p >= last - 1e-12, "a map that falls", NULL);
        last = p;
    }
}

static void load(const char *path)
{
    struct rec_calibration_file f;
    struct rec_error err;

    if (rec_calibration_load(&f, path, &err) == 0) {
        check_map(&f.map, REC_NONE);
        for (uint32_t k = 0; k < f.map.cohorts && k < 16; k++) {
            check_map(&f.map, k);
        }
        rec_calibration_file_release(&f);
    }
}

void fuzz_calibration(const uint8_t *data, size_t n)
{
    const char *pipe;

    load(fuzz_file(data, n));
    pipe = fuzz_pipe(data, n);
    if (pipe) {
        load(pipe);
        fuzz_pipe_end();
    }
}
