/* SPDX-License-Identifier: MIT */
/* One writer at a time for a file that is read, changed and replaced. The lock
   is on a file of its own beside it, ".NAME.lock", since the file itself is
   replaced by another; the system lets go of it when the process ends, however
   it ends. */
#ifndef REC_LOCK_H
#define REC_LOCK_H

#include "base/compat.h"
#include "base/error.h"

struct rec_lock;

/* Take the lock of PATH, which need not exist, or fail with REC_EIO at once if
   another process has it. */
REC_MUST_CHECK int rec_lock_take(struct rec_lock **l, const char *path,
                                 struct rec_error *err);
/* The name of its file; lives as long as L. */
const char *rec_lock_name(const struct rec_lock *l);
/* Let go of it and remove its file. Accepts NULL. */
void rec_lock_release(struct rec_lock *l);

#endif
