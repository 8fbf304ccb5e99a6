/* SPDX-License-Identifier: MIT */
/* Personas of many users: see persona_set.h. */
#include <config.h>

#include "models/persona_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Event E of user U begins a persona or goes on with the last one. */
static int add_event(struct rec_persona_set *s, const uint32_t *group,
                     const uint32_t *medoid, size_t u, size_t e,
                     const char *path, struct rec_error *err)
{
    int first = e == (size_t)s->data.rows.start[u];

    if (first || group[e] != group[e - 1]) {
        size_t p = s->personas++;

        s->start[p] = (int64_t)e;
        s->number[p] = group[e];
        s->medoid[p] = medoid[e];
    }
    if (!(s->data.rows.weight[e] >= 0)
        || (!first && group[e] < group[e - 1])) {
        struct rec_row row = rec_data_row(&s->data, u);

        return rec_fail(err, REC_EVALUE, "%s: user '%.*s': %s", path,
                        (int)row.id_len, row.id,
                        s->data.rows.weight[e] >= 0
                            ? "the groups do not ascend"
                            : "an importance below 0");
    }
    return 0;
}

static int find_personas(struct rec_persona_set *s, uint32_t *const more[2],
                         const char *path, struct rec_error *err)
{
    size_t users = s->data.rows.rows, n = rec_csr_events(&s->data.rows);
    int rc = 0;

    s->start = rec_alloc(n + 1, sizeof *s->start);
    s->first = rec_alloc(users + 1, sizeof *s->first);
    s->number = rec_alloc(n, sizeof *s->number);
    s->medoid = rec_alloc(n, sizeof *s->medoid);
    if (!s->start || !s->first || !s->number || !s->medoid) {
        return rec_fail_nomem(err);
    }
    if (n >= REC_NONE) {
        return rec_fail(err, REC_ELIMIT, "%s: too many members", path);
    }
    for (size_t u = 0; u < users && rc == 0; u++) {
        size_t to = (size_t)s->data.rows.start[u + 1];

        s->first[u] = (uint32_t)s->personas;
        for (size_t e = (size_t)s->data.rows.start[u]; e < to && rc == 0;
             e++) {
            rc = add_event(s, more[0], more[1], u, e, path, err);
        }
        if (s->personas - s->first[u] > s->most) {
            s->most = s->personas - s->first[u];
        }
    }
    s->first[users] = (uint32_t)s->personas;
    s->start[s->personas] = (int64_t)n;
    return rc;
}

int rec_persona_set_load(struct rec_persona_set *s, const char *path,
                         struct rec_error *err)
{
    static const struct rec_column want[] = {{"group", REC_COLUMN_COUNT},
                                             {"medoid", REC_COLUMN_ITEM}};
    uint32_t *more[2];
    int rc;

    memset(s, 0, sizeof *s);
    rc = rec_data_load_more(&s->data, path, "groups", want, 2, more, err);
    if (rc != 0) {
        return rc;
    }
    rc = s->data.rows.weight
             ? find_personas(s, more, path, err)
             : rec_fail(err, REC_EFORMAT, "%s: the groups have no weights",
                        path);
    free(more[0]);
    free(more[1]);
    if (rc != 0) {
        rec_persona_set_release(s);
    }
    return rc;
}

void rec_persona_set_release(struct rec_persona_set *s)
{
    rec_data_release(&s->data);
    free(s->start);
    free(s->first);
    free(s->number);
    free(s->medoid);
    memset(s, 0, sizeof *s);
}
