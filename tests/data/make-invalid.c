/* SPDX-License-Identifier: MIT */
/* Makes tests/data/invalid: streams that have to be refused, one wrong thing
   in each; and the one valid stream that no small run of a program makes.

     make tests/data/make-invalid && tests/data/make-invalid DIR

   The files that are committed are read for ever: add cases, and do not make
   the old ones anew. */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "base/endian.h"
#include "forge.h"
#include "io/stream_private.h"

static const char *folder;

static void save(const char *name, const void *p, size_t n)
{
    char path[512];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    f = fopen(path, "wb");
    if (!f || fwrite(p, 1, n, f) != n || fclose(f) != 0) {
        perror(path);
        exit(1);
    }
}

static void end(struct forge *f, const char *name, uint64_t rows,
                uint64_t events, uint64_t items)
{
    forge_end(f, rows, events, items);
    save(name, f->bytes.data, f->bytes.len);
    forge_release(f);
}

/* ---- rows --------------------------------------------------------------- */

/* Two users with three events of two items; what a case changes. */
struct rows {
    const char *head, *items, *users;
    size_t items_n, users_n; /* bytes */
    uint32_t len[2], item[3];
    float weight[3];
    uint64_t rows, events, ids;
};

static struct rows right(void)
{
    struct rows r = {"kind interactions\ncolumns weight\n", "a\nb\n", "u\nv\n",
                     4, 4, {2, 1}, {0, 1, 0}, {1, 2, 3}, 2, 3, 2};

    return r;
}

static void put_rows(struct forge *f, const struct rows *r)
{
    forge_begin(f, r->head);
    forge_block(f, "Item", REC_BYTES, r->items, r->items_n);
    forge_block(f, "User", REC_BYTES, r->users, r->users_n);
    forge_block(f, "Rlen", REC_U32, r->len, sizeof r->len);
    forge_block(f, "Rwgt", REC_F32, r->weight, sizeof r->weight);
    forge_block(f, "Ritm", REC_U32, r->item, sizeof r->item);
}

static void rows(const char *name, const struct rows *r)
{
    struct forge f;

    put_rows(&f, r);
    end(&f, name, r->rows, r->events, r->ids);
}

static void set_text(const char **text, size_t *n, const char *to, size_t len)
{
    *text = to;
    *n = len;
}

static void wrong_rows(void)
{
    static const struct {
        const char *name, *ids;
        size_t n;
    } ids[] = {{"id-with-nul", "a\0\nb\n", 5}, {"id-with-tab", "a\t\nb\n", 5},
               {"id-with-return", "a\r\nb\n", 5}, {"id-empty", "\nb\n", 3},
               {"id-unfinished", "a\nb", 3}, {"id-twice", "a\na\n", 4}};
    struct rows r;

    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        r = right();
        set_text(&r.items, &r.items_n, ids[i].ids, ids[i].n);
        rows(ids[i].name, &r);
    }
    r = right();
    set_text(&r.users, &r.users_n, "u\nu\n", 4);
    rows("user-twice", &r);
    r = right();
    r.item[1] = 0;
    rows("item-twice-in-a-row", &r);
    r.item[1] = 2;
    rows("item-unknown", &r);
    r = right();
    r.weight[1] = (float)NAN;
    rows("weight-nan", &r);
    r.weight[1] = (float)INFINITY;
    rows("weight-infinite", &r);
    r = right();
    r.len[0] = 0x80000000;
    rows("row-of-2^31-items", &r);
    r.len[0] = 3;
    rows("row-too-long", &r);
    r = right();
    r.events = (uint64_t)1 << 63;
    rows("end-counts-2^63-events", &r);
    r = right();
    r.head = "kind interactions\n";
    rows("column-not-in-head", &r);
    r.head = "kind ranking\ncolumns weight\n";
    rows("scores-rise", &r);
}

/* ---- the container ------------------------------------------------------ */

/* A right stream of rows with the BYTE at AT (from the end if negative)
   replaced; MEND: the checksum of the block header there is right again. */
static void byte(const char *name, long at, uint8_t to, long mend)
{
    struct rows r = right();
    struct forge f;
    uint8_t *p;

    put_rows(&f, &r);
    forge_end(&f, 2, 3, 2);
    p = (uint8_t *)f.bytes.data;
    p[at < 0 ? (long)f.bytes.len + at : at] = to;
    if (mend >= 0) {
        forge_repair(p + mend);
    }
    save(name, p, f.bytes.len);
    forge_release(&f);
}

/* The same with one more block after the rows. */
static void more(const char *name, struct forge_header h, const void *payload,
                 size_t n)
{
    struct rows r = right();
    struct forge f;

    h.crc = rec_crc(payload, n);
    put_rows(&f, &r);
    forge_raw(&f, &h, payload, n);
    end(&f, name, 2, 3, 2);
}

static void wrong_headers(void)
{
    static const uint8_t zero[64];
    uint64_t huge = (uint64_t)1 << 63;

    byte("magic", 3, 'p', -1);
    byte("text-mode-copy", 4, '\n', -1);
    byte("version-2", 8, 2, -1);
    byte("first-spare-byte", 63, 1, -1);
    byte("header-checksum", 64 + 60, 0, -1);
    byte("payload-checksum", 128, 'K', -1);
    byte("padding", 191, 1, -1);
    byte("block-spare-byte", 64 + 50, 1, 64);
    byte("unknown-flag", 64 + 4, 8, 64);
    byte("unknown-element", 64 + 28, 9, 64);
    byte("end-checksum", -20, 1, -1);
    more("unknown-block", (struct forge_header){"Must", "", 0, 0, 0, 8, 8},
         "12345678", 8);
    more("name", (struct forge_header){"skip", "a\x1b", 0, 0, 0, 8, 8},
         "12345678", 8);
    more("length-2^63", (struct forge_header){"skip", "", 0, 0, 0, huge, huge},
         zero, 64);
    more("array-length-2^63",
         (struct forge_header){"Arry", "x", 2, 3, 0, huge, huge}, zero, 64);
    more("stored-length-2^63",
         (struct forge_header){"skip", "", 1, 0, 0, 1 << 20, huge}, zero, 64);
    more("length-no-element",
         (struct forge_header){"skip", "", 0, 2, 0, 7, 7}, zero, 7);
    more("chunked-though-short",
         (struct forge_header){"skip", "", 2, 0, 0, 8, 72}, zero, 64);
    more("deflated-too-long",
         (struct forge_header){"skip", "", 1, 0, 0, (1 << 24) + 1, 64}, zero,
         64);
    more("deflated-is-none",
         (struct forge_header){"skip", "", 1, 0, 0, 100, 64}, zero, 64);
    more("more-of-nothing", (struct forge_header){"skip", "", 4, 0, 0, 8, 8},
         zero, 8);
    more("second-head", (struct forge_header){"Head", "", 0, 0, 0, 13, 13},
         "kind ranking\n", 13);
}

/* A deflated block that inflates to more, and to less, than it says. */
static void wrong_inflation(void)
{
    uint8_t *raw = calloc(1, 1 << 20), out[4096];
    uLongf n = sizeof out;

    if (!raw || compress2(out, &n, raw, 1 << 20, 9) != Z_OK) {
        exit(1);
    }
    more("inflates-to-more",
         (struct forge_header){"skip", "", 1, 0, 0, 1 << 19, n}, out, n);
    more("inflates-to-less",
         (struct forge_header){"skip", "", 1, 0, 0, 1 << 21, n}, out, n);
    free(raw);
}

static void wrong_order(void)
{
    struct rows r = right();
    struct forge f;

    save("empty", "", 0);
    save("text", "user,item\n", 10);
    forge_begin(&f, NULL);
    end(&f, "no-head", 0, 0, 0);
    forge_begin(&f, "kind interactions\nrole a b\n");
    end(&f, "head-not-understood", 0, 0, 0);
    put_rows(&f, &r);
    save("no-end", f.bytes.data, f.bytes.len);
    save("cut", f.bytes.data, f.bytes.len - 17);
    forge_text(&f, "prov", "esc \x1b[2J\n");
    end(&f, "provenance-with-escape", 2, 3, 2);
    put_rows(&f, &r);
    forge_text(&f, "prov", "x 1\n");
    forge_text(&f, "skip", "x");
    end(&f, "block-after-provenance", 2, 3, 2);
    put_rows(&f, &r);
    f.blocks++;
    end(&f, "end-counts-blocks", 2, 3, 2);
    put_rows(&f, &r);
    forge_end(&f, 2, 3, 2);
    if (rec_buf_add(&f.bytes, "x", 1) != 0) {
        exit(1);
    }
    save("data-after-the-end", f.bytes.data, f.bytes.len);
    forge_release(&f);
}

/* ---- other kinds -------------------------------------------------------- */

static void array(struct forge *f, const char *name, uint32_t dtype,
                  const void *p, size_t n)
{
    struct forge_header h = {"Arry", name, 0, dtype, rec_crc(p, n), n, n};

    forge_raw(f, &h, p, n);
}

static void sparse(const char *name, const int64_t start[3],
                   const uint32_t item[2], const float weight[2])
{
    struct forge f;

    forge_begin(&f, "kind model/sparse\n");
    forge_text(&f, "Parm", "weights 0\n");
    forge_text(&f, "Item", "a\nb\n");
    array(&f, "start", REC_I64, start, 24);
    array(&f, "item", REC_U32, item, 8);
    array(&f, "weight", REC_F32, weight, 8);
    end(&f, name, 0, 0, 2);
}

static void wrong_models(void)
{
    static const int64_t good[] = {0, 1, 2}, down[] = {0, 3, 2},
                         below[] = {-1, 1, 2},
                         huge[] = {0, 1, INT64_MAX};
    static const uint32_t item[] = {1, 0}, unknown[] = {1, 2};
    static const float weight[] = {1, 2}, nan[] = {1, (float)NAN};
    struct forge f;

    sparse("model-offsets-descend", down, item, weight);
    sparse("model-offset-negative", below, item, weight);
    sparse("model-offset-2^63", huge, item, weight);
    sparse("model-item-unknown", good, unknown, weight);
    sparse("model-weight-nan", good, item, nan);
    forge_begin(&f, "kind model/other\n");
    end(&f, "model-unknown", 0, 0, 0);
    forge_begin(&f, "kind model/ease\n");
    forge_text(&f, "Parm", "weights 0\n");
    forge_text(&f, "Item", "a\nb\n");
    array(&f, "B", REC_F32, weight, 8);
    end(&f, "model-array-too-short", 0, 0, 2);
    forge_begin(&f, "kind model/ease\n");
    forge_text(&f, "Parm", "weights 1e400\n");
    forge_text(&f, "Item", "a\n");
    array(&f, "B", REC_F32, weight, 4);
    end(&f, "model-parameter", 0, 0, 1);
    forge_begin(&f, "kind vectors\n");
    forge_text(&f, "Parm", "dimension 2\n");
    forge_text(&f, "Item", "a\n");
    array(&f, "vectors", REC_F32, nan, 8);
    end(&f, "vectors-nan", 0, 0, 1);
    forge_begin(&f, "kind vectors\n");
    forge_text(&f, "Parm", "dimension 65537\n");
    end(&f, "vectors-dimension", 0, 0, 0);
}

/* Vectors of 17 MiB of zeros: an array in several deflated blocks. */
static void valid_pieces(void)
{
    enum { DIM = 65536, N = 68 };
    size_t left = (size_t)4 * DIM * N;
    uint8_t *zero = calloc(1, REC_PIECE), *out = malloc(1 << 17);
    struct rec_buf ids = {NULL, 0, 0};
    struct forge f;

    if (!zero || !out) {
        exit(1);
    }
    forge_begin(&f, "kind vectors\n");
    forge_text(&f, "Parm", "dimension 65536\n");
    for (int i = 0; i < N; i++) {
        if (rec_buf_addf(&ids, "id%d\n", i) != 0) {
            exit(1);
        }
    }
    forge_block(&f, "Item", REC_BYTES, ids.data, ids.len);
    rec_buf_release(&ids);
    while (left > 0) {
        size_t n = left < REC_PIECE ? left : REC_PIECE;
        uLongf len = 1 << 17;
        struct forge_header h = {"Arry", "vectors", REC_FLAG_DEFLATED, REC_F32,
                                 0, n, 0};

        if (compress2(out, &len, zero, n, 9) != Z_OK) {
            exit(1);
        }
        left -= n;
        h.flags |= left > 0 ? REC_FLAG_MORE : 0;
        h.stored = len;
        h.crc = rec_crc(out, len);
        forge_raw(&f, &h, out, len);
    }
    end(&f, "valid-pieces", 0, 0, N);
    free(zero);
    free(out);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: make-invalid DIR\n", stderr);
        return 2;
    }
    folder = argv[1];
    wrong_order();
    wrong_headers();
    wrong_inflation();
    wrong_rows();
    wrong_models();
    valid_pieces();
    return 0;
}
