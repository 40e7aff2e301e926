/* Revoking on behalf of a request: in memory at once, on the disk in a thread. */
#include "ngx_http_macaw_session_zone.h"

typedef ngx_http_macaw_session_zone_t zone_t;

static void log_failure(ngx_http_request_t *r, const zone_t *zone, int status, const char *why)
{
    ngx_log_error(NGX_LOG_ALERT, r->connection->log, 0,
                  "macaw_session_zone \"%V\": revocation %s: %s", &zone->name,
                  status == MACAW_EIO ? "will not outlive nginx" : "failed", why);
}

#if NGX_THREADS

#define WATCH 60000 /* ms; a worker that shuts down waits for timers */

/* One entry on its way to the disk. The thread touches job and nothing else. */
typedef struct {
    macaw_revocation_journal *file;
    macaw_revocation_entry entry;
    time_t now;
    int status;
    macaw_error err;
} job_t;

typedef struct {
    ngx_http_request_t *r;
    zone_t *zone;
    ngx_http_event_handler_pt read_handler; /* of the request, put back at the end */
    ngx_http_event_handler_pt write_handler;
    ngx_http_macaw_session_revoked_pt done;
    void *data;
    job_t job;
} wait_t;

static void append(void *data, ngx_log_t *log)
{
    wait_t *wait = data;
    job_t *job = &wait->job;

    (void)log;
    job->status = macaw_revocation_journal_append(job->file, &job->entry, job->now, &job->err);
}

/* Others may set handlers of their own meanwhile: the producer of a response that a
 * filter holds, and nginx where it gives the request up. */
static void wait_for_disk(ngx_http_request_t *r)
{
    (void)r;
}

static void appended(ngx_event_t *event)
{
    wait_t *wait = event->data;
    ngx_http_request_t *r = wait->r;
    ngx_connection_t *c = r->connection;

    if (event->timedout) {
        event->timedout = 0;
        ngx_add_timer(event, WATCH);
        return;
    }
    if (event->timer_set) {
        ngx_del_timer(event);
    }
    ngx_http_set_log_request(c->log, r);
    r->main->blocked--;
    if (wait->job.status != MACAW_OK) {
        log_failure(r, wait->zone, wait->job.status, wait->job.err.text);
    }
    if (r->read_event_handler == ngx_http_block_reading) {
        r->read_event_handler = wait->read_handler;
    }
    if (r->write_event_handler == wait_for_disk) {
        r->write_event_handler = wait->write_handler;
    }
    wait->done(r, wait->job.status, wait->data);
    ngx_http_run_posted_requests(c);
}

static ngx_int_t start(ngx_http_request_t *r, zone_t *zone, const macaw_revocation_entry *entry,
                       ngx_http_macaw_session_revoked_pt done, void *data)
{
    ngx_thread_task_t *task = ngx_thread_task_alloc(r->pool, sizeof(wait_t));
    wait_t *wait;

    if (task == NULL) {
        return NGX_ERROR;
    }
    wait = task->ctx;
    *wait = (wait_t){
        .r = r,
        .zone = zone,
        .read_handler = r->read_event_handler,
        .write_handler = r->write_event_handler,
        .done = done,
        .data = data,
        .job = {.file = zone->journal->file, .entry = *entry, .now = ngx_time()},
    };
    task->handler = append;
    task->event.handler = appended;
    task->event.data = wait;
    task->event.log = r->connection->log;
    if (ngx_thread_task_post(zone->threads, task) != NGX_OK) {
        return NGX_ERROR;
    }
    ngx_add_timer(&task->event, WATCH);
    r->main->blocked++;
    r->read_event_handler = ngx_http_block_reading;
    r->write_event_handler = wait_for_disk;
    return NGX_AGAIN;
}

#endif

ngx_int_t ngx_http_macaw_session_revoke(ngx_http_request_t *r, zone_t *zone,
                                        const macaw_revocation_entry *entry, int *status,
                                        ngx_http_macaw_session_revoked_pt done, void *data)
{
    *status = macaw_revocation_revoke(zone->table, entry, ngx_time());
    if (*status != MACAW_OK) {
        log_failure(r, zone, *status, macaw_strerror(*status));
        return NGX_OK;
    }
#if NGX_THREADS
    if (zone->journal != NULL) {
        if (start(r, zone, entry, done, data) == NGX_AGAIN) {
            return NGX_AGAIN;
        }
        *status = MACAW_EIO;
        log_failure(r, zone, *status, "no thread to write it");
    }
#endif
    return NGX_OK;
}
