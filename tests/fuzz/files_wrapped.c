/* SPDX-License-Identifier: MIT */
/* Files without the system: the linker sends the calls of the library here
   (--wrap, see fuzz.mk), and those for two paths end here. Faster than files
   in memory; and as a mapped file is memory of exactly its length, what is
   read past its end is seen by the address sanitizer. */
#include <config.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

enum { OPEN = 8, FIRST = 1 << 20 }; /* descriptors from FIRST on are ours */

static const char file_path[] = "file", pipe_path[] = "pipe";
static struct {
    const uint8_t *data;
    size_t n;
} now, piped;
static struct {
    int used, is_pipe;
    size_t at;
} fds[OPEN];
static void *maps[OPEN];

const char *fuzz_file(const uint8_t *data, size_t n)
{
    now.data = data;
    now.n = n;
    return file_path;
}

/* For every fourth input, as its bytes will have it. */
const char *fuzz_pipe(const uint8_t *data, size_t n)
{
    unsigned sum = 0;

    for (size_t i = 0; i < n; i++) {
        sum = sum * 31 + data[i];
    }
    if (sum >> 7 & 3) {
        return NULL;
    }
    piped.data = data;
    piped.n = n;
    return pipe_path;
}

void fuzz_pipe_end(void)
{
}

static int is_ours(const char *path)
{
    return path == file_path || path == pipe_path
           || strcmp(path, file_path) == 0 || strcmp(path, pipe_path) == 0;
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, mode_t mode);
int __wrap_open(const char *path, int flags, mode_t mode)
{
    if (!is_ours(path)) {
        return __real_open(path, flags, mode);
    }
    for (int i = 0; i < OPEN; i++) {
        if (!fds[i].used) {
            fds[i].used = 1;
            fds[i].is_pipe = *path == 'p';
            fds[i].at = 0;
            return FIRST + i;
        }
    }
    abort();
}

int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd)
{
    if (fd < FIRST) {
        return __real_close(fd);
    }
    fds[fd - FIRST].used = 0;
    return 0;
}

ssize_t __real_read(int fd, void *p, size_t n);
ssize_t __wrap_read(int fd, void *p, size_t n);
ssize_t __wrap_read(int fd, void *p, size_t n)
{
    const uint8_t *data;
    size_t left;

    if (fd < FIRST) {
        return __real_read(fd, p, n);
    }
    fd -= FIRST;
    data = fds[fd].is_pipe ? piped.data : now.data;
    left = (fds[fd].is_pipe ? piped.n : now.n) - fds[fd].at;
    n = n < left ? n : left;
    if (n > 0) {
        memcpy(p, data + fds[fd].at, n);
    }
    fds[fd].at += n;
    return (ssize_t)n;
}

off_t __real_lseek(int fd, off_t at, int how);
off_t __wrap_lseek(int fd, off_t at, int how);
off_t __wrap_lseek(int fd, off_t at, int how)
{
    if (fd < FIRST) {
        return __real_lseek(fd, at, how);
    }
    if (fds[fd - FIRST].is_pipe) {
        errno = ESPIPE;
        return -1;
    }
    return (off_t)fds[fd - FIRST].at;
}

static int fill(struct stat *st, int is_pipe)
{
    memset(st, 0, sizeof *st);
    st->st_mode = is_pipe ? S_IFIFO : S_IFREG;
    st->st_size = is_pipe ? 0 : (off_t)now.n;
    return 0;
}

int __real_fstat(int fd, struct stat *st);
int __wrap_fstat(int fd, struct stat *st);
int __wrap_fstat(int fd, struct stat *st)
{
    return fd < FIRST ? __real_fstat(fd, st)
                      : fill(st, fds[fd - FIRST].is_pipe);
}

int __real_stat(const char *path, struct stat *st);
int __wrap_stat(const char *path, struct stat *st);
int __wrap_stat(const char *path, struct stat *st)
{
    return is_ours(path) ? fill(st, *path == 'p') : __real_stat(path, st);
}

void *__real_mmap(void *at, size_t n, int prot, int flags, int fd, off_t off);
void *__wrap_mmap(void *at, size_t n, int prot, int flags, int fd, off_t off);
void *__wrap_mmap(void *at, size_t n, int prot, int flags, int fd, off_t off)
{
    int i = 0;

    if (fd < FIRST) {
        return __real_mmap(at, n, prot, flags, fd, off);
    }
    while (maps[i]) {
        i++;
        fuzz_need(i < OPEN, "too many maps", NULL);
    }
    /* The sanitizer's: it takes any length. */
    fuzz_need(posix_memalign(&maps[i], 4096, n) == 0, "memory", NULL);
    memcpy(maps[i], now.data, n);
    return maps[i];
}

int __real_munmap(void *p, size_t n);
int __wrap_munmap(void *p, size_t n);
int __wrap_munmap(void *p, size_t n)
{
    for (int i = 0; i < OPEN; i++) {
        if (p && maps[i] == p) {
            free(p);
            maps[i] = NULL;
            return 0;
        }
    }
    return __real_munmap(p, n);
}
