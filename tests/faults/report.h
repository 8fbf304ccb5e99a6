/* SPDX-License-Identifier: MIT */
/* What the shim tells the sweep, in a file that both map. */
#ifndef FAULTS_REPORT_H
#define FAULTS_REPORT_H

#include <stdint.h>

/* Kinds of calls, and of faults, and their names. */
enum kind {
    ALLOC,        /* no memory: malloc and all that is like it */
    READ_EIO,     /* read(2) fails */
    READ_SHORT,   /* gives 7 bytes */
    READ_EINTR,   /* is interrupted */
    WRITE_ENOSPC, /* write(2) fails */
    WRITE_FULL,   /* writes half, and fails from then on */
    WRITE_SHORT,  /* writes 7 bytes */
    WRITE_EINTR,  /* is interrupted */
    FSYNC,
    RENAME,
    OPEN, /* mkstemp too */
    CLOSE,
    MMAP,
    STAT,
    SEEK,
    TRUNCATE,
    FCNTL,
    CHMOD,
    ACCESS,
    SPAWN,
    WAIT_EINTR,
    MKDIR,
    KILL, /* SIGKILL, before a call that changes files or within a write */
    KINDS
};

#define KIND_NAMES \
    "alloc",       "read-eio",   "read-short",  "read-eintr", "write-enospc", \
    "write-full",  "write-short", "write-eintr", "fsync",     "rename", \
    "open",        "close",      "mmap",        "stat",       "seek", \
    "truncate",    "fcntl",      "chmod",       "access",     "spawn", \
    "wait-eintr",  "mkdir",      "kill"

struct report {
    uint64_t loaded;       /* 1: the shim is in */
    uint64_t calls[KINDS]; /* that could fail */
    uint64_t faults;       /* that did */
    int64_t live;          /* pieces of memory not given back */
};

#endif
