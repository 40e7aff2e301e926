/* Zones of shared memory for sessions: who was logged out, and handles.
 *
 *   session_zone     macaw_session_zone: parsing
 *   session_store    the tables in a zone: start, reload, end
 *   session_journal  the file of revocations: opened, kept over a reload
 *   session_revoke   revoking from a request, the file written in a thread
 *   session_control  macaw_session_control: who may, checked at load time
 *   session_command  its commands: revoke, list, show
 *   session_query    about whom
 *   session_stats    the zones in the status */
#ifndef NGX_HTTP_MACAW_SESSION_ZONE_H
#define NGX_HTTP_MACAW_SESSION_ZONE_H

#include "ngx_http_macaw.h"

#include <macaw/handles.h>
#include <macaw/revocation.h>

/* A journal is one for all cycles of a master. */
typedef struct {
    macaw_revocation_journal *file;
    ngx_uint_t users; /* zones of cycles that are alive */
} ngx_http_macaw_journal_t;

struct ngx_http_macaw_session_zone_s {
    ngx_str_t name;
    ngx_str_t save;         /* journal, NUL-terminated; empty: nothing outlives the memory */
    ngx_str_t handles_save; /* save with ".handles" */
    size_t size;            /* bytes for the table of revocations */
    size_t handles_size;    /* bytes for the handles; 0: none */
    ngx_uint_t names;       /* subjects and key ids */
    size_t handle_data;     /* bytes a handle may keep */
    time_t keep;            /* seconds that a revocation without a known end is kept */
    ngx_cycle_t *cycle;
    void *mem;              /* size bytes in shared memory */
    void *handles_mem;      /* handles_size bytes */
    /* This process's handles; NULL before nginx has started. */
    macaw_revocation *table;
    macaw_handles *handles;            /* NULL also where the zone has none */
    ngx_http_macaw_journal_t *journal; /* NULL also without save= */
#if NGX_THREADS
    ngx_thread_pool_t *threads;        /* where save= is */
#endif
};

#pragma GCC visibility push(hidden)

/* The zone of that name, or NULL. Directives that use a zone may stand before
 * the one that makes it: look in a merge or later. */
ngx_http_macaw_session_zone_t *ngx_http_macaw_session_find_zone(ngx_http_macaw_main_conf_t *mcf,
                                                                const ngx_str_t *name);

/* Until when a revocation counts of which the latest token ends at end, in Unix
 * seconds; differences of clocks are added here. 0: not known. */
int64_t ngx_http_macaw_session_until(const ngx_http_macaw_session_zone_t *zone, int64_t end);

/* Sessions of the zone may last so many seconds: keep what is revoked at least as long. */
void ngx_http_macaw_session_keep(ngx_http_macaw_session_zone_t *zone, time_t lifetime);

/* How a revocation ended: a macaw_status. MACAW_OK: every worker refuses what was
 * revoked, and, with save=, the disk has it. MACAW_ELIMIT: the table is full,
 * nothing was revoked. MACAW_EIO: revoked for now, but not on the disk: do not
 * report success. */
typedef void (*ngx_http_macaw_session_revoked_pt)(ngx_http_request_t *r, int status, void *data);

/* Revoke on behalf of a request. In memory at once; then either done before this
 * returns (NGX_OK, *status is how; done is not called), or the disk is waited for
 * (NGX_AGAIN; done is called once from the event loop). The request is blocked
 * meanwhile: it stays whatever its client does, and its event handlers are put
 * back before done, unless somebody has set others. A request that nginx has given
 * up meanwhile has connection->error set, and ends when it is finalized. The caller
 * keeps a reference where its phase needs one (r->main->count for a content handler).
 * entry is copied; what fails is logged here. */
ngx_int_t ngx_http_macaw_session_revoke(ngx_http_request_t *r, ngx_http_macaw_session_zone_t *zone,
                                        const macaw_revocation_entry *entry, int *status,
                                        ngx_http_macaw_session_revoked_pt done, void *data);

/* ---- directives ---- */

char *ngx_http_macaw_session_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_macaw_session_control(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* ---- between the files named above ---- */

/* For ngx_shm_zone_t.init, and to release a process's handles (a pool cleanup). */
ngx_int_t ngx_http_macaw_session_init_zone(ngx_shm_zone_t *shm, void *data);
void ngx_http_macaw_session_detach(void *zone);

/* Log what failed; NGX_ERROR. err may be NULL. */
ngx_int_t ngx_http_macaw_session_zone_fails(const ngx_http_macaw_session_zone_t *zone, int status,
                                            const macaw_error *err);

/* Open the journal of a zone, or share that of the running configuration (NULL:
 * none). The table is there. */
ngx_int_t ngx_http_macaw_session_open_journal(ngx_http_macaw_session_zone_t *zone,
                                              const ngx_http_macaw_session_zone_t *old);
void ngx_http_macaw_session_close_journal(ngx_http_macaw_session_zone_t *zone);

/* Who may send commands: after all servers are known, and once their sockets are there. */
ngx_int_t ngx_http_macaw_session_control_init(ngx_conf_t *cf);
ngx_int_t ngx_http_macaw_session_control_init_module(ngx_cycle_t *cycle);

/* The content handler of macaw_session_control, once the request may send commands. */
ngx_int_t ngx_http_macaw_session_command(ngx_http_request_t *r,
                                         ngx_http_macaw_session_zone_t *zone);

/* A zone as a JSON object. */
u_char *ngx_http_macaw_session_zone_json(u_char *p, u_char *end,
                                         const ngx_http_macaw_session_zone_t *zone);

/* Room for the zones in the status, and the zones. */
size_t ngx_http_macaw_session_stats_room(const ngx_http_macaw_main_conf_t *mcf);
u_char *ngx_http_macaw_session_stats_json(u_char *p, u_char *end,
                                          const ngx_http_macaw_main_conf_t *mcf);
u_char *ngx_http_macaw_session_stats_prometheus(u_char *p, u_char *end,
                                                const ngx_http_macaw_main_conf_t *mcf);

ngx_int_t ngx_http_macaw_session_zones_init_module(ngx_cycle_t *cycle);
void ngx_http_macaw_session_zones_exit_master(ngx_cycle_t *cycle);

#pragma GCC visibility pop

#endif
