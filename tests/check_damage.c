/* SPDX-License-Identifier: MIT */
/* Every file of tests/data/valid cut at every byte, with bits flipped, and with
   numbers that are none; plain and deflated. What the tests of the container
   do to a stream of their own is done here to streams of every kind, by the
   loader that programs use for it. tests/cli/all-damage.sh does some of it to
   the programs. */
#include <config.h>

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/endian.h"
#include "base/rng.h"
#include "data/dataset.h"
#include "data/gramfile.h"
#include "data/idbook.h"
#include "data/vectors.h"
#include "eval/calibration_file.h"
#include "forge.h"
#include "fuzz/fuzz.h"
#include "io/stream_private.h"
#include "models/recommend.h"
#include "suite.h"

enum { FLIPS = 10000, SMALL = 1 << 13 };

/* ---- readers ------------------------------------------------------------ */

static int read_stream(const char *path)
{
    struct rec_stream_reader *r;
    struct rec_block b;
    struct rec_error err;
    int rc = rec_stream_reader_open(&r, path, &err);

    if (rc == 0) {
        while ((rc = rec_stream_next(r, &b, &err)) == 1) {
            continue;
        }
        rec_stream_reader_close(r);
    }
    return rc;
}

static int read_store(const char *path)
{
    struct rec_store *s;
    struct rec_error err;
    int rc = rec_store_open(&s, path, &err);

    if (rc == 0) {
        rc = rec_store_verify(s, &err);
        rec_store_close(s);
    }
    return rc;
}

static int load_rows(const char *path)
{
    struct rec_data d;
    struct rec_error err;
    int rc = rec_data_load(&d, path, NULL, &err);

    if (rc == 0) {
        rec_data_release(&d);
    } else if (rec_data_load_groups(&d, path, &err) == 0) {
        rec_data_release(&d);
        rc = 0;
    }
    return rc;
}

static int load_gram(const char *path)
{
    struct rec_stream_reader *in;
    struct rec_gram_reader *r;
    struct rec_gram_strip strip;
    struct rec_error err;
    int rc = rec_stream_reader_open(&in, path, &err);

    if (rc != 0) {
        return rc;
    }
    rc = rec_gram_reader_attach(&r, in, &err);
    if (rc != 0) {
        rec_stream_reader_close(in);
        return rc;
    }
    while ((rc = rec_gram_next(r, &strip, &err)) == 1) {
        continue;
    }
    rec_gram_reader_free(r);
    return rc;
}

static int load_table(const char *path)
{
    struct rec_idbook b;
    struct rec_error err;
    int rc = rec_idbook_load(&b, path, &err);

    if (rc == 0) {
        rec_idbook_release(&b);
    }
    return rc;
}

static int load_vectors(const char *path)
{
    struct rec_vectors v;
    struct rec_error err;
    int rc = rec_vectors_open(&v, path, &err);

    if (rc == 0) {
        rec_vectors_release(&v);
    }
    return rc;
}

static int load_calibration(const char *path)
{
    struct rec_calibration_file f;
    struct rec_error err;
    int rc = rec_calibration_load(&f, path, &err);

    if (rc == 0) {
        rec_calibration_file_release(&f);
    }
    return rc;
}

static int load_model(const char *path)
{
    struct rec_model *m;
    struct rec_error err;
    int rc = rec_model_open(&m, path, &err);

    if (rc == 0) {
        rec_model_close(m);
    }
    return rc;
}

static const struct {
    const char *folder;
    int (*load)(const char *path);
} kinds[] = {{"calibration", load_calibration}, {"checkpoint", read_store},
             {"codes", read_store},             {"gram", load_gram},
             {"model", load_model},             {"rows", load_rows},
             {"table", load_table},             {"vectors", load_vectors}};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* ---- files -------------------------------------------------------------- */

struct bytes {
    uint8_t *p;
    size_t n;
};

static struct bytes slurp(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct bytes b = {NULL, 0};
    struct stat st;

    SURE(f && fstat(fileno(f), &st) == 0);
    b.n = (size_t)st.st_size;
    b.p = malloc(b.n + 1);
    SURE(b.p && fread(b.p, 1, b.n, f) == b.n);
    fclose(f);
    return b;
}

/* The stream of B again, deflated or not. */
static struct bytes rewrite(const struct bytes *b, int level)
{
    const char *path = fuzz_file(b->p, b->n);
    struct rec_stream_reader *r;
    struct rec_stream_writer *w;
    struct rec_output *o;
    struct rec_block block;
    struct rec_error err;
    struct bytes out;
    struct scratch s;
    int rc;

    scratch_open(&s);
    SURE(rec_stream_reader_open(&r, path, &err) == 0);
    SURE(rec_output_open(&o, s.path, &err) == 0);
    SURE(rec_stream_writer_new(&w, o, rec_stream_head(r), level, &err) == 0);
    while ((rc = rec_stream_next(r, &block, &err)) == 1) {
        SURE(rec_stream_write(w, block.type, block.name,
                              (enum rec_dtype)block.dtype, block.data,
                              block.nbytes, &err) == 0);
    }
    SURE(rc == 0);
    SURE(rec_stream_finish(w, rec_stream_counts(r), rec_stream_prov(r), &err)
         == 0);
    rec_stream_writer_free(w);
    rec_stream_reader_close(r);
    SURE(rec_output_flush(o, &err) == 0 && rec_output_rename(o, &err) == 0);
    rec_output_free(o);
    out = slurp(s.path);
    scratch_close(&s);
    return out;
}

/* Call FN for every file of the folder of kind K. */
static void each_file(size_t k, void fn(size_t k, const struct bytes *b))
{
    char folder[512], path[1024];
    const char *src = getenv("SRC");
    struct dirent *e;
    int files = 0;
    DIR *d;

    snprintf(folder, sizeof folder, "%s/tests/data/valid/1/%s",
             src ? src : ".", kinds[k].folder);
    d = opendir(folder);
    ck_assert_msg(d != NULL, "%s", folder);
    while ((e = readdir(d)) != NULL) {
        if (e->d_name[0] != '.') {
            struct bytes b;

            snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
            b = slurp(path);
            fn(k, &b);
            free(b.p);
            files++;
        }
    }
    closedir(d);
    ck_assert_int_gt(files, 0);
}

/* ---- damage ------------------------------------------------------------- */

static size_t tries;

/* N bytes at P are refused by all that reads them, from a file and, one in
   four, from a pipe. */
static void refused(size_t k, const uint8_t *p, size_t n)
{
    const char *path = fuzz_file(p, n), *pipe;

    SURE(read_stream(path) < 0);
    SURE(read_store(path) < 0);
    if (n <= SMALL) { /* all of it is checked when it is opened */
        SURE(kinds[k].load(path) < 0);
    }
    pipe = fuzz_pipe(p, n);
    if (pipe) {
        SURE(read_store(pipe) < 0);
        fuzz_pipe_end();
    }
    tries++;
}

static void taken(size_t k, const struct bytes *b)
{
    const char *path = fuzz_file(b->p, b->n);

    SURE(read_stream(path) == 0);
    SURE(read_store(path) == 0);
    SURE(kinds[k].load(path) == 0);
}

/* At every byte; a long one at every block and chunk, and beside them. */
static void cut(size_t k, const struct bytes *b)
{
    if (b->n <= SMALL) {
        for (size_t n = 0; n < b->n; n++) {
            refused(k, b->p, n);
        }
        return;
    }
    for (size_t at = 64; at < b->n;) {
        uint64_t raw = rec_get64(b->p + at + 8);
        uint64_t stored = rec_get64(b->p + at + 16);
        size_t next = at + 64 + (size_t)rec_stream_pad(stored);

        refused(k, b->p, at);
        refused(k, b->p, at + 1);
        refused(k, b->p, at + 64);
        if (rec_get32(b->p + at + 4) & REC_FLAG_CHUNKED) {
            for (size_t c = next - (size_t)rec_stream_pad(raw); c < next;
                 c += REC_CHUNK) {
                refused(k, b->p, c);
                refused(k, b->p, c - 1);
            }
        }
        refused(k, b->p, next - 1);
        at = next;
    }
}

static void flip(size_t k, const struct bytes *b, size_t flips)
{
    struct rec_rng rng;

    rec_rng_init(&rng, b->n);
    for (size_t i = 0; i < flips; i++) {
        uint64_t bit = rec_rng_below(&rng, 8 * (uint64_t)b->n);

        b->p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        refused(k, b->p, b->n);
        b->p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void damage(size_t k, const struct bytes *b)
{
    size_t flips = b->n <= SMALL ? FLIPS / 32 : FLIPS / 500;

    for (int level = 0; level <= 9; level += 9) {
        struct bytes again = rewrite(b, level);

        taken(k, &again);
        cut(k, &again);
        flip(k, &again, flips);
        taken(k, &again);
        free(again.p);
    }
}

START_TEST(every_kind)
{
    each_file((size_t)_i, damage);
    fprintf(stderr, "%s: %zu damaged files, all refused\n", kinds[_i].folder,
            tries);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("damage");

    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, every_kind, 0, KINDS);
    return suite_end("damage", t);
}
