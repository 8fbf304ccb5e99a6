/* SPDX-License-Identifier: MIT */
/* Messages, outputs and provenance of the programs; the options are in
   cli_options.c. */
#include <config.h>

#include "cli.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli_private.h"

const char *cli_name = "recpipe";

/* ---- temporary files and signals -------------------------------------- */

enum { MAX_TEMP = 16 };
/* Names, or NULL; borrowed from the outputs. The last is the lock file. */
static const char *volatile temp_file[MAX_TEMP + 1];
static pthread_t main_thread;
static volatile sig_atomic_t holding, held; /* cli_hold_signals */
static volatile pid_t child_group; /* 0: none */

void cli_set_child(pid_t group)
{
    child_group = group;
}

/* What must not outlive us. */
static void clean_up(void)
{
    if (child_group > 0) {
        kill(-child_group, SIGTERM);
    }
    for (int i = 0; i <= MAX_TEMP; i++) {
        if (temp_file[i]) {
            unlink(temp_file[i]);
        }
    }
}

/* The threads of BLAS and OpenMP are not ours to block signals in, so one that
   gets a signal hands it on: only the main thread knows when it is safe. It
   then ends the process the way the sender asked for. */
static void on_signal(int sig)
{
    if (!pthread_equal(pthread_self(), main_thread)) {
        pthread_kill(main_thread, sig);
        return;
    }
    if (holding && !held && (sig == SIGINT || sig == SIGTERM)) {
        held = sig;
        return;
    }
    clean_up();
    signal(sig, SIG_DFL);
    raise(sig);
}

void cli_hold_signals(int hold)
{
    holding = hold;
}

int cli_held_signal(void)
{
    return held;
}

void cli_end_held(void)
{
    clean_up();
    signal(held, SIG_DFL);
    raise(held);
    _exit(CLI_FAILURE); /* not reached */
}

void cli_install_signals(void)
{
    static const int sig[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
    struct sigaction act, old;

    main_thread = pthread_self();
    memset(&act, 0, sizeof act);
    act.sa_handler = on_signal;
    act.sa_flags = SA_RESTART; /* for signals that are held */
    sigemptyset(&act.sa_mask);
    for (size_t i = 0; i < sizeof sig / sizeof *sig; i++) {
        if (sigaction(sig[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) {
            sigaction(sig[i], &act, NULL);
        }
    }
}

static void block_signals(int block)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigprocmask(block ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

/* ---- messages --------------------------------------------------------- */

static void clear_progress(void);

/* Names of files and ids come from anywhere: no control character of theirs
   reaches the terminal. */
static void message(const char *prefix, const char *fmt, va_list ap)
{
    char text[8192];

    clear_progress();
    fflush(stdout);
    vsnprintf(text, sizeof text, fmt, ap);
    fprintf(stderr, "%s: %s", cli_name, prefix);
    for (const char *c = text; *c; c++) {
        if ((unsigned char)*c >= ' ' ? *c != 0x7f : *c == '\n') {
            fputc(*c, stderr);
        } else {
            fprintf(stderr, "\\x%02x", (unsigned)*c);
        }
    }
    fputc('\n', stderr);
}

/* End without running main's clean-up: the system takes the memory back, the
   temporary files are ours to remove. */
REC_NORETURN static void leave(int status)
{
    clean_up();
    fflush(stderr);
    _exit(status);
}

void die(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    message("", fmt, ap);
    va_end(ap);
    leave(CLI_FAILURE);
}

void die_err(const struct rec_error *err)
{
    die("%s", err->text);
}

void die_usage(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    message("", fmt, ap);
    va_end(ap);
    fprintf(stderr, "Try '%s --help' for more information.\n", cli_name);
    leave(CLI_USAGE);
}

static void say(const char *fmt, ...) REC_PRINTF(1, 2);

static void say(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    message("", fmt, ap);
    va_end(ap);
}

int check_input(int rc, const struct cli *c, const struct rec_error *err)
{
    if (rc < 0) {
        die("%s: %s", cli_input_name(c), err->text);
    }
    return rc;
}

void complain(const struct rec_error *err)
{
    say("%s", err->text);
}

void warn(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    message("warning: ", fmt, ap);
    va_end(ap);
}

void note(const struct cli *c, const char *fmt, ...)
{
    va_list ap;

    if (!c->quiet) {
        va_start(ap, fmt);
        message("", fmt, ap);
        va_end(ap);
    }
}

void *xalloc(size_t n, size_t size)
{
    void *p = rec_alloc(n, size);

    if (!p) {
        die("out of memory");
    }
    return p;
}

void cli_need_memory(const struct cli *c, double need, const char *what)
{
    if (c->max_mem > 0 && need > (double)c->max_mem) {
        die("%s needs %.1f MiB, --max-mem allows %.1f MiB", what,
            need / 0x1p20, (double)c->max_mem / 0x1p20);
    }
}

/* ---- progress --------------------------------------------------------- */

static struct {
    const char *phase;
    struct timespec begun, shown;
    int on_screen;
} bar;

double cli_seconds_since(const struct timespec *t)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - t->tv_sec)
           + 1e-9 * (double)(now.tv_nsec - t->tv_nsec);
}

static void clear_progress(void)
{
    if (bar.on_screen) {
        fputs("\r\033[K", stderr);
        bar.on_screen = 0;
    }
}

static void show_progress(void *ctx, const char *phase, double done,
                          double total)
{
    double used, share = total > 0 ? done / total : 0;

    (void)ctx;
    if (!bar.phase || strcmp(bar.phase, phase) != 0) {
        bar.phase = phase;
        clock_gettime(CLOCK_MONOTONIC, &bar.begun);
        bar.shown = bar.begun;
        return;
    }
    if (cli_seconds_since(&bar.shown) < 0.5) {
        return;
    }
    clock_gettime(CLOCK_MONOTONIC, &bar.shown);
    used = cli_seconds_since(&bar.begun);
    if (total > 0 && share > 0) {
        fprintf(stderr, "\r%s: %s %3.0f%%, %.0f s, %.0f s left\033[K",
                cli_name, phase, 100 * share, used,
                used * (1 - share) / share);
    } else {
        fprintf(stderr, "\r%s: %s %.4g, %.0f s\033[K", cli_name, phase, done,
                used);
    }
    fflush(stderr);
    bar.on_screen = 1;
}

void cli_start_progress(struct cli *c)
{
    if (c->progress || (isatty(STDERR_FILENO) && !c->quiet)) {
        c->tick.report = show_progress;
    }
}

/* ---- outputs ---------------------------------------------------------- */

struct rec_lock *cli_lock(const char *path)
{
    struct rec_lock *l;
    struct rec_error err;
    int rc;

    block_signals(1);
    rc = rec_lock_take(&l, path, &err);
    if (rc == 0) {
        temp_file[MAX_TEMP] = rec_lock_name(l);
    }
    block_signals(0);
    check(rc, &err);
    return l;
}

void cli_unlock(struct rec_lock *l)
{
    block_signals(1);
    temp_file[MAX_TEMP] = NULL;
    rec_lock_release(l);
    block_signals(0);
}

/* Nothing temporary is made for a device or a FIFO, and opening one may wait
   for ever: signals must get through. */
static int opens_directly(const char *path)
{
    struct stat st;

    return path && stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

/* For one output more, to PATH. */
static void check_room(const struct cli *c, const char *path)
{
    if (c->n_out == MAX_TEMP) {
        die("too many outputs");
    }
    for (int i = 0; i < c->n_out; i++) {
        if (rec_output_meets(c->out[i], path)) {
            die_usage("two outputs would go to '%s'",
                      rec_output_name(c->out[i]));
        }
    }
}

/* One output more, to PATH. */
static int open_output(struct cli *c, const char *path, struct rec_error *err)
{
    int direct = opens_directly(path), rc;

    check_room(c, path);
    block_signals(!direct);
    rc = rec_output_open(&c->out[c->n_out], path, err);
    if (rc == 0) {
        temp_file[c->n_out] = rec_output_temp(c->out[c->n_out]);
        c->n_out++;
    }
    block_signals(0);
    return rc;
}

struct rec_output *cli_output(struct cli *c, const char *path, int binary)
{
    struct rec_output *o;
    struct rec_error err;

    check(open_output(c, path, &err), &err);
    o = c->out[c->n_out - 1];
    if (binary && !c->force_terminal && isatty(rec_output_fd(o))) {
        die("%s is a terminal; refusing to write binary data to it (use -o "
            "FILE, a pipe, or --force-terminal)",
            rec_output_name(o));
    }
    return o;
}

void cli_make_directory(const char *prefix)
{
    size_t n = strlen(prefix), at = 0;
    char *path;

    if (n == 0 || prefix[n - 1] != '/') {
        return;
    }
    path = xalloc(n + 1, 1);
    while (at < n) {
        at += strcspn(prefix + at, "/") + 1;
        snprintf(path, at + 1, "%s", prefix);
        if (mkdir(path, 0777) != 0 && errno != EEXIST) {
            die("cannot create directory '%s': %s", path, strerror(errno));
        }
    }
    free(path);
}

struct rec_output *cli_log(struct cli *c, const char *path)
{
    struct rec_output *o;
    struct rec_error err;

    check_room(c, path);
    check(rec_output_open_log(&o, path, &err), &err);
    c->out[c->n_out++] = o;
    return o;
}

void cli_drop_last(struct cli *c)
{
    block_signals(1);
    c->n_out--;
    rec_output_free(c->out[c->n_out]);
    temp_file[c->n_out] = NULL;
    block_signals(0);
}

int cli_replace(struct cli *c, const char *path,
                int (*fill)(void *ctx, struct rec_output *o,
                            struct rec_error *err),
                void *ctx, struct rec_error *err)
{
    int rc = open_output(c, path, err);
    struct rec_output *o;

    if (rc != 0) {
        return rc;
    }
    o = c->out[c->n_out - 1];
    rc = fill(ctx, o, err);
    rc = rc ? rc : rec_output_flush(o, err);
    block_signals(1);
    rc = rc ? rc : rec_output_rename(o, err);
    cli_drop_last(c); /* removes what was not renamed; unblocks */
    return rc;
}

int cli_flush(struct cli *c, struct rec_error *err)
{
    int rc = 0;

    for (int i = 0; i < c->n_out && rc == 0; i++) {
        rc = rec_output_flush(c->out[i], err);
    }
    return rc;
}

void cli_commit(struct cli *c)
{
    struct rec_error err;

    clear_progress();
    check(cli_flush(c, &err), &err);
    block_signals(1);
    for (int i = 0; i < c->n_out; i++) {
        check(rec_output_rename(c->out[i], &err), &err);
        temp_file[i] = NULL;
        rec_output_free(c->out[i]);
    }
    c->n_out = 0;
    block_signals(0);
    rec_buf_release(&c->prov);
    rec_buf_release(&c->inputs);
}

void cli_text_flush(struct cli_text *t)
{
    struct rec_error err;

    check(rec_output_write(t->out, t->buf.data, t->buf.len, &err), &err);
    t->buf.len = 0;
}

void cli_text_add(struct cli_text *t, const void *p, size_t n)
{
    if (rec_buf_add(&t->buf, p, n) != 0) {
        die("out of memory");
    }
    if (t->buf.len >= 1 << 16) {
        cli_text_flush(t);
    }
}

void cli_text_printf(struct cli_text *t, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= sizeof text) {
        die("internal error: a line of text is too long");
    }
    cli_text_add(t, text, (size_t)n);
}

void cli_text_finish(struct cli_text *t)
{
    cli_text_flush(t);
    rec_buf_release(&t->buf);
}

void cli_rows_begin(struct cli *c, struct cli_rows *w, struct rec_output *o,
                    const struct rec_head *head, const struct rec_dict *items)
{
    struct rec_error err;

    check(rec_stream_writer_new(&w->stream, o, head, c->level, &err), &err);
    check(rec_row_writer_new(&w->rows, w->stream, head->columns, items, &err),
          &err);
}

void cli_rows_finish(struct cli *c, struct cli_rows *w)
{
    struct rec_counts counts;
    struct rec_error err;

    check(rec_row_finish(w->rows, &counts, &err), &err);
    check(rec_stream_finish(w->stream, &counts, cli_prov_text(c), &err),
          &err);
    rec_row_writer_free(w->rows);
    rec_stream_writer_free(w->stream);
}

/* ---- provenance ------------------------------------------------------- */

/* Append the lines of PROV that are not there yet. */
static void add_lines(struct rec_buf *b, const char *prov)
{
    const char *at = prov, *nl;

    for (; (nl = strchr(at, '\n')) != NULL; at = nl + 1) {
        size_t n = (size_t)(nl + 1 - at);
        const char *have = b->data;
        int found = 0;

        while (have && have < b->data + b->len && !found) {
            const char *end = strchr(have, '\n');

            end = end ? end + 1 : b->data + b->len;
            /* cppcheck-suppress nullPointerArithmeticRedundantCheck ; HAVE is
               not NULL in this loop */
            found = (size_t)(end - have) == n && memcmp(have, at, n) == 0;
            have = end;
        }
        if (!found && rec_buf_add(b, at, n) != 0) {
            die("out of memory");
        }
    }
}

void cli_prov_input(struct cli *c, const char *what, const char *prov,
                    const uint8_t digest[REC_DIGEST_BYTES])
{
    char text[REC_DIGEST_TEXT];

    if (prov) {
        add_lines(&c->prov, prov);
    }
    rec_digest_text(digest, text);
    if (rec_buf_addf(&c->inputs, " %s=%s", what, text) != 0) {
        die("out of memory");
    }
}

/* VALUE with blanks and control characters as %XX. */
static void add_escaped(struct rec_buf *b, const char *value)
{
    int rc = 0;

    for (; *value && rc == 0; value++) {
        unsigned char ch = (unsigned char)*value;

        rc = ch <= ' ' || ch == '%' || ch == 0x7f
                 ? rec_buf_addf(b, "%%%02X", ch)
                 : rec_buf_add(b, value, 1);
    }
    if (rc != 0) {
        die("out of memory");
    }
}

const char *cli_prov_find(const char *prov, const char *what,
                          const uint8_t digest[REC_DIGEST_BYTES])
{
    char text[REC_DIGEST_TEXT];
    size_t n = what ? strlen(what) : 0;
    const char *at = prov;

    rec_digest_text(digest, text);
    while (at && (at = strstr(at, text)) != NULL) {
        size_t before = (size_t)(at - prov);

        if (before > n + 1 && at[-1] == '='
            && (!what || (at[-(ptrdiff_t)n - 2] == ' '
                          && memcmp(at - n - 1, what, n) == 0))) {
            return at;
        }
        at++;
    }
    return NULL;
}

const char *cli_prov_text(struct cli *c)
{
    const struct cli_option *o;
    size_t inputs = c->prov.len;
    int rc;

    if (c->no_provenance) {
        return NULL;
    }
    rc = rec_buf_addf(&c->prov, "%s %s", cli_name, PACKAGE_VERSION);
    for (o = c->program->options; o->name; o++) {
        if (!o->result || !o->given) {
            continue;
        }
        rc |= rec_buf_addf(&c->prov, " --%s%s", o->name,
                           o->type == CLI_FLAG ? "" : "=");
        add_escaped(&c->prov, o->given);
    }
    if (c->program->has & CLI_HAS_SEED) {
        rc |= rec_buf_addf(&c->prov, " --seed=%lld", (long long)c->seed);
    }
    rc |= rec_buf_add(&c->prov, c->inputs.data, c->inputs.len);
    rc |= rec_buf_add(&c->prov, "\n", 1);
    if (rc != 0) {
        die("out of memory");
    }
    c->prov.len = inputs; /* the text stays; the next call writes over it */
    return c->prov.data;
}
