/* SPDX-License-Identifier: MIT */
/* Filling struct rec_error. */
#include <config.h>

#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int rec_fail(struct rec_error *err, int code, const char *fmt, ...)
{
    if (err) {
        /* Format aside first: an argument may point into err->text. */
        char text[sizeof err->text];
        va_list ap;

        va_start(ap, fmt);
        vsnprintf(text, sizeof text, fmt, ap);
        va_end(ap);
        err->code = code;
        memcpy(err->text, text, sizeof text);
    }
    return code;
}

int rec_fail_errno(struct rec_error *err, const char *fmt, ...)
{
    int saved = errno;

    if (err) {
        char text[512];
        va_list ap;

        va_start(ap, fmt);
        vsnprintf(text, sizeof text, fmt, ap);
        va_end(ap);
        err->code = REC_EIO;
        snprintf(err->text, sizeof err->text, "%s: %s", text,
                 strerror(saved));
    }
    errno = saved;
    return REC_EIO;
}

int rec_fail_nomem(struct rec_error *err)
{
    return rec_fail(err, REC_ENOMEM, "out of memory");
}
