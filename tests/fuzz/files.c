/* SPDX-License-Identifier: MIT */
/* Files in memory as the system has them, for the replay. The fuzzer has its
   own: files_wrapped.c. */
#define _GNU_SOURCE /* memfd_create */
#include <config.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"

static int pipe_fd = -1;

const char *fuzz_file(const uint8_t *data, size_t n)
{
    static char path[32];
    static int fd = -1;

    if (fd < 0) {
        fd = memfd_create("fuzz", MFD_CLOEXEC);
        fuzz_need(fd >= 0, "memfd_create", NULL);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    fuzz_need(ftruncate(fd, 0) == 0, "ftruncate", NULL);
    fuzz_need(pwrite(fd, data, n, 0) == (ssize_t)n, "pwrite", NULL);
    return path;
}

const char *fuzz_pipe(const uint8_t *data, size_t n)
{
    static char path[32];
    int fd[2];

    if (n > FUZZ_PIPE) {
        return NULL;
    }
    fuzz_need(pipe(fd) == 0, "pipe", NULL);
    fuzz_need(fcntl(fd[1], F_SETFL, O_NONBLOCK) == 0, "fcntl", NULL);
    if (n > 0 && write(fd[1], data, n) != (ssize_t)n) { /* a small pipe */
        close(fd[0]);
        close(fd[1]);
        return NULL;
    }
    close(fd[1]);
    pipe_fd = fd[0];
    snprintf(path, sizeof path, "/dev/fd/%d", pipe_fd);
    return path;
}

void fuzz_pipe_end(void)
{
    close(pipe_fd);
    pipe_fd = -1;
}
