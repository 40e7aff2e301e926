/* Passwords hashed in nginx's threads: a hash takes as long as thousands of other
 * requests, which the worker serves meanwhile.
 *
 * A worker hashes a few at once, because each takes memory and a CPU; some more
 * wait in line. The request is blocked until its hash is done, as nginx itself
 * does for reading files. */
#include "ngx_http_macaw_session_login.h"

#if NGX_THREADS

#include <crypt.h>
#include <openssl/crypto.h>

#define AT_ONCE 4   /* hashes of a worker */
#define IN_LINE 60  /* that wait for them */
#define WATCH   60000 /* ms; a worker that shuts down waits for timers */

struct ngx_http_macaw_hashing_s {
    ngx_uint_t running;
    ngx_uint_t waiting;
    ngx_queue_t line; /* of job_t */
};

typedef struct {
    ngx_queue_t link;
    ngx_thread_task_t task;
    ngx_http_request_t *request;
    const ngx_http_macaw_passwords_t *passwords;
    const char *hash;
    const char *password;
    struct crypt_data *room;
    bool known;
    /* of the thread */
    bool equal;
    int error; /* errno; 0: none */
    bool finished;
    ngx_http_macaw_checked_pt done;
    void *data;
} job_t;

ngx_http_macaw_hashing_t *ngx_http_macaw_make_hashing(ngx_pool_t *pool)
{
    ngx_http_macaw_hashing_t *hashing = ngx_pcalloc(pool, sizeof *hashing);

    if (hashing != NULL) {
        ngx_queue_init(&hashing->line);
    }
    return hashing;
}

/* ---- in a thread ---- */

/* The result has the length of the hash it is made after. */
static void hash(void *data, ngx_log_t *log)
{
    job_t *job = data;
    size_t len = strlen(job->hash);
    const char *made;

    (void)log;
    errno = 0;
    made = crypt_rn(job->password, job->hash, job->room, (int)sizeof *job->room);
    if (made == NULL) {
        job->error = errno != 0 ? errno : EINVAL;
    } else {
        job->equal = strlen(made) == len && CRYPTO_memcmp(made, job->hash, len) == 0;
    }
    OPENSSL_cleanse(job->room, sizeof *job->room);
}

/* ---- in the worker ---- */

/* A worker's one thread pool is shared with others, whose line may be full. */
static ngx_int_t start(job_t *job)
{
    if (ngx_thread_task_post(job->passwords->threads, &job->task) != NGX_OK) {
        return NGX_ERROR;
    }
    job->passwords->hashing->running++;
    return NGX_OK;
}

static void report(job_t *job)
{
    ngx_http_request_t *r = job->request;
    ngx_int_t rc = job->equal && job->known ? NGX_OK : NGX_DECLINED;

    if (job->error == EAGAIN) {
        rc = NGX_BUSY;
    } else if (job->error != 0) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, job->error,
                      "macaw: libcrypt could not hash a password");
        rc = NGX_ERROR;
    }
    job->done(r, rc, job->data);
}

/* Events of the connection come here too, before the job is finished. */
static void resume(ngx_http_request_t *r)
{
    job_t *job = ngx_http_macaw_get_client(r)->job;

    if (job->finished) {
        r->write_event_handler = ngx_http_request_empty_handler;
        report(job);
    }
}

/* nginx puts another handler in place where the client is gone: it ends the request. */
static void finish(job_t *job)
{
    ngx_http_request_t *r = job->request;
    ngx_connection_t *c = r->connection;

    ngx_http_set_log_request(c->log, r);
    if (job->task.event.timer_set) {
        ngx_del_timer(&job->task.event);
    }
    job->finished = true;
    r->main->blocked--;
    r->write_event_handler(r);
    ngx_http_run_posted_requests(c);
}

static void start_next(ngx_http_macaw_hashing_t *hashing)
{
    job_t *job;

    while (hashing->waiting > 0 && hashing->running < AT_ONCE) {
        job = ngx_queue_data(ngx_queue_head(&hashing->line), job_t, link);
        ngx_queue_remove(&job->link);
        hashing->waiting--;
        if (start(job) != NGX_OK) {
            job->error = EAGAIN;
            finish(job);
        }
    }
}

static void on_event(ngx_event_t *event)
{
    job_t *job = event->data;
    ngx_http_macaw_hashing_t *hashing = job->passwords->hashing;

    if (event->timedout) {
        event->timedout = 0;
        ngx_add_timer(event, WATCH);
        return;
    }
    hashing->running--;
    start_next(hashing);
    finish(job);
}

static job_t *make_job(ngx_http_request_t *r, const ngx_http_macaw_passwords_t *passwords,
                       const ngx_str_t *user, const ngx_str_t *password)
{
    ngx_http_macaw_client_t *client = ngx_http_macaw_make_client(r);
    job_t *job = ngx_pcalloc(r->pool, sizeof *job);

    if (client == NULL || job == NULL) {
        return NULL;
    }
    job->room = ngx_pcalloc(r->pool, sizeof *job->room);
    if (job->room == NULL) {
        return NULL;
    }
    job->request = r;
    job->passwords = passwords;
    job->hash = ngx_http_macaw_find_password(passwords, user, &job->known)->hash;
    job->password = (const char *)password->data;
    job->task.ctx = job;
    job->task.handler = hash;
    job->task.event.data = job;
    job->task.event.handler = on_event;
    job->task.event.log = r->connection->log;
    client->job = job;
    return job;
}

ngx_int_t ngx_http_macaw_check_password(ngx_http_request_t *r,
                                        const ngx_http_macaw_passwords_t *passwords,
                                        const ngx_str_t *user, const ngx_str_t *password,
                                        ngx_http_macaw_checked_pt done, void *data)
{
    ngx_http_macaw_hashing_t *hashing = passwords->hashing;
    job_t *job;

    if (hashing->waiting == IN_LINE) {
        return NGX_BUSY;
    }
    job = make_job(r, passwords, user, password);
    if (job == NULL) {
        return NGX_ERROR;
    }
    job->done = done;
    job->data = data;
    if (hashing->running == AT_ONCE) {
        ngx_queue_insert_tail(&hashing->line, &job->link);
        hashing->waiting++;
    } else if (start(job) != NGX_OK) {
        return NGX_BUSY;
    }
    r->main->blocked++;
    r->write_event_handler = resume;
    ngx_add_timer(&job->task.event, WATCH);
    return NGX_OK;
}

#else /* the directive is refused */

ngx_http_macaw_hashing_t *ngx_http_macaw_make_hashing(ngx_pool_t *pool)
{
    (void)pool;
    return NULL;
}

ngx_int_t ngx_http_macaw_check_password(ngx_http_request_t *r,
                                        const ngx_http_macaw_passwords_t *passwords,
                                        const ngx_str_t *user, const ngx_str_t *password,
                                        ngx_http_macaw_checked_pt done, void *data)
{
    (void)r;
    (void)passwords;
    (void)user;
    (void)password;
    (void)done;
    (void)data;
    return NGX_ERROR;
}

#endif
