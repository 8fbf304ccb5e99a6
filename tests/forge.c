/* SPDX-License-Identifier: MIT */
/* Scratch files, pipes and forged streams: see forge.h. */
#include <config.h>

#include "forge.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/endian.h"
#include "io/stream_private.h"

static void need(int ok, const char *what)
{
    if (!ok) {
        perror(what);
        abort();
    }
}

static void write_all(int fd, const void *p, size_t n)
{
    const char *at = p;

    while (n > 0) {
        ssize_t w = write(fd, at, n);

        need(w > 0, "write");
        at += w;
        n -= (size_t)w;
    }
}

void scratch_open(struct scratch *s)
{
    const char *dir = getenv("TMPDIR");
    int fd;

    snprintf(s->path, sizeof s->path, "%.40s/rec-check.XXXXXX",
             dir && strlen(dir) <= 40 ? dir : "/tmp");
    fd = mkstemp(s->path);
    need(fd >= 0, "mkstemp");
    close(fd);
}

void scratch_close(struct scratch *s)
{
    unlink(s->path);
}

void scratch_put(const struct scratch *s, const void *p, size_t n)
{
    int fd = open(s->path, O_WRONLY | O_TRUNC);

    need(fd >= 0, s->path);
    write_all(fd, p, n);
    need(close(fd) == 0, "close");
}

void scratch_poke(const struct scratch *s, size_t offset, uint8_t byte)
{
    int fd = open(s->path, O_WRONLY);

    need(fd >= 0 && pwrite(fd, &byte, 1, (off_t)offset) == 1, s->path);
    close(fd);
}

void scratch_cut(const struct scratch *s, size_t n)
{
    need(truncate(s->path, (off_t)n) == 0, s->path);
}

uint8_t *scratch_get(const struct scratch *s, size_t *n)
{
    FILE *f = fopen(s->path, "rb");
    struct stat st;
    uint8_t *p;

    need(f && fstat(fileno(f), &st) == 0, s->path);
    *n = (size_t)st.st_size;
    p = malloc(*n + 1);
    need(p && fread(p, 1, *n, f) == *n, "read");
    fclose(f);
    return p;
}

void scratch_pipe_open(struct scratch_pipe *s, const void *p, size_t n)
{
    int fd[2];

    need(pipe(fd) == 0, "pipe");
    fflush(NULL);
    s->child = fork();
    need(s->child >= 0, "fork");
    if (s->child == 0) {
        const char *at = p;
        ssize_t w = 1;

        close(fd[0]);
        while (n > 0 && w > 0) { /* the reader may well leave early */
            w = write(fd[1], at, n);
            at += w > 0 ? w : 0;
            n -= w > 0 ? (size_t)w : 0;
        }
        _exit(0);
    }
    close(fd[1]);
    s->fd = fd[0];
    snprintf(s->path, sizeof s->path, "/dev/fd/%d", fd[0]);
}

void scratch_pipe_close(struct scratch_pipe *s)
{
    close(s->fd);
    need(waitpid((pid_t)s->child, NULL, 0) == s->child, "waitpid");
}

/* ---- forged streams --------------------------------------------------- */

static void add(struct forge *f, const void *p, size_t n)
{
    need(rec_buf_add(&f->bytes, p, n) == 0, "memory");
}

void forge_begin(struct forge *f, const char *head)
{
    uint8_t first[64] = {0};

    memset(f, 0, sizeof *f);
    memcpy(first, rec_stream_magic, 8);
    rec_put32(first + 8, REC_STREAM_VERSION);
    add(f, first, sizeof first);
    if (head) {
        forge_text(f, REC_BLOCK_HEAD, head);
    }
}

void forge_raw(struct forge *f, const struct forge_header *h,
               const void *payload, size_t n)
{
    static const uint8_t zero[64];
    struct rec_block_header b;
    uint8_t bytes[64];

    memset(&b, 0, sizeof b);
    memcpy(b.type, h->type, 4);
    if (h->name) {
        memcpy(b.name, h->name, strnlen(h->name, REC_NAME));
    }
    b.flags = h->flags;
    b.dtype = h->dtype;
    b.crc = h->crc;
    b.raw = h->raw;
    b.stored = h->stored;
    rec_block_header_put(&b, bytes);
    f->blocks++;
    add(f, bytes, sizeof bytes);
    add(f, payload, n);
    add(f, zero, (size_t)(rec_stream_pad(n) - n));
}

void forge_block(struct forge *f, const char *type, uint32_t dtype,
                 const void *data, size_t n)
{
    struct forge_header h = {type, NULL, 0, dtype, rec_crc(data, n), n, n};

    forge_raw(f, &h, data, n);
}

void forge_text(struct forge *f, const char *type, const char *text)
{
    forge_block(f, type, REC_BYTES, text, strlen(text));
}

void forge_end(struct forge *f, uint64_t rows, uint64_t events,
               uint64_t items)
{
    struct rec_digest *d = rec_digest_new();
    uint8_t end[REC_END_BYTES] = {0};

    need(d != NULL, "memory");
    rec_put64(end, f->blocks);
    rec_put64(end + 8, rows);
    rec_put64(end + 16, events);
    rec_put64(end + 24, items);
    rec_digest_add(d, f->bytes.data, f->bytes.len);
    rec_digest_get(d, end + 32);
    rec_digest_free(d);
    forge_block(f, REC_BLOCK_END, REC_BYTES, end, sizeof end);
}

void forge_release(struct forge *f)
{
    rec_buf_release(&f->bytes);
}

void forge_repair(uint8_t *header)
{
    rec_put32(header + 60, rec_crc(header, 60));
}
