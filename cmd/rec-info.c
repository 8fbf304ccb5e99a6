/* SPDX-License-Identifier: MIT */
/* rec-info: what is in a stream, any stream, after all of it was verified. */
#include <config.h>

#include "cli.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "data/profile.h"
#include "data/vectors.h"
#include "math/abundance.h"
#include "math/blas.h"
#include "math/half.h"

enum { TEXT, TSV };
static const char *const formats[] = {"text", "tsv", NULL};
static int check_only, collapse, format;

static struct cli_option options[] = {
    CLI_OPT_FLAG(0, "check", &check_only, 0,
                 "say only whether each FILE is whole; exit 1 if one is not"),
    CLI_OPT_FLAG(0, "collapse", &collapse, 0,
                 "vectors: also show their information abundance"),
    CLI_OPT_CHOICE('f', "format", "NAME", &format, formats, 0,
                   "text, or tsv: lines of file, key, value [text]"),
    CLI_OPT_END};

static const struct cli_program program = {
    "rec-info", "[FILE]...",
    "Verify streams and show what is in them: counts and how events spread\n"
    "over users and items, or a model's parameters and arrays. With no FILE,\n"
    "or when FILE is -, read standard input.",
    options, 0};

/* What is found out about one file; shown when all of it is verified. */
struct report {
    const char *file;
    const char *kind;
    struct rec_buf text;
    struct rec_dict *items;
};

/* ---- lines ------------------------------------------------------------- */

/* Text of a file, on its way to a terminal. */
static void make_printable(char *s)
{
    for (; *s; s++) {
        if ((unsigned char)*s < ' ' || *s == 0x7f) {
            *s = '?';
        }
    }
}

static void put(struct report *r, const char *key, const char *fmt, ...)
    REC_PRINTF(3, 4);

static void put(struct report *r, const char *key, const char *fmt, ...)
{
    char value[512];
    va_list ap;
    int rc;

    va_start(ap, fmt);
    vsnprintf(value, sizeof value, fmt, ap);
    va_end(ap);
    make_printable(value);
    rc = format == TSV
             ? rec_buf_addf(&r->text, "%s\t%s\t%s\n", r->file, key, value)
             : rec_buf_addf(&r->text, "%-20s %s\n", key, value);
    if (rc != 0) {
        die("out of memory");
    }
}

/* The counts V, which are sorted here. */
static void put_spread(struct report *r, const char *what, uint32_t *v,
                       size_t n)
{
    static const struct {
        const char *name;
        double q;
    } at[] = {{"min", 0},      {"25%", 0.25}, {"50%", 0.5}, {"75%", 0.75},
              {"90%", 0.9},    {"99%", 0.99}, {"max", 1}};
    char key[64], line[256] = "";

    rec_counts_sort(v, n);
    for (size_t i = 0; i < sizeof at / sizeof *at && n > 0; i++) {
        uint32_t x = rec_counts_quantile(v, n, at[i].q);

        if (format == TSV) {
            snprintf(key, sizeof key, "%s %s", what, at[i].name);
            put(r, key, "%" PRIu32, x);
        } else {
            snprintf(line + strlen(line), sizeof line - strlen(line),
                     "%s%s %" PRIu32, i ? ", " : "", at[i].name, x);
        }
    }
    if (*line) {
        put(r, what, "%s", line);
    }
}

/* A share, in words for people. */
static void put_share(struct report *r, const char *key, const char *of,
                      double share)
{
    if (format == TSV) {
        put(r, key, "%.6g", share);
    } else {
        put(r, key, "%.6g of the %s", share, of);
    }
}

/* Seconds as a date, where there is one. */
static void put_time(struct report *r, const char *key, int64_t t)
{
    time_t seconds = (time_t)t;
    struct tm day;
    char date[64] = "";

    if (format == TEXT && t >= -62135596800 && t <= 253402300799
        && gmtime_r(&seconds, &day)) {
        strftime(date, sizeof date, " (%Y-%m-%d %H:%M:%S UTC)", &day);
    }
    put(r, key, "%" PRId64 "%s", t, date);
}

/* ---- parts that every stream has --------------------------------------- */

static void put_head(struct report *r, const struct rec_head *h)
{
    r->kind = h->kind;
    if (format == TEXT) {
        put(r, "file", "%s", r->file);
    }
    put(r, "kind", "%s", h->kind);
    if (*h->role) {
        put(r, "role", "%s", h->role);
    }
    if (h->columns) {
        put(r, "columns", "%s%s%s",
            h->columns & REC_COL_WEIGHT ? "weight" : "",
            h->columns == (REC_COL_WEIGHT | REC_COL_TIME) ? " " : "",
            h->columns & REC_COL_TIME ? "time" : "");
    }
}

static void put_tail(struct report *r, const struct rec_volume *volume,
                     const struct rec_counts *counts, const char *prov,
                     const uint8_t *digest)
{
    char text[REC_DIGEST_TEXT];

    put(r, "bytes", "%" PRIu64, volume->bytes);
    put(r, "bytes inflated", "%" PRIu64, volume->raw);
    put(r, "blocks", "%" PRIu64, counts->blocks + 1);
    put(r, "blocks deflated", "%" PRIu64, volume->deflated);
    rec_digest_text(digest, text);
    put(r, "digest", "%s", text);
    while (*prov) {
        size_t n = strcspn(prov, "\n");
        const char *lead = format == TSV ? "\tprovenance\t" : "";

        if (rec_buf_addf(&r->text, "%s%s", format == TSV ? r->file : "",
                         format == TSV ? lead : "provenance           ")
                != 0
            || rec_buf_add(&r->text, prov, n + 1) != 0) {
            die("out of memory");
        }
        prov += n + 1;
    }
}

/* ---- rows -------------------------------------------------------------- */

static void put_profile(struct report *r, struct rec_profile *p,
                        unsigned columns)
{
    size_t users = rec_dict_count(p->users), items = p->items;
    double cells = (double)users * (double)items;

    put(r, "users", "%zu", users);
    put(r, "users without items", "%" PRIu64, p->empty_users);
    put(r, "items", "%zu", items);
    put(r, "events", "%" PRIu64, p->events);
    put(r, "density", "%.6g", cells > 0 ? (double)p->events / cells : 0);
    put_spread(r, "events per user", p->user_events, users);
    put_spread(r, "events per item", p->item_events, items);
    put_share(r, "top 1% of items", "events",
              rec_counts_head(p->item_events, items, 0.01));
    put_share(r, "top 10% of items", "events",
              rec_counts_head(p->item_events, items, 0.1));
    if (columns & REC_COL_WEIGHT && p->events > 0) {
        put(r, "weight min", "%.9g", (double)p->weight_min);
        put(r, "weight mean", "%.9g", p->weight_sum / (double)p->events);
        put(r, "weight max", "%.9g", (double)p->weight_max);
    }
    if (columns & REC_COL_TIME && p->events > 0) {
        put_time(r, "time min", p->time_min);
        put_time(r, "time max", p->time_max);
    }
}

/* IN, whose rows are still to come, becomes the row reader's. */
static int show_rows(struct report *r, struct rec_stream_reader *in,
                     struct rec_error *err)
{
    struct rec_row_reader *rows = NULL;
    struct rec_profile p;
    struct rec_batch b;
    int rc = rec_row_reader_attach(&rows, in,
                                   rec_stream_head(in)->kind, err);

    if (rc != 0) {
        rec_stream_reader_close(in);
        return rc;
    }
    rc = rec_profile_init(&p, err);
    while (rc == 0 && (rc = rec_row_next(rows, &b, err)) == 1) {
        rc = rec_profile_add(&p, rows, &b, err);
    }
    if (rc == 0) {
        put_head(r, rec_stream_head(in));
        put_profile(r, &p, rec_stream_head(in)->columns);
        put_tail(r, rec_stream_volume(in), rec_stream_counts(in),
                 rec_stream_prov(in), rec_stream_digest(in));
    }
    rec_profile_release(&p);
    rec_row_reader_close(rows);
    return rc;
}

/* ---- vectors ----------------------------------------------------------- */

struct norms { /* lengths of the vectors so far */
    double min, max, sum;
};

static void add_norms(struct norms *s, const struct rec_vector_batch *b,
                      uint32_t dim)
{
    for (uint32_t k = 0; k < b->n; k++) {
        const float *v = b->value + (size_t)k * dim;
        double square = 0, norm;

        for (uint32_t i = 0; i < dim; i++) {
            square += (double)v[i] * v[i];
        }
        norm = sqrt(square);
        s->min = norm < s->min ? norm : s->min;
        s->max = norm > s->max ? norm : s->max;
        s->sum += norm;
    }
}

static void put_lengths(struct report *r, const struct norms *s, uint32_t n)
{
    if (n > 0) {
        put(r, "length min", "%.6g", s->min);
        put(r, "length mean", "%.6g", s->sum / n);
        put(r, "length max", "%.6g", s->max);
    }
}

/* IN, whose blocks are still to come, becomes the vector reader's. */
static int show_vectors(struct report *r, struct rec_stream_reader *in,
                        struct rec_error *err)
{
    struct norms s = {INFINITY, 0, 0};
    struct rec_abundance a = {0, NULL, NULL};
    double abundance = 0;
    struct rec_vector_reader *v = NULL;
    struct rec_vector_batch b;
    int rc = rec_vector_reader_attach(&v, in, err);

    if (rc != 0) {
        rec_stream_reader_close(in);
        return rc;
    }
    rc = collapse ? rec_abundance_init(&a, rec_vector_dimension(v), err) : 0;
    while (rc == 0 && (rc = rec_vector_next(v, &b, err)) == 1) {
        add_norms(&s, &b, rec_vector_dimension(v));
        rec_abundance_add(&a, b.value, b.n);
        rc = 0;
    }
    rc = rc || !collapse ? rc : rec_abundance_get(&a, &abundance, err);
    rec_abundance_release(&a);
    if (rc == 0) {
        uint32_t n = rec_dict_count(rec_vector_ids(v));

        put_head(r, rec_stream_head(in));
        put(r, "vectors", "%" PRIu32, n);
        put(r, "dimension", "%" PRIu32, rec_vector_dimension(v));
        put_lengths(r, &s, n);
        if (collapse) {
            put(r, "abundance", "%.5g", abundance);
        }
        put_tail(r, rec_stream_volume(in), rec_stream_counts(in),
                 rec_stream_prov(in), rec_stream_digest(in));
    }
    rec_vector_reader_free(v);
    return rc;
}

/* ---- anything else: models --------------------------------------------- */

static double element(const struct rec_block *b, size_t i)
{
    float x;

    if (b->dtype == REC_F64) {
        return ((const double *)b->data)[i];
    }
    rec_floats_widen((enum rec_dtype)b->dtype, b->data, i, 1, &x);
    return x;
}

/* The N weights between items in B: the share of negative ones, and their
   range. With ITEMS it is a square matrix whose diagonal is left out. */
static void put_weights(struct report *r, const struct rec_block *b, size_t n,
                        size_t items)
{
    double min = INFINITY, max = -INFINITY, negative = 0;
    char key[64];

    for (size_t i = 0; i < n; i++) {
        double x = element(b, i);

        if (items == 0 || i % (items + 1) != 0) {
            negative += x < 0;
            min = x < min ? x : min;
            max = x > max ? x : max;
        }
    }
    if (min <= max) {
        snprintf(key, sizeof key, "%s negative", b->name);
        put_share(r, key, items ? "entries" : "weights",
                  negative / (double)n);
        snprintf(key, sizeof key, "%s min", b->name);
        put(r, key, "%.9g", min);
        snprintf(key, sizeof key, "%s max", b->name);
        put(r, key, "%.9g", max);
    }
}

static int is_float(const struct rec_block *b)
{
    return b->dtype == REC_F32 || b->dtype == REC_F64 || b->dtype == REC_F16
           || b->dtype == REC_BF16;
}

static void put_array(struct report *r, const struct rec_block *b)
{
    static const char *const type[] = {"bytes",   "uint32",  "int64",
                                       "float32", "float64", "float16",
                                       "bfloat16"};
    size_t n = b->nbytes / rec_dtype_size(b->dtype);
    size_t items = rec_dict_count(r->items);
    int sparse = strcmp(r->kind, "model/sparse") == 0;
    int square = !sparse && items > 0 && n / items == items && n % items == 0;
    char key[64];

    snprintf(key, sizeof key, "%s%s%s",
             strcmp(b->type, REC_BLOCK_ARRAY) == 0 ? "array" : b->type,
             *b->name ? " " : "", b->name);
    if (square && items > 1) {
        put(r, key, "%s, %zu x %zu", type[b->dtype], items, items);
    } else {
        put(r, key, "%s, %zu", type[b->dtype], n);
    }
    if (square && strcmp(b->name, "B") == 0 && is_float(b)) {
        put_weights(r, b, n, items);
    }
    if (sparse && strcmp(b->name, "weight") == 0 && is_float(b)) {
        put_share(r, "weight share", "pairs of items",
                  (double)n / ((double)items * (double)items));
        put_weights(r, b, n, 0);
    }
}

/* "key value" lines. */
static void put_parameters(struct report *r, const struct rec_block *b)
{
    const char *at = b->data, *end = at + b->nbytes;

    while (at < end) {
        const char *nl = memchr(at, '\n', (size_t)(end - at));
        const char *stop = nl ? nl : end;
        const char *blank = memchr(at, ' ', (size_t)(stop - at));
        const char *value = blank ? blank + 1 : stop;
        char key[64];

        snprintf(key, sizeof key, "parameter %.*s",
                 (int)((blank ? blank : stop) - at), at);
        make_printable(key);
        put(r, key, "%.*s", (int)(stop - value), value);
        at = nl ? nl + 1 : end;
    }
}

/* A block, its payload verified. */
static int show_block(struct report *r, const struct rec_block *b,
                      struct rec_error *err)
{
    if (strcmp(b->type, REC_BLOCK_ITEM) == 0) {
        return rec_dict_read(r->items, r->file, b, err);
    }
    if (strcmp(b->type, REC_BLOCK_PARAM) == 0) {
        put_parameters(r, b);
    } else {
        put_array(r, b);
    }
    return 0;
}

static int end_blocks(struct report *r, const struct rec_counts *counts,
                      struct rec_error *err)
{
    uint32_t items = rec_dict_count(r->items);

    if (counts->items != items) {
        return rec_fail(err, REC_ECORRUPT,
                        "%s: damaged: the end block counts %" PRIu64
                        " items; found %" PRIu32,
                        r->file, counts->items, items);
    }
    put(r, "items", "%" PRIu32, items);
    return 0;
}

/* From a pipe: one array in memory at a time. */
static int show_read(struct report *r, struct rec_stream_reader *in,
                     struct rec_error *err)
{
    struct rec_block b;
    int rc;

    put_head(r, rec_stream_head(in));
    while ((rc = rec_stream_next(in, &b, err)) == 1) {
        rc = show_block(r, &b, err);
        if (rc != 0) {
            return rc;
        }
    }
    rc = rc ? rc : end_blocks(r, rec_stream_counts(in), err);
    if (rc == 0) {
        put_tail(r, rec_stream_volume(in), rec_stream_counts(in),
                 rec_stream_prov(in), rec_stream_digest(in));
    }
    return rc;
}

/* From a file: mapped, so that an array may be larger than memory. */
static int show_mapped(struct report *r, const char *path,
                       struct rec_error *err)
{
    struct rec_store *s;
    int rc = rec_store_open(&s, path, err);

    if (rc != 0) {
        return rc;
    }
    rc = rec_store_verify(s, err);
    put_head(r, rec_store_head(s));
    for (size_t i = 0; i < rec_store_count(s) && rc == 0; i++) {
        rc = show_block(r, &rec_store_at(s, i)->block, err);
    }
    rc = rc ? rc : end_blocks(r, rec_store_counts(s), err);
    if (rc == 0) {
        put_tail(r, rec_store_volume(s), rec_store_counts(s),
                 rec_store_prov(s), rec_store_digest(s));
    }
    rec_store_close(s);
    return rc;
}

/* ---- a file ------------------------------------------------------------ */

static int inspect(struct report *r, const char *path, struct rec_error *err)
{
    struct rec_stream_reader *in;
    const char *kind;
    struct stat st;
    int rc = rec_stream_reader_open(&in, path, err);

    if (rc != 0) {
        return rc;
    }
    r->file = strcmp(path, "-") == 0 ? "standard input" : path;
    kind = rec_stream_head(in)->kind;
    if (strcmp(kind, "interactions") == 0 || strcmp(kind, "ranking") == 0
        || strcmp(kind, "groups") == 0 || strcmp(kind, "codes") == 0) {
        return show_rows(r, in, err);
    }
    if (strcmp(kind, REC_VECTORS_KIND) == 0) {
        return show_vectors(r, in, err);
    }
    r->items = rec_dict_new();
    if (!r->items) {
        rc = rec_fail_nomem(err);
    } else if (strcmp(path, "-") != 0 && stat(path, &st) == 0
               && S_ISREG(st.st_mode)) {
        rc = show_mapped(r, path, err);
    } else {
        rc = show_read(r, in, err);
    }
    rec_stream_reader_close(in);
    return rc;
}

/* Show FILE, or with --check say whether it is whole. Returns 1 if it is. */
static int show(const struct cli *c, struct cli_text *t, const char *path,
                int first)
{
    struct report r = {NULL, "", {NULL, 0, 0}, NULL};
    struct rec_error err;
    int rc = inspect(&r, path, &err);

    if (rc < 0 && (!check_only || c->n_operands <= 1)) {
        die_err(&err);
    }
    if (rc < 0) {
        complain(&err);
    } else if (!check_only) {
        cli_text_add(t, "\n", !first && format == TEXT);
        cli_text_add(t, r.text.data, r.text.len);
    } else if (!c->quiet) {
        cli_text_add(t, r.file, strlen(r.file));
        cli_text_add(t, ": whole\n", 8);
    }
    rec_buf_release(&r.text);
    rec_dict_free(r.items);
    return rc == 0;
}

int main(int argc, char **argv)
{
    struct cli_text t = {NULL, {NULL, 0, 0}};
    struct cli c;
    int bad = 0;

    cli_parse(&c, &program, argc, argv);
    if (collapse) {
        rec_blas_threads((int)c.threads);
    }
    t.out = cli_output(&c, c.output, 0);
    for (int i = 0; i < c.n_operands || i == 0; i++) {
        bad += !show(&c, &t, c.n_operands ? c.operand[i] : "-", i == 0);
    }
    cli_text_finish(&t);
    if (bad > 0) {
        die("%d of %d files are not whole", bad, c.n_operands);
    }
    cli_commit(&c);
    return CLI_OK;
}
