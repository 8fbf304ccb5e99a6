/* SPDX-License-Identifier: MIT */
/* rec-plot: look at reports rather than read them. */
#include <config.h>

#include "plot.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"

static const char *size;
static int kind = -1;
static struct plot_look look;
static int format;
static const char *const formats[] = {"svg", "png", "text", "html", "gnuplot",
                                      NULL};
static const char *const kinds[] = {"curves", "parts", "lorenz",
                                    "reliability", "scatter", NULL};

static struct cli_option options[] = {
    CLI_OPT_CHOICE('f', "format", "NAME", &format, formats, 1,
                   "svg, png, text (for a terminal), html (a page with tables\n"
                   "and plots) or gnuplot (its script) [svg]"),
    CLI_OPT_CHOICE(0, "kind", "NAME", &kind, kinds, 1,
                   "curves, parts, lorenz, reliability or scatter [as the\n"
                   "first line of the reports says]"),
    CLI_OPT_TEXT(0, "metrics", "NAME,...", &look.metrics, 1,
                 "only these, as ndcg or ndcg@100"),
    CLI_OPT_TEXT(0, "title", "TEXT", &look.title, 1, "what stands above"),
    CLI_OPT_TEXT(0, "size", "WIDTHxHEIGHT", &size, 1,
                 "of each plot, in pixels or characters [480x360; text:\n"
                 "79x23]"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-plot", "[FILE]...",
    "Draw what rec-eval and rec-calibrate --report write as tsv: metrics by\n"
    "length of list, parts of users and items, exposure, reliability, two\n"
    "rankings user by user. With no FILE, or when FILE is -, read standard\n"
    "input.",
    options, 0};

/* ---- what is drawn of what ----------------------------------------------- */

static const struct {
    void (*draw)(struct plot_figure *f, const struct plot_table *t, size_t n,
                 const char *metrics);
    unsigned reports; /* bits 1 << enum plot_report */
} drawn[PLOT_KINDS] = {
    [PLOT_KIND_CURVES] = {plot_curves, 1u << PLOT_MEANS | 1u << PLOT_RUNS
                                           | 1u << PLOT_BY},
    [PLOT_KIND_PARTS] = {plot_parts, 1u << PLOT_BY},
    [PLOT_KIND_LORENZ] = {plot_lorenz, 1u << PLOT_ITEMS},
    [PLOT_KIND_RELIABILITY] = {plot_reliability,
                               1u << PLOT_BINS | 1u << PLOT_BINS_BY},
    [PLOT_KIND_SCATTER] = {plot_scatter, 1u << PLOT_USERS}};

/* What is drawn of a report if nobody says. */
static enum plot_kind guess(const struct plot_table *t)
{
    enum plot_kind k = PLOT_KIND_CURVES;

    if (t->report == PLOT_BY) {
        return PLOT_KIND_PARTS;
    }
    while (!(drawn[k].reports >> t->report & 1)) {
        k++;
    }
    return k;
}

static void check_kind(enum plot_kind k, const struct plot_table *t, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!(drawn[k].reports >> t[i].report & 1)) {
            die("%s:1: is not a report to draw %s of", t[i].file, kinds[k]);
        }
    }
}

/* The figure of a kind of the N reports T, of which only PANELS with points
   stay; dies if there are none. */
static void draw_figure(struct plot_figure *f, enum plot_kind k,
                        const struct plot_table *t, size_t n)
{
    size_t points = 0;

    memset(f, 0, sizeof *f);
    drawn[k].draw(f, t, n, look.metrics);
    for (size_t i = 0; i < f->n; i++) {
        for (size_t s = 0; s < f->panel[i].n; s++) {
            points += f->panel[i].series[s].n;
        }
    }
    if (points == 0) {
        die("%s: has nothing to draw%s", t->file,
            look.metrics ? " of these metrics" : "");
    }
}

/* ---- pictures and pages -------------------------------------------------- */

static void write_picture(struct cli_text *out, const struct plot_table *t,
                          size_t n)
{
    enum plot_kind k = kind < 0 ? guess(t) : (enum plot_kind)kind;
    struct rec_buf b = {NULL, 0, 0};
    struct plot_figure f;

    check_kind(k, t, n);
    draw_figure(&f, k, t, n);
    if (look.format == PLOT_SCRIPT) {
        plot_script(&b, &f, &look);
    } else {
        plot_draw(&b, &f, &look);
    }
    cli_text_add(out, b.data, b.len);
    plot_figure_release(&f);
    rec_buf_release(&b);
}

/* A section for each kind, of the reports that it takes. */
static void write_page(struct cli_text *out, const struct plot_table *t,
                       size_t n)
{
    struct plot_table *some = xalloc(n, sizeof *some);

    plot_page_begin(out, &look);
    for (int k = 0; k < PLOT_KINDS; k++) {
        struct plot_figure f;
        size_t m = 0;

        for (size_t i = 0; i < n; i++) {
            if ((int)guess(&t[i]) == k) {
                some[m++] = t[i];
            }
        }
        if (m > 0) {
            draw_figure(&f, (enum plot_kind)k, some, m);
            plot_page_section(out, &f, &look, k + 1, some, m);
            plot_figure_release(&f);
        }
    }
    plot_page_end(out);
    free(some);
}

/* ---- the whole ----------------------------------------------------------- */

static void parse_size(void)
{
    const char *x = size ? strchr(size, 'x') : NULL;

    if (size
        && (!x
            || rec_parse_int(size, (size_t)(x - size), 20, 10000, &look.width)
            || rec_parse_int(x + 1, strlen(x + 1), 10, 10000,
                             &look.height))) {
        die_usage("--size: '%s' is no WIDTHxHEIGHT", size);
    }
}

static void check_usage(const struct cli *c)
{
    int dashes = 0;

    for (int i = 0; i < c->n_operands; i++) {
        dashes += strcmp(c->operand[i], "-") == 0;
    }
    if (dashes > 1) {
        die_usage("standard input can be only one of the FILEs");
    }
    if (kind >= 0 && format == PLOT_HTML) {
        die_usage("a page has plots of all kinds; --kind is for the other "
                  "formats");
    }
    parse_size();
    look.format = (enum plot_format)format;
}

int main(int argc, char **argv)
{
    struct cli c;
    struct cli_text out = {NULL, {NULL, 0, 0}};
    struct plot_table *t;
    size_t n;

    cli_parse(&c, &program, argc, argv);
    check_usage(&c);
    n = c.n_operands > 0 ? (size_t)c.n_operands : 1;
    t = xalloc(n, sizeof *t);
    out.out = cli_output(&c, c.output, 0);
    if (format == PLOT_PNG && isatty(rec_output_fd(out.out))) {
        die("%s is a terminal; refusing to write a picture to it (use -o FILE "
            "or a pipe)",
            rec_output_name(out.out));
    }
    for (size_t i = 0; i < n; i++) {
        plot_read(&t[i], c.n_operands > 0 ? c.operand[i] : "-");
    }
    if (format == PLOT_HTML) {
        write_page(&out, t, n);
    } else {
        write_picture(&out, t, n);
    }
    cli_text_finish(&out);
    for (size_t i = 0; i < n; i++) {
        plot_table_release(&t[i]);
    }
    free(t);
    cli_commit(&c);
    return CLI_OK;
}
