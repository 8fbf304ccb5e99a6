/* SPDX-License-Identifier: MIT */
/* The rankings and the truth, as streams or as text. A file tells by its first
   bytes, among which a stream, even a damaged one, has some that no text has;
   of a pipe nothing can be seen before it is read, so it is a stream unless
   --text says otherwise. */
#include <config.h>

#include "eval.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "eval/listtext.h"

enum { STREAM_BYTE = 0x89, LOOK = 64 };

static int is_text(const char *path, int pipes_are_text)
{
    struct rec_input *in;
    struct rec_error err;
    struct stat st;
    unsigned char start[LOOK];
    size_t got;

    if (strcmp(path, "-") == 0
        || (stat(path, &st) == 0 && !S_ISREG(st.st_mode))) {
        return pipes_are_text;
    }
    check(rec_input_open(&in, path, 1, &err), &err);
    check(rec_input_read(in, start, LOOK, &got, &err), &err);
    rec_input_close(in);
    return got > 0 && *start != STREAM_BYTE && !memchr(start, 0, got);
}

void eval_show_digest(const struct cli *c, const char *what, const char *name,
                      const uint8_t *digest)
{
    char text[REC_DIGEST_TEXT];

    if (c->verbose) {
        rec_digest_text(digest, text);
        note(c, "%s %s: %s", what, name, text);
    }
}

static const char *name_of(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

void eval_load_pairs(const struct cli *c, struct rec_data *out,
                     const char *what, const char *path, int pipes_are_text)
{
    struct rec_error err;

    if (is_text(path, pipes_are_text)) {
        check(rec_list_text_load(out, path, 1, &err), &err);
    } else {
        check(rec_data_load(out, path, "interactions", &err), &err);
    }
    eval_show_digest(c, what, path, out->digest);
}

/* Interactions are a ranking too if they have scores and are not known to be
   something else: this is how rec-ingest gives the text of another program. */
static void check_kind(const struct rec_row_reader *in)
{
    const struct rec_head *head = rec_row_head(in);

    if (strcmp(head->kind, "ranking") != 0
        && (*head->role || !(head->columns & REC_COL_WEIGHT))) {
        die("%s: holds interactions%s%s, not a ranking (with scores)",
            rec_stream_name(rec_row_stream(in)), *head->role ? ": " : "",
            head->role);
    }
}

/* The line of provenance that AT is in: a program, its version, options, and
   NAME=DIGEST of each input. */
static const char *line_of(const char *prov, const char *at)
{
    while (at > prov && at[-1] != '\n') {
        at--;
    }
    return at;
}

/* "the truth was an input of rec-ease (as validate-out)", to be freed; NULL if
   it was none of any step. */
static char *find_truth(const char *prov, const struct rec_data *truth)
{
    const char *at = cli_prov_find(prov, NULL, truth->digest), *line, *name;
    char *out;
    size_t n;

    if (!at) {
        return NULL;
    }
    line = line_of(prov, at);
    for (name = at; name > line && name[-1] != ' '; name--) {
    }
    n = (size_t)(at - line) + 64;
    out = xalloc(n, 1);
    snprintf(out, n, "the truth was an input of %.*s (as %.*s)",
             (int)strcspn(line, " \n"), line, (int)(at - 1 - name), name);
    return out;
}

/* The digest of what rec-split made the truth from, in HEX. Returns 0 if it was
   not rec-split that made it. */
static int find_split(const struct rec_data *truth, char hex[REC_DIGEST_TEXT])
{
    static const char split[] = "rec-split ", input[] = " input=";
    const char *end, *at;

    if (!truth->prov || !*truth->prov) { /* text */
        return 0;
    }
    end = truth->prov + strlen(truth->prov);
    end -= end[-1] == '\n';
    at = line_of(truth->prov, end);
    if (strncmp(at, split, sizeof split - 1) != 0
        || !(at = strstr(at, input))) {
        return 0;
    }
    snprintf(hex, REC_DIGEST_TEXT, "%s", at + sizeof input - 1);
    return strlen(hex) == REC_DIGEST_TEXT - 1;
}

/* "rec-ease had the file that the truth was split from", to be freed; NULL if
   no step but rec-split had it. */
static char *find_whole(const char *prov, const struct rec_data *truth)
{
    char hex[REC_DIGEST_TEXT];
    const char *at = prov;

    if (!find_split(truth, hex)) {
        return NULL;
    }
    while ((at = strstr(at, hex)) != NULL) {
        const char *line = line_of(prov, at);
        size_t n = strcspn(line, " \n");

        if (strncmp(line, "rec-split ", 10) != 0) {
            char *out = xalloc(n + 64, 1);

            snprintf(out, n + 64,
                     "%.*s had the file that the truth was split from",
                     (int)n, line);
            return out;
        }
        at++;
    }
    return NULL;
}

/* How the truth has come into what PROV tells of, to be freed; or NULL. */
static char *find_use(const char *prov, const struct rec_data *truth)
{
    char *use = find_truth(prov, truth);

    return use ? use : find_whole(prov, truth);
}

static char *judge_stream(const struct cli *c, struct rec_judge *j,
                          const char *path, const struct rec_data *truth)
{
    char *use;
    struct rec_row_reader *in;
    const struct rec_stream_reader *s;
    struct rec_error err;
    struct rec_batch b;
    double rows = 0;

    check(rec_row_reader_open(&in, path, NULL, &err), &err);
    check_kind(in);
    while (check(rec_row_next(in, &b, &err), &err) == 1) {
        check(rec_judge_add(j, in, &b, &err), &err);
        rows += (double)b.rows;
        rec_progress(&c->tick, "lists", rows, 0);
    }
    s = rec_row_stream(in);
    eval_show_digest(c, "ranking", rec_stream_name(s), rec_stream_digest(s));
    use = find_use(rec_stream_prov(s), truth);
    rec_row_reader_close(in);
    return use;
}

char *eval_judge(const struct cli *c, struct rec_judge *j, const char *path,
                 const struct rec_data *truth, int pipes_are_text)
{
    struct rec_data run;
    struct rec_error err;
    char *use = NULL;

    if (is_text(path, pipes_are_text)) {
        check(rec_list_text_load(&run, path, 0, &err), &err);
        check(rec_judge_add_run(j, &run, name_of(path), &err), &err);
        eval_show_digest(c, "ranking", name_of(path), run.digest);
        rec_data_release(&run);
    } else {
        use = judge_stream(c, j, path, truth);
    }
    rec_judge_finish(j);
    return use;
}
