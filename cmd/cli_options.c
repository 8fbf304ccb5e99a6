/* SPDX-License-Identifier: MIT */
/* The options table: parsing, strict values, --help and --version all come
   from it. */
#include <config.h>

#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"
#include "base/threads.h"
#include "cli_private.h"
#include "io/textin.h"

enum { MAX_OPTIONS = 64, LONG_BASE = 256 };

/* The program's own options, then the common ones it has. */
struct table {
    struct cli_option *option[MAX_OPTIONS];
    int n;
    struct option longs[MAX_OPTIONS + 1];
    char shorts[3 * MAX_OPTIONS + 2];
};

/* ---- values ----------------------------------------------------------- */

static void bad_value(const struct cli_option *o, const char *arg,
                      const char *why)
{
    die_usage("--%s: '%s' %s", o->name, arg, why);
}

static void set_int(const struct cli_option *o, const char *arg)
{
    char why[96];

    if (rec_parse_int(arg, strlen(arg), INT64_MIN, INT64_MAX, o->value)
        != 0) {
        bad_value(o, arg, "is not a whole number");
    }
    if ((double)*(int64_t *)o->value < o->min
        || (double)*(int64_t *)o->value > o->max) {
        snprintf(why, sizeof why, "is not in the range %.0f to %.0f", o->min,
                 o->max);
        bad_value(o, arg, why);
    }
}

static void set_real(const struct cli_option *o, const char *arg)
{
    double *v = o->value;
    char why[96];

    if (rec_parse_double(arg, strlen(arg), v) != 0) {
        bad_value(o, arg, "is not a number");
    }
    if (*v < o->min || *v > o->max) {
        snprintf(why, sizeof why, "is not in the range %g to %g", o->min,
                 o->max);
        bad_value(o, arg, why);
    }
}

static void set_size(const struct cli_option *o, const char *arg)
{
    size_t n = strlen(arg);
    int shift = 0;
    double v;

    if (n > 0) {
        const char *unit = strchr("KMGT", arg[n - 1]);

        if (unit) {
            shift = 10 * (int)(unit - "KMGT" + 1);
            n--;
        }
    }
    if (rec_parse_double(arg, n, &v) == 0) {
        v *= (double)((uint64_t)1 << shift);
    } else {
        v = 0;
    }
    if (v < 1 || v > 0x1p62) {
        bad_value(o, arg, "is not a size such as 512M or 4G");
    }
    *(uint64_t *)o->value = (uint64_t)v;
}

/* A unit is required: a half-life of 30 could be anything. */
static void set_span(const struct cli_option *o, const char *arg)
{
    static const struct {
        char letter;
        double seconds;
    } unit[] = {{'s', 1},
                {'h', 3600},
                {'d', 86400},
                {'w', 7 * 86400},
                {'y', 365 * 86400}};
    size_t n = strlen(arg);
    double v = 0, seconds = 0;

    for (size_t i = 0; i < sizeof unit / sizeof *unit; i++) {
        if (n > 0 && arg[n - 1] == unit[i].letter) {
            seconds = unit[i].seconds;
        }
    }
    if (seconds > 0 && rec_parse_double(arg, n - 1, &v) == 0) {
        v *= seconds;
    }
    if (!(v > 0 && v <= 1e18)) {
        bad_value(o, arg, "is not a time span such as 12h, 30d, 8w or 1.5y");
    }
    *(double *)o->value = v;
}

static void set_time(const struct cli_option *o, const char *arg)
{
    size_t n = strlen(arg);

    if (rec_parse_time(arg, n, REC_TIME_UNIX, o->value) != 0
        && rec_parse_time(arg, n, REC_TIME_ISO, o->value) != 0) {
        bad_value(o, arg,
                  "is neither seconds since 1970 nor a date such as "
                  "2013-04-03T22:38:27Z");
    }
}

static void set_choice(const struct cli_option *o, const char *arg)
{
    char why[256] = "is not one of";

    for (int i = 0; o->choices[i]; i++) {
        if (strcmp(o->choices[i], arg) == 0) {
            *(int *)o->value = i;
            return;
        }
        size_t used = strlen(why);

        snprintf(why + used, sizeof why - used, "%s %s", i ? "," : "",
                 o->choices[i]);
    }
    bad_value(o, arg, why);
}

static void set_value(struct cli_option *o, const char *arg)
{
    o->given = arg ? arg : "";
    switch (o->type) {
    case CLI_FLAG:
        *(int *)o->value = 1;
        break;
    case CLI_INT:
        if (arg) { /* an optional argument keeps the default */
            set_int(o, arg);
        }
        break;
    case CLI_REAL:
        set_real(o, o->given);
        break;
    case CLI_TEXT:
        *(const char **)o->value = o->given;
        break;
    case CLI_SIZE:
        set_size(o, o->given);
        break;
    case CLI_SPAN:
        set_span(o, o->given);
        break;
    case CLI_TIME:
        set_time(o, o->given);
        break;
    case CLI_CHOICE:
        set_choice(o, o->given);
        break;
    }
}

/* ---- help ------------------------------------------------------------- */

/* The words of TEXT in the columns FROM to WIDTH; the cursor is at FROM. */
static void print_wrapped(const char *text, size_t from, size_t width)
{
    size_t at = from;

    while (*text) {
        size_t n = strcspn(text, " \n");

        if (at > from && at + 1 + n > width) {
            printf("\n%*s", (int)from, "");
            at = from;
        } else if (at > from) {
            putchar(' ');
            at++;
        }
        printf("%.*s", (int)n, text);
        at += n;
        text += n + strspn(text + n, " \n");
    }
    putchar('\n');
}

static void print_option(const struct cli_option *o)
{
    char left[64];
    int optional = o->arg && *o->arg == '[';

    snprintf(left, sizeof left, "%s%c%s--%s%s%s%s", o->letter ? "-" : " ",
             o->letter ? o->letter : ' ', o->letter ? ", " : "  ", o->name,
             !o->arg ? "" : optional ? "[=" : "=",
             !o->arg ? "" : o->arg + optional, "");
    printf("  %-28s", left);
    if (strlen(left) > 27) {
        printf("\n%30s", "");
    }
    print_wrapped(o->help, 30, 79);
}

/* Help has been asked for: to standard output, status 0 if it got there. */
REC_NORETURN static void end_output(void)
{
    if (fflush(stdout) != 0 || ferror(stdout) || fclose(stdout) != 0) {
        die("cannot write 'standard output': %s", strerror(errno));
    }
    exit(CLI_OK);
}

/* The table for programs, a line for each option, divided by tabs: letter,
   name, argument, type, choices divided by blanks, help; "-" for none. The
   line before them is the program's name and its operands. */
REC_NORETURN static void print_table(const struct cli_program *p,
                                     const struct table *t)
{
    static const char *const type[] = {
        [CLI_FLAG] = "flag", [CLI_INT] = "int",   [CLI_REAL] = "real",
        [CLI_TEXT] = "text", [CLI_SIZE] = "size", [CLI_SPAN] = "span",
        [CLI_TIME] = "time", [CLI_CHOICE] = "choice"};

    printf("%s\t%s\n", p->name, p->operands);
    for (int i = 0; i < t->n; i++) {
        const struct cli_option *o = t->option[i];

        printf("%c\t%s\t%s\t%s\t", o->letter ? o->letter : '-', o->name,
               o->arg ? o->arg : "-", type[o->type]);
        for (int k = 0; o->choices && o->choices[k]; k++) {
            printf("%s%s", k ? " " : "", o->choices[k]);
        }
        printf("%s\t", o->choices ? "" : "-");
        print_wrapped(o->help, 0, SIZE_MAX);
    }
    end_output();
}

REC_NORETURN static void print_help(const struct cli_program *p,
                                    const struct table *t, int own)
{
    printf("Usage: %s [OPTION]... %s\n%s\n", p->name, p->operands,
           p->purpose);
    if (own > 0) {
        printf("\nOptions:\n");
    }
    for (int i = 0; i < t->n; i++) {
        if (i == own) {
            printf("\nCommon options:\n");
        }
        print_option(t->option[i]);
    }
    printf("\nFull documentation: man %s\n", p->name);
    end_output();
}

REC_NORETURN static void print_version(const struct cli_program *p)
{
    printf("%s (recpipe) %s\n", p->name, PACKAGE_VERSION);
    end_output();
}

/* ---- the table -------------------------------------------------------- */

static void add_option(struct table *t, struct cli_option *o)
{
    int i = t->n++;
    size_t used = strlen(t->shorts);
    struct option *l = &t->longs[i];

    t->option[i] = o;
    l->name = o->name;
    l->has_arg = !o->arg        ? no_argument
                 : *o->arg == '[' ? optional_argument
                                  : required_argument;
    l->val = LONG_BASE + i;
    if (o->letter) {
        snprintf(t->shorts + used, sizeof t->shorts - used, "%c%s", o->letter,
                 l->has_arg == no_argument         ? ""
                 : l->has_arg == optional_argument ? "::"
                                                   : ":");
    }
}

static int has_option(const struct table *t, const char *name)
{
    for (int i = 0; i < t->n; i++) {
        if (strcmp(t->option[i]->name, name) == 0) {
            return 1;
        }
    }
    return 0;
}

static const char *name_of_option(const void *of, int i)
{
    const struct table *t = of;

    return i < t->n ? t->option[i]->name : NULL;
}

/* ARG, "--NAME" or "--NAME=VALUE", is none of them, or short for several. */
REC_NORETURN static void unknown_long(const struct table *t, const char *arg)
{
    const char *typed = arg + 2, *meant, *first = NULL;
    size_t n = strcspn(typed, "=");

    for (int i = 0; i < t->n; i++) {
        const char *name = t->option[i]->name;

        if (n > 0 && strncmp(name, typed, n) == 0) {
            if (first) {
                die_usage("option '%s' is ambiguous: --%s or --%s", arg,
                          first, name);
            }
            first = name;
        }
    }
    meant = cli_suggest(typed, n, name_of_option, t);
    if (meant) {
        die_usage("unknown option '%s'; did you mean '--%s'?", arg, meant);
    }
    die_usage("unknown option '%s'", arg);
}

REC_NORETURN static void unknown_option(const struct table *t, char **argv)
{
    /* getopt has already stepped over a long option, and may still stand in
       a cluster of short ones. */
    const char *arg = argv[optind - 1];

    if (optopt >= LONG_BASE) {
        die_usage("option '--%s' takes no argument",
                  t->option[optopt - LONG_BASE]->name);
    }
    if (optopt) {
        die_usage("unknown option '-%c'", optopt);
    }
    unknown_long(t, arg);
}

static void missing_argument(const struct table *t)
{
    if (optopt >= LONG_BASE) {
        die_usage("option '--%s' needs an argument",
                  t->option[optopt - LONG_BASE]->name);
    }
    die_usage("option '-%c' needs an argument", optopt);
}

static struct cli_option *option_of(struct table *t, int val)
{
    for (int i = 0; i < t->n; i++) {
        if (val == LONG_BASE + i || val == t->option[i]->letter) {
            return t->option[i];
        }
    }
    return NULL;
}

static void parse(const struct cli_program *p, struct table *t, int argc,
                  char **argv)
{
    int val;

    if (argc == 2 && strcmp(argv[1], "--help=options") == 0) {
        print_table(p, t); /* for cmd/completions.sh */
    }
    opterr = 0;
    while ((val = getopt_long(argc, argv, t->shorts, t->longs, NULL)) != -1) {
        if (val == '?') {
            unknown_option(t, argv);
        }
        if (val == ':') {
            missing_argument(t);
        }
        set_value(option_of(t, val), optarg);
    }
}

/* What follows from the options together. */
static void settle(struct cli *c, const struct table *t, int level)
{
    for (int i = 0; i < t->n; i++) {
        if (t->option[i]->letter == 'z' && t->option[i]->given) {
            c->level = level;
        }
    }
    c->threads = rec_threads((int)c->threads);
    cli_install_signals();
    cli_start_progress(c);
}

/* A standard file that the parent closed is opened so that using it fails;
   otherwise the next file opened would take its number, and messages or
   results would end up in it. */
static void prepare_standard_files(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) == -1 && errno == EBADF
            && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY)
                   != fd) {
            _exit(CLI_FAILURE);
        }
    }
    /* A message in one piece: the programs of a pipe share the terminal. */
    setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
}

void cli_parse(struct cli *c, const struct cli_program *p, int argc,
               char **argv)
{
    static int help, version;
    static int64_t level = 6;
    struct cli_option common[] = {
        CLI_OPT_TEXT('o', "output", "FILE", &c->output, 0,
                     "write to FILE, which appears when it is complete\n"
                     "[standard output]"),
        CLI_OPT_INT('@', "threads", "N", &c->threads, 0, 1024, 0,
                    "use N threads in total, 0 for all processors [0]"),
        CLI_OPT_INT(0, "seed", "N", &c->seed, 0, 4294967295.0, 0,
                    "seed of the random numbers [1]"),
        CLI_OPT_INT('z', "compress", "[LEVEL]", &level, 1, 9, 0,
                    "deflate the output, level 1 to 9 [6]"),
        CLI_OPT_SIZE(0, "max-mem", "SIZE", &c->max_mem,
                     "refuse to start work that needs more memory"),
        CLI_OPT_FLAG(0, "no-provenance", &c->no_provenance, 0,
                     "do not record how the output was made"),
        CLI_OPT_FLAG(0, "force-terminal", &c->force_terminal, 0,
                     "write binary data even to a terminal"),
        CLI_OPT_FLAG(0, "progress", &c->progress, 0,
                     "show progress even if standard error is no terminal"),
        CLI_OPT_FLAG('v', "verbose", &c->verbose, 0, "say more"),
        CLI_OPT_FLAG('q', "quiet", &c->quiet, 0, "say only what went wrong"),
        CLI_OPT_FLAG(0, "help", &help, 0, "show this help and end"),
        CLI_OPT_FLAG(0, "version", &version, 0, "show the version and end")};
    static const unsigned need[] = {
        0, 0, CLI_HAS_SEED, CLI_HAS_STREAM, CLI_HAS_MAX_MEM, CLI_HAS_STREAM,
        CLI_HAS_STREAM, CLI_HAS_PROGRESS, 0, 0, 0, 0};
    struct table t = {.n = 0};
    int own;

    prepare_standard_files();
    memset(c, 0, sizeof *c);
    c->program = p;
    c->seed = 1;
    cli_name = p->name;
    t.shorts[0] = ':'; /* missing arguments are told apart */
    for (struct cli_option *o = p->options; o->name; o++) {
        add_option(&t, o);
    }
    own = t.n;
    for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
        if ((!need[i] || p->has & need[i])
            && !has_option(&t, common[i].name)) {
            add_option(&t, &common[i]);
        }
    }
    parse(p, &t, argc, argv);
    if (help) {
        print_help(p, &t, own);
    } else if (version) {
        print_version(p);
    }
    settle(c, &t, (int)level);
    c->operand = argv + optind;
    c->n_operands = argc - optind;
}

const char *cli_one_input(const struct cli *c)
{
    if (c->n_operands > 1) {
        die_usage("extra operand '%s'", c->operand[1]);
    }
    return c->n_operands ? c->operand[0] : "-";
}

const char *cli_input_name(const struct cli *c)
{
    const char *file = cli_one_input(c);

    return strcmp(file, "-") == 0 ? "standard input" : file;
}

int cli_given(const struct cli *c, const char *name)
{
    for (const struct cli_option *o = c->program->options; o->name; o++) {
        if (strcmp(o->name, name) == 0) {
            return o->given != NULL;
        }
    }
    return 0;
}

const char *cli_next_part(const char **list, size_t *n)
{
    const char *part = *list;

    if (part) {
        *n = strcspn(part, ",");
        *list = part[*n] ? part + *n + 1 : NULL;
    }
    return part;
}
