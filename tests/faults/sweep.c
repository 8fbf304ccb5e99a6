/* SPDX-License-Identifier: MIT */
/* sweep SHIM MOST PART LOG PROGRAM ARGUMENTS...: run a program that writes OUT
   or OUT*, in the current folder, with each of its calls of the C library
   failing in turn: of every kind of call all (MOST 0), or MOST, spread evenly,
   and of every third kind only, by PART, a number. Prints what is wrong:

   - it must end by itself, with status 0 or 1, and leave nothing temporary,
     or by SIGKILL and leave at most .OUT.XXXXXX, and every output
     old or new;
   - with status 1 it has said why, "PROGRAM: ...", and every output that was
     there is as it was, whole (one of several may be the new one, whole; a
     log, OUT.log or the table of rec-tune, is empty or has the right head,
     and OUT.checkpoint may be any whole one);
   - with status 0 its outputs and its standard output are those of a run in
     peace, and it has given all memory back; "leaks" does so always, and may
     have its new output with status 1;
   - a call that was only interrupted, or done in part, is not an error, and
     one for memory, reading, writing, opening or renaming is.

   Before every other run, outputs of earlier runs are there; where there is a
   file old.NAME, it is what the output NAME always was.

   LOG gets a line PROGRAM, kind, calls, faults, refused and survived for
   each kind. */
#include <config.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report.h"

extern char **environ;

enum { MAX_OUT = 16, SECONDS = 60 };
static const char old_text[] = "what was there before\n";
/* An output of the run in peace, and what it is to be before a run. */
static struct output {
    char name[256], *bytes;
    const char *old;
    size_t n, old_n;
} good[MAX_OUT];
static int n_good;
static char *good_text; /* its standard output */
static size_t good_text_n;
static volatile struct report *report;
static char **command;
static const char *shim;

static const char *const kind_name[KINDS] = {KIND_NAMES};

static int is_leaks(void)
{
    return strstr(command[0], "leaks") != NULL;
}

static int is_kill(const char *fault)
{
    return strncmp(fault, "kill:", 5) == 0;
}

_Noreturn static void give_up(const char *what)
{
    printf("sweep: %s: %s\n", what, strerror(errno));
    exit(2);
}

static char *slurp(const char *path, size_t *n)
{
    int fd = open(path, O_RDONLY);
    struct stat st;
    char *p;

    if (fd < 0 || fstat(fd, &st) != 0) {
        if (fd >= 0) {
            close(fd);
        }
        return NULL;
    }
    p = malloc((size_t)st.st_size + 1);
    if (!p || read(fd, p, (size_t)st.st_size) != (ssize_t)st.st_size) {
        give_up(path);
    }
    p[st.st_size] = '\0';
    *n = (size_t)st.st_size;
    close(fd);
    return p;
}

static void spill(const char *path, const char *bytes, size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

    if (fd < 0 || write(fd, bytes, n) != (ssize_t)n) {
        give_up(path);
    }
    close(fd);
}

/* Run the command with FAULTS=FAULT, its texts in the files of "+out" and
   "+err". Returns the status of wait(2). */
static int run(const char *fault)
{
    pid_t pid;
    int status;

    memset((void *)report, 0, sizeof *report);
    pid = fork();
    if (pid == 0) {
        int in = open("/dev/null", O_RDONLY);
        int out = open("+out", O_WRONLY | O_CREAT | O_TRUNC, 0666);
        int err = open("+err", O_WRONLY | O_CREAT | O_TRUNC, 0666);

        if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0
            || setenv("LD_PRELOAD", shim, 1) != 0
            || setenv("FAULTS_REPORT", "+report", 1) != 0
            || setenv("FAULTS", fault, 1) != 0) {
            _exit(99);
        }
        close(in);
        close(out);
        close(err);
        alarm(SECONDS); /* one that hangs is ended by the signal */
        execvp(command[0], command);
        _exit(98);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid) {
        give_up(command[0]);
    }
    return status;
}

/* ---- what is wrong ------------------------------------------------------ */

static void blame(const char *fault, const char *fmt, const char *what)
{
    size_t n = 0;
    char *err = slurp("+err", &n);

    for (int i = 0; command[i]; i++) {
        printf("%s ", command[i]);
    }
    printf("(%s): ", fault);
    printf(fmt, what);
    printf("\n");
    if (err && n > 0) {
        printf("    %.400s%s", err, err[n - 1] == '\n' ? "" : "\n");
    }
    free(err);
}

static int has_said(const char *words)
{
    size_t n;
    char *err = slurp("+err", &n);
    int has = err && strstr(err, words);

    free(err);
    return has;
}

/* rec-tune takes a model that it cannot read for a trial that failed, says so
   and goes on: the best is another then. */
static int lost_trial(void)
{
    return strcmp(command[0], "rec-tune") == 0 && has_said("warning: trial ");
}

static int is_output(const char *name)
{
    for (int i = 0; i < n_good; i++) {
        if (strcmp(name, good[i].name) == 0) {
            return 1;
        }
    }
    return 0;
}

static int is_same(const char *a, size_t n, const char *b, size_t m)
{
    return a && b && n == m && memcmp(a, b, n) == 0;
}

/* Does an output that grows with the work begin as it should? */
static int is_log(const struct output *o, const char *now, size_t n)
{
    const char *head = memchr(o->bytes, '\n', o->n);
    size_t m = head ? (size_t)(head - o->bytes) + 1 : 0;

    return (strcmp(o->name, "OUT.log") == 0
            || (strcmp(o->name, "OUT") == 0
                && strcmp(command[0], "rec-tune") == 0))
           && memcmp(now, o->bytes, n < m ? n : m) == 0;
}

static int is_checkpoint(const char *name)
{
    return strcmp(name, "OUT.checkpoint") == 0
           && system("rec-info -q --check OUT.checkpoint >/dev/null") == 0;
}

/* What may be left of an output after SIGKILL: NAME.XXXXXX, or of its lock:
   NAME.lock, behind a point. */
static int is_temporary(const char *rest)
{
    for (int i = 0; i < n_good; i++) {
        size_t n = strlen(good[i].name);

        if (strncmp(rest, good[i].name, n) == 0 && rest[n] == '.'
            && (strcmp(rest + n, ".lock") == 0 || strlen(rest + n) == 7)) {
            return 1;
        }
    }
    return strncmp(rest, "OUT.checkpoint.", 15) == 0;
}

static void check_left(const char *fault)
{
    DIR *d = opendir(".");
    struct dirent *e;

    if (!d) {
        give_up(".");
    }
    while ((e = readdir(d)) != NULL) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0
            || is_output(e->d_name)) {
            continue;
        }
        if (is_checkpoint(e->d_name)) {
            unlink(e->d_name);
            continue;
        }
        /* Who could not get a lock leaves its file: it may be another's. */
        if (strstr(e->d_name, ".lock") && has_said("cannot lock")) {
            unlink(e->d_name);
            continue;
        }
        if (e->d_name[0] == '.' && is_kill(fault)
            && is_temporary(e->d_name + 1)) {
            unlink(e->d_name);
            continue;
        }
        if (e->d_name[0] == '.' || strncmp(e->d_name, "OUT", 3) == 0) {
            blame(fault, "left %s", e->d_name);
            unlink(e->d_name);
        }
    }
    closedir(d);
}

/* The run was refused: every output is what it was, or one of several new. */
static void check_kept(const char *fault, int had)
{
    for (int i = 0; i < n_good; i++) {
        const struct output *o = &good[i];
        size_t n = 0;
        char *now = slurp(o->name, &n);
        int kept = had || o->old != old_text
                       ? is_same(now, n, o->old, o->old_n)
                       : !now;

        if (!kept && !((n_good > 1 || is_leaks() || is_kill(fault))
                       && is_same(now, n, o->bytes, o->n))
            && !(now && (is_log(o, now, n) || is_checkpoint(o->name)))) {
            blame(fault, now ? "%s is not what it was" : "%s is gone",
                  o->name);
        }
        free(now);
    }
}

/* The run ended well: everything is as in peace. */
static void check_same(const char *fault)
{
    size_t n = 0;
    char *text = slurp("+out", &n);

    if (!is_same(text, n, good_text, good_text_n)) {
        blame(fault, "%s is another", "standard output");
    }
    free(text);
    for (int i = 0; i < n_good; i++) {
        char *now = slurp(good[i].name, &n);

        if (!is_same(now, n, good[i].bytes, good[i].n)
            && !(now && is_log(&good[i], now, n)) && !lost_trial()) {
            blame(fault, "status 0, but %s is another", good[i].name);
        }
        free(now);
    }
    if (report->live != 0) {
        blame(fault, "%s", "status 0, and memory not given back");
    }
}

/* Text is read into room for all events to come, and if there is none into
   what they need now. */
static int must_fail(enum kind kind)
{
    int text = strcmp(command[0], "rec-ingest") == 0
               || (is_leaks() && strcmp(command[1], "text") == 0);

    return (kind == ALLOC && !text)
           || kind == READ_EIO || kind == WRITE_ENOSPC
           || kind == WRITE_FULL || kind == FSYNC || kind == RENAME
           || kind == OPEN;
}

static int must_not_fail(enum kind kind)
{
    return kind == READ_SHORT || kind == READ_EINTR || kind == WRITE_SHORT
           || kind == WRITE_EINTR || kind == WAIT_EINTR;
}

static void check_status(const char *fault, enum kind kind, int status)
{
    size_t n = 0, name = strlen(command[0]);
    char *err = slurp("+err", &n);

    if (kind == KILL) {
        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) {
            blame(fault, "%s", "not killed");
        }
    } else if (WIFSIGNALED(status)) {
        blame(fault,
              WTERMSIG(status) == SIGALRM ? "it hangs" : "ended by signal: %s",
              strsignal(WTERMSIG(status)));
    } else if (WEXITSTATUS(status) > 1) {
        blame(fault, "%s", "status neither 0 nor 1");
    } else if (WEXITSTATUS(status) == 1
               && (!err || strncmp(err, command[0], name) != 0
                   || strncmp(err + name, ": ", 2) != 0
                   || err[n - 1] != '\n')) {
        blame(fault, "%s", "no message");
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && must_fail(kind)
        && !lost_trial()) {
        blame(fault, "%s", "the failure went unnoticed");
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 1
        && must_not_fail(kind)) {
        blame(fault, "%s", "this is no failure");
    }
    free(err);
}

/* ---- the sweep ---------------------------------------------------------- */

/* The outputs before a run. */
static void prepare(int old)
{
    for (int i = 0; i < n_good; i++) {
        unlink(good[i].name);
        if (old || good[i].old != old_text) {
            spill(good[i].name, good[i].old, good[i].old_n);
        }
    }
}

/* Call N of KIND fails (0: all). Returns 0 if there was none, 1 if the run was
   refused, 2 if it survived. */
static int try_one(enum kind kind, uint64_t n)
{
    int old = n % 2 == 0, status;
    char fault[64];

    snprintf(fault, sizeof fault, "%s:%" PRIu64, kind_name[kind], n);
    prepare(old);
    status = run(fault);
    if (report->faults > 0) {
        check_status(fault, kind, status);
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        check_same(fault);
    } else {
        check_kept(fault, old);
    }
    check_left(fault);
    if (is_leaks() && kind != KILL && report->live != 0) {
        blame(fault, "%s", "memory not given back");
    }
    fflush(stdout);
    return report->faults == 0                             ? 0
           : WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 2
                                                           : 1;
}

static void sweep_kind(enum kind kind, uint64_t calls, uint64_t most,
                       FILE *log)
{
    uint64_t outcome[3] = {0}, n = 0, i;

    if (calls == 0) {
        return;
    }
    if (must_not_fail(kind)) {
        outcome[try_one(kind, 0)]++;
    }
    for (i = 0; most > 0 && calls > most && i < most; i++) {
        outcome[try_one(kind, 1 + i * calls / most)]++;
    }
    while (i == 0 && outcome[0] == 0) { /* until it does not happen */
        outcome[try_one(kind, ++n)]++;
    }
    fprintf(log, "%s\t%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64
                 "\n",
            is_leaks() ? "the library" : command[0], kind_name[kind], calls,
            outcome[1] + outcome[2], outcome[1], outcome[2]);
}

/* Where there is a file old.NAME, it is NAME now. */
static void lay_out(void)
{
    DIR *d = opendir(".");
    struct dirent *e;

    while (d && (e = readdir(d)) != NULL) {
        if (strncmp(e->d_name, "old.", 4) == 0) {
            size_t n = 0;
            char *bytes = slurp(e->d_name, &n);

            spill(e->d_name + 4, bytes, n);
            free(bytes);
        }
    }
    closedir(d);
}

static void add_good(const char *name)
{
    struct output *o = &good[n_good];
    char from[sizeof o->name + 4];

    if (n_good == MAX_OUT) {
        give_up("too many outputs");
    }
    n_good++;
    snprintf(o->name, sizeof o->name, "%s", name);
    o->bytes = slurp(name, &o->n);
    snprintf(from, sizeof from, "old.%s", name);
    o->old = slurp(from, &o->old_n);
    if (!o->old) {
        o->old = old_text;
        o->old_n = sizeof old_text - 1;
    }
}

/* Run in peace; the outputs become the good ones. Returns 0, or -1. */
static int run_in_peace(uint64_t calls[KINDS])
{
    int status;
    DIR *d;
    struct dirent *e;

    lay_out();
    status = run("none");
    d = opendir(".");
    if (!report->loaded || status != 0 || report->live != 0 || !d) {
        blame("nothing", "%s",
              !report->loaded ? "the shim is not in" : "it fails or leaks");
        return -1;
    }
    for (int i = 0; i < KINDS; i++) {
        calls[i] = report->calls[i];
    }
    while ((e = readdir(d)) != NULL) {
        if (strncmp(e->d_name, "OUT", 3) == 0) {
            add_good(e->d_name);
        }
    }
    closedir(d);
    good_text = slurp("+out", &good_text_n);
    return n_good > 0 && good_text ? 0 : -1;
}

static void map_report(void)
{
    static const struct report empty;
    int fd;

    spill("+report", (const char *)&empty, sizeof empty);
    fd = open("+report", O_RDWR);
    report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED,
                  fd, 0);
    if (fd < 0 || report == MAP_FAILED) {
        give_up("+report");
    }
    close(fd);
}

int main(int argc, char **argv)
{
    uint64_t calls[KINDS] = {0}, most;
    FILE *log;

    if (argc < 6) {
        fputs("usage: sweep SHIM MOST PART LOG PROGRAM ARGUMENTS...\n",
              stderr);
        return 2;
    }
    shim = argv[1];
    command = argv + 5;
    most = strtoull(argv[2], NULL, 10);
    log = fopen(argv[4], "a");
    if (!log) {
        give_up(argv[4]);
    }
    map_report();
    if (run_in_peace(calls) != 0) {
        return 1;
    }
    for (int k = 0; k < KINDS; k++) {
        if (most == 0 || (k + (int)strtol(argv[3], NULL, 10)) % 3 == 0) {
            sweep_kind((enum kind)k, calls[k], most, log);
        }
    }
    for (int i = 0; i < n_good; i++) {
        unlink(good[i].name);
    }
    return fclose(log) != 0;
}
