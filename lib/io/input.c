/* SPDX-License-Identifier: MIT */
/* Bytes from a file or a pipe: see input.h. Gzip is undone with zlib's
   inflate rather than gzread, which would ignore what follows the last
   member; here nothing is dropped unseen. */
#include <config.h>

#include "io/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

#include "base/mem.h"

enum { BUFFER = 1 << 16 };

struct rec_input {
    int fd;
    int gzip;         /* 1: the data are gzip members */
    int in_member;    /* inflate has begun a member and not ended it */
    char *name;       /* owned */
    uint8_t *buf;     /* BUFFER raw bytes: [at, end) is not yet used */
    size_t at, end;
    int eof;          /* read(2) has returned 0 */
    z_stream z;
};

const char *rec_input_name(const struct rec_input *in)
{
    return in->name;
}

/* One read(2) that is not interrupted. */
static int read_some(struct rec_input *in, void *buf, size_t n, size_t *got,
                     struct rec_error *err)
{
    ssize_t r;

    do {
        r = read(in->fd, buf, n);
    } while (r < 0 && errno == EINTR);
    if (r < 0) {
        return rec_fail_errno(err, "cannot read '%s'", in->name);
    }
    in->eof = r == 0;
    *got = (size_t)r;
    return 0;
}

static int refill(struct rec_input *in, struct rec_error *err)
{
    in->at = in->end = 0;
    return in->eof ? 0 : read_some(in, in->buf, BUFFER, &in->end, err);
}

/* Raw bytes: from the buffer first, then straight into BUF when large. */
static int read_plain(struct rec_input *in, uint8_t *buf, size_t n,
                      size_t *got, struct rec_error *err)
{
    size_t done = 0, k = 0;
    int rc = 0;

    while (done < n && rc == 0) {
        if (in->at < in->end) {
            k = in->end - in->at < n - done ? in->end - in->at : n - done;
            memcpy(buf + done, in->buf + in->at, k);
            in->at += k;
            done += k;
        } else if (in->eof) {
            break;
        } else if (n - done >= BUFFER) {
            rc = read_some(in, buf + done, n - done, &k, err);
            done += rc == 0 ? k : 0;
        } else {
            rc = refill(in, err);
        }
    }
    *got = done;
    return rc;
}

static int inflate_step(struct rec_input *in, struct rec_error *err)
{
    int z = inflate(&in->z, Z_NO_FLUSH);

    if (z == Z_STREAM_END) {
        in->in_member = 0;
        return inflateReset(&in->z) == Z_OK ? 0 : rec_fail_nomem(err);
    }
    if (z == Z_MEM_ERROR) {
        return rec_fail_nomem(err);
    }
    if (z != Z_OK && z != Z_BUF_ERROR) {
        return rec_fail(err, REC_ECORRUPT, "%s: damaged gzip data: %s",
                        in->name, in->z.msg ? in->z.msg : "bad stream");
    }
    return 0;
}

static int read_gzip(struct rec_input *in, uint8_t *buf, size_t n,
                     size_t *got, struct rec_error *err)
{
    size_t done = 0;
    int rc = 0;

    while (done < n && rc == 0) {
        uInt room = n - done > 1u << 30 ? 1u << 30 : (uInt)(n - done);

        if (in->at == in->end) {
            rc = refill(in, err);
            if (rc != 0) {
                break;
            }
            if (in->at == in->end) {
                if (in->in_member) {
                    rc = rec_fail(err, REC_ETRUNC,
                                  "%s: gzip data end too early", in->name);
                }
                break;
            }
        }
        in->in_member = 1;
        in->z.next_in = in->buf + in->at;
        in->z.avail_in = (uInt)(in->end - in->at);
        in->z.next_out = buf + done;
        in->z.avail_out = room;
        rc = inflate_step(in, err);
        in->at = in->end - in->z.avail_in;
        done += room - in->z.avail_out;
    }
    *got = done;
    return rc;
}

int rec_input_read(struct rec_input *in, void *buf, size_t n, size_t *got,
                   struct rec_error *err)
{
    return in->gzip ? read_gzip(in, buf, n, got, err)
                    : read_plain(in, buf, n, got, err);
}

int64_t rec_input_left(const struct rec_input *in)
{
    struct stat st;
    off_t at;

    if (in->gzip || fstat(in->fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        return -1;
    }
    at = lseek(in->fd, 0, SEEK_CUR);
    if (at < 0 || at > st.st_size) {
        return -1;
    }
    return (int64_t)(st.st_size - at) + (int64_t)(in->end - in->at);
}

/* Look at the first bytes, without consuming them. */
static int detect_gzip(struct rec_input *in, struct rec_error *err)
{
    while (in->end < 3 && !in->eof) {
        size_t got = 0;
        int rc = read_some(in, in->buf + in->end, BUFFER - in->end, &got,
                           err);

        if (rc != 0) {
            return rc;
        }
        in->end += got;
    }
    if (in->end >= 3 && memcmp(in->buf, "\x1f\x8b\x08", 3) == 0) {
        if (inflateInit2(&in->z, 16 + MAX_WBITS) != Z_OK) {
            return rec_fail_nomem(err);
        }
        in->gzip = 1;
    }
    return 0;
}

int rec_input_open(struct rec_input **out, const char *path, int gunzip,
                   struct rec_error *err)
{
    struct rec_input *in = rec_zalloc(1, sizeof *in);
    int std = strcmp(path, "-") == 0, rc = 0;

    if (!in) {
        return rec_fail_nomem(err);
    }
    in->fd = std ? STDIN_FILENO : -1;
    in->name = strdup(std ? "standard input" : path);
    in->buf = rec_alloc64(BUFFER, 1);
    if (!in->name || !in->buf) {
        rc = rec_fail_nomem(err);
    } else if (!std) {
        in->fd = open(path, O_RDONLY | O_CLOEXEC);
        if (in->fd < 0) {
            rc = rec_fail_errno(err, "cannot open '%s'", path);
        }
    }
    if (rc == 0 && gunzip) {
        rc = detect_gzip(in, err);
    }
    if (rc != 0) {
        rec_input_close(in);
        return rc;
    }
    *out = in;
    return 0;
}

void rec_input_close(struct rec_input *in)
{
    if (!in) {
        return;
    }
    if (in->fd > STDIN_FILENO) {
        close(in->fd);
    }
    if (in->gzip) {
        inflateEnd(&in->z);
    }
    free(in->name);
    free(in->buf);
    free(in);
}
