/* SPDX-License-Identifier: MIT */
/* What rec-tune searches: parameters with the values they may take, and the
   command into which values are put. Dies, as a wrong command line, of what
   cannot be understood. */
#ifndef REC_TUNE_SPACE_H
#define REC_TUNE_SPACE_H

#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/rng.h"

enum tune_kind { TUNE_LIST, TUNE_LINEAR, TUNE_LOG, TUNE_INTEGER };

struct tune_param {
    char *name;
    enum tune_kind kind;
    char **value; /* of a list, or the points of a grid; POINTS of them */
    size_t points;
    double low, high; /* of a range */
};

struct tune_space {
    struct tune_param *param;
    size_t n, cap;
};

/* Values of all parameters, in their order; owned, as is the array. */
struct tune_point {
    char **value;
};
struct tune_points {
    struct tune_point *point;
    size_t n, cap;
};

/* Add the parameter of TEXT: "NAME=A,B,C", "NAME=lin:LOW:HIGH[:POINTS]",
   "NAME=log:LOW:HIGH[:POINTS]" or "NAME=int:LOW:HIGH". */
void tune_space_add(struct tune_space *s, const char *text);
void tune_space_release(struct tune_space *s);

/* All combinations, the last parameter changing fastest. */
void tune_grid(const struct tune_space *s, struct tune_points *out);
/* N different points, drawn by SEED; fewer if there are no more. */
void tune_draw(const struct tune_space *s, size_t n, uint64_t seed,
               struct tune_points *out);
/* The points listed in PATH, text: a line of names, which become the
   parameters of S, and lines of values, divided by tabs. */
void tune_read(struct tune_space *s, const char *path,
               struct tune_points *out);
void tune_points_release(struct tune_points *p, size_t params);

/* Die if a parameter, or BUDGET (NULL: there is none), is not used in
   COMMAND, or stands in quotes there, where its value could not be quoted. */
void tune_check_command(const char *command, const struct tune_space *s,
                        const char *budget);
/* COMMAND with the values in place of "{NAME}", quoted for the shell where
   they need it, and VALUE for BUDGET. The caller releases OUT. */
void tune_fill(const char *command, const struct tune_space *s,
               const struct tune_point *p, const char *budget,
               const char *value, struct rec_buf *out);

#endif
