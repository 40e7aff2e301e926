/* nginx as a child: started, told to reload, stopped, and never left behind. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "serve/serve.h"

enum {
    STEP_MS = 10,       /* between looks at whether nginx answers */
    TERMINAL_MS = 1000, /* between looks at whether the terminal is there */
    START_MS = 15000,   /* nginx itself tries to bind for 2.5 s */
    GRACE_MS = 8000,    /* to end requests in progress after QUIT */
    TERM_MS = 3000,     /* to end at all after TERM */
};

typedef struct child {
    pid_t pid; /* nginx's master, leader of a process group with its workers */
    const char *state;
    serve_log log;
    int exit; /* as waitpid tells, once gone */
    bool gone;
} child;

/* ---- start ---- */

static void raise_file_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit); /* nginx says so if it stays too low */
    }
}

/* The parent may be killed between fork and prctl. */
static void follow_parent(pid_t parent)
{
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent) {
        _exit(CLI_FAILED);
    }
}

static void become_nginx(const char *nginx, const child *c, pid_t parent)
{
    char prefix[SERVE_PATH_MAX + 2];
    char conf[SERVE_PATH_MAX + 16];
    sigset_t none;

    follow_parent(parent);
    setpgid(0, 0); /* Ctrl-C reaches macaw alone, which ends nginx in good order */
    signal(SIGPIPE, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    raise_file_limit();
    snprintf(prefix, sizeof prefix, "%s/", c->state);
    snprintf(conf, sizeof conf, "%s/nginx.conf", c->state);
    dup2(c->log.fd, STDERR_FILENO);
    execl(nginx, "nginx", "-e", "stderr", "-p", prefix, "-c", conf, (char *)NULL);
    cli_fail_errno(nginx);
    _exit(CLI_FAILED);
}

static int start(const char *nginx, child *c)
{
    pid_t parent = getpid();
    int status = serve_log_start(&c->log);

    if (status != CLI_DONE) {
        return status;
    }
    c->pid = fork();
    if (c->pid == 0) {
        become_nginx(nginx, c, parent);
    }
    serve_log_close(&c->log);
    if (c->pid < 0) {
        return cli_fail_errno("fork");
    }
    setpgid(c->pid, c->pid); /* whichever of the two comes first */
    return CLI_DONE;
}

/* ---- watch ---- */

static bool is_gone(child *c)
{
    if (!c->gone && waitpid(c->pid, &c->exit, WNOHANG) == c->pid) {
        c->gone = true;
    }
    return c->gone;
}

/* The next of the signals waited for, SIGCHLD included; 0 after ms without one. */
static int next_signal(const sigset_t *signals, int ms)
{
    const struct timespec timeout = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
    int got;

    do {
        got = ms < 0 ? sigwaitinfo(signals, NULL) : sigtimedwait(signals, NULL, &timeout);
    } while (got < 0 && errno == EINTR);
    return got < 0 ? 0 : got;
}

/* False when nginx does not end in time. */
static bool wait_gone(child *c, const sigset_t *signals, int ms)
{
    for (int waited = 0; !is_gone(c) && waited < ms; waited += STEP_MS) {
        int got = next_signal(signals, STEP_MS);
        if (got == SIGINT || got == SIGTERM) {
            return is_gone(c); /* asked again: hurry */
        }
    }
    return is_gone(c);
}

/* ---- end ---- */

static void stop(child *c, const sigset_t *signals)
{
    kill(c->pid, SIGQUIT);
    if (!wait_gone(c, signals, GRACE_MS)) {
        kill(c->pid, SIGTERM);
    }
    if (!wait_gone(c, signals, TERM_MS)) {
        kill(-c->pid, SIGKILL);
        waitpid(c->pid, &c->exit, 0);
        c->gone = true;
    }
    serve_log_wait(&c->log);
}

/* Workers outlive a master that was killed. */
static void sweep(const child *c)
{
    const struct timespec pause = {.tv_nsec = STEP_MS * 1000000L};

    kill(-c->pid, SIGTERM);
    for (int i = 0; i < TERM_MS / STEP_MS && kill(-c->pid, 0) == 0; i++) {
        nanosleep(&pause, NULL);
    }
    kill(-c->pid, SIGKILL);
}

static void remove_file(const char *folder, const char *name)
{
    char path[SERVE_PATH_MAX + 16];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    unlink(path);
}

static int report_death(const child *c)
{
    sweep(c);
    serve_log_wait(&c->log);
    remove_file(c->state, "status.sock");
    remove_file(c->state, "control.sock");
    if (WIFSIGNALED(c->exit)) {
        return cli_fail(CLI_FAILED, "nginx", "was killed by signal %d", WTERMSIG(c->exit));
    }
    return cli_fail(CLI_FAILED, "nginx", "ended by itself with status %d; its reason is above",
                    WEXITSTATUS(c->exit));
}

/* ---- ready ---- */

/* nginx makes sockets for everybody; the folder is closed to others, and so is this. */
static bool close_status_socket(const char *state)
{
    struct sockaddr_un addr = {.sun_family = AF_UNIX};
    char path[SERVE_PATH_MAX + 16];
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool answers;

    /* serve_state_open has refused a longer one. */
    snprintf(path, sizeof path, "%s/status.sock", state);
    memcpy(addr.sun_path, path, strnlen(path, sizeof addr.sun_path - 1));
    answers = fd >= 0 && connect(fd, (const struct sockaddr *)&addr, sizeof addr) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return answers && chmod(addr.sun_path, 0600) == 0;
}

/* The last thing nginx does before its workers start: it heeds signals from here on. */
static bool has_pid_file(const char *state)
{
    char path[SERVE_PATH_MAX + 16];

    snprintf(path, sizeof path, "%s/nginx.pid", state);
    return access(path, F_OK) == 0;
}

/* CLI_DONE once nginx answers; a signal to stop ends the wait as well, in *got. */
static int wait_ready(child *c, const sigset_t *signals, int *got)
{
    for (int waited = 0; waited < START_MS; waited += STEP_MS) {
        if (is_gone(c)) {
            return report_death(c);
        }
        if (has_pid_file(c->state) && close_status_socket(c->state)) {
            return CLI_DONE;
        }
        *got = next_signal(signals, STEP_MS);
        if (*got == SIGINT || *got == SIGTERM) {
            return CLI_DONE;
        }
    }
    stop(c, signals);
    return cli_fail(CLI_FAILED, "nginx", "did not answer within %d s", START_MS / 1000);
}

/* A terminal that goes away sends SIGHUP to its shell, which may or may not pass it on. */
static bool terminal_is_lost(bool had_terminal)
{
    return had_terminal && !isatty(STDIN_FILENO);
}

static int watch(child *c, const sigset_t *signals, int got)
{
    bool had_terminal = isatty(STDIN_FILENO);

    while (got != SIGINT && got != SIGTERM) {
        if (is_gone(c)) {
            return report_death(c);
        }
        if (terminal_is_lost(had_terminal)) {
            break;
        }
        if (got == SIGHUP) {
            kill(c->pid, SIGHUP);
        }
        got = next_signal(signals, had_terminal ? TERMINAL_MS : -1);
    }
    stop(c, signals);
    return CLI_DONE;
}

int serve_run(const char *nginx, const serve_options *options, void (*ready)(const void *context),
              const void *context)
{
    static const int waited_for[] = {SIGCHLD, SIGINT, SIGTERM, SIGHUP};
    child c = {.state = options->state};
    sigset_t signals;
    int got = 0;
    int status;

    sigemptyset(&signals);
    for (size_t i = 0; i < sizeof waited_for / sizeof *waited_for; i++) {
        sigaddset(&signals, waited_for[i]);
    }
    sigprocmask(SIG_BLOCK, &signals, NULL);
    status = start(nginx, &c);
    if (status == CLI_DONE) {
        status = wait_ready(&c, &signals, &got);
        if (status != CLI_DONE) {
            return status;
        }
        if (got != SIGINT && got != SIGTERM) {
            ready(context);
            got = 0;
        }
        status = watch(&c, &signals, got);
    }
    return status;
}
