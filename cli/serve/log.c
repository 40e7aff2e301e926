/* What nginx says, on its way to standard error. nginx puts a client's header
 * fields into its messages as they came, and a terminal would obey them. */
#include <fcntl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "serve/serve.h"

enum { WAIT_MS = 1000, STEP_MS = 10 };

/* Until the last process that could write has ended. */
static void copy_lines(int fd)
{
    static char buffer[65536]; /* a message goes out in one piece */
    FILE *in = fdopen(fd, "re");
    char *line = NULL;
    size_t room = 0;
    ssize_t len;

    setvbuf(stderr, buffer, _IOFBF, sizeof buffer);
    while (in != NULL && (len = getline(&line, &room, in)) > 0) {
        bool ended = line[len - 1] == '\n';
        cli_put_visible(stderr, line, (size_t)len - ended);
        fputc('\n', stderr);
        fflush(stderr);
    }
    _exit(CLI_DONE);
}

int serve_log_start(serve_log *ret)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0) {
        return cli_fail_errno("pipe");
    }
    ret->pid = fork();
    if (ret->pid < 0) {
        int status = cli_fail_errno("fork");
        close(ends[0]);
        close(ends[1]);
        return status;
    }
    if (ret->pid == 0) {
        close(ends[1]);
        copy_lines(ends[0]);
    }
    close(ends[0]);
    ret->fd = ends[1];
    return CLI_DONE;
}

void serve_log_close(serve_log *log)
{
    close(log->fd);
    log->fd = -1;
}

void serve_log_wait(const serve_log *log)
{
    const struct timespec pause = {.tv_nsec = STEP_MS * 1000000L};

    for (int i = 0; i < WAIT_MS / STEP_MS && waitpid(log->pid, NULL, WNOHANG) == 0; i++) {
        nanosleep(&pause, NULL);
    }
}
