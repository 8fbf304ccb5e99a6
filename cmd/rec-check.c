/* SPDX-License-Identifier: MIT */
/* rec-check: is a held-out file fit to judge a model by? */
#include <config.h>

#include "cli.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "eval/leak.h"

static const char *const orders[] = {"no", "user", "all", NULL};
static const char *const answers[] = {"refuse", "allow", NULL};
enum { TIME_NO, TIME_USER, TIME_ALL };
static int order = TIME_NO, unknown_users, unknown_items;

static struct cli_option options[] = {
    CLI_OPT_CHOICE(0, "time", "ORDER", &order, orders, 1,
                   "held-out events must not be before what was seen of\n"
                   "their user (user), or of anybody (all) [no]"),
    CLI_OPT_CHOICE(0, "unknown-users", "HOW", &unknown_users, answers, 1,
                   "users that were never seen: refuse or allow [refuse]"),
    CLI_OPT_CHOICE(0, "unknown-items", "HOW", &unknown_items, answers, 1,
                   "items that were never seen: refuse or allow [refuse]"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-check", "SEEN... HELDOUT",
    "Tell whether interactions that were held out are fit to judge a model\n"
    "by that has seen all other files, for learning or as histories: no\n"
    "event in both, every id known, and with --time, nothing seen that is\n"
    "later than what is to be foretold. The exit status is 1 if not.",
    options, 0};

static const char *const kind_name[REC_LEAK_KINDS] = {
    "shared events", "unknown users", "unknown items",
    "events before their user's last", "events before the last of all"};

/* Does a leak of this kind make the answer no? */
static int matters(int kind)
{
    switch (kind) {
    case REC_LEAK_USERS:
        return !unknown_users;
    case REC_LEAK_ITEMS:
        return !unknown_items;
    case REC_LEAK_OWN:
        return order != TIME_NO;
    case REC_LEAK_ANY:
        return order == TIME_ALL;
    default:
        return 1;
    }
}

static void need_times(const struct rec_data *d, const char *path)
{
    if (order != TIME_NO && rec_csr_events(&d->rows) > 0 && !d->rows.time) {
        die("%s: has no times, which --time needs", path);
    }
}

static void load(struct rec_data *d, const char *path)
{
    struct rec_error err;

    check(rec_data_load(d, path, "interactions", &err), &err);
    need_times(d, path);
}

static void print_id(struct cli_text *t, const struct rec_dict *d,
                     uint32_t index)
{
    size_t len;
    const char *id = rec_dict_id(d, index, &len);

    cli_text_printf(t, "\t");
    cli_text_add(t, id, len);
}

static void print(struct cli_text *t, const struct rec_data *held, int kind,
                  const struct rec_leak *l)
{
    int bad = l->count > 0 && matters(kind);

    cli_text_printf(t, "%s\t%" PRIu64 "\t%" PRIu64 "\t%s", kind_name[kind],
                    l->count, l->of, bad ? "no" : "ok");
    if (l->count > 0) {
        print_id(t, held->users, (uint32_t)l->row);
        print_id(t, held->items, held->rows.item[l->event]);
    } else {
        cli_text_printf(t, "\t\t");
    }
    cli_text_printf(t, "\n");
}

/* For those who see only the messages. */
static void say(const struct cli *c, const char *path, int kind,
                const struct rec_leak *l)
{
    if (l->count > 0 && matters(kind)) {
        note(c, "%s: %s: %" PRIu64 " of %" PRIu64, path, kind_name[kind],
             l->count, l->of);
    }
}

static void check_one_dash(const struct cli *c)
{
    int dashes = 0;

    for (int i = 0; i < c->n_operands; i++) {
        dashes += strcmp(c->operand[i], "-") == 0;
    }
    if (dashes > 1) {
        die_usage("standard input can be only one of the inputs");
    }
}

int main(int argc, char **argv)
{
    struct rec_leak leak[REC_LEAK_KINDS];
    struct rec_data *data;
    struct rec_error err;
    struct cli_text t = {NULL, {NULL, 0, 0}};
    struct cli c;
    size_t n;
    int answer = CLI_OK;

    cli_parse(&c, &program, argc, argv);
    if (c.n_operands < 2) {
        die_usage("name what was seen, and last what was held out");
    }
    check_one_dash(&c);
    t.out = cli_output(&c, c.output, 0);
    n = (size_t)c.n_operands - 1;
    data = xalloc(n + 1, sizeof *data);
    for (size_t i = 0; i <= n; i++) {
        load(&data[i], c.operand[i]);
    }
    check(rec_leak_find(leak, &data[n], data, n, order != TIME_NO, &err),
          &err);
    cli_text_printf(&t, "check\tcount\tof\tanswer\tuser\titem\n");
    for (int k = 0; k < (order != TIME_NO ? REC_LEAK_KINDS : REC_LEAK_OWN);
         k++) {
        print(&t, &data[n], k, &leak[k]);
        say(&c, c.operand[n], k, &leak[k]);
        answer = leak[k].count > 0 && matters(k) ? CLI_FAILURE : answer;
    }
    cli_text_finish(&t);
    for (size_t i = 0; i <= n; i++) {
        rec_data_release(&data[i]);
    }
    free(data);
    cli_commit(&c);
    return answer;
}
