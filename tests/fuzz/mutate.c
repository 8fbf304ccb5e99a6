/* SPDX-License-Identifier: MIT */
/* Changes to streams: see mutate.h. The bytes are taken apart into blocks as
   far as they are such, one of these is changed, and all is put together
   again. */
#include <config.h>

#include "mutate.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "base/endian.h"
#include "data/rows.h"
#include "io/stream_private.h"

enum { BLOCKS = 256, SPARE = 1 << 10, INFLATED = 1 << 14 };

struct block {
    uint8_t head[64];
    uint8_t *data;
    size_t n, cap;
    int fit; /* the lengths are those of DATA */
};

struct stream {
    uint8_t first[64];
    struct block block[BLOCKS];
    size_t n;
};

static uint64_t state;

static uint32_t draw(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)((state >> 11) % below);
}

static void seed_draw(unsigned seed)
{
    state = (seed + 1) * 0x9e3779b97f4a7c15U;
    draw(1);
    draw(1);
}

static size_t min(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* ---- apart and together ------------------------------------------------- */

static void release(struct stream *s)
{
    for (size_t i = 0; i < s->n; i++) {
        free(s->block[i].data);
    }
    free(s);
}

static void set_data(struct block *b, const uint8_t *p, size_t n)
{
    b->n = n;
    b->cap = n + SPARE;
    b->data = malloc(b->cap);
    if (!b->data) {
        abort();
    }
    memcpy(b->data, p, n);
}

static struct stream *take_apart(const uint8_t *p, size_t n)
{
    struct stream *s = calloc(1, sizeof *s);
    size_t at = 64;

    if (!s) {
        abort();
    }
    memcpy(s->first, p, n < 64 ? n : 64);
    while (at + 64 <= n && s->n < BLOCKS) {
        struct block *b = &s->block[s->n++];
        uint64_t stored = rec_get64(p + at + 16), left = n - at - 64;

        memcpy(b->head, p + at, 64);
        b->fit = stored <= left;
        set_data(b, p + at + 64, (size_t)(b->fit ? stored : left));
        at += 64 + (size_t)(b->fit ? rec_stream_pad(stored) : left);
    }
    return s;
}

/* What the blocks before the end block have, for its counts. */
struct sum {
    uint64_t rows, events, items;
};

static uint64_t lines(const struct block *b)
{
    uint64_t n = 0;

    for (size_t i = 0; i < b->n; i++) {
        n += b->data[i] == '\n';
    }
    return n;
}

static void count(const struct block *b, struct sum *sum)
{
    if (memcmp(b->head, REC_BLOCK_USER, 4) == 0) {
        sum->rows += lines(b);
    } else if (memcmp(b->head, REC_BLOCK_ITEM, 4) == 0) {
        sum->items += lines(b);
    } else if (memcmp(b->head, REC_BLOCK_ROWS, 4) == 0) {
        sum->events += b->n / 4;
    }
}

/* Lengths and checksums of B as they have to be. */
static void mend(struct block *b)
{
    uint32_t flags = rec_get32(b->head + 4), size;
    size_t summed = b->n;

    if (b->fit && !(flags & (REC_FLAG_DEFLATED | REC_FLAG_CHUNKED))) {
        size = (uint32_t)rec_dtype_size(rec_get32(b->head + 28));
        b->n -= size ? b->n % size : 0;
        summed = b->n;
        rec_put64(b->head + 8, b->n);
        rec_put64(b->head + 16, b->n);
    } else if (b->fit && flags & REC_FLAG_DEFLATED) {
        rec_put64(b->head + 16, b->n);
    } else if (flags & REC_FLAG_CHUNKED) {
        uint64_t table = rec_get64(b->head + 8) <= REC_MAX_ARRAY
                             ? rec_stream_table_bytes(rec_get64(b->head + 8))
                             : 0;

        for (size_t c = 0, at = (size_t)table; at < b->n && c < table / 4;
             c++, at += REC_CHUNK) {
            size_t len = b->n - at < REC_CHUNK ? b->n - at : REC_CHUNK;

            rec_put32(b->data + 4 * c, rec_crc(b->data + at, len));
        }
        summed = table < b->n ? (size_t)table : b->n;
    }
    rec_put32(b->head + 24, rec_crc(b->data, summed));
    rec_put32(b->head + 60, rec_crc(b->head, 60));
}

static void mend_end(struct block *b, size_t blocks, const struct sum *sum,
                     const uint8_t *out, size_t n, int counts)
{
    struct rec_digest *d = rec_digest_new();

    if (!d) {
        abort();
    }
    rec_put64(b->data, blocks);
    if (counts && sum->rows + sum->items > 0) {
        rec_put64(b->data + 8, sum->rows);
        rec_put64(b->data + 16, sum->events);
        rec_put64(b->data + 24, sum->items);
    }
    rec_digest_add(d, out, n);
    rec_digest_get(d, b->data + 32);
    rec_digest_free(d);
}

/* All of S in OUT; the blocks that MOST leaves no room for are left out. */
static size_t put_together(struct stream *s, uint8_t *out, size_t most,
                           int mended)
{
    struct sum sum = {0, 0, 0};
    size_t at = 64;

    if (most < 64) {
        return 0;
    }
    memcpy(out, s->first, 64);
    for (size_t i = 0; i < s->n; i++) {
        struct block *b = &s->block[i];
        size_t pad;

        if (mended) {
            if (memcmp(b->head, REC_BLOCK_END, 4) == 0
                && b->n == REC_END_BYTES) {
                mend_end(b, i, &sum, out, at, draw(16) != 0);
            }
            mend(b);
        }
        pad = (size_t)(rec_stream_pad(b->n) - b->n);
        if (at + 64 + b->n + pad > most) {
            break;
        }
        memcpy(out + at, b->head, 64);
        memcpy(out + at + 64, b->data, b->n);
        memset(out + at + 64 + b->n, 0, pad);
        at += 64 + b->n + pad;
        count(b, &sum);
    }
    return at;
}

/* ---- changes ------------------------------------------------------------ */

static const uint64_t numbers[] = {
    0, 1, 2, 3, 63, 64, 65, 127, 255, 256, 4095, 4096, 4097, 65535, 65536,
    262144, 262145, 16777216, 134217728, 134217729, 0x7fffffff, 0x80000000,
    0xfffffffe, 0xffffffff, 0x100000000, 0x7fffffffffffffff,
    0x8000000000000000, 0xffffffffffffffff,
    /* floats and doubles: 1, -1, inf, NaN, -0, the least, the largest */
    0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc00000, 0x7f7fffff,
    0x3ff0000000000000, 0xbff0000000000000, 0x7ff0000000000000,
    0x7ff8000000000000, 0x7fefffffffffffff, 0x3c00, 0x7c00, 0x7e00, 0x0001};
enum { NUMBERS = sizeof numbers / sizeof *numbers };

static void change_element(struct block *b)
{
    size_t size = rec_dtype_size(rec_get32(b->head + 28)), at;
    uint64_t v = 0;

    if (size == 0 || b->n < size) {
        return;
    }
    at = draw((uint32_t)(b->n / size)) * size;
    memcpy(&v, b->data + at, size);
    switch (draw(4)) {
    case 0: v = numbers[draw(NUMBERS)]; break;
    case 1: v += draw(9) - 4U; break;
    case 2: v ^= (uint64_t)1 << draw((uint32_t)(8 * size)); break;
    default:
        memcpy(&v, b->data + draw((uint32_t)(b->n / size)) * size, size);
    }
    memcpy(b->data + at, &v, size);
}

/* One number of the text "key number\n..." becomes another. */
static void change_param(struct block *b)
{
    static const char *const text[] = {
        "0", "1", "2", "3", "-1", "0.5", "4294967295", "4294967296", "65536",
        "65537", "16777217", "1e308", "1e-308", "9007199254740993",
        "18446744073709551616", "nan", "inf", ""};
    const char *now = text[draw(sizeof text / sizeof *text)];
    uint32_t which = draw((uint32_t)lines(b) + 1);
    size_t from = 0, to, len = strlen(now);

    for (; from < b->n && (which > 0 || b->data[from] != ' '); from++) {
        which -= b->data[from] == '\n';
    }
    from += from < b->n;
    for (to = from; to < b->n && b->data[to] != '\n';) {
        to++;
    }
    if (b->n - (to - from) + len <= b->cap) {
        memmove(b->data + from + len, b->data + to, b->n - to);
        memcpy(b->data + from, now, len);
        b->n = b->n - (to - from) + len;
    }
}

/* More, or fewer, elements. */
static void change_length(struct block *b)
{
    size_t size = rec_dtype_size(rec_get32(b->head + 28)), k;

    size = size ? size : 1;
    k = (1 + draw(4)) * size;
    if (draw(2) && b->n >= k) {
        size_t at = draw((uint32_t)(b->n / size)) * size;

        k = at + k > b->n ? b->n - at : k;
        memmove(b->data + at, b->data + at + k, b->n - at - k);
        b->n -= k;
    } else if (b->n + k <= b->cap) {
        size_t at = draw((uint32_t)(b->n / size) + 1) * size;

        memmove(b->data + at + k, b->data + at, b->n - at);
        if (b->n >= k) {
            memmove(b->data + at, b->data, k);
        } else {
            memset(b->data + at, 0, k);
        }
        b->n += k;
    }
}

static void change_head(struct block *b)
{
    static const char types[][5] = {
        "Head", "prov", "Endb", "Parm", "Arry", "Item", "User", "Rlen",
        "Rwgt", "Rtim", "Ritm", "xcol", "xitm", "Gusr", "Gold", "Gcnt",
        "Glen", "Gcol", "Gval", "Hist", "Tids", "Tuse", "Tgen", "Tcnt",
        "skip", "Must"};

    switch (draw(7)) {
    case 0:
        memcpy(b->head, types[draw(sizeof types / sizeof *types)], 4);
        break;
    case 1: rec_put32(b->head + 4, draw(9)); break;
    case 2: rec_put32(b->head + 28, draw(8)); break;
    case 3: rec_put64(b->head + 8, numbers[draw(NUMBERS)]); b->fit = 0; break;
    case 4: rec_put64(b->head + 16, numbers[draw(NUMBERS)]); b->fit = 0; break;
    case 5: b->head[32 + draw(16)] = (uint8_t)(draw(4) ? 'a' + draw(26) : 0);
            break;
    default: b->head[draw(60)] ^= (uint8_t)(1 << draw(8));
    }
}

/* Inflated to be changed and deflated again, or the other way round. */
static void change_deflated(struct block *b, mutate_bytes *bytes)
{
    uint8_t *raw = malloc(INFLATED);
    uLongf n = INFLATED / 2, out = (uLongf)b->cap;

    if (!raw) {
        abort();
    }
    if (!(rec_get32(b->head + 4) & REC_FLAG_DEFLATED)) {
        n = b->n < INFLATED / 2 ? (uLongf)b->n : INFLATED / 2;
        memcpy(raw, b->data, n);
    } else if (uncompress(raw, &n, b->data, (uLong)b->n) == Z_OK) {
        n = (uLongf)bytes(raw, n, INFLATED);
    } else {
        n = 0;
    }
    if (n > 0 && compress2(b->data, &out, raw, n, 1) == Z_OK) {
        b->n = out;
        rec_put32(b->head + 4, REC_FLAG_DEFLATED);
        rec_put64(b->head + 8, n);
    }
    free(raw);
}

static void copy_block(struct block *to, const struct block *from)
{
    *to = *from;
    set_data(to, from->data, from->n);
}

static void change_order(struct stream *s)
{
    size_t i = draw((uint32_t)s->n), j = draw((uint32_t)s->n);
    struct block b = s->block[i];

    if (draw(3) == 0) {
        s->block[i] = s->block[j];
        s->block[j] = b;
    } else if (draw(2)) {
        free(b.data);
        s->n--;
        memmove(s->block + i, s->block + i + 1,
                (s->n - i) * sizeof *s->block);
    } else if (s->n < BLOCKS) {
        copy_block(&b, &s->block[i]);
        memmove(s->block + j + 1, s->block + j,
                (s->n - j) * sizeof *s->block);
        s->block[j] = b;
        s->n++;
    }
}

static void change(struct stream *s, mutate_bytes *bytes)
{
    struct block *b = &s->block[draw((uint32_t)s->n)];

    switch (draw(12)) {
    case 0: change_order(s); break;
    case 1: change_head(b); break;
    case 2: change_deflated(b, bytes); break;
    case 3:
    case 4: change_length(b); break;
    case 5: b->n = bytes(b->data, b->n, min(b->n + 64, b->cap)); break;
    case 6:
    case 7:
        if (memcmp(b->head, REC_BLOCK_PARAM, 4) == 0) {
            change_param(b);
            break;
        } /* fall through */
    case 8:
    case 9:
        if (rec_get32(b->head + 28) == REC_BYTES && b->n > 0) {
            b->n = bytes(b->data, b->n, min(b->n + 16, b->cap));
            break;
        } /* fall through */
    default: change_element(b);
    }
}

size_t mutate_stream(uint8_t *data, size_t n, size_t most, unsigned seed,
                     mutate_bytes *bytes)
{
    struct stream *s;

    seed_draw(seed);
    if (n < 128 || draw(32) == 0) {
        return bytes(data, n, most);
    }
    s = take_apart(data, n);
    for (uint32_t k = draw(3) ? 1 : 1 + draw(4); k > 0 && s->n > 0; k--) {
        change(s, bytes);
    }
    n = put_together(s, data, most, draw(64) != 0);
    release(s);
    return n;
}

size_t mutate_cross(const uint8_t *a, size_t a_n, const uint8_t *b, size_t b_n,
                    uint8_t *out, size_t most, unsigned seed)
{
    struct stream *s = take_apart(a, a_n), *t = take_apart(b, b_n);
    size_t n;

    seed_draw(seed);
    for (uint32_t k = 1 + draw(3); k > 0 && s->n > 0 && t->n > 0; k--) {
        struct block *to = &s->block[draw((uint32_t)s->n)];
        const struct block *from = &t->block[draw((uint32_t)t->n)];

        for (size_t i = 0; i < t->n && draw(4); i++) { /* one of its type */
            if (memcmp(t->block[i].head, to->head, 4) == 0
                && memcmp(t->block[i].head + 32, to->head + 32, 16) == 0) {
                from = &t->block[i];
            }
        }
        free(to->data);
        copy_block(to, from);
    }
    n = put_together(s, out, most, 1);
    release(s);
    release(t);
    return n;
}
