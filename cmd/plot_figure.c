/* SPDX-License-Identifier: MIT */
/* Figures: panels of series of points. */
#include <config.h>

#include "plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void reserve(void *p, size_t *cap, size_t need, size_t size)
{
    if (rec_reserve(p, cap, need, size) != 0) {
        die("out of memory");
    }
}

char *plot_copy(const char *text)
{
    size_t n = strlen(text) + 1;
    char *out = xalloc(n, 1);

    memcpy(out, text, n);
    return out;
}

struct plot_panel *plot_panel(struct plot_figure *f, enum plot_style style,
                              const char *title, const char *x, const char *y)
{
    struct plot_panel *p;

    for (size_t i = 0; i < f->n; i++) {
        if (strcmp(f->panel[i].title, title) == 0
            && strcmp(f->panel[i].y, y) == 0) {
            return &f->panel[i];
        }
    }
    reserve(&f->panel, &f->cap, f->n + 1, sizeof *f->panel);
    p = &f->panel[f->n++];
    memset(p, 0, sizeof *p);
    p->style = style;
    p->title = plot_copy(title);
    p->x = plot_copy(x);
    p->y = plot_copy(y);
    return p;
}

struct plot_series *plot_series(struct plot_panel *p, const char *name)
{
    struct plot_series *s;

    for (size_t i = 0; i < p->n; i++) {
        if (strcmp(p->series[i].name, name) == 0) {
            return &p->series[i];
        }
    }
    reserve(&p->series, &p->cap, p->n + 1, sizeof *p->series);
    s = &p->series[p->n++];
    memset(s, 0, sizeof *s);
    s->name = plot_copy(name);
    return s;
}

double plot_tick(struct plot_panel *p, const char *name)
{
    for (size_t i = 0; i < p->ticks; i++) {
        if (strcmp(p->tick[i], name) == 0) {
            return (double)i + 1;
        }
    }
    reserve(&p->tick, &p->tick_cap, p->ticks + 1, sizeof *p->tick);
    p->tick[p->ticks++] = plot_copy(name);
    return (double)p->ticks;
}

void plot_add(struct plot_series *s, double x, double y, double low,
              double high)
{
    if (!isnan(x) && !isnan(y)) {
        reserve(&s->at, &s->cap, s->n + 1, sizeof *s->at);
        s->at[s->n++] = (struct plot_point){x, y, isnan(low) ? y : low,
                                            isnan(high) ? y : high};
    }
}

static void release_panel(struct plot_panel *p)
{
    for (size_t i = 0; i < p->n; i++) {
        free(p->series[i].name);
        free(p->series[i].at);
    }
    for (size_t i = 0; i < p->ticks; i++) {
        free(p->tick[i]);
    }
    free(p->series);
    free(p->tick);
    free(p->title);
    free(p->x);
    free(p->y);
}

void plot_figure_release(struct plot_figure *f)
{
    for (size_t i = 0; i < f->n; i++) {
        release_panel(&f->panel[i]);
    }
    free(f->panel);
    memset(f, 0, sizeof *f);
}
