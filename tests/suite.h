/* SPDX-License-Identifier: MIT */
/* The end of every check_*.c: run its tests; the exit status says whether one
   failed. */
#ifndef SUITE_H
#define SUITE_H

#include <check.h>
#include <stddef.h>

/* ck_assert for hot loops: Check notes every ck_assert it passes in a file. */
#define SURE(x)                                                              \
    do {                                                                     \
        if (!(x)) {                                                          \
            ck_abort_msg("%s", #x);                                          \
        }                                                                    \
    } while (0)

/* Run the tests of T as the suite NAME; what main returns. */
static inline int suite_end(const char *name, TCase *t)
{
    Suite *s = suite_create(name);
    SRunner *r;
    int failed;

    suite_add_tcase(s, t);
    r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}

/* The same for a plain list of N tests. */
static inline int suite_run(const char *name, const TTest *const *test,
                            size_t n)
{
    TCase *t = tcase_create(name);

    tcase_set_timeout(t, 120);
    for (size_t i = 0; i < n; i++) {
        tcase_add_test(t, test[i]);
    }
    return suite_end(name, t);
}

#endif
