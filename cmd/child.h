/* SPDX-License-Identifier: MIT */
/* Commands as children, one at a time. A child has its own process group, which
   is ended with this program if that gets a signal or dies. */
#ifndef REC_CHILD_H
#define REC_CHILD_H

struct child_use {
    int status;     /* as wait(2) has it */
    double seconds; /* of the clock on the wall */
    double mib;     /* the largest process of the child, at its peak */
};

/* Run the program ARGV[0], looked for in PATH, with these descriptors as its
   standard input, output and error; below 0: nothing, ours, ours. Waits for its
   end. Returns 0, or an errno if there can be no child. */
int child_exec(char *const argv[], const int fd[3], struct child_use *use);

/* Run COMMAND by sh(1), with nothing on standard input and OUT as standard
   output; wait for its end. Dies if there can be no child. */
void child_run(const char *command, int out, struct child_use *use);

/* A nameless file for reading and writing, in the folder that holds PATH or,
   if that is NULL, in /tmp; gone when it is closed. Dies if that fails. */
int child_file(const char *path);

#endif
