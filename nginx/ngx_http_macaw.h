/* The nginx module: what its files share.
 *
 *   module     command table, contexts
 *   config     contexts and parsing of directives
 *   merge      merging, what is refused at load time
 *   verify     the check of a request, its phases, the state it leaves
 *   refuse     answers to refused requests
 *   replay     zones of shared memory, snapshots
 *   variables  $macaw_*
 *   status     counters and the macaw_status handler
 *   respond    the response filter */
#ifndef NGX_HTTP_MACAW_H
#define NGX_HTTP_MACAW_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <stdbool.h>
#include <stdint.h>

#include <macaw/keyring.h>
#include <macaw/replay.h>
#include <macaw/signing.h>

#define NGX_HTTP_MACAW_SCHEMES_MAX 8
#define NGX_HTTP_MACAW_ZONES_MAX   32 /* bits of ngx_http_macaw_state_t.claimed */

/* ---- configuration, read-only at run time ---- */

/* One keyring file; shared by all locations that name it. */
typedef struct {
    ngx_str_t file; /* NUL-terminated */
    macaw_keyring *keys;
    ngx_uint_t *slots; /* of entry i: its counters, see status */
    const macaw_entry **entries; /* ascending, parallel to order */
    ngx_uint_t *order;
} ngx_http_macaw_ring_t;

enum ngx_http_macaw_full {
    NGX_HTTP_MACAW_FULL_REFUSE = 0,
    NGX_HTTP_MACAW_FULL_ACCEPT = 1,
};

typedef struct {
    ngx_str_t name;
    ngx_str_t save;      /* snapshot, NUL-terminated; empty: none */
    ngx_str_t mark;      /* save with ".mark" */
    ngx_uint_t full;     /* enum ngx_http_macaw_full */
    ngx_uint_t index;    /* in ngx_http_macaw_main_conf_t.zones */
    uint32_t window;     /* the widest of the locations that use it */
    ngx_shm_zone_t *shm;
    void *mem;           /* of the table, in shared memory */
    size_t size;
    macaw_replay *table; /* this process's handle; NULL before the start */
} ngx_http_macaw_zone_t;

typedef struct ngx_http_macaw_counters_s ngx_http_macaw_counters_t;

typedef struct {
    ngx_array_t zones; /* of ngx_http_macaw_zone_t * */
    ngx_array_t rings; /* of ngx_http_macaw_ring_t * */
    ngx_shm_zone_t *status_zone;
    ngx_http_macaw_counters_t *counters; /* in shared memory; set before workers start */
    ngx_uint_t used;   /* some macaw directive was given */
} ngx_http_macaw_main_conf_t;

enum ngx_http_macaw_mode {
    NGX_HTTP_MACAW_ENFORCE = 0,
    NGX_HTTP_MACAW_OBSERVE = 1,
};

/* macaw_response_buffer over=: what happens to a response that does not fit. */
enum ngx_http_macaw_over {
    NGX_HTTP_MACAW_OVER_UNSIGNED = 0,
    NGX_HTTP_MACAW_OVER_REFUSE = 1,
    NGX_HTTP_MACAW_OVER_TRAILER = 2,
};

enum ngx_http_macaw_format {
    NGX_HTTP_MACAW_FORMAT_JSON = 0,
    NGX_HTTP_MACAW_FORMAT_PROMETHEUS = 1,
};

/* Where a directive was written, for errors found after parsing. */
typedef struct {
    ngx_str_t file;
    ngx_uint_t line;
} ngx_http_macaw_place_t;

typedef struct {
    ngx_http_macaw_ring_t *ring;         /* macaw_keys; NULL: none */
    ngx_str_t zone_name;                 /* macaw_replay; data NULL: not decided, len 0: off */
    ngx_http_macaw_zone_t *zone;         /* NULL: off */
    const macaw_scheme **schemes;        /* macaw_verify; count 0: off */
    ngx_uint_t scheme_count;
    ngx_array_t *allow_keys;             /* of char *; empty: any */
    ngx_uint_t mode;                     /* enum ngx_http_macaw_mode */
    ngx_uint_t allow_uncovered;          /* enum macaw_coverage */
    time_t window;
    ngx_flag_t insecure_legacy;
    ngx_flag_t preflight;

    ngx_flag_t sign_response;
    size_t response_buffer;
    ngx_uint_t response_over;            /* enum ngx_http_macaw_over */

    ngx_uint_t status_format;            /* enum ngx_http_macaw_format */

    macaw_policy policy;                 /* of the above, complete after merging */
    ngx_str_t challenge;                 /* value of WWW-Authenticate */
    ngx_http_macaw_place_t verify_place; /* where they were written */
    ngx_http_macaw_place_t replay_place;
    ngx_http_macaw_place_t allow_place;
    ngx_uint_t server_level;             /* the conf of a server block itself */
    ngx_uint_t rewrites;                 /* directives of the rewrite module run here */
} ngx_http_macaw_loc_conf_t;

/* ---- state of one client request ----
 *
 * One for a client request and all its subrequests; it survives internal
 * redirects, which empty r->ctx. */
typedef struct {
    macaw_verdict verdict;
    const ngx_http_macaw_loc_conf_t *judge; /* the location whose policy judged; NULL: none yet */
    uint32_t claimed;             /* bit i: zone i was asked with this identity */
    macaw_reason claim_reason;    /* the worst answer of those zones */
    unsigned has_body : 1;        /* as the request arrived */
    unsigned preflight : 1;       /* passed unchecked */
    unsigned final : 1;           /* the phase has decided; before, variables may have peeked */
    unsigned counted : 1;         /* in the status counters and the log */
    unsigned refused : 1;         /* answered with a refusal; an error page may follow */
} ngx_http_macaw_state_t;

extern ngx_module_t ngx_http_macaw_module;
extern ngx_module_t ngx_http_macaw_filter_module;

#pragma GCC visibility push(hidden)

/* ---- verify ---- */

/* The state of the client request that r belongs to, or NULL if nothing has
 * judged it. A response may be signed only where state->verdict.mac_ok, with
 * state->verdict.entry and state->verdict.scheme. */
ngx_http_macaw_state_t *ngx_http_macaw_get_state(ngx_http_request_t *r);

/* The same, judged without a replay claim if nothing has judged it yet; NULL
 * where macaw_verify is off, there is no parsed request, or memory ran out. */
ngx_http_macaw_state_t *ngx_http_macaw_peek_state(ngx_http_request_t *r);

ngx_int_t ngx_http_macaw_verify_init(ngx_conf_t *cf);

/* A header field of the request by its lower-case name, or NULL. */
ngx_table_elt_t *ngx_http_macaw_find_header(ngx_http_request_t *r, const char *name);

/* ---- refuse ---- */

/* Answer a refused request from a phase handler; what it returns is what the
 * handler returns. */
ngx_int_t ngx_http_macaw_refuse(ngx_http_request_t *r, ngx_http_macaw_state_t *state);

/* Append a header field; name and value are NUL-terminated and outlive r. */
ngx_table_elt_t *ngx_http_macaw_add_header(ngx_http_request_t *r, const char *name,
                                           const char *value);

/* ---- replay ---- */

char *ngx_http_macaw_replay_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* The zone of that name, or NULL. */
ngx_http_macaw_zone_t *ngx_http_macaw_find_zone(ngx_http_macaw_main_conf_t *mcf,
                                                const ngx_str_t *name);

ngx_int_t ngx_http_macaw_replay_init_module(ngx_cycle_t *cycle);
void ngx_http_macaw_replay_exit_master(ngx_cycle_t *cycle);

/* ---- status ---- */

enum ngx_http_macaw_response {
    NGX_HTTP_MACAW_RESPONSE_SIGNED = 0,
    NGX_HTTP_MACAW_RESPONSE_UNSIGNED = 1, /* sent without a MAC and marked so */
    NGX_HTTP_MACAW_RESPONSE_REFUSED = 2,
    NGX_HTTP_MACAW_RESPONSE_TRAILER = 3,
    NGX_HTTP_MACAW_RESPONSE_COUNT
};

char *ngx_http_macaw_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
ngx_int_t ngx_http_macaw_status_init(ngx_conf_t *cf);

/* Count a final verdict. */
void ngx_http_macaw_count_verdict(ngx_http_request_t *r, const ngx_http_macaw_loc_conf_t *lcf,
                                  const ngx_http_macaw_state_t *state);

/* Count what became of a response that was to be signed. */
void ngx_http_macaw_count_response(ngx_http_request_t *r, enum ngx_http_macaw_response kind);

/* ---- variables, config ---- */

ngx_int_t ngx_http_macaw_add_variables(ngx_conf_t *cf);

void *ngx_http_macaw_create_main_conf(ngx_conf_t *cf);
void *ngx_http_macaw_create_loc_conf(ngx_conf_t *cf);
char *ngx_http_macaw_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child);

char *ngx_http_macaw_keys(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_macaw_verify(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_macaw_window(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_macaw_replay(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_macaw_allow_key(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_macaw_allow_uncovered(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_macaw_response_buffer(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

#pragma GCC visibility pop

#endif
