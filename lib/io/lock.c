/* SPDX-License-Identifier: MIT */
/* Lock files: see lock.h. */
#include <config.h>

#include "io/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

struct rec_lock {
    int fd;
    char *name;
};

/* The lock file's name: beside what PATH leads to. NULL where that cannot be
   told: another name would be another lock. */
static char *lock_name(const char *path)
{
    char *target = realpath(path, NULL), *name;
    const char *file, *slash;
    size_t n;

    if (!target && errno != ENOENT) {
        return NULL;
    }
    file = target ? target : path;
    slash = strrchr(file, '/');
    n = strlen(file) + sizeof "..lock";
    name = rec_alloc(n, 1);
    if (name) {
        snprintf(name, n, "%.*s.%s.lock",
                 slash ? (int)(slash + 1 - file) : 0, file,
                 slash ? slash + 1 : file);
    }
    free(target);
    return name;
}

/* Open and lock the file. Returns 1 if that is still the file of the name when
   the lock is ours, 0 if its last owner has removed it meanwhile. */
static int try_lock(struct rec_lock *l, const char *path,
                    struct rec_error *err)
{
    struct flock f = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct stat mine, there;
    int gone;

    l->fd = open(l->name, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (l->fd < 0) {
        return rec_fail_errno(err, "cannot lock '%s'", path);
    }
    if (fcntl(l->fd, F_SETLK, &f) != 0) {
        if (errno == EACCES || errno == EAGAIN) {
            return rec_fail(err, REC_EIO,
                            "another process is changing '%s'", path);
        }
        return rec_fail_errno(err, "cannot lock '%s'", path);
    }
    gone = stat(l->name, &there) != 0;
    if ((gone && errno != ENOENT) || fstat(l->fd, &mine) != 0) {
        return rec_fail_errno(err, "cannot lock '%s'", path);
    }
    if (!gone && mine.st_ino == there.st_ino && mine.st_dev == there.st_dev) {
        return 1;
    }
    close(l->fd);
    l->fd = -1;
    return 0;
}

int rec_lock_take(struct rec_lock **out, const char *path,
                  struct rec_error *err)
{
    struct rec_lock *l = rec_zalloc(1, sizeof *l);
    int rc;

    if (!l) {
        return rec_fail_nomem(err);
    }
    l->fd = -1;
    l->name = lock_name(path);
    rc = l->name ? 0 : rec_fail_errno(err, "cannot lock '%s'", path);
    while (rc == 0) {
        rc = try_lock(l, path, err);
    }
    if (rc < 0) {
        if (l->fd >= 0) {
            close(l->fd);
        }
        free(l->name);
        free(l);
        return rc;
    }
    *out = l;
    return 0;
}

const char *rec_lock_name(const struct rec_lock *l)
{
    return l->name;
}

void rec_lock_release(struct rec_lock *l)
{
    if (l) {
        unlink(l->name); /* before others can have it */
        close(l->fd);
        free(l->name);
        free(l);
    }
}
