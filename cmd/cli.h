/* SPDX-License-Identifier: MIT */
/* What every program shares: one table of options that gives parsing and
   --help, the messages and exit statuses, outputs that appear whole or not at
   all, provenance. Here, and only here, things are printed and programs
   die. */
#ifndef REC_CLI_H
#define REC_CLI_H

#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "base/compat.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/progress.h"
#include "data/rows.h"
#include "io/lock.h"
#include "io/output.h"
#include "io/store.h"
#include "io/stream.h"

enum { /* exit statuses of all programs */
    CLI_OK = 0,
    CLI_FAILURE = 1, /* data, input, output, memory; "no" from a check */
    CLI_USAGE = 2    /* wrong command line */
};

/* ---- options ---------------------------------------------------------- */

enum cli_type {
    CLI_FLAG,   /* int *: set to 1 */
    CLI_INT,    /* int64_t *: in [min, max] */
    CLI_REAL,   /* double *: in [min, max] */
    CLI_TEXT,   /* const char **: the argument itself */
    CLI_SIZE,   /* uint64_t *: bytes, with suffix K, M, G (powers of 1024) */
    CLI_SPAN,   /* double *: seconds, above 0; as 90s, 12h, 30d, 2w, 1y */
    CLI_TIME,   /* int64_t *: seconds since 1970; given so or as a date */
    CLI_CHOICE  /* int *: place of the argument in CHOICES */
};

struct cli_option {
    int letter;       /* short form, or 0 */
    const char *name; /* long form */
    const char *arg;  /* what --help calls the argument; NULL for a flag;
                         "[LEVEL]" for an optional one */
    enum cli_type type;
    void *value;
    const char *help; /* a few words; --help wraps them */
    double min, max;
    const char *const *choices; /* NULL-terminated */
    int result; /* 1: it changes the result, so provenance names it */
    const char *given; /* set by cli_parse: the argument as typed, "" for a
                          flag; NULL when not given */
};

/* One line per option in a program's table. The last argument is the help. */
#define CLI_OPT_FLAG(c, n, v, r, h)                                           \
    {c, n, NULL, CLI_FLAG, v, h, 0, 0, NULL, r, NULL}
#define CLI_OPT_INT(c, n, a, v, lo, hi, r, h)                                 \
    {c, n, a, CLI_INT, v, h, lo, hi, NULL, r, NULL}
#define CLI_OPT_REAL(c, n, a, v, lo, hi, r, h)                                \
    {c, n, a, CLI_REAL, v, h, lo, hi, NULL, r, NULL}
#define CLI_OPT_TEXT(c, n, a, v, r, h)                                        \
    {c, n, a, CLI_TEXT, v, h, 0, 0, NULL, r, NULL}
#define CLI_OPT_SIZE(c, n, a, v, h)                                           \
    {c, n, a, CLI_SIZE, v, h, 0, 0, NULL, 0, NULL}
#define CLI_OPT_SPAN(c, n, a, v, r, h)                                        \
    {c, n, a, CLI_SPAN, v, h, 0, 0, NULL, r, NULL}
#define CLI_OPT_TIME(c, n, a, v, r, h)                                        \
    {c, n, a, CLI_TIME, v, h, 0, 0, NULL, r, NULL}
#define CLI_OPT_CHOICE(c, n, a, v, ch, r, h)                                  \
    {c, n, a, CLI_CHOICE, v, h, 0, 0, ch, r, NULL}
#define CLI_OPT_END {0, NULL, NULL, CLI_FLAG, NULL, NULL, 0, 0, NULL, 0, NULL}

enum { /* which of the common options a program has, besides
          -o -@ -v -q --help --version */
    CLI_HAS_SEED = 1,
    CLI_HAS_STREAM = 2,  /* binary output: -z --no-provenance
                            --force-terminal */
    CLI_HAS_MAX_MEM = 4,
    CLI_HAS_PROGRESS = 8
};

struct cli_program {
    const char *name;
    const char *operands; /* for the usage line: "[FILE]..." */
    const char *purpose;  /* one sentence */
    struct cli_option *options; /* ended by CLI_OPT_END; one of these stands
                                   in the place of a common one of its name */
    unsigned has;
};

/* A program's state: what the common options said, the operands, the
   outputs. One per process, in main. */
struct cli {
    const struct cli_program *program;
    char **operand;
    int n_operands;
    const char *output; /* -o, or NULL */
    int64_t threads;    /* resolved: at least 1 */
    int64_t seed;
    int verbose, quiet, no_provenance, force_terminal, progress;
    int level;        /* -z: zlib level, 0 when not given */
    uint64_t max_mem; /* bytes; 0: no limit */
    struct rec_output *out[16]; /* opened by cli_output */
    int n_out;
    struct rec_buf prov;   /* the inputs' provenance lines */
    struct rec_buf inputs; /* "NAME=DIGEST ..." of the inputs */
    struct rec_progress tick; /* hand this to the library */
};

/* Parse the command line, or die; --help and --version end the program. Also
   installs the signal handlers that remove temporary files. */
void cli_parse(struct cli *c, const struct cli_program *p, int argc,
               char **argv);

/* The single input: the operand, or "-". Dies when there are several. */
const char *cli_one_input(const struct cli *c);

/* What to call it in messages. */
const char *cli_input_name(const struct cli *c);

/* Was the option of this name on the command line? */
int cli_given(const struct cli *c, const char *name);

/* The next part of *LIST, which commas divide: *N bytes, and *LIST goes on
   behind it. NULL after the last one, and where *LIST is NULL; "" is one part
   of no bytes. */
const char *cli_next_part(const char **list, size_t *n);

/* ---- messages --------------------------------------------------------- */

/* "PROGRAM: message" on standard error; exit 1. Temporary files are removed. */
REC_NORETURN void die(const char *fmt, ...) REC_PRINTF(1, 2);
/* The text of a library error. */
REC_NORETURN void die_err(const struct rec_error *err);
/* The same with "Try 'PROGRAM --help' ..."; exit 2. */
REC_NORETURN void die_usage(const char *fmt, ...) REC_PRINTF(1, 2);
/* The text of a library error, for a program that goes on. */
void complain(const struct rec_error *err);
/* "PROGRAM: warning: message". */
void warn(const char *fmt, ...) REC_PRINTF(1, 2);
/* "PROGRAM: message", unless -q. */
void note(const struct cli *c, const char *fmt, ...) REC_PRINTF(2, 3);

/* Die of ERR unless RC is 0 (or positive); returns RC. */
static inline int check(int rc, const struct rec_error *err)
{
    if (rc < 0) {
        die_err(err);
    }
    return rc;
}

/* The same of an error that does not say that it is about the input. */
int check_input(int rc, const struct cli *c, const struct rec_error *err);

/* Memory for programs: never NULL. */
void *xalloc(size_t n, size_t size);

/* NEED bytes are about to be asked for, for WHAT: die if --max-mem says no. */
void cli_need_memory(const struct cli *c, double need, const char *what);

/* Seconds since T, of CLOCK_MONOTONIC. */
double cli_seconds_since(const struct timespec *t);

/* ---- outputs ---------------------------------------------------------- */

/* Open PATH (NULL: standard output). With BINARY, refuses a terminal. The
   file appears when cli_commit is called; if the program dies or is killed
   before, it never does. */
struct rec_output *cli_output(struct cli *c, const char *path, int binary);

/* The same for a log: a file grows as it is written, and stays. */
struct rec_output *cli_log(struct cli *c, const char *path);

/* If PREFIX ends in a slash, make this directory and those it is in, unless
   they are there. */
void cli_make_directory(const char *prefix);

/* Flush every output, then rename every output; dies if one fails. Releases
   what cli_parse and cli_output took. The last thing main does. */
void cli_commit(struct cli *c);

/* The first half of that, for a program that has something to save if it
   fails; cli_commit then does the second. */
REC_MUST_CHECK int cli_flush(struct cli *c, struct rec_error *err);

/* Write the file PATH now, by FILL, and put it in place. Where that fails it
   stays what it was, and the program goes on. */
REC_MUST_CHECK int cli_replace(struct cli *c, const char *path,
                               int (*fill)(void *ctx, struct rec_output *o,
                                           struct rec_error *err),
                               void *ctx, struct rec_error *err);

/* Let the output that was opened last go as if it had never been. */
void cli_drop_last(struct cli *c);

/* Be the only process to change the file PATH until cli_unlock, or die. One
   lock at a time. */
struct rec_lock *cli_lock(const char *path);
/* Accepts NULL. */
void cli_unlock(struct rec_lock *l);

/* ---- signals ---------------------------------------------------------- */

/* From now on the first SIGINT or SIGTERM is only remembered, so that work can
   be saved; a second one ends the program as always. With HOLD 0, back to
   normal. */
void cli_hold_signals(int hold);
/* That signal, or 0. */
int cli_held_signal(void);
/* End the process by it, as its sender asked for. */
REC_NORETURN void cli_end_held(void);

/* ---- more outputs ----------------------------------------------------- */

/* Text onto an output, gathered in a buffer. */
struct cli_text {
    struct rec_output *out;
    struct rec_buf buf;
};
void cli_text_printf(struct cli_text *t, const char *fmt, ...)
    REC_PRINTF(2, 3);
void cli_text_add(struct cli_text *t, const void *p, size_t n);
/* Write what is there, for somebody who waits for it. */
void cli_text_flush(struct cli_text *t);
/* Write what is left and release the buffer. */
void cli_text_finish(struct cli_text *t);

/* Rows onto an output: a stream and its row writer. */
struct cli_rows {
    struct rec_stream_writer *stream;
    struct rec_row_writer *rows;
};
void cli_rows_begin(struct cli *c, struct cli_rows *w, struct rec_output *o,
                    const struct rec_head *head,
                    const struct rec_dict *items);
/* Finish with provenance; the output is complete but not yet in place. */
void cli_rows_finish(struct cli *c, struct cli_rows *w);

/* ---- provenance ------------------------------------------------------- */

/* Remember an input: its own provenance lines (or NULL), what it is to this
   program ("input", "model", "truth"), and its digest. */
void cli_prov_input(struct cli *c, const char *what, const char *prov,
                    const uint8_t digest[REC_DIGEST_BYTES]);

/* Where in PROV some program names the file of this DIGEST as its input WHAT
   ("input", "validate-out"; NULL: as any): its digest there, behind "WHAT=".
   NULL: nowhere. */
const char *cli_prov_find(const char *prov, const char *what,
                          const uint8_t digest[REC_DIGEST_BYTES]);

/* The provenance text of this program's output; NULL under --no-provenance.
   Borrowed; valid until the next call. */
const char *cli_prov_text(struct cli *c);

#endif
