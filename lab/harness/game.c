#include "harness/game.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/attacker.h"
#include "harness/wire.h"

enum { SECONDS = 60 }; /* that a repeat may take unless its card says otherwise */

/* Descriptors and processes of a game; -1 and 0: not there. */
typedef struct table {
    int play[2];   /* challenger, attacker */
    int trace[2];  /* ours, attacker */
    int result[2]; /* ours, challenger */
    pid_t attacker, challenger;
} table;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void close_fd(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
}

static void close_all(table *t)
{
    for (int i = 0; i < 2; i++) {
        close_fd(&t->play[i]);
        close_fd(&t->trace[i]);
        close_fd(&t->result[i]);
    }
}

/* From the names of all that makes this game another than the others. */
static void seed_for(const lab_game *game, const char *who, uint8_t ret[LAB_SEED_LEN])
{
    char label[400];
    int used = snprintf(label, sizeof label, "%s %s %s %u", who, game->card->name,
                        game->one->construction, game->repeat);

    for (const lab_setting *s = game->one->settings;
         s->name != NULL && used > 0 && used < (int)sizeof label; s++) {
        used += snprintf(label + used, sizeof label - (size_t)used, " %s=%s", s->name, s->value);
    }
    lab_rng_derive(ret, game->seed, label);
}

/* All but the standard ones and two: also those of games that run beside this one. */
static void close_others(int a, int b)
{
    unsigned low = (unsigned)(a < b ? a : b), high = (unsigned)(a < b ? b : a);

    (void)close_range(3, low - 1, 0);
    (void)close_range(low + 1, high - 1, 0);
    (void)close_range(high + 1, ~0u, 0);
}

static _Noreturn void be_attacker(const lab_game *game, table *t)
{
    lab_settings settings = *game->settings;
    uint8_t seed[LAB_SEED_LEN];
    lab_attacker attacker = {.fd = t->play[1],
                             .trace_fd = t->trace[1],
                             .tracing = game->tracing,
                             .stepping = game->pause != NULL,
                             .seed = seed};

    lab_users_hide(game->card->options, game->users);
    close_others(t->play[1], t->trace[1]);
    seed_for(game, "attacker", seed);
    lab_attacker_run(&attacker, game->card, &settings);
}

static _Noreturn void be_challenger(const lab_game *game, table *t)
{
    uint8_t seed[LAB_SEED_LEN];
    lab_result result;

    prctl(PR_SET_DUMPABLE, 0); /* its memory is not for others of the same user */
    close_others(t->play[0], t->result[1]);
    seed_for(game, "challenger", seed);
    lab_challenger_run(t->play[0], game->card, game->one, game->settings, seed, &result);
    _exit(lab_write_all(t->result[1], &result, sizeof result) ? 0 : 1);
}

static pid_t split(void)
{
    pid_t parent = getpid();
    pid_t pid = fork();

    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) {
            _exit(LAB_EXIT_FAILED);
        }
    }
    return pid;
}

static bool start(const lab_game *game, table *t)
{
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, t->play) != 0 ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, t->trace) != 0 ||
        pipe2(t->result, O_CLOEXEC) != 0) {
        return false;
    }
    fflush(NULL);
    t->attacker = split();
    if (t->attacker == 0) {
        be_attacker(game, t);
    }
    close_fd(&t->play[1]);
    close_fd(&t->trace[1]);
    t->challenger = t->attacker > 0 ? split() : -1;
    if (t->challenger == 0) {
        be_challenger(game, t);
    }
    close_fd(&t->play[0]);
    close_fd(&t->result[1]);
    return t->attacker > 0 && t->challenger > 0;
}

/* ---- watching ---- */

/* One line of the trace. */
static void hear(const lab_game *game, const table *t, const char *line, size_t len)
{
    json_t *event = json_loadb(line, len, 0, NULL);
    const char *kind = json_string_value(json_object_get(event, "event"));

    if (kind != NULL && game->event != NULL) {
        game->event(game->context, event);
    }
    if (kind != NULL && game->pause != NULL && strcmp(kind, "ask") == 0) {
        game->pause(game->context);
        (void)lab_write_all(t->trace[0], "", 1);
    }
    json_decref(event);
}

/* All whole lines of text; what is behind them moves to its beginning. */
static void hear_lines(const lab_game *game, const table *t, lab_buf *text)
{
    size_t from = 0;
    uint8_t *end;

    while (from < text->len && (end = memchr(text->data + from, '\n', text->len - from)) != NULL) {
        size_t len = (size_t)(end - (text->data + from));
        hear(game, t, (const char *)text->data + from, len);
        from += len + 1;
    }
    if (from > 0) {
        memmove(text->data, text->data + from, text->len - from);
        text->len -= from;
    }
}

/* Until the attacker's end; false: time was up. A reader who steps has all the time. */
static bool watch(const lab_game *game, const table *t, double deadline)
{
    lab_buf text = {0};
    uint8_t some[65536];
    bool ended = false, late = false;

    while (!ended && !late) {
        struct pollfd one = {.fd = t->trace[0], .events = POLLIN};
        double left = deadline - now();
        int ready = poll(&one, 1, game->pause != NULL ? -1 : left > 0 ? (int)(left * 1000) : 0);
        if (ready == 0) {
            late = true;
        } else if (ready > 0) {
            ssize_t got = read(t->trace[0], some, sizeof some);
            ended = got <= 0;
            lab_buf_add(&text, some, got > 0 ? (size_t)got : 0);
            hear_lines(game, t, &text);
        }
    }
    lab_buf_free(&text);
    return !late;
}

static int wait_for(pid_t pid)
{
    int status = 0;

    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

/* What went wrong, if anything, from how the two ended. */
static void explain(lab_outcome *ret, bool on_time, int attacker, int challenger)
{
    char *error = ret->error;
    size_t size = sizeof ret->error;

    if (!on_time) {
        snprintf(error, size, "the attacker did not end in time");
    } else if (WIFSIGNALED(attacker)) {
        snprintf(error, size, "the attacker was ended by signal %d", WTERMSIG(attacker));
    } else if (ret->result.wrong[0] != '\0') {
        snprintf(error, size, "%s", ret->result.wrong);
    } else if (WIFSIGNALED(challenger) || WEXITSTATUS(challenger) != 0) {
        snprintf(error, size, "the challenger failed");
    } else if (WEXITSTATUS(attacker) != LAB_EXIT_DONE || !ret->result.ended) {
        snprintf(error, size, "the attacker left in the middle of the game");
    }
}

static void finish(const lab_game *game, table *t, lab_outcome *ret)
{
    unsigned seconds = game->card->seconds > 0 ? game->card->seconds : SECONDS;
    bool on_time = watch(game, t, now() + seconds);
    int attacker, challenger;

    if (!on_time) {
        kill(t->attacker, SIGKILL);
        kill(t->challenger, SIGKILL);
    }
    if (!lab_read_all(t->result[0], &ret->result, sizeof ret->result)) {
        ret->result = (lab_result){0};
    }
    attacker = wait_for(t->attacker);
    challenger = wait_for(t->challenger);
    explain(ret, on_time, attacker, challenger);
}

void lab_game_play(const lab_game *game, lab_outcome *ret)
{
    table t = {{-1, -1}, {-1, -1}, {-1, -1}, 0, 0};
    double began = now();

    *ret = (lab_outcome){0};
    if (start(game, &t)) {
        finish(game, &t, ret);
    } else {
        snprintf(ret->error, sizeof ret->error, "cannot start: %s", strerror(errno));
        if (t.attacker > 0) {
            kill(t.attacker, SIGKILL);
            wait_for(t.attacker);
        }
    }
    close_all(&t);
    ret->seconds = now() - began;
}
