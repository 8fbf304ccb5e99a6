/* SPDX-License-Identifier: MIT */
/* Errors. The library returns, the program dies: every function of lib/ that
   can fail returns 0 (or a non-negative result) or a negative enum rec_err,
   and writes the cause in words into a struct rec_error that the caller lends
   it. Nothing in lib/ prints, exits, or keeps an error in a global. */
#ifndef REC_ERROR_H
#define REC_ERROR_H

#include "base/compat.h"

/* The values are pinned: they never change meaning between releases. */
enum rec_err {
    REC_OK = 0,
    REC_ENOMEM = -1,   /* an allocation failed, or --max-mem forbids it */
    REC_EIO = -2,      /* the system failed a read, write, rename ... */
    REC_ETRUNC = -3,   /* the input ends before its end block */
    REC_ECORRUPT = -4, /* checksum, count or structure is wrong */
    REC_EFORMAT = -5,  /* not a recpipe stream, or of the wrong kind */
    REC_ELIMIT = -6,   /* beyond a limit of rec-format(5) */
    REC_EPARSE = -7,   /* text that cannot be understood */
    REC_EVALUE = -8,   /* an argument outside its range */
    REC_ENUMERIC = -9, /* a factorisation or a sum that is not a number */
    REC_EREPEAT = -10, /* something given twice that must be unique */
    REC_ENOTSUP = -11  /* valid, but this model or build cannot do it */
};

struct rec_error {
    int code;       /* one of enum rec_err */
    char text[960]; /* the cause, without program name or newline */
};

/* Record CODE with a formatted cause in ERR (which may be NULL) and return
   CODE, so that a failing function ends in `return rec_fail(err, ...)`. The
   arguments may include err->text itself. */
int rec_fail(struct rec_error *err, int code, const char *fmt, ...)
    REC_PRINTF(3, 4);

/* The same for a failed system call: REC_EIO, with ": strerror(errno)". */
int rec_fail_errno(struct rec_error *err, const char *fmt, ...)
    REC_PRINTF(2, 3);

/* REC_ENOMEM with the words every program uses for it. */
int rec_fail_nomem(struct rec_error *err);

#endif
