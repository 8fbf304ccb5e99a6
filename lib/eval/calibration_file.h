/* SPDX-License-Identifier: MIT */
/* A calibration as a stream of kind "calibration", laid out as a model is
   (models/model.h): the parameters "method" and "input" (the numbers of
   calibrate.h), "slope", "offset", "knots", "prior", "trials" and "hits"; in
   the place of items the cohorts; arrays "at" f32[knots], "value" f64[knots]
   and, if there are cohorts, "shift" f64[cohorts]. */
#ifndef REC_CALIBRATION_FILE_H
#define REC_CALIBRATION_FILE_H

#include "eval/calibrate.h"
#include "io/output.h"
#include "io/store.h"

#define REC_CALIBRATION_KIND "calibration"

/* Write C onto O; COHORTS names those that have shifts. */
REC_MUST_CHECK int rec_calibration_save(const struct rec_calibration *c,
                                        const struct rec_dict *cohorts,
                                        struct rec_output *o, int level,
                                        const char *prov,
                                        struct rec_error *err);

struct rec_calibration_file {
    struct rec_calibration map;
    struct rec_dict *cohorts; /* of map.shift */
    struct rec_store *store;  /* its provenance and digest */
};

/* Read PATH ("-": standard input); *OUT is the caller's, to be released. What
   could not be a fit is REC_ECORRUPT. */
REC_MUST_CHECK int rec_calibration_load(struct rec_calibration_file *out,
                                        const char *path,
                                        struct rec_error *err);
void rec_calibration_file_release(struct rec_calibration_file *f);

#endif
