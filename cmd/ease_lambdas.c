/* SPDX-License-Identifier: MIT */
/* Lists of lambdas: see ease_lambdas.h. */
#include <config.h>

#include "ease_lambdas.h"

#include <string.h>

#include "base/number.h"

/* "L" or "Lx", of N bytes. */
static struct ease_lambda parse(const char *text, size_t n)
{
    struct ease_lambda l = {"", 0, n > 1 && text[n - 1] == 'x'};

    if (n >= sizeof l.text
        || rec_parse_double(text, n - (size_t)l.relative, &l.value) != 0) {
        die_usage("--lambda: '%.*s' is not a number", (int)n, text);
    }
    if (l.value < 1e-12 || l.value > 1e12) {
        die_usage("--lambda: '%.*s' is not in the range 1e-12 to 1e+12",
                  (int)n, text);
    }
    memcpy(l.text, text, n);
    return l;
}

void ease_lambdas_parse(struct ease_lambdas *l, const char *list)
{
    const char *part;
    size_t n;

    l->n = 0;
    while ((part = cli_next_part(&list, &n)) != NULL) {
        if (l->n == EASE_LAMBDAS_MAX) {
            die_usage("--lambda: more than %d of them", EASE_LAMBDAS_MAX);
        }
        l->at[l->n] = parse(part, n);
        for (int i = 0; i < l->n; i++) {
            if (strcmp(l->at[i].text, l->at[l->n].text) == 0) {
                die_usage("--lambda: '%s' is given twice", l->at[i].text);
            }
        }
        l->n++;
    }
}

void ease_lambdas_default(struct ease_lambdas *l, double value, int relative)
{
    if (l->n == 0) {
        l->n = 1;
        l->at[0] = (struct ease_lambda){"", value, relative};
    }
}

int ease_lambdas_relative(const struct ease_lambdas *l)
{
    for (int i = 0; i < l->n; i++) {
        if (l->at[i].relative) {
            return 1;
        }
    }
    return 0;
}

void ease_lambdas_scale(struct ease_lambdas *l, const struct cli *c,
                        double unit)
{
    for (int i = 0; i < l->n; i++) {
        struct ease_lambda *a = &l->at[i];

        a->value *= a->relative ? unit : 1;
        if (a->relative || !*a->text) {
            note(c, "lambda %.6g (%s)", a->value,
                 *a->text ? a->text : "the default for these data");
        }
    }
}
