/* SPDX-License-Identifier: MIT */
/* Checked memory: see mem.h. */
#include <config.h>

#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Large arrays ask for large pages: fewer page faults while they are filled,
   and fewer misses of the address cache when they are used at random. Only a
   hint; P and what it holds stay as they are. */
static void *hint_large(void *p, size_t bytes)
{
#ifdef MADV_HUGEPAGE
    enum { LARGE = 1 << 23, PAGE = 1 << 16 }; /* no page is larger than PAGE */

    if (p && bytes >= LARGE) {
        uintptr_t from = ((uintptr_t)p + PAGE - 1) / PAGE * PAGE;
        uintptr_t to = ((uintptr_t)p + bytes) / PAGE * PAGE;

        madvise((void *)from, to - from, MADV_HUGEPAGE);
    }
#else
    (void)bytes;
#endif
    return p;
}

int rec_size_mul(size_t a, size_t b, size_t *out)
{
    if (b != 0 && a > SIZE_MAX / b) {
        return -1;
    }
    *out = a * b;
    return 0;
}

void *rec_alloc(size_t n, size_t size)
{
    size_t bytes;

    if (rec_size_mul(n, size, &bytes) != 0) {
        return NULL;
    }
    return hint_large(malloc(bytes ? bytes : 1), bytes);
}

void *rec_zalloc(size_t n, size_t size)
{
    size_t bytes;

    if (rec_size_mul(n, size, &bytes) != 0) {
        return NULL; /* so would calloc, but a sanitizer ends the program */
    }
    return hint_large(calloc(bytes ? bytes : 1, 1), bytes);
}

void *rec_alloc64(size_t n, size_t size)
{
    size_t bytes;

    if (rec_size_mul(n, size, &bytes) != 0 || bytes > SIZE_MAX - 128) {
        return NULL;
    }
    return hint_large(aligned_alloc(64, (bytes / 64 + 1) * 64), bytes);
}

int rec_reserve(void *p, size_t *cap, size_t need, size_t size)
{
    void *old, *grown;
    size_t want = *cap + *cap / 2 + 16, bytes;

    if (need <= *cap) {
        return 0;
    }
    if (want < need) {
        want = need;
    }
    if (rec_size_mul(want, size, &bytes) != 0) {
        return -1;
    }
    memcpy(&old, p, sizeof old); /* P is a T **; read it without aliasing */
    grown = hint_large(realloc(old, bytes), bytes);
    if (!grown) {
        return -1;
    }
    memcpy(p, &grown, sizeof grown);
    *cap = want;
    return 0;
}

int rec_buf_add(struct rec_buf *b, const void *p, size_t n)
{
    if (n > SIZE_MAX - b->len - 1
        || rec_reserve(&b->data, &b->cap, b->len + n + 1, 1) != 0) {
        return -1;
    }
    if (n) {
        memcpy(b->data + b->len, p, n);
    }
    b->len += n;
    b->data[b->len] = '\0';
    return 0;
}

int rec_buf_addf(struct rec_buf *b, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0 || rec_reserve(&b->data, &b->cap, b->len + (size_t)n + 1, 1)) {
        return -1;
    }
    va_start(ap, fmt);
    vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->len += (size_t)n;
    return 0;
}

void rec_buf_release(struct rec_buf *b)
{
    free(b->data);
    memset(b, 0, sizeof *b);
}
