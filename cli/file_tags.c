#include "file_tags.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "file_read.h"
#include "mac/pieces.h"

enum { PIECE = 4 << 20, CUT_MIN = 8 << 20 }; /* bytes */

_Static_assert(PIECE % FILE_BUFFER == 0, "a piece is whole buffers");

/* A file that is cut: pieces are given out in order. */
typedef struct cut {
    struct cut *next;
    file_job *job;
    file_source source;
    uint64_t body;   /* bytes to give out */
    uint64_t given;  /* of them */
    unsigned taken;  /* pieces that are being read */
    bool failed;     /* job says why */
    macaw_pieces sum;
} cut;

typedef struct piece {
    cut *of;
    uint64_t offset;
    uint64_t len;
} piece;

typedef struct pool {
    const file_tags *tags;
    bool cuts; /* large files are cut */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t next;       /* job to take */
    size_t reported;   /* jobs */
    unsigned opening;  /* jobs of which nobody knows yet whether they will be cut */
    unsigned waiting;  /* threads */
    cut *first, *last; /* with pieces to give out */
} pool;

typedef struct task {
    piece piece;   /* of == NULL: a job */
    file_job *job; /* NULL: nothing is left */
} task;

/* ---- what to do next; the lock is held ---- */

static void drop_first(pool *p)
{
    p->first = p->first->next;
    p->last = p->first != NULL ? p->last : NULL;
}

static bool take_piece(pool *p, task *ret)
{
    cut *c = p->first;

    if (c == NULL) {
        return false;
    }
    uint64_t left = c->body - c->given;
    *ret = (task){.piece = {c, c->given, left < PIECE ? left : PIECE}, .job = c->job};
    c->given += ret->piece.len;
    c->taken++;
    if (c->given == c->body) {
        drop_first(p);
    }
    return true;
}

static bool take_job(pool *p, task *ret)
{
    if (p->next == p->tags->count) {
        return false;
    }
    *ret = (task){.job = &p->tags->jobs[p->next++]};
    p->opening++;
    return true;
}

/* Pieces first, so that few files are open at once. A thread that finds nothing
 * waits as long as a file that is being opened may turn out to be large. */
static task next_task(pool *p)
{
    task ret = {0};

    pthread_mutex_lock(&p->lock);
    while (!take_piece(p, &ret) && !take_job(p, &ret) && p->opening > 0) {
        p->waiting++;
        pthread_cond_wait(&p->changed, &p->lock);
        p->waiting--;
    }
    pthread_mutex_unlock(&p->lock);
    return ret;
}

static void wake(pool *p)
{
    if (p->waiting > 0) {
        pthread_cond_broadcast(&p->changed);
    }
}

/* A job is opened: c holds its pieces, or is NULL. */
static void opened(pool *p, cut *c)
{
    pthread_mutex_lock(&p->lock);
    p->opening--;
    if (c != NULL && p->last != NULL) {
        p->last->next = c;
    } else if (c != NULL) {
        p->first = c;
    }
    p->last = c != NULL ? c : p->last;
    wake(p);
    pthread_mutex_unlock(&p->lock);
}

/* A job is done: report it and those that waited for it. */
static void done(pool *p, file_job *job)
{
    const file_tags *tags = p->tags;

    pthread_mutex_lock(&p->lock);
    job->done = true;
    for (; p->reported < tags->count && tags->jobs[p->reported].done; p->reported++) {
        tags->report(tags->arg, &tags->jobs[p->reported]);
    }
    pthread_mutex_unlock(&p->lock);
}

/* ---- large files ---- */

static cut *make_cut(const pool *p, file_job *job, const file_source *source)
{
    if (!p->cuts || !S_ISREG(source->before.st_mode) || source->before.st_size < CUT_MIN ||
        source->fd == STDIN_FILENO) {
        return NULL;
    }
    cut *c = calloc(1, sizeof *c);
    if (c != NULL) {
        c->job = job;
        c->source = *source;
        c->body = macaw_pieces_body(p->tags->key, (uint64_t)source->before.st_size);
        posix_fadvise(source->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    }
    return c;
}

static void end_cut(pool *p, cut *c)
{
    const macaw_key *key = p->tags->key;
    uint64_t size = (uint64_t)c->source.before.st_size;
    uint8_t tail[MACAW_TAG_MAX];

    if (!c->failed &&
        file_read_at(c->job, &c->source, c->body, tail, (size_t)(size - c->body)) &&
        file_unchanged(c->job, &c->source)) {
        int status =
            macaw_pieces_finish(key, &c->sum, tail, size, c->job->tag, macaw_key_tag_len(key));
        c->job->status = status == MACAW_OK ? CLI_DONE : CLI_FAILED;
        c->job->why = macaw_strerror(status);
    }
    file_close(&c->source);
    done(p, c->job);
    free(c);
}

/* Give no more pieces out; the lock is held. */
static void give_up(pool *p, cut *c, const file_job *outcome)
{
    c->failed = true;
    c->job->status = outcome->status;
    c->job->why = outcome->why;
    c->job->error = outcome->error;
    if (c->given < c->body) { /* then it is the first one */
        c->given = c->body;
        drop_first(p);
    }
}

/* The sum of a piece; false: outcome says why not, since the job belongs to all
 * threads that have a piece of it. */
static bool sum_piece(const pool *p, const piece *part, uint8_t *buffer, macaw_pieces *sum,
                      file_job *outcome)
{
    for (uint64_t at = 0; at < part->len; at += FILE_BUFFER) {
        uint64_t left = part->len - at;
        size_t n = left < FILE_BUFFER ? (size_t)left : FILE_BUFFER;
        if (!file_read_at(outcome, &part->of->source, part->offset + at, buffer, n)) {
            return false;
        }
        macaw_pieces_add(p->tags->key, sum, part->offset + at, buffer, n);
        cli_progress_add(p->tags->progress, n);
    }
    return true;
}

static void do_piece(pool *p, const piece *part, uint8_t *buffer)
{
    cut *c = part->of;
    file_job outcome = {0};
    macaw_pieces sum = {0};
    bool good = sum_piece(p, part, buffer, &sum, &outcome);

    pthread_mutex_lock(&p->lock);
    macaw_pieces_join(&c->sum, &sum);
    if (!good) {
        give_up(p, c, &outcome);
    }
    bool last = --c->taken == 0 && c->given == c->body;
    pthread_mutex_unlock(&p->lock);
    if (last) {
        end_cut(p, c);
    }
}

/* ---- threads ---- */

static void do_job(pool *p, file_job *job, uint8_t *buffer)
{
    file_source source;

    job->status = CLI_FAILED;
    if (!file_open(job, &source)) {
        opened(p, NULL);
        done(p, job);
        return;
    }
    cut *c = make_cut(p, job, &source);
    opened(p, c);
    if (c == NULL) {
        file_tag_whole(p->tags->key, job, &source, buffer, p->tags->progress);
        file_close(&source);
        done(p, job);
    }
}

static void *work(void *arg)
{
    pool *p = arg;
    uint8_t *buffer = aligned_alloc(4096, FILE_BUFFER);

    if (buffer == NULL) {
        return NULL;
    }
    for (task t = next_task(p); t.job != NULL; t = next_task(p)) {
        if (t.piece.of != NULL) {
            do_piece(p, &t.piece, buffer);
        } else {
            do_job(p, t.job, buffer);
        }
    }
    free(buffer);
    return NULL;
}

int file_tags_run(const file_tags *tags)
{
    const macaw_alg *alg = macaw_key_alg(tags->key);
    pool p = {.tags = tags,
              .cuts = tags->threads > 1 && macaw_pieces_able(tags->key) &&
                      alg->block_len <= MACAW_TAG_MAX && FILE_BUFFER % alg->block_len == 0};
    pthread_t threads[FILE_THREADS_MAX];
    unsigned started = 0;

    pthread_mutex_init(&p.lock, NULL);
    pthread_cond_init(&p.changed, NULL);
    while (started + 1 < tags->threads &&
           pthread_create(&threads[started], NULL, work, &p) == 0) {
        started++;
    }
    work(&p); /* this thread is one of them, and enough if no other starts */
    while (started > 0) {
        pthread_join(threads[--started], NULL);
    }
    pthread_cond_destroy(&p.changed);
    pthread_mutex_destroy(&p.lock);
    return p.reported == tags->count ? CLI_DONE : cli_fail(CLI_FAILED, "memory", "exhausted");
}

/* ---- outcomes ---- */

int file_job_fail(const file_job *job)
{
    return cli_fail(job->status, job->name, "%s",
                    job->why != NULL ? job->why : strerror(job->error));
}

uint64_t file_jobs_bytes(const file_job *jobs, size_t count)
{
    uint64_t total = 0;
    struct stat st;

    for (size_t i = 0; i < count && isatty(STDERR_FILENO) == 1; i++) {
        if (stat(jobs[i].name, &st) == 0 && S_ISREG(st.st_mode)) {
            total += (uint64_t)st.st_size;
        }
    }
    return total;
}
