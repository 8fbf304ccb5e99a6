/* SPDX-License-Identifier: MIT */
/* hash-map IDS: what hash-table does, with std::unordered_map: numbers as
   uint64_t to uint32_t, which is less than the table keeps; then names as
   std::string. Built by tests/bench/hash.sh alone. Bytes are those of the
   heap. */
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <malloc.h>
#include <string>
#include <unordered_map>
#include <vector>

#include "hash-ids.h"

static double now()
{
    return std::chrono::duration<double>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

static double heap()
{
    struct mallinfo2 m = mallinfo2();

    return (double)m.uordblks + (double)m.hblkhd;
}

/* The key of an id from its text, as a program that reads text has it: the
   table parses numbers too. */
static void key_of(uint64_t *key, const char *id, size_t)
{
    *key = strtoull(id, nullptr, 10);
}

static void key_of(std::string *key, const char *id, size_t len)
{
    key->assign(id, len);
}

template <class K>
static double find_all(const std::unordered_map<K, uint32_t> &m, uint32_t n,
                       int name, uint32_t shift)
{
    const uint32_t at_once = 1024;
    static char id[at_once][ID_BYTES];
    std::vector<uint32_t> index(at_once), slot(at_once);
    std::vector<size_t> len(at_once);
    double spent = 0;
    K key;

    for (uint32_t from = 0; from + at_once <= n; from += at_once) {
        for (uint32_t i = 0; i < at_once; i++) {
            index[i] = id_order(from + i, n);
            len[i] = id_make(index[i] + shift, name, id[i]);
        }
        double begun = now();
        for (uint32_t i = 0; i < at_once; i++) {
            key_of(&key, id[i], len[i]);
            auto at = m.find(key);
            slot[i] = at == m.end() ? UINT32_MAX : at->second;
        }
        spent += now() - begun;
        for (uint32_t i = 0; i < at_once; i++) {
            if (slot[i] != (shift ? UINT32_MAX : index[i])) {
                fputs("hash-map: a wrong slot\n", stderr);
                exit(1);
            }
        }
    }
    return spent;
}

template <class K> static void run(const char *kind, uint32_t n, int name)
{
    double made, begun, before = heap();
    char id[ID_BYTES];
    size_t sum = 0;
    K key;

    begun = now();
    for (uint32_t i = 0; i < n; i++) {
        sum += id_make(i, name, id);
    }
    made = now() - begun;
    std::unordered_map<K, uint32_t> m;
    begun = now();
    for (uint32_t i = 0; i < n; i++) {
        size_t len = id_make(i, name, id);

        key_of(&key, id, len);
        m.emplace(key, i);
    }
    printf("%s insert %.3f\n", kind,
           n / (now() - begun - made + (sum == 0)) / 1e6);
    printf("%s lookup %.3f\n", kind, n / find_all(m, n, name, 0) / 1e6);
    printf("%s absent %.3f\n", kind, n / find_all(m, n, name, n) / 1e6);
    printf("%s bytes %.2f\n", kind, (heap() - before) / n);
}

int main(int argc, char **argv)
{
    uint32_t n = argc > 1 ? (uint32_t)strtoul(argv[1], nullptr, 10) : 10000000;

    run<uint64_t>("number", n, 0);
    run<std::string>("name", n, 1);
    return 0;
}
