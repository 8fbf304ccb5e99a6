/* SPDX-License-Identifier: MIT */
/* Calibrations in files: see calibration_file.h. */
#include <config.h>

#include "eval/calibration_file.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data/rows.h"
#include "models/model.h"

/* ---- saving ------------------------------------------------------------- */

static int save_arrays(const struct rec_calibration *c,
                       struct rec_stream_writer *w, struct rec_error *err)
{
    int rc = 0;

    if (c->knots > 0) {
        rc = rec_stream_write(w, REC_BLOCK_ARRAY, "at", REC_F32, c->at,
                              c->knots * sizeof *c->at, err);
        rc = rc ? rc
                : rec_stream_write(w, REC_BLOCK_ARRAY, "value", REC_F64,
                                   c->value, c->knots * sizeof *c->value, err);
    }
    if (rc == 0 && c->cohorts > 0) {
        rc = rec_stream_write(w, REC_BLOCK_ARRAY, "shift", REC_F64, c->shift,
                              c->cohorts * sizeof *c->shift, err);
    }
    return rc;
}

int rec_calibration_save(const struct rec_calibration *c,
                         const struct rec_dict *cohorts, struct rec_output *o,
                         int level, const char *prov, struct rec_error *err)
{
    struct rec_stream_writer *w;
    char param[320];
    int rc;

    snprintf(param, sizeof param,
             "method %d\ninput %d\nslope %.17g\noffset %.17g\nknots %zu\n"
             "prior %.17g\ntrials %" PRIu64 "\nhits %" PRIu64 "\n",
             (int)c->method, (int)c->input, c->slope, c->offset, c->knots,
             c->prior, c->trials, c->hits);
    rc = rec_model_begin(&w, o, REC_CALIBRATION_KIND, level, param, cohorts,
                         err);
    if (rc != 0) {
        return rc;
    }
    rc = save_arrays(c, w, err);
    if (rc != 0) {
        rec_stream_writer_free(w);
        return rc;
    }
    return rec_model_end(w, cohorts, prov, err);
}

/* ---- loading ------------------------------------------------------------ */

static int damaged(const struct rec_model *m, const char *what,
                   struct rec_error *err)
{
    return rec_fail(err, REC_ECORRUPT, "%s: damaged: %s",
                    rec_store_name(m->store), what);
}

/* A parameter that is a number from 0 to MOST. */
static int get_number(const struct rec_model *m, const char *key, double most,
                      double *out, struct rec_error *err)
{
    int rc = rec_model_param(m, key, out, err);

    if (rc == 0 && !(*out >= 0 && *out <= most)) {
        rc = damaged(m, "a parameter is out of range", err);
    }
    return rc;
}

static int load_params(const struct rec_model *m, struct rec_calibration *c,
                       struct rec_error *err)
{
    double method = 0, input = 0, knots = 0, trials = 0, hits = 0;
    int rc = get_number(m, "method", REC_SHIFT, &method, err);

    rc = rc ? rc
            : get_number(m, "input", REC_FROM_PROBABILITY, &input, err);
    rc = rc ? rc : get_number(m, "slope", HUGE_VAL, &c->slope, err);
    rc = rc ? rc : rec_model_param(m, "offset", &c->offset, err);
    rc = rc ? rc : get_number(m, "knots", UINT32_MAX, &knots, err);
    rc = rc ? rc : get_number(m, "prior", HUGE_VAL, &c->prior, err);
    rc = rc ? rc : get_number(m, "trials", 0x1p63, &trials, err);
    rc = rc ? rc : get_number(m, "hits", 0x1p63, &hits, err);
    if (rc == 0 && (method == REC_ISOTONIC) != (knots >= 1)) {
        rc = damaged(m, "knots belong to isotonic maps", err);
    }
    if (rc == 0) {
        c->method = (enum rec_calibrate_method)method;
        c->input = (enum rec_calibrate_input)input;
        c->knots = (size_t)knots;
        c->trials = (uint64_t)trials;
        c->hits = (uint64_t)hits;
    }
    return rc;
}

/* Knots in order, and shifts. */
static int check_arrays(const struct rec_model *m,
                        const struct rec_calibration *c, struct rec_error *err)
{
    for (size_t k = 0; k < c->knots; k++) {
        if (!isfinite(c->at[k]) || !(c->value[k] >= 0 && c->value[k] <= 1)
            || (k > 0
                && (!(c->at[k] > c->at[k - 1])
                    || c->value[k] < c->value[k - 1]))) {
            return damaged(m, "the knots are not in order", err);
        }
    }
    for (uint32_t k = 0; k < c->cohorts; k++) {
        if (!isfinite(c->shift[k])) {
            return damaged(m, "a shift is not a number", err);
        }
    }
    return 0;
}

/* A copy of the array NAME in *OUT. */
static int take_array(const struct rec_model *m, const char *name,
                      enum rec_dtype dtype, size_t n, void *out,
                      struct rec_error *err)
{
    size_t size = rec_dtype_size(dtype);
    const void *data;
    void *copy;
    int rc = rec_model_array(m, name, dtype, n, &data, err);

    if (rc != 0) {
        return rc;
    }
    copy = rec_alloc(n, size);
    if (!copy) {
        return rec_fail_nomem(err);
    }
    memcpy(copy, data, n * size);
    *(void **)out = copy;
    return 0;
}

static int load_arrays(const struct rec_model *m, struct rec_calibration *c,
                       struct rec_error *err)
{
    int rc = 0;

    c->cohorts = rec_dict_count(m->items);
    if (c->knots > 0) {
        rc = take_array(m, "at", REC_F32, c->knots, &c->at, err);
        rc = rc ? rc
                : take_array(m, "value", REC_F64, c->knots, &c->value, err);
    }
    if (rc == 0 && c->cohorts > 0) {
        rc = take_array(m, "shift", REC_F64, c->cohorts, &c->shift, err);
    }
    return rc ? rc : check_arrays(m, c, err);
}

/* The names of the cohorts. */
static int load_names(const struct rec_model *m, struct rec_error *err)
{
    int rc = rec_model_read_items(m, "calibration", err);

    if (rc == 0
        && rec_store_counts(m->store)->items != rec_dict_count(m->items)) {
        rc = damaged(m, "the end block counts other cohorts", err);
    }
    return rc;
}

int rec_calibration_load(struct rec_calibration_file *out, const char *path,
                         struct rec_error *err)
{
    /* Not a model that scores, but its parameters and arrays are read alike. */
    struct rec_model m = {NULL, NULL, NULL, 0, NULL};
    int rc = rec_store_open(&m.store, path, err);

    memset(out, 0, sizeof *out);
    if (rc != 0) {
        return rc;
    }
    out->store = m.store;
    out->cohorts = m.items = rec_dict_new();
    if (!m.items) {
        rc = rec_fail_nomem(err);
    } else if (strcmp(rec_store_head(m.store)->kind, REC_CALIBRATION_KIND)
               != 0) {
        rc = rec_fail(err, REC_EFORMAT, "%s: holds '%s', not a calibration",
                      rec_store_name(m.store), rec_store_head(m.store)->kind);
    }
    rc = rc ? rc : load_names(&m, err);
    rc = rc ? rc : load_params(&m, &out->map, err);
    rc = rc ? rc : load_arrays(&m, &out->map, err);
    if (rc != 0) {
        rec_calibration_file_release(out);
    }
    return rc;
}

void rec_calibration_file_release(struct rec_calibration_file *f)
{
    rec_calibration_release(&f->map);
    rec_dict_free(f->cohorts);
    rec_store_close(f->store);
    memset(f, 0, sizeof *f);
}
