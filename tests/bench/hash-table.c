/* SPDX-License-Identifier: MIT */
/* hash-table IDS: the id table of rec-hash with IDS ids: numbers, then names.
   Prints lines of "NAME FIGURE" that tests/bench/hash.sh puts beside those of
   hash-map.cc, which does the same with std::unordered_map. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/hash.h"
#include "data/idtable.h"
#include "hash-ids.h"

enum { AT_ONCE = 1024 };

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void fill(struct rec_idtable *t, uint32_t n, int name)
{
    char id[ID_BYTES];

    for (uint32_t i = 0; i < n; i++) {
        struct rec_idkey k = rec_idtable_key(t, id, id_make(i, name, id));
        uint32_t slot;

        if (rec_idtable_add(t, &k, 1, &slot, NULL) != 0 || slot != i) {
            fputs("hash-table: a collision\n", stderr);
            exit(1);
        }
    }
}

/* Look all up in another order, AT_ONCE at a time (or one by one); ids from
   SHIFT on are not there. The text of the ids is made beforehand, piece by
   piece, and its time not counted. Returns seconds. */
static double find_all(const struct rec_idtable *t, uint32_t n, int name,
                       uint32_t shift, int batch)
{
    static char id[AT_ONCE][ID_BYTES];
    static struct rec_idkey key[AT_ONCE];
    static uint32_t slot[AT_ONCE], index[AT_ONCE];
    static size_t len[AT_ONCE];
    double spent = 0;

    for (uint32_t from = 0; from + AT_ONCE <= n; from += AT_ONCE) {
        double begun;

        for (int i = 0; i < AT_ONCE; i++) {
            index[i] = id_order(from + (uint32_t)i, n);
            len[i] = id_make(index[i] + shift, name, id[i]);
        }
        begun = now();
        for (int i = 0; i < AT_ONCE; i++) {
            key[i] = rec_idtable_key(t, id[i], len[i]);
            if (!batch) {
                slot[i] = rec_idtable_find(t, &key[i]);
            }
        }
        if (batch) {
            rec_idtable_find_many(t, key, AT_ONCE, slot);
        }
        spent += now() - begun;
        for (int i = 0; i < AT_ONCE; i++) {
            if (slot[i] != (shift ? REC_SLOT_NONE : index[i])) {
                fputs("hash-table: a wrong slot\n", stderr);
                exit(1);
            }
        }
    }
    return spent;
}

/* The ids hashed by xxHash, and nothing else. Returns seconds. */
static double hash_all(uint32_t n, int name)
{
    static char id[AT_ONCE][ID_BYTES];
    static size_t len[AT_ONCE];
    volatile uint64_t sum = 0;
    double spent = 0;

    for (uint32_t from = 0; from + AT_ONCE <= n; from += AT_ONCE) {
        double begun;

        for (int i = 0; i < AT_ONCE; i++) {
            len[i] = id_make(id_order(from + (uint32_t)i, n), name, id[i]);
        }
        begun = now();
        for (int i = 0; i < AT_ONCE; i++) {
            sum += rec_hash_id(id[i], len[i]);
        }
        spent += now() - begun;
    }
    return spent;
}

int main(int argc, char **argv)
{
    uint32_t n = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 10000000;
    static const char *const kind[] = {"number", "name"};
    char id[ID_BYTES];
    double begun;

    for (int name = 0; name < 2; name++) {
        struct rec_idtable *t = rec_idtable_new(1);
        double made, sum = 0;

        begun = now();
        for (uint32_t i = 0; i < n; i++) {
            sum += (double)id_make(i, name, id);
        }
        made = now() - begun;
        begun = now();
        fill(t, n, name);
        printf("%s insert %.3f\n", kind[name],
               n / (now() - begun - made) / 1e6);
        printf("%s lookup %.3f\n", kind[name],
               n / find_all(t, n, name, 0, 1) / 1e6);
        printf("%s lookup-single %.3f\n", kind[name],
               n / find_all(t, n, name, 0, 0) / 1e6);
        printf("%s absent %.3f\n", kind[name],
               n / find_all(t, n, name, n, 1) / 1e6);
        printf("%s bytes %.2f\n", kind[name],
               (double)rec_idtable_memory(t) / n);
        printf("%s load %.4f\n", kind[name], rec_idtable_load(t));
        printf("%s id-bytes %.2f\n", kind[name], sum / n);
        rec_idtable_free(t);
        printf("%s xxhash %.1f\n", kind[name], n / hash_all(n, name) / 1e6);
    }
    return 0;
}
