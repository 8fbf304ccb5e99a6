/* SPDX-License-Identifier: MIT */
/* rec-hash on whole tables: check, merge, list; and where a stream's slots
   come from. */
#include <config.h>

#include "hash.h"

#include <inttypes.h>
#include <string.h>

void hash_open(struct rec_idbook *b, const struct hash_options *o)
{
    struct rec_error err;

    check(rec_idbook_load(b, o->table, &err), &err);
}

void hash_check(struct cli *c)
{
    struct cli_text t = {NULL, {NULL, 0, 0}};
    int bad = 0;

    t.out = cli_output(c, c->output, 0);
    for (int i = 0; i < c->n_operands || i == 0; i++) {
        const char *path = c->n_operands ? c->operand[i] : "-";
        struct rec_idbook b;
        struct rec_error err;
        int rc = rec_idbook_load(&b, path, &err);

        if (rc < 0 && c->n_operands <= 1) {
            die_err(&err);
        }
        if (rc < 0) {
            complain(&err);
            bad++;
            continue;
        }
        if (!c->quiet) {
            cli_text_printf(&t, "%.900s: whole\n",
                            strcmp(path, "-") == 0 ? "standard input" : path);
        }
        rec_idbook_release(&b);
    }
    cli_text_finish(&t);
    if (bad > 0) {
        die("%d of %d tables are not whole", bad, c->n_operands);
    }
    cli_commit(c);
}

/* The seed may be another: slots do not depend on it. */
static void change_seed(struct rec_idbook *b, uint64_t seed)
{
    struct rec_idbook fresh;
    struct rec_error err;

    check(rec_idbook_init(&fresh, seed, &err), &err);
    for (int i = 0; i < REC_SIDES; i++) {
        char id[REC_MAX_ID];
        const struct rec_idtable *t = b->side[i];

        for (uint32_t s = 0; s < rec_idtable_slots(t); s++) {
            size_t n = rec_idtable_id(t, s, id);

            check(rec_idtable_restore(fresh.side[i], id, n,
                                      rec_idtable_stamp(t, s),
                                      rec_idtable_generation(t, s), &err),
                  &err);
        }
        rec_idtable_free(b->side[i]);
        b->side[i] = fresh.side[i];
        fresh.side[i] = NULL;
    }
    b->set.seed = seed;
    check(rec_idbook_sketch(b, (uint32_t)b->set.sketch, &err), &err);
    rec_idbook_release(&fresh);
}

void hash_merge(struct cli *c, const struct hash_options *o)
{
    struct rec_output *out = cli_output(c, c->output, 1);
    struct rec_lock *lock = NULL;
    struct rec_idbook all, part;
    struct rec_error err;

    if (c->output && strcmp(c->output, "-") != 0) {
        lock = cli_lock(c->output);
    }
    for (int i = 0; i < c->n_operands || i == 0; i++) {
        check(rec_idbook_load(i ? &part : &all,
                              c->n_operands ? c->operand[i] : "-", &err),
              &err);
        cli_prov_input(c, "input", NULL, i ? part.digest : all.digest);
        if (i == 0 && cli_given(c, "seed")) {
            change_seed(&all, (uint64_t)o->seed);
        }
        if (i > 0) {
            check(rec_idbook_join(&all, &part, &err), &err);
            rec_idbook_release(&part);
        }
    }
    check(rec_idbook_save(&all, out, c->level, cli_prov_text(c), &err), &err);
    rec_idbook_release(&all);
    cli_commit(c);
    cli_unlock(lock);
}

void hash_list(struct cli *c, const struct hash_options *o)
{
    struct cli_text t = {NULL, {NULL, 0, 0}};
    char id[REC_MAX_ID];
    struct rec_idbook b;

    t.out = cli_output(c, c->output, 0);
    hash_open(&b, o);
    for (int i = 0; i < REC_SIDES; i++) {
        for (uint32_t s = 0; s < rec_idtable_slots(b.side[i]); s++) {
            size_t n = rec_idtable_id(b.side[i], s, id);

            if (n == 0 || (i == REC_USERS ? o->items : o->users)) {
                continue;
            }
            cli_text_printf(&t, "%s\t%" PRIu32, rec_side_name[i], s);
            if (rec_idtable_generation(b.side[i], s) > 0) {
                cli_text_printf(&t, ".%" PRIu32,
                                rec_idtable_generation(b.side[i], s));
            }
            cli_text_printf(&t, "\t%" PRIu32 "\t",
                            rec_idtable_stamp(b.side[i], s));
            cli_text_add(&t, id, n);
            cli_text_add(&t, "\n", 1);
        }
    }
    rec_idbook_release(&b);
    cli_text_finish(&t);
    cli_commit(c);
}

/* ---- where slots come from ---------------------------------------------- */

static int nibble(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

/* The 32 hexadecimal digits at AT; 0 if there are not that many. */
static int read_digest(const char *at, uint8_t out[REC_DIGEST_BYTES])
{
    for (int i = 0; i < REC_DIGEST_BYTES; i++) {
        int high = nibble(at[2 * i]);
        int low = high < 0 ? -1 : nibble(at[2 * i + 1]);

        if (low < 0) {
            return 0;
        }
        out[i] = (uint8_t)(16 * high + low);
    }
    return 1;
}

void hash_check_origin(struct cli *c, const struct rec_idbook *b,
                       const char *name, const char *prov)
{
    static const char program[] = "rec-hash ", word[] = " table=";
    uint8_t digest[REC_DIGEST_BYTES];
    int64_t age = -1;
    int recorded = 0;

    for (const char *line = prov; *line; line = strchr(line, '\n') + 1) {
        const char *at = strstr(line, word), *end = strchr(line, '\n');

        if (strncmp(line, program, sizeof program - 1) == 0 && at && at < end
            && read_digest(at + sizeof word - 1, digest)) {
            int64_t this = rec_idbook_age(b, digest);

            recorded = 1;
            age = this > age ? this : age;
        }
    }
    if (recorded && age < 0) {
        die("%s: its slots are of another table", name);
    }
    if (age > 0 && c->verbose) {
        note(c, "the slots are of epoch %" PRIu64 ", the table is of %" PRIu64,
             b->set.epoch - (uint64_t)age, b->set.epoch);
    }
}
