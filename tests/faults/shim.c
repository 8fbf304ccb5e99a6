/* SPDX-License-Identifier: MIT */
/* Preloaded into a program (LD_PRELOAD), makes one of its calls of the C
   library fail. Told by the environment:

       FAULTS=KIND:N        the Nth call of this kind fails; 0: every one
       FAULTS_REPORT=FILE   what happened is left here, a struct report

   Only calls from the program itself, from zlib and from xxHash are counted
   and fail: what OpenMP's and BLAS's own libraries do without memory is theirs
   (they end the process by themselves), and so is what the C library does for
   itself. Threads may call at the same time. Linux with glibc. */
#include <config.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report.h"

/* glibc's own names of these; its headers do not show them. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t align, size_t n);
void __libc_free(void *p);

/* What glibc's headers declare with other attributes, or not at all. */
#pragma GCC diagnostic ignored "-Wmissing-prototypes"

static struct { uintptr_t from, to; } ours[3];
static struct report nowhere, *report = &nowhere;
static int active = -1; /* the kind that fails */
static uint64_t chosen; /* the call that does */
static const char *const kind_name[KINDS] = {KIND_NAMES};

/* ---- whose call it is --------------------------------------------------- */

/* The program comes first. */
static int note_object(struct dl_phdr_info *info, size_t size, void *ctx)
{
    int *objects = ctx, at = -1;

    (void)size;
    if ((*objects)++ == 0) {
        at = 0;
    } else if (strstr(info->dlpi_name, "/libz.so")) {
        at = 1;
    } else if (strstr(info->dlpi_name, "/libxxhash.so")) {
        at = 2;
    }
    for (int i = 0; at >= 0 && i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];

        if (p->p_type == PT_LOAD && (p->p_flags & PF_X)) {
            ours[at].from = info->dlpi_addr + p->p_vaddr;
            ours[at].to = ours[at].from + p->p_memsz;
        }
    }
    return 0;
}

static int is_ours(const void *caller)
{
    uintptr_t at = (uintptr_t)caller;

    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        if (at >= ours[i].from && at < ours[i].to) {
            return 1;
        }
    }
    return 0;
}

static int fails(enum kind kind, const void *caller);

static int changes_files(enum kind kind)
{
    return kind == FSYNC || kind == RENAME || kind == OPEN || kind == CLOSE
           || kind == TRUNCATE || kind == CHMOD || kind == MKDIR;
}

static void end_at_once(void)
{
    kill(getpid(), SIGKILL);
    pause();
}

/* Count a call of KIND from CALLER. Is it to fail? */
static int fails(enum kind kind, const void *caller)
{
    uint64_t n;

    if (!is_ours(caller)) {
        return 0;
    }
    if (changes_files(kind) && fails(KILL, caller)) {
        end_at_once();
    }
    n = __atomic_add_fetch(&report->calls[kind], 1, __ATOMIC_RELAXED);
    if ((int)kind != active || (chosen && n != chosen)) {
        return 0;
    }
    __atomic_add_fetch(&report->faults, 1, __ATOMIC_RELAXED);
    return 1;
}

#define CALLER __builtin_return_address(0)
/* The function itself, of the next library that has it. */
#define NEXT(name) \
    static __typeof__(&name) next; \
    if (!next) { \
        void *found_ = dlsym(RTLD_NEXT, #name); \
        memcpy(&next, &found_, sizeof next); \
    }
#define FAIL_IF(kind, error) \
    if (fails(kind, CALLER)) { \
        errno = error; \
        return -1; \
    }

__attribute__((constructor)) static void begin(void)
{
    const char *what = getenv("FAULTS"), *to = getenv("FAULTS_REPORT");
    int objects = 0, fd = to ? open(to, O_RDWR | O_CLOEXEC) : -1;

    if (fd >= 0) {
        void *p = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE,
                       MAP_SHARED, fd, 0);

        if (p != MAP_FAILED) {
            report = p;
        }
        close(fd);
    }
    for (int i = 0; what && i < KINDS; i++) {
        size_t n = strlen(kind_name[i]);

        if (strncmp(what, kind_name[i], n) == 0 && what[n] == ':') {
            active = i;
            chosen = strtoull(what + n + 1, NULL, 10);
        }
    }
    unsetenv("LD_PRELOAD"); /* the program's children are not tested */
    dl_iterate_phdr(note_object, &objects); /* from now on calls count */
    report->loaded = 1;
}

/* ---- memory ------------------------------------------------------------- */

/* The pieces that the program has, by address: who gives one back does not
   tell (libgomp ends by a jump to free). 1: one that was here is gone. */
enum { PIECES = 1 << 16 };
static uintptr_t piece[PIECES];
static char busy; /* who has the lock of piece */

/* Where P is, or the first place that can take it. */
static size_t find_piece(uintptr_t p)
{
    size_t at = (p >> 4) * 2654435761u % PIECES, room = PIECES;

    for (size_t n = 0; n < PIECES && piece[at]; n++) {
        if (piece[at] == p) {
            return at;
        }
        if (piece[at] == 1 && room == PIECES) {
            room = at;
        }
        at = (at + 1) % PIECES;
    }
    return room < PIECES ? room : at;
}

static void count_piece(const void *p, int more)
{
    size_t at;

    while (__atomic_test_and_set(&busy, __ATOMIC_ACQUIRE)) {
    }
    at = find_piece((uintptr_t)p);
    if (more && piece[at] <= 1) {
        piece[at] = (uintptr_t)p;
        report->live++;
    } else if (!more && piece[at] == (uintptr_t)p) {
        piece[at] = 1;
        report->live--;
    }
    __atomic_clear(&busy, __ATOMIC_RELEASE);
}

static void *got(void *p, const void *caller)
{
    if (p && is_ours(caller)) {
        count_piece(p, 1);
    }
    return p;
}

static int no_memory(const void *caller)
{
    if (!fails(ALLOC, caller)) {
        return 0;
    }
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t n)
{
    return no_memory(CALLER) ? NULL : got(__libc_malloc(n), CALLER);
}

void *calloc(size_t n, size_t size)
{
    return no_memory(CALLER) ? NULL : got(__libc_calloc(n, size), CALLER);
}

void *realloc(void *p, size_t n)
{
    void *q;

    /* There is always room for less. */
    if ((!p || n > malloc_usable_size(p)) && no_memory(CALLER)) {
        return NULL;
    }
    if (p) {
        count_piece(p, 0); /* before another thread can get the address */
    }
    q = __libc_realloc(p, n);
    got(q ? q : p, CALLER);
    return q;
}

void *aligned_alloc(size_t align, size_t n)
{
    return no_memory(CALLER) ? NULL : got(__libc_memalign(align, n), CALLER);
}

int posix_memalign(void **p, size_t align, size_t n)
{
    void *q = no_memory(CALLER) ? NULL : __libc_memalign(align, n);

    if (!q) {
        return ENOMEM;
    }
    *p = got(q, CALLER);
    return 0;
}

void free(void *p)
{
    if (p) {
        count_piece(p, 0);
    }
    __libc_free(p);
}

char *strdup(const char *s)
{
    size_t n = strlen(s) + 1;
    char *p = no_memory(CALLER) ? NULL : got(__libc_malloc(n), CALLER);

    return p ? memcpy(p, s, n) : NULL;
}

char *strndup(const char *s, size_t most)
{
    size_t n = strnlen(s, most);
    char *p = no_memory(CALLER) ? NULL : got(__libc_malloc(n + 1), CALLER);

    if (p) {
        memcpy(p, s, n);
        p[n] = '\0';
    }
    return p;
}

char *realpath(const char *path, char *to)
{
    NEXT(realpath)
    return no_memory(CALLER) ? NULL : got(next(path, to), CALLER);
}

/* ---- reading and writing ------------------------------------------------ */

static ssize_t read_as(int fd, void *p, size_t n, const void *caller)
{
    NEXT(read)
    if (fails(READ_EIO, caller)) {
        errno = EIO;
        return -1;
    }
    /* Where all are interrupted, every other: the next try must end. */
    if (fails(READ_EINTR, caller)
        && (chosen || report->calls[READ_EINTR] % 2)) {
        errno = EINTR;
        return -1;
    }
    return next(fd, p, fails(READ_SHORT, caller) && n > 7 ? 7 : n);
}

ssize_t read(int fd, void *p, size_t n)
{
    return read_as(fd, p, n, CALLER);
}

ssize_t __read_chk(int fd, void *p, size_t n, size_t room)
{
    if (n > room) {
        abort();
    }
    return read_as(fd, p, n, CALLER);
}

ssize_t write(int fd, const void *p, size_t n)
{
    static int full; /* the disk is, after part of a block */
    NEXT(write)

    if (fails(KILL, CALLER)) {
        next(fd, p, n / 2);
        end_at_once();
    }
    if (fails(WRITE_ENOSPC, CALLER) || (full && is_ours(CALLER))) {
        errno = ENOSPC;
        return -1;
    }
    if (fails(WRITE_EINTR, CALLER)
        && (chosen || report->calls[WRITE_EINTR] % 2)) {
        errno = EINTR;
        return -1;
    }
    if (fails(WRITE_FULL, CALLER)) {
        full = 1;
        n /= 2;
    }
    return next(fd, p, fails(WRITE_SHORT, CALLER) && n > 7 ? 7 : n);
}

/* Where it does not fail it does nothing: no test pulls the plug, and the
   disk has better things to do. */
int fsync(int fd)
{
    (void)fd;
    FAIL_IF(FSYNC, EIO)
    return 0;
}

int rename(const char *from, const char *to)
{
    NEXT(rename)
    FAIL_IF(RENAME, EIO)
    return next(from, to);
}

/* ---- files -------------------------------------------------------------- */

int open(const char *path, int flags, ...)
{
    va_list ap;
    mode_t mode = 0;
    NEXT(open)

    FAIL_IF(OPEN, EMFILE)
    if (flags & O_CREAT) {
        va_start(ap, flags);
        mode = va_arg(ap, mode_t);
        va_end(ap);
    }
    return next(path, flags, mode);
}

int __open_2(const char *path, int flags)
{
    NEXT(open)
    FAIL_IF(OPEN, EMFILE)
    return next(path, flags);
}

int mkstemp(char *path)
{
    NEXT(mkstemp)
    FAIL_IF(OPEN, EMFILE)
    return next(path);
}

int close(int fd)
{
    NEXT(close)
    if (fails(CLOSE, CALLER)) {
        next(fd); /* it is closed all the same */
        errno = EIO;
        return -1;
    }
    return next(fd);
}

void *mmap(void *at, size_t n, int prot, int flags, int fd, off_t offset)
{
    NEXT(mmap)
    if (fails(MMAP, CALLER)) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    return next(at, n, prot, flags, fd, offset);
}

int stat(const char *path, struct stat *st)
{
    NEXT(stat)
    FAIL_IF(STAT, EIO)
    return next(path, st);
}

int lstat(const char *path, struct stat *st)
{
    NEXT(lstat)
    FAIL_IF(STAT, EIO)
    return next(path, st);
}

int fstat(int fd, struct stat *st)
{
    NEXT(fstat)
    FAIL_IF(STAT, EIO)
    return next(fd, st);
}

off_t lseek(int fd, off_t offset, int whence)
{
    NEXT(lseek)
    FAIL_IF(SEEK, EIO)
    return next(fd, offset, whence);
}

int ftruncate(int fd, off_t n)
{
    NEXT(ftruncate)
    FAIL_IF(TRUNCATE, EIO)
    return next(fd, n);
}

int fcntl(int fd, int command, ...)
{
    va_list ap;
    void *argument;
    NEXT(fcntl)

    FAIL_IF(FCNTL, ENOLCK)
    va_start(ap, command);
    argument = va_arg(ap, void *);
    va_end(ap);
    return next(fd, command, argument);
}

int fchmod(int fd, mode_t mode)
{
    NEXT(fchmod)
    FAIL_IF(CHMOD, EPERM)
    return next(fd, mode);
}

int access(const char *path, int mode)
{
    NEXT(access)
    FAIL_IF(ACCESS, EIO)
    return next(path, mode);
}

int mkdir(const char *path, mode_t mode)
{
    NEXT(mkdir)
    FAIL_IF(MKDIR, ENOSPC)
    return next(path, mode);
}

/* ---- children ----------------------------------------------------------- */

int posix_spawn(pid_t *pid, const char *path,
                const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *attributes, char *const argv[],
                char *const env[])
{
    NEXT(posix_spawn)
    if (fails(SPAWN, CALLER)) {
        return EAGAIN;
    }
    return next(pid, path, actions, attributes, argv, env);
}

pid_t wait4(pid_t pid, int *status, int options, struct rusage *use)
{
    NEXT(wait4)
    if (fails(WAIT_EINTR, CALLER)
        && (chosen || report->calls[WAIT_EINTR] % 2)) {
        errno = EINTR;
        return -1;
    }
    return next(pid, status, options, use);
}
