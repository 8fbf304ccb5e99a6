/* SPDX-License-Identifier: MIT */
/* Strict numbers from text, for options and for data alike: no empty text, no
   leading or trailing characters, no silent wrap. The point is '.': long
   numbers go through strtod, and recpipe never leaves the C locale. */
#ifndef REC_NUMBER_H
#define REC_NUMBER_H

#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"

/* The N bytes at S as a decimal integer in [MIN, MAX]. Returns 0, or -1 with
   *OUT untouched. */
REC_MUST_CHECK int rec_parse_int(const char *s, size_t n, int64_t min,
                                 int64_t max, int64_t *out);

/* The N bytes at S as a finite decimal number ("1", "-2.5", ".5", "1e-3");
   correctly rounded. "inf", "nan" and hexadecimal are refused. Returns 0, or
   -1 with *OUT untouched. */
REC_MUST_CHECK int rec_parse_double(const char *s, size_t n, double *out);

#endif
