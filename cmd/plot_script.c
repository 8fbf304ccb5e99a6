/* SPDX-License-Identifier: MIT */
/* Figures as scripts for gnuplot(1), and what it makes of them. Names come from
   anywhere: all of their characters that could mean something there are
   written as numbers. gnuplot is run without a shell. */
#include <config.h>

#include "plot.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"

enum { MAX_PANELS = 60, MAX_TICKS = 40 };
#define BARS .8

/* ---- pieces -------------------------------------------------------------- */

static void put(struct rec_buf *b, const char *fmt, ...) REC_PRINTF(2, 3);

static void put(struct rec_buf *b, const char *fmt, ...)
{
    char text[1024];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (rec_buf_add(b, text, strlen(text)) != 0) {
        die("out of memory");
    }
}

/* BEFORE "TEXT" AFTER; a TICK is a format of its place, too. */
static void quote(struct rec_buf *b, const char *before, const char *text,
                  int tick, const char *after)
{
    put(b, "%s\"", before);
    while (*text) {
        size_t n = plot_character(text);

        if (n == 0) {
            put(b, "?");
        } else if (n == 1 && (isalnum(*text) || strchr(" ./_-@,:", *text))) {
            put(b, "%c", *text);
        } else {
            for (size_t i = 0; i < n; i++) {
                put(b, "\\%03o", (unsigned char)text[i]);
            }
        }
        if (tick && *text == '%') {
            put(b, "%%");
        }
        text += n ? n : 1;
    }
    put(b, "\"%s", after);
}

/* ---- a script ------------------------------------------------------------ */

struct sheet {
    const struct plot_figure *f;
    const struct plot_look *look;
    size_t rows, cols;
};

static struct sheet lay_out(const struct plot_figure *f,
                            const struct plot_look *look)
{
    struct sheet s = {f, look, 1, 1};

    if (look->format != PLOT_TEXT) {
        s.cols = f->n < 2 ? 1 : f->n < 5 ? 2 : 3;
    }
    s.rows = (f->n + s.cols - 1) / s.cols;
    return s;
}

static void begin(struct rec_buf *b, const struct sheet *s)
{
    static const struct {
        const char *name, *more;
        int width, height;
    } terminal[] = {
        [PLOT_SVG] = {"svg", "noenhanced background 'white' font 'sans,11'",
                      480, 360},
        [PLOT_PNG] = {"pngcairo", "noenhanced background 'white' font "
                                  "'sans,9'", 480, 360},
        [PLOT_TEXT] = {"dumb", "noenhanced", 79, 23}};
    enum plot_format as = s->look->format == PLOT_PNG
                                  || s->look->format == PLOT_TEXT
                              ? s->look->format
                              : PLOT_SVG;
    int64_t width = s->look->width ? s->look->width : terminal[as].width;
    int64_t height = s->look->height ? s->look->height : terminal[as].height;

    put(b, "set encoding utf8\nset terminal %s size %lld,%lld %s\n",
        terminal[as].name, (long long)width * (long long)s->cols,
        (long long)height * (long long)s->rows, terminal[as].more);
    put(b, "set style fill solid 0.6 noborder\nset grid\n"
           "set multiplot layout %zu,%zu", s->rows, s->cols);
    if (s->look->title) {
        quote(b, " title ", s->look->title, 0, "");
    }
    put(b, "\n");
}

/* The points of a series as $d0, $d1 ... */
static void put_data(struct rec_buf *b, const struct plot_panel *p)
{
    for (size_t s = 0; s < p->n; s++) {
        const struct plot_series *x = &p->series[s];

        put(b, "$d%zu << EOD\n", s);
        for (size_t i = 0; i < x->n; i++) {
            put(b, "%.9g %.9g %.9g %.9g\n", x->at[i].x, x->at[i].y,
                x->at[i].low, x->at[i].high);
        }
        put(b, "EOD\n");
    }
}

/* The ticks, of many only some; and no more than what has room. */
static void put_ticks(struct rec_buf *b, const struct plot_panel *p)
{
    size_t step = (p->ticks + MAX_TICKS - 1) / MAX_TICKS;
    size_t longest = 0;

    for (size_t i = 0; i < p->ticks; i++) {
        size_t n = strlen(p->tick[i]);

        longest = n > longest ? n : longest;
    }
    put(b, "set xrange [0.4:%zu.6]\nset xtics %s(", p->ticks,
        p->ticks * longest > 30 ? "rotate by -30 " : "norotate ");
    for (size_t i = 0; i < p->ticks; i += step) {
        quote(b, i ? ", " : "", p->tick[i], 1, "");
        put(b, " %zu", i + 1);
    }
    put(b, ")\n");
}

/* The axes of curves by k: ticks at these, a logarithmic scale where they are
   far apart. */
static void put_cuts(struct rec_buf *b, const struct plot_panel *p)
{
    double low = INFINITY, high = 0;
    int some = 0;

    put(b, "set xtics (");
    for (size_t s = 0; s < p->n; s++) {
        for (size_t i = 0; i < p->series[s].n; i++) {
            double x = p->series[s].at[i].x;

            low = x < low ? x : low;
            high = x > high ? x : high;
            if (s == 0) {
                put(b, "%s'%.0f' %.0f", some++ ? ", " : "", x, x);
            }
        }
    }
    put(b, ")\n%sset xrange [%.9g:%.9g]\n",
        high > 8 * low ? "set logscale x\n" : "",
        high > 8 * low ? low / 1.1 : low - .05 * (high - low),
        high > 8 * low ? high * 1.1 : high + .05 * (high - low));
}

/* Equal ranges for both axes. */
static void put_square(struct rec_buf *b, const struct plot_panel *p)
{
    double low = 0, high = 0;

    for (size_t s = 0; s < p->n; s++) {
        for (size_t i = 0; i < p->series[s].n; i++) {
            const struct plot_point *a = &p->series[s].at[i];

            low = fmin(low, fmin(a->x, a->y));
            high = fmax(high, fmax(a->x, a->y));
        }
    }
    high = high > low ? high : low + 1;
    put(b, "set xrange [%.9g:%.9g]\nset yrange [%.9g:%.9g]\n", low,
        high + .03 * (high - low), low, high + .03 * (high - low));
}

/* From 0 to the end of the highest bar, or below 0 to that of the lowest. */
static void put_height(struct rec_buf *b, const struct plot_panel *p)
{
    double low = 0, high = 0;

    for (size_t s = 0; s < p->n; s++) {
        for (size_t i = 0; i < p->series[s].n; i++) {
            low = fmin(low, p->series[s].at[i].low);
            high = fmax(high, p->series[s].at[i].high);
        }
    }
    high = high > low ? high : low + 1;
    put(b, "set yrange [%.9g:%.9g]\n", low - .05 * (low < 0) * (high - low),
        high + .05 * (high - low));
}

/* How far from its tick a bar of series S stands: all take BARS of 1. */
static double bar_place(const struct plot_panel *p, size_t s)
{
    return ((double)s + .5) * BARS / (double)p->n - BARS / 2;
}

/* Series S in colour S + 1. In text there are no bands. */
static void put_series(struct rec_buf *b, const struct sheet *h,
                       const struct plot_panel *p, size_t s)
{
    int text = h->look->format == PLOT_TEXT;
    double width = BARS / (double)p->n, at = bar_place(p, s);

    switch (p->style) {
    case PLOT_CURVES:
        if (!text) {
            put(b, "$d%zu using 1:3:4 with filledcurves fillstyle transparent "
                   "solid 0.15 noborder lt %zu notitle, ", s, s + 1);
        }
        put(b, "$d%zu using 1:2 with linespoints lt %zu pt 7 ps 0.5", s,
            s + 1);
        break;
    case PLOT_POINTS:
        put(b, "$d%zu using 1:2:3:4 with yerrorbars lt %zu pt 7 ps 0.7", s,
            s + 1);
        break;
    case PLOT_BARS:
        put(b, "$d%zu using ($1%+.4f):2:(%.4f) with boxes lt %zu", s, at,
            width, s + 1);
        break;
    case PLOT_SHARES:
        put(b, "$d%zu using 1:2 with lines lw 2 lt %zu", s, s + 1);
        break;
    case PLOT_TRUTH:
        put(b, "$d%zu using 1:2:3:4 with yerrorlines lt %zu pt 7 ps 0.5", s,
            s + 1);
        break;
    case PLOT_CLOUD:
        put(b, "$d%zu using 1:2:%s with points lt %zu pt %s", s,
            text ? "(1)" : "(0.3+0.25*sqrt($3))", s + 1,
            text ? "1" : "6 ps variable");
        break;
    }
}

static void put_panel(struct rec_buf *b, const struct sheet *h,
                      const struct plot_panel *p)
{
    int many = 0;

    put_data(b, p);
    put(b, "set autoscale\nunset logscale\nset xtics autofreq norotate\n");
    quote(b, "set title ", p->title, 0, "\n");
    quote(b, "set xlabel ", p->x, 0, "\n");
    quote(b, "set ylabel ", p->y, 0, "\n");
    if (p->style == PLOT_CURVES) {
        put_cuts(b, p);
    } else if (p->style == PLOT_POINTS || p->style == PLOT_BARS) {
        put_ticks(b, p);
    } else {
        put_square(b, p);
    }
    if (p->style == PLOT_BARS) {
        put_height(b, p);
    }
    for (size_t s = 0; s < p->n; s++) {
        many += p->series[s].n > 0 && *p->series[s].name;
    }
    put(b, "%s\nplot ", many > 1 || p->style == PLOT_SHARES
                                || p->style == PLOT_TRUTH
                            ? "set key above"
                            : "unset key");
    if (p->style == PLOT_SHARES || p->style == PLOT_TRUTH
        || p->style == PLOT_CLOUD) {
        put(b, "x with lines lt -1 dt 3 notitle, ");
    }
    for (size_t s = 0; s < p->n; s++) {
        put(b, "%s", s ? ", " : "");
        put_series(b, h, p, s);
        quote(b, " title ", p->series[s].name, 0, "");
        if (p->style == PLOT_BARS && h->look->format != PLOT_TEXT) {
            put(b, ", $d%zu using ($1%+.4f):3:(0):($4-$3) with vectors nohead "
                   "lt -1 notitle", s, bar_place(p, s));
        }
    }
    put(b, "\n");
}

void plot_script(struct rec_buf *out, const struct plot_figure *f,
                 const struct plot_look *look)
{
    struct sheet s = lay_out(f, look);

    if (f->n > MAX_PANELS) {
        die("%zu panels are more than %d: choose some by --metrics", f->n,
            MAX_PANELS);
    }
    begin(out, &s);
    for (size_t i = 0; i < f->n; i++) {
        put_panel(out, &s, &f->panel[i]);
    }
    put(out, "unset multiplot\n");
}

/* ---- gnuplot ------------------------------------------------------------- */

static void write_all(int fd, const struct rec_buf *b)
{
    size_t at = 0;

    while (at < b->len) {
        ssize_t n = write(fd, b->data + at, b->len - at);

        if (n < 0 && errno != EINTR) {
            die("cannot write a script for gnuplot: %s", strerror(errno));
        }
        at += n > 0 ? (size_t)n : 0;
    }
    lseek(fd, 0, SEEK_SET);
}

static void read_all(int fd, struct rec_buf *b)
{
    char piece[8192];
    ssize_t n;

    lseek(fd, 0, SEEK_SET);
    while ((n = read(fd, piece, sizeof piece)) != 0) {
        if (n < 0 && errno != EINTR) {
            die("cannot read what gnuplot wrote: %s", strerror(errno));
        }
        if (n > 0 && rec_buf_add(b, piece, (size_t)n) != 0) {
            die("out of memory");
        }
    }
    close(fd);
}

/* Die of the last line of MESSAGE that says something. */
static REC_NORETURN void fail(const struct rec_buf *message)
{
    size_t end = message->len, from;

    while (end > 0 && strchr(" \n", message->data[end - 1])) {
        end--;
    }
    for (from = end; from > 0 && message->data[from - 1] != '\n'; from--) {
    }
    die("gnuplot failed%s%.*s", end > from ? ": " : "", (int)(end - from),
        end > from ? message->data + from : "");
}

void plot_draw(struct rec_buf *out, const struct plot_figure *f,
               const struct plot_look *look)
{
    char name[] = "gnuplot", d[] = "-d", in[] = "/dev/stdin";
    char *argv[] = {name, d, in, NULL};
    int fd[3] = {child_file(NULL), child_file(NULL), child_file(NULL)};
    struct rec_buf script = {NULL, 0, 0}, message = {NULL, 0, 0};
    struct child_use use;
    int rc;

    plot_script(&script, f, look);
    write_all(fd[0], &script);
    rc = child_exec(argv, fd, &use);
    if (rc == ENOENT) {
        die("there is no gnuplot here to draw with: install the package "
            "gnuplot-nox");
    }
    if (rc != 0) {
        die("cannot start gnuplot: %s", strerror(rc));
    }
    close(fd[0]);
    read_all(fd[1], out);
    read_all(fd[2], &message);
    if (!WIFEXITED(use.status) || WEXITSTATUS(use.status) != 0
        || out->len == 0) {
        fail(&message);
    }
    rec_buf_release(&script);
    rec_buf_release(&message);
}
