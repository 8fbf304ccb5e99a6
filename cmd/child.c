/* SPDX-License-Identifier: MIT */
/* Children: see child.h. */
#include <config.h>

#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"
#include "cli_private.h"

extern char **environ;

/* The signals that end us and, with us, the child. */
static void ending_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGHUP);
}

static int set_attributes(posix_spawnattr_t *a, const sigset_t *mask)
{
    sigset_t ours;
    int rc = posix_spawnattr_init(a);

    ending_signals(&ours);
    rc = rc ? rc : posix_spawnattr_setpgroup(a, 0);
    rc = rc ? rc : posix_spawnattr_setsigmask(a, mask);
    rc = rc ? rc : posix_spawnattr_setsigdefault(a, &ours);
    return rc ? rc : posix_spawnattr_setflags(a, POSIX_SPAWN_SETPGROUP
                                                     | POSIX_SPAWN_SETSIGMASK
                                                     | POSIX_SPAWN_SETSIGDEF);
}

/* Returns 0 or an errno. MASK are the signals that the child has blocked. */
static int spawn(pid_t *pid, char *const argv[], const int fd[3],
                 const sigset_t *mask)
{
    posix_spawn_file_actions_t f;
    posix_spawnattr_t a;
    int rc = posix_spawn_file_actions_init(&f);

    if (rc != 0) {
        return rc;
    }
    rc = set_attributes(&a, mask);
    if (fd[0] < 0) {
        rc = rc ? rc
                : posix_spawn_file_actions_addopen(&f, STDIN_FILENO,
                                                   "/dev/null", O_RDONLY, 0);
    }
    for (int i = 0; i < 3 && rc == 0; i++) {
        rc = fd[i] < 0 ? 0 : posix_spawn_file_actions_adddup2(&f, fd[i], i);
    }
    rc = rc ? rc : posix_spawnp(pid, argv[0], &f, &a, argv, environ);
    posix_spawn_file_actions_destroy(&f);
    posix_spawnattr_destroy(&a);
    return rc;
}

int child_exec(char *const argv[], const int fd[3], struct child_use *use)
{
    struct timespec begun;
    struct rusage ru;
    sigset_t ours, before;
    pid_t pid, ended;
    int rc;

    ending_signals(&ours);
    clock_gettime(CLOCK_MONOTONIC, &begun);
    sigprocmask(SIG_BLOCK, &ours, &before);
    rc = spawn(&pid, argv, fd, &before);
    if (rc == 0) {
        cli_set_child(pid);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (rc != 0) {
        return rc;
    }
    do {
        ended = wait4(pid, &use->status, 0, &ru);
    } while (ended < 0 && errno == EINTR);
    cli_set_child(0);
    if (ended != pid) {
        die("cannot wait for %s: %s", argv[0], strerror(errno));
    }
    use->seconds = cli_seconds_since(&begun);
    use->mib = (double)ru.ru_maxrss / 1024;
    return 0;
}

void child_run(const char *command, int out, struct child_use *use)
{
    char sh[] = "/bin/sh", c[] = "-c", *copy = strdup(command);
    char *argv[] = {sh, c, copy, NULL};
    const int fd[3] = {-1, out, -1};
    int rc = copy ? child_exec(argv, fd, use) : ENOMEM;

    if (rc != 0) {
        die("cannot start a shell: %s", strerror(rc));
    }
    free(copy);
}

int child_file(const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    size_t n = slash ? (size_t)(slash - path) + 1 : 0;
    static const char name[] = ".recpipe.XXXXXX", tmp[] = "/tmp/";
    char *full = xalloc(n + sizeof tmp + sizeof name, 1);
    sigset_t ours, before;
    int fd;

    snprintf(full, n + sizeof tmp + sizeof name, "%.*s%s%s", (int)n,
             path ? path : "", path ? "" : tmp, name);
    ending_signals(&ours);
    sigprocmask(SIG_BLOCK, &ours, &before);
    fd = mkstemp(full);
    if (fd >= 0) {
        unlink(full);
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (fd < 0) {
        die("cannot make a file such as '%s': %s", full, strerror(errno));
    }
    free(full);
    return fd;
}
