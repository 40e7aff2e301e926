#include "serve/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ARGUMENTS = 64, TICK = 100 };

/* Behind fork in a program with threads: system calls only. */
static _Noreturn void become(char *const *argv, int out, int err)
{
    struct rlimit processor = {CHILD_SECONDS, CHILD_SECONDS};
    struct rlimit memory = {CHILD_MEMORY, CHILD_MEMORY};
    struct rlimit none = {0, 0};
    sigset_t all;

    sigemptyset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    if (setpgid(0, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || dup2(out, 1) < 0 ||
        dup2(err, 2) < 0 || setrlimit(RLIMIT_CPU, &processor) != 0 ||
        setrlimit(RLIMIT_FSIZE, &none) != 0 || setrlimit(RLIMIT_CORE, &none) != 0) {
        _exit(3);
    }
#ifndef __SANITIZE_ADDRESS__ /* which reserves more than any limit */
    if (setrlimit(RLIMIT_AS, &memory) != 0) {
        _exit(3);
    }
#else
    (void)memory;
#endif
    execv("/proc/self/exe", argv);
    _exit(3);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* false: the end of the stream. */
static bool hear_out(int fd, child_result *ret)
{
    size_t room = ret->len + 65536;
    char *wide = room <= CHILD_OUTPUT ? realloc(ret->out, room + 1) : NULL;
    ssize_t got;

    if (wide == NULL) {
        ret->status = -1;
        return false;
    }
    ret->out = wide;
    got = read(fd, ret->out + ret->len, 65536);
    ret->len += got > 0 ? (size_t)got : 0;
    ret->out[ret->len] = '\0';
    return got > 0 || (got < 0 && errno == EINTR);
}

static bool hear_err(int fd, child_result *ret)
{
    char some[400];
    ssize_t got = read(fd, some, sizeof some);
    size_t used = strlen(ret->err), room = sizeof ret->err - 1 - used;

    if (got > 0) {
        size_t n = (size_t)got < room ? (size_t)got : room;
        memcpy(ret->err + used, some, n);
        ret->err[used + n] = '\0';
    }
    return got > 0 || (got < 0 && errno == EINTR);
}

/* Until both streams end, or a limit is met. */
static void hear(int out, int err, const atomic_bool *stop, child_result *ret)
{
    struct pollfd fds[2] = {{out, POLLIN, 0}, {err, POLLIN, 0}};
    double end = now() + CHILD_SECONDS;

    while ((fds[0].fd >= 0 || fds[1].fd >= 0) && ret->status == 0) {
        int ready = poll(fds, 2, TICK);
        if (atomic_load(stop) || now() > end || (ready < 0 && errno != EINTR)) {
            ret->status = -1;
        }
        if (ready > 0 && fds[0].revents != 0 && !hear_out(out, ret)) {
            fds[0].fd = -1;
        }
        if (ready > 0 && fds[1].revents != 0 && !hear_err(err, ret)) {
            fds[1].fd = -1;
        }
    }
}

static void finish(pid_t pid, child_result *ret)
{
    int status = 0;

    kill(-pid, SIGKILL); /* what it left behind, or all of it at a limit */
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (ret->status == 0) {
        ret->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
}

/* It has closed its streams; let it end by itself. */
static void wait_for_end(pid_t pid)
{
    siginfo_t info;

    while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
}

bool child_run(const char *const *argv, const atomic_bool *stop, child_result *ret)
{
    char *own[ARGUMENTS] = {(char[]){"macaw-lab"}};
    int out[2], err[2];
    pid_t pid;

    *ret = (child_result){.out = calloc(1, 1)};
    for (size_t i = 0; argv[i] != NULL && i + 2 < ARGUMENTS; i++) {
        own[i + 1] = (char *)argv[i]; /* execv does not change it */
    }
    if (ret->out == NULL || pipe2(out, O_CLOEXEC) != 0) {
        return false;
    }
    if (pipe2(err, O_CLOEXEC) != 0) {
        close(out[0]);
        close(out[1]);
        return false;
    }
    pid = fork();
    if (pid == 0) {
        become(own, out[1], err[1]);
    }
    close(out[1]);
    close(err[1]);
    if (pid > 0) {
        setpgid(pid, pid); /* whoever comes first */
        hear(out[0], err[0], stop, ret);
        if (ret->status == 0) {
            wait_for_end(pid);
        }
        finish(pid, ret);
    }
    close(out[0]);
    close(err[0]);
    return pid > 0;
}
