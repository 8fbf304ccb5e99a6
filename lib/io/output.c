/* SPDX-License-Identifier: MIT */
/* Bytes to a file or a pipe: see output.h. */
#include <config.h>

#include "io/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

struct rec_output {
    int fd;
    char *name;   /* as the user gave it, or "standard output" */
    char *target; /* where the file goes; NULL: written directly */
    char *temp;   /* the temporary file while it exists, or NULL */
    int std;      /* 1: standard output */
    int log;      /* 1: what the file has is to go at the first write */
};

const char *rec_output_name(const struct rec_output *o)
{
    return o->name;
}

const char *rec_output_temp(const struct rec_output *o)
{
    return o->temp;
}

int rec_output_fd(const struct rec_output *o)
{
    return o->fd;
}

/* The permissions that an ordinary open would give a new file. */
static mode_t new_mode(void)
{
    mode_t mask = umask(0);

    umask(mask);
    return 0666 & ~mask;
}

/* Create DIR/.NAME.XXXXXX with permissions MODE. */
static int open_temp(struct rec_output *o, mode_t mode, struct rec_error *err)
{
    const char *slash = strrchr(o->target, '/');
    const char *base = slash ? slash + 1 : o->target;
    size_t dir = (size_t)(base - o->target), n = strlen(o->target) + 16;

    o->temp = rec_alloc(n, 1);
    if (!o->temp) {
        return rec_fail_nomem(err);
    }
    snprintf(o->temp, n, "%.*s.%.200s.XXXXXX", (int)dir, o->target, base);
    o->fd = mkstemp(o->temp);
    if (o->fd < 0) {
        free(o->temp);
        o->temp = NULL;
        return rec_fail_errno(err, "cannot create '%s'", o->name);
    }
    fcntl(o->fd, F_SETFD, FD_CLOEXEC);
    if (fchmod(o->fd, mode) != 0) {
        return rec_fail_errno(err, "cannot create '%s'", o->name);
    }
    return 0;
}

static int open_named(struct rec_output *o, const char *path,
                      struct rec_error *err)
{
    struct stat st;
    int exists = stat(path, &st) == 0, why = exists ? 0 : errno;

    if (why && (why != ENOENT || !*path || lstat(path, &st) == 0)) {
        errno = why; /* who knows what is there; no name; or a symbolic link
                        that leads nowhere */
        return rec_fail_errno(err, "cannot create '%s'", path);
    }
    if (exists && !S_ISREG(st.st_mode)) {
        o->fd = open(path, O_WRONLY | O_CLOEXEC);
        return o->fd < 0 ? rec_fail_errno(err, "cannot open '%s'", path) : 0;
    }
    if (exists && access(path, W_OK) != 0) {
        return rec_fail_errno(err, "cannot replace '%s'", path);
    }
    o->target = exists ? realpath(path, NULL) : strdup(path);
    if (!o->target) {
        return rec_fail_errno(err, "cannot create '%s'", path);
    }
    return open_temp(o, exists ? st.st_mode & 0777 : new_mode(), err);
}

static int open_log(struct rec_output *o, const char *path,
                    struct rec_error *err)
{
    struct stat st;

    o->fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (o->fd < 0) {
        return rec_fail_errno(err, "cannot create '%s'", path);
    }
    o->log = fstat(o->fd, &st) == 0 && S_ISREG(st.st_mode);
    return 0;
}

/* PATH by HOW, unless it is standard output. */
static int open_by(struct rec_output **out, const char *path,
                   int (*how)(struct rec_output *, const char *,
                              struct rec_error *),
                   struct rec_error *err)
{
    struct rec_output *o = rec_zalloc(1, sizeof *o);
    int std = !path || strcmp(path, "-") == 0, rc = 0;

    if (!o) {
        return rec_fail_nomem(err);
    }
    o->std = std;
    o->fd = std ? STDOUT_FILENO : -1;
    o->name = strdup(std ? "standard output" : path);
    if (!o->name) {
        rc = rec_fail_nomem(err);
    } else if (!std) {
        rc = how(o, path, err);
    }
    if (rc != 0) {
        rec_output_free(o);
        return rc;
    }
    *out = o;
    return 0;
}

int rec_output_open(struct rec_output **out, const char *path,
                    struct rec_error *err)
{
    return open_by(out, path, open_named, err);
}

int rec_output_open_log(struct rec_output **out, const char *path,
                        struct rec_error *err)
{
    return open_by(out, path, open_log, err);
}

/* The folder of PATH, whose last slash is at SLASH (NULL: none). */
static int stat_folder(const char *path, const char *slash, struct stat *st)
{
    char dir[PATH_MAX];

    snprintf(dir, sizeof dir, "%.*s", slash ? (int)(slash - path) + 1 : 1,
             slash ? path : ".");
    return stat(dir, st);
}

/* Do both lead to one file, that is there or will be? */
static int same_place(const char *a, const char *b)
{
    const char *at = strrchr(a, '/'), *bt = strrchr(b, '/');
    struct stat sa, sb;
    int has_a = stat(a, &sa) == 0, has_b = stat(b, &sb) == 0;

    if (has_a || has_b) {
        return has_a && has_b && S_ISREG(sa.st_mode)
               && sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
    }
    return strcmp(at ? at + 1 : a, bt ? bt + 1 : b) == 0
           && stat_folder(a, at, &sa) == 0 && stat_folder(b, bt, &sb) == 0
           && sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

int rec_output_meets(const struct rec_output *o, const char *path)
{
    int std = !path || strcmp(path, "-") == 0;

    return o->std || std ? o->std && std : same_place(o->name, path);
}

int rec_output_write(struct rec_output *o, const void *p, size_t n,
                     struct rec_error *err)
{
    const char *at = p;

    if (o->log && ftruncate(o->fd, 0) != 0) {
        return rec_fail_errno(err, "cannot write '%s'", o->name);
    }
    o->log = 0;
    while (n > 0) {
        ssize_t w = write(o->fd, at, n);

        if (w < 0 && errno == EINTR) {
            continue;
        }
        if (w < 0) {
            return rec_fail_errno(err, "cannot write '%s'", o->name);
        }
        at += w;
        n -= (size_t)w;
    }
    return 0;
}

int rec_output_flush(struct rec_output *o, struct rec_error *err)
{
    int fd = o->fd;

    if (fd < 0) {
        return 0;
    }
    if (o->temp && fsync(fd) != 0) {
        return rec_fail_errno(err, "cannot write '%s'", o->name);
    }
    o->fd = -1;
    if (close(fd) != 0) {
        return rec_fail_errno(err, "cannot write '%s'", o->name);
    }
    return 0;
}

int rec_output_rename(struct rec_output *o, struct rec_error *err)
{
    if (o->temp) {
        if (rename(o->temp, o->target) != 0) {
            return rec_fail_errno(err, "cannot rename to '%s'", o->name);
        }
        free(o->temp);
        o->temp = NULL;
    }
    return 0;
}

void rec_output_free(struct rec_output *o)
{
    if (!o) {
        return;
    }
    if (o->temp) {
        unlink(o->temp);
    }
    if (o->fd > STDERR_FILENO) {
        close(o->fd);
    }
    free(o->name);
    free(o->target);
    free(o->temp);
    free(o);
}
