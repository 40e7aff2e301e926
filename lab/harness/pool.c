/* Cases of cards in parallel processes: each hands its JSON back through a pipe. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"
#include "harness/run.h"
#include "harness/wire.h"

typedef struct job {
    const lab_card *card;
    const lab_case *one;
    pid_t pid;
    int fd; /* -1: not running */
    lab_buf text;
    json_t *result;
} job;

typedef struct pool {
    const lab_run *run;
    job *jobs;
    size_t count, next, running;
    bool failed;
} pool;

static size_t count_cases(const lab_card *const *cards)
{
    size_t n = 0;

    for (; *cards != NULL; cards++) {
        for (const lab_case *one = (*cards)->cases; one->construction != NULL; one++) {
            n++;
        }
    }
    return n;
}

static bool pool_new(pool *ret, const lab_run *run, const lab_card *const *cards)
{
    size_t n = 0;

    *ret = (pool){.run = run, .count = count_cases(cards)};
    ret->jobs = calloc(ret->count + 1, sizeof *ret->jobs);
    if (ret->jobs == NULL) {
        return false;
    }
    for (; *cards != NULL; cards++) {
        for (const lab_case *one = (*cards)->cases; one->construction != NULL; one++) {
            ret->jobs[n++] = (job){.card = *cards, .one = one, .fd = -1};
        }
    }
    return true;
}

static _Noreturn void work(const pool *p, const job *j, int fd)
{
    json_t *result = lab_run_case(p->run, j->card, j->one);
    char *text = result != NULL ? json_dumps(result, JSON_COMPACT) : NULL;

    _exit(text != NULL && lab_write_all(fd, text, strlen(text)) ? 0 : 1);
}

static void start(pool *p)
{
    job *j = &p->jobs[p->next++];
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0) {
        p->failed = true;
        return;
    }
    fflush(NULL);
    j->pid = fork();
    if (j->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(ends[0]);
        work(p, j, ends[1]);
    }
    close(ends[1]);
    j->fd = ends[0];
    p->running++;
    p->failed = p->failed || j->pid < 0;
}

static void end(pool *p, job *j)
{
    int status;

    close(j->fd);
    j->fd = -1;
    p->running--;
    while (waitpid(j->pid, &status, 0) < 0 && errno == EINTR) {
    }
    j->result = json_loadb((const char *)j->text.data, j->text.len, 0, NULL);
    p->failed = p->failed || j->result == NULL;
    lab_buf_free(&j->text);
}

static void hear(pool *p, job *j)
{
    uint8_t some[65536];
    ssize_t got = read(j->fd, some, sizeof some);

    if (got > 0) {
        lab_buf_add(&j->text, some, (size_t)got);
    } else if (got == 0 || errno != EINTR) {
        end(p, j);
    }
}

static void wait_some(pool *p)
{
    struct pollfd *fds = calloc(p->count, sizeof *fds);

    for (size_t i = 0; fds != NULL && i < p->count; i++) {
        fds[i] = (struct pollfd){.fd = p->jobs[i].fd, .events = POLLIN}; /* -1 is ignored */
    }
    if (fds != NULL && poll(fds, p->count, -1) > 0) {
        for (size_t i = 0; i < p->count; i++) {
            if (fds[i].revents != 0) {
                hear(p, &p->jobs[i]);
            }
        }
    }
    p->failed = p->failed || fds == NULL;
    free(fds);
}

static void run_all(pool *p)
{
    if (p->run->pause != NULL || p->run->jobs == 1) {
        for (size_t i = 0; i < p->count && !p->failed; i++) {
            p->jobs[i].result = lab_run_case(p->run, p->jobs[i].card, p->jobs[i].one);
            p->failed = p->jobs[i].result == NULL;
        }
        return;
    }
    while ((p->next < p->count && !p->failed) || p->running > 0) {
        if (p->next < p->count && p->running < p->run->jobs && !p->failed) {
            start(p);
        } else {
            wait_some(p);
        }
    }
}

/* The results, card after card; takes them out of the jobs. */
static json_t *collect(pool *p)
{
    json_t *ret = json_array();

    for (size_t i = 0; i < p->count;) {
        const lab_card *card = p->jobs[i].card;
        json_t *cases = json_array();
        for (; i < p->count && p->jobs[i].card == card; i++) {
            json_array_append_new(cases, p->jobs[i].result);
            p->jobs[i].result = NULL;
        }
        json_array_append_new(ret, lab_card_result(card, p->run, cases));
    }
    return ret;
}

json_t *lab_run_cards(const lab_run *run, const lab_card *const *cards)
{
    json_t *ret = NULL;
    pool p;

    if (!pool_new(&p, run, cards)) {
        (void)cli_fail_errno("lab");
        return NULL;
    }
    run_all(&p);
    if (!p.failed) {
        ret = collect(&p);
    }
    for (size_t i = 0; i < p.count; i++) {
        json_decref(p.jobs[i].result);
        lab_buf_free(&p.jobs[i].text);
    }
    free(p.jobs);
    return ret;
}
