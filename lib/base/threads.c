/* SPDX-License-Identifier: MIT */
/* How many threads: see threads.h. */
#include <config.h>

#include "base/threads.h"

#ifdef _OPENMP
#include <omp.h>
#endif

int rec_threads(int wanted)
{
    int n = wanted;

    if (n == 0) {
#ifdef _OPENMP
        n = omp_get_num_procs();
#else
        n = 1;
#endif
    }
    return n < 1 ? 1 : n > 1024 ? 1024 : n;
}

int rec_thread(void)
{
#ifdef _OPENMP
    return omp_get_thread_num();
#else
    return 0;
#endif
}
