/* SPDX-License-Identifier: MIT */
/* Threads are OpenMP's; a parallel region always names its number of threads
   (num_threads), and BLAS is never called inside one. Where there may be only
   little to do, an if clause keeps it to one thread: to wake others and to wait
   for them can take milliseconds on a busy machine. */
#ifndef REC_THREADS_H
#define REC_THREADS_H

/* The number of threads to use for -@ WANTED: WANTED itself, or for 0 the
   processors this process may run on. At least 1, at most 1024. */
int rec_threads(int wanted);

/* The calling thread's number in its parallel region, from 0. */
int rec_thread(void);

#endif
