/* SPDX-License-Identifier: MIT */
/* Lists of options. Signals of the programs: temporary files go, and nothing
   happens while the main thread has signals blocked, whichever thread the
   system picks. And their messages, each written at once. */
#include <config.h>

#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"
#include "suite.h"

static struct cli_option options[] = {CLI_OPT_END};
static const struct cli_program program = {"test", "", "A test.", options, 0};

/* A thread that takes any signal, as those of BLAS do. */
static void *wait_for_ever(void *p)
{
    while (poll(NULL, 0, -1) != 1) {
    }
    return p;
}

/* The program: opens PATH, and is sent a signal while they are blocked. */
REC_NORETURN static void run(char *path, int report)
{
    char name[] = "test", *argv[] = {name, NULL};
    struct cli c;
    sigset_t set;
    pthread_t t;

    cli_parse(&c, &program, 1, argv);
    cli_output(&c, path, 0);
    if (pthread_create(&t, NULL, wait_for_ever, NULL) != 0) {
        _exit(1);
    }
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    kill(getpid(), SIGTERM);
    poll(NULL, 0, 200);
    if (write(report, "x", 1) != 1) {
        _exit(1);
    }
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    poll(NULL, 0, -1);
    _exit(1);
}

static int count_files(const char *path)
{
    DIR *d = opendir(path);
    int n = 0;

    ck_assert_ptr_nonnull(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    }
    closedir(d);
    return n;
}

START_TEST(signal_waits_for_the_main_thread)
{
    char dir[] = "/tmp/check_cli.XXXXXX", path[64], got;
    int report[2], status;
    pid_t child;

    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/out", dir);
    ck_assert_int_eq(pipe(report), 0);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        close(report[0]);
        run(path, report[1]);
    }
    close(report[1]);
    ck_assert_msg(read(report[0], &got, 1) == 1, "ended while blocked");
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    ck_assert_int_eq(count_files(dir), 0);
    close(report[0]);
    rmdir(dir);
}
END_TEST

/* On a socket of datagrams a message is what one write has written. */
START_TEST(message_is_one_write)
{
    static const char want[] = "test: no 'a\\x07b' here\n";
    char name[] = "test", *argv[] = {name, NULL}, got[128];
    int end[2], status;
    struct cli c;
    pid_t child;

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, end), 0);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        dup2(end[1], STDERR_FILENO);
        cli_parse(&c, &program, 1, argv);
        die("no '%s' here", "a\ab");
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == CLI_FAILURE);
    ck_assert_int_eq(recv(end[0], got, sizeof got, 0), sizeof want - 1);
    ck_assert_mem_eq(got, want, sizeof want - 1);
    close(end[0]);
    close(end[1]);
}
END_TEST

/* "a,,b," has four parts, the last one empty like the second. */
START_TEST(parts_of_a_list)
{
    static const char list[] = "a,,bc,";
    static const size_t length[] = {1, 0, 2, 0};
    const char *at = list, *expected = list, *none = NULL, *empty = "";
    size_t n;

    for (size_t k = 0; k < 4; k++) {
        ck_assert_ptr_eq(cli_next_part(&at, &n), expected);
        ck_assert_uint_eq(n, length[k]);
        expected += n + 1;
    }
    ck_assert_ptr_null(cli_next_part(&at, &n));
    ck_assert_ptr_null(cli_next_part(&none, &n));
    ck_assert_ptr_nonnull(cli_next_part(&empty, &n));
    ck_assert_uint_eq(n, 0);
    ck_assert_ptr_null(cli_next_part(&empty, &n));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {signal_waits_for_the_main_thread,
                                  message_is_one_write, parts_of_a_list};

    return suite_run("cli", tests, sizeof tests / sizeof *tests);
}
