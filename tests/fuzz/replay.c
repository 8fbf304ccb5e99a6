/* SPDX-License-Identifier: MIT */
/* Inputs through a target without a fuzzer: replay TARGET FILE... in any
   build. Says how many there were; an input that fails ends it. And what no
   program makes, for seeds.sh: replay --checkpoint SORT JUDGED. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static void replay(const struct fuzz_target *t, const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data;
    long n;

    if (!f || fseek(f, 0, SEEK_END) != 0 || (n = ftell(f)) < 0
        || fseek(f, 0, SEEK_SET) != 0) {
        perror(path);
        exit(1);
    }
    data = malloc((size_t)n + 1);
    if (!data || fread(data, 1, (size_t)n, f) != (size_t)n) {
        perror(path);
        exit(1);
    }
    fclose(f);
    fprintf(stderr, "%s %s\n", t->name, path); /* to be seen if it fails */
    t->one(data, (size_t)n);
    free(data);
}

static int write_checkpoint(int sort, int judged)
{
    struct rec_error err;
    struct rec_output *o;

    fuzz_need(rec_output_open(&o, NULL, &err) == 0, "output", &err);
    fuzz_checkpoint_seed(sort, judged, o);
    fuzz_need(rec_output_flush(o, &err) == 0, "output", &err);
    rec_output_free(o);
    return 0;
}

int main(int argc, char **argv)
{
    const struct fuzz_target *t = argc > 1 ? fuzz_find(argv[1]) : NULL;

    if (argc == 4 && strcmp(argv[1], "--checkpoint") == 0) {
        return write_checkpoint(*argv[2] - '0', *argv[3] == '1');
    }
    if (!t) {
        fputs("usage: replay TARGET FILE...; targets:", stderr);
        for (size_t i = 0; i < fuzz_target_count; i++) {
            fprintf(stderr, " %s", fuzz_targets[i].name);
        }
        fputs("\n", stderr);
        return 2;
    }
    for (int i = 2; i < argc; i++) {
        replay(t, argv[i]);
    }
    printf("%d\n", argc - 2);
    return 0;
}
