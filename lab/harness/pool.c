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

typedef struct worker {
    const lab_job *job;
    pid_t pid;
    int fd; /* -1: not running */
    lab_buf text;
    json_t *result;
} worker;

typedef struct pool {
    const lab_run *run;
    worker *workers; /* one a job */
    size_t count, next, running;
    bool failed;
} pool;

static bool pool_new(pool *ret, const lab_run *run, const lab_job *jobs, size_t n)
{
    *ret = (pool){.run = run, .count = n, .workers = calloc(n + 1, sizeof(worker))};
    for (size_t i = 0; ret->workers != NULL && i < n; i++) {
        ret->workers[i] = (worker){.job = &jobs[i], .fd = -1};
    }
    return ret->workers != NULL;
}

static _Noreturn void work(const pool *p, const worker *w, int fd)
{
    json_t *result = lab_run_case(p->run, w->job->card, w->job->one);
    char *text = result != NULL ? json_dumps(result, JSON_COMPACT) : NULL;

    _exit(text != NULL && lab_write_all(fd, text, strlen(text)) ? 0 : 1);
}

static void start(pool *p)
{
    worker *w = &p->workers[p->next++];
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0) {
        p->failed = true;
        return;
    }
    fflush(NULL);
    w->pid = fork();
    if (w->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(ends[0]);
        work(p, w, ends[1]);
    }
    close(ends[1]);
    w->fd = ends[0];
    p->running++;
    p->failed = p->failed || w->pid < 0;
}

/* On a terminal, in place of what was there. */
static void show_progress(const pool *p)
{
    size_t done = p->next - p->running;

    if (!p->run->progress || isatty(STDERR_FILENO) != 1) {
        return;
    }
    if (done < p->count) {
        fprintf(stderr, "\r%zu of %zu constructions ", done, p->count);
    } else {
        fputs("\r\033[K", stderr);
    }
}

static void end(pool *p, worker *w)
{
    int status;

    close(w->fd);
    w->fd = -1;
    p->running--;
    while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR) {
    }
    w->result = json_loadb((const char *)w->text.data, w->text.len, 0, NULL);
    if (w->result == NULL) {
        p->failed = true;
        if (WIFSIGNALED(status)) {
            (void)cli_fail(CLI_FAILED, w->job->card->name, "its process was ended by signal %d",
                           WTERMSIG(status));
        }
    }
    lab_buf_free(&w->text);
    show_progress(p);
}

static void hear(pool *p, worker *w)
{
    uint8_t some[65536];
    ssize_t got = read(w->fd, some, sizeof some);

    if (got > 0) {
        lab_buf_add(&w->text, some, (size_t)got);
    } else if (got == 0 || errno != EINTR) {
        end(p, w);
    }
}

static void wait_some(pool *p)
{
    struct pollfd *fds = calloc(p->count, sizeof *fds);

    for (size_t i = 0; fds != NULL && i < p->count; i++) {
        fds[i] = (struct pollfd){.fd = p->workers[i].fd, .events = POLLIN}; /* -1 is ignored */
    }
    if (fds != NULL && poll(fds, p->count, -1) > 0) {
        for (size_t i = 0; i < p->count; i++) {
            if (fds[i].revents != 0) {
                hear(p, &p->workers[i]);
            }
        }
    }
    p->failed = p->failed || fds == NULL;
    free(fds);
}

static void run_here(pool *p)
{
    for (size_t i = 0; i < p->count && !p->failed; i++) {
        worker *w = &p->workers[i];
        w->result = lab_run_case(p->run, w->job->card, w->job->one);
        p->failed = w->result == NULL;
    }
}

static void run_all(pool *p)
{
    if (p->run->pause != NULL || p->run->jobs == 1) {
        run_here(p);
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

json_t *lab_run_jobs(const lab_run *run, const lab_job *jobs, size_t n)
{
    json_t *ret = json_array();
    pool p;

    if (!pool_new(&p, run, jobs, n)) {
        (void)cli_fail_errno("lab");
        json_decref(ret);
        return NULL;
    }
    run_all(&p);
    for (size_t i = 0; i < p.count; i++) {
        json_array_append_new(ret, p.workers[i].result); /* NULL is left out */
        lab_buf_free(&p.workers[i].text);
    }
    free(p.workers);
    if (p.failed) {
        json_decref(ret);
        return NULL;
    }
    return ret;
}

/* ---- whole cards ---- */

static size_t count_cases(const lab_card *card)
{
    size_t n = 0;

    while (card->cases[n].construction != NULL) {
        n++;
    }
    return n;
}

/* The results of the jobs, which stand card after card, put together. */
static json_t *collect(const lab_run *run, const lab_card *const *cards, const json_t *results)
{
    json_t *ret = json_array();
    size_t at = 0;

    for (; *cards != NULL; cards++) {
        json_t *cases = json_array();
        for (size_t i = count_cases(*cards); i > 0; i--) {
            json_array_append(cases, json_array_get(results, at++));
        }
        json_array_append_new(ret, lab_card_result(*cards, run, cases));
    }
    return ret;
}

json_t *lab_run_cards(const lab_run *run, const lab_card *const *cards)
{
    json_t *results, *ret = NULL;
    size_t n = 0, at = 0;
    lab_job *jobs;

    for (size_t i = 0; cards[i] != NULL; i++) {
        n += count_cases(cards[i]);
    }
    jobs = calloc(n + 1, sizeof *jobs);
    if (jobs == NULL) {
        (void)cli_fail_errno("lab");
        return NULL;
    }
    for (size_t i = 0; cards[i] != NULL; i++) {
        for (size_t j = 0; j < count_cases(cards[i]); j++) {
            jobs[at++] = (lab_job){cards[i], &cards[i]->cases[j]};
        }
    }
    results = lab_run_jobs(run, jobs, n);
    if (results != NULL) {
        ret = collect(run, cards, results);
        json_decref(results);
    }
    free(jobs);
    return ret;
}
