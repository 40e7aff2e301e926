/* The nginx module: what its files share.
 *
 *   module     command table, contexts
 *   config     contexts and parsing of directives
 *   merge      merging, what is refused at load time
 *   state      what is known of a client request, and the judging
 *   verify     the phases in which a request is decided
 *   refuse     answers to refused requests
 *   zone       macaw_replay_zone
 *   replay     the tables in zones: start, reload, snapshot
 *   variables  $macaw_*
 *   counters   what happened, in shared memory
 *   status     the macaw_status handler
 *   print      the counters as JSON and for Prometheus
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
#include <macaw/session.h>
#include <macaw/signing.h>

#define NGX_HTTP_MACAW_ZONES_MAX 32 /* bits of ngx_http_macaw_state_t.claimed */

/* ---- configuration, read-only at run time ---- */

/* One keyring file; shared by all locations that name it. */
typedef struct {
    ngx_str_t file; /* NUL-terminated */
    macaw_keyring *keys;
    const macaw_entry **entries; /* all keys, by ascending address */
    ngx_uint_t *slots;           /* of entries[i]: its counters */
    size_t count;
    bool warned; /* of insecure keys */
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
    size_t size;         /* bytes for the table */
    ngx_cycle_t *cycle;
    void *mem;           /* size bytes in shared memory */
    macaw_replay *table; /* this process's handle; NULL before the start */
} ngx_http_macaw_zone_t;

typedef struct ngx_http_macaw_counters_s ngx_http_macaw_counters_t;
typedef struct ngx_http_macaw_session_zone_s ngx_http_macaw_session_zone_t;

typedef struct {
    ngx_array_t zones; /* of ngx_http_macaw_zone_t * */
    ngx_array_t session_zones; /* of ngx_http_macaw_session_zone_t * */
    ngx_array_t controls;      /* of ngx_http_macaw_control_t, while the configuration is read */
    ngx_array_t control_sockets; /* of ngx_str_t, NUL-terminated paths: for their owner alone */
    uid_t owner;                 /* of the master */
    ngx_array_t rings; /* of ngx_http_macaw_ring_t * */
    ngx_http_macaw_counters_t *counters; /* in shared memory; NULL where nothing is checked */
    ngx_uint_t used; /* something is checked or shown */
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
    NGX_HTTP_MACAW_FORMAT_ANY = 0, /* as the client asks, else JSON */
    NGX_HTTP_MACAW_FORMAT_JSON = 1,
    NGX_HTTP_MACAW_FORMAT_PROMETHEUS = 2,
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

    ngx_str_t control_name;              /* macaw_session_control; len 0: none */
    ngx_http_macaw_session_zone_t *control;
    ngx_http_macaw_place_t control_place;

    macaw_policy policy;                 /* of the above, complete after merging */
    ngx_str_t challenge;                 /* value of WWW-Authenticate */
    ngx_http_macaw_place_t verify_place; /* where they were written */
    ngx_http_macaw_place_t replay_place;
    ngx_http_macaw_place_t allow_place;
    ngx_uint_t server_level;             /* the conf of a server block itself */
    ngx_uint_t rewrites;                 /* directives of the rewrite module run here */
} ngx_http_macaw_loc_conf_t;

/* A location that takes commands, and its server. */
typedef struct {
    ngx_http_macaw_loc_conf_t *lcf;
    ngx_http_core_srv_conf_t *server;
} ngx_http_macaw_control_t;

/* ---- state of one client request ----
 *
 * One for a client request and all its subrequests; it survives internal
 * redirects, which empty r->ctx. */
typedef struct {
    const ngx_http_macaw_loc_conf_t *judge; /* the location whose policy judged; NULL: none yet */
    uint32_t claimed;             /* bit i: zone i was asked with this identity */
    macaw_reason claim_reason;    /* OK, or the last refusal of those zones */
    uint32_t counted;             /* bit i: the counters and the log know reason i */
    unsigned has_body : 1;        /* as the request arrived */
    unsigned preflight : 1;       /* passed unchecked */
    unsigned final : 1;           /* a phase has decided; before, variables may have peeked */
    unsigned refused : 1;         /* the headers of a refusal are set; this is its error page */
    macaw_verdict verdict;        /* mac_ok is false until something judged */
} ngx_http_macaw_state_t;

extern ngx_module_t ngx_http_macaw_module;
extern ngx_module_t ngx_http_macaw_filter_module;

#pragma GCC visibility push(hidden)

/* ---- state ---- */

/* The state of the client request that r belongs to, or NULL if nothing has
 * judged it. A response may be signed only where state->verdict.mac_ok, with
 * state->verdict.entry and state->verdict.scheme. */
ngx_http_macaw_state_t *ngx_http_macaw_get_state(ngx_http_request_t *r);

/* The same, judged without a replay claim if nothing has judged it yet; NULL
 * where macaw_verify is off, there is no parsed request, or memory ran out. */
ngx_http_macaw_state_t *ngx_http_macaw_peek_state(ngx_http_request_t *r);

/* The same, judged under lcf: anew if nothing has judged it yet, or another
 * policy; NULL if memory ran out. */
ngx_http_macaw_state_t *ngx_http_macaw_judged_state(ngx_http_request_t *r,
                                                    const ngx_http_macaw_loc_conf_t *lcf);

/* Judge the client request r under lcf, whatever judged it before. What another
 * location claimed for it stays this request's own. */
ngx_int_t ngx_http_macaw_judge(ngx_http_request_t *r, const ngx_http_macaw_loc_conf_t *lcf,
                               ngx_http_macaw_state_t *state);

/* Whether a verdict of one location holds in the other. The mode does not
 * matter: it says what to do with a verdict. */
bool ngx_http_macaw_same_policy(const ngx_http_macaw_loc_conf_t *a,
                                const ngx_http_macaw_loc_conf_t *b);

/* A header field of the request by its lower-case name, or NULL. */
ngx_table_elt_t *ngx_http_macaw_find_header(ngx_http_request_t *r, const char *name);

/* ---- verify ---- */

ngx_int_t ngx_http_macaw_verify_init(ngx_conf_t *cf);

/* "enforce", "observe". */
const char *ngx_http_macaw_mode_name(ngx_uint_t mode);

/* ---- refuse ---- */

/* Answer a refused request from a phase handler; what it returns is what the
 * handler returns. */
ngx_int_t ngx_http_macaw_refuse(ngx_http_request_t *r, ngx_http_macaw_state_t *state);

/* A subrequest that is made while its parent is still being asked who it is
 * (auth_request): nobody else will ask the subrequest. */
bool ngx_http_macaw_is_question(const ngx_http_request_t *r);

/* Whether nginx would answer that status with a page of the operator's. */
bool ngx_http_macaw_has_error_page(ngx_http_request_t *r, ngx_uint_t status);

/* Send a problem document (RFC 9457) as the answer; body NULL: out of memory. */
ngx_int_t ngx_http_macaw_send_problem(ngx_http_request_t *r, ngx_uint_t status, ngx_buf_t *body);

/* auth_delay: come back in handler once the time is over, where is_delayed tells
 * whether it is. Returns what a phase handler returns. */
ngx_int_t ngx_http_macaw_delay(ngx_http_request_t *r, ngx_msec_t time,
                               ngx_http_event_handler_pt handler);
bool ngx_http_macaw_is_delayed(ngx_http_request_t *r);

/* Append a header field; name and value are NUL-terminated and outlive r. */
ngx_table_elt_t *ngx_http_macaw_add_header(ngx_http_request_t *r, const char *name,
                                           const char *value);

/* ---- replay ---- */

char *ngx_http_macaw_replay_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* For ngx_shm_zone_t.init, and to release the table (a pool cleanup). */
ngx_int_t ngx_http_macaw_replay_init_zone(ngx_shm_zone_t *shm, void *data);
void ngx_http_macaw_replay_detach(void *zone);

/* Whether a name may be that of a zone. */
bool ngx_http_macaw_is_zone_name(const ngx_str_t *name);

/* The running binary is being upgraded: two masters serve, with memory of their own. */
bool ngx_http_macaw_another_master_runs(void);

/* The zone of that name, or NULL. */
ngx_http_macaw_zone_t *ngx_http_macaw_find_zone(ngx_http_macaw_main_conf_t *mcf,
                                                const ngx_str_t *name);

ngx_int_t ngx_http_macaw_replay_init_module(ngx_cycle_t *cycle);
void ngx_http_macaw_replay_exit_master(ngx_cycle_t *cycle);

/* ---- counters, status ---- */

enum ngx_http_macaw_response {
    NGX_HTTP_MACAW_RESPONSE_SIGNED = 0,
    NGX_HTTP_MACAW_RESPONSE_UNSIGNED = 1, /* sent without a MAC and marked so */
    NGX_HTTP_MACAW_RESPONSE_REFUSED = 2,
    NGX_HTTP_MACAW_RESPONSE_TRAILER = 3,
    NGX_HTTP_MACAW_RESPONSE_COUNT
};

struct ngx_http_macaw_key_counters {
    char kid[MACAW_KID_MAX + 1]; /* "": free */
    uint64_t verified;
    uint64_t refused;   /* right MAC, refused for another reason */
    uint64_t last_used; /* Unix seconds; 0: never */
};

enum ngx_http_macaw_session_event {
    NGX_HTTP_MACAW_SESSION_LOGIN = 0,
    NGX_HTTP_MACAW_SESSION_RENEWED,
    NGX_HTTP_MACAW_SESSION_LOGOUT,
    NGX_HTTP_MACAW_SESSION_LOGOUT_ALL,
    NGX_HTTP_MACAW_SESSION_EXCHANGED,
    NGX_HTTP_MACAW_SESSION_CSRF_REFUSED,
    NGX_HTTP_MACAW_SESSION_LOGIN_REFUSED,  /* wrong user or password */
    NGX_HTTP_MACAW_SESSION_LOGIN_LIMITED,  /* too many attempts */
    NGX_HTTP_MACAW_SESSION_WRAPPED,        /* envelopes made */
    NGX_HTTP_MACAW_SESSION_UNWRAPPED,      /* envelopes opened */
    NGX_HTTP_MACAW_SESSION_UNWRAP_REFUSED, /* envelopes refused */
    NGX_HTTP_MACAW_SESSION_EVENTS
};

#define NGX_HTTP_MACAW_KEYS_COUNTED 1024
#define NGX_HTTP_MACAW_SKEW_BUCKETS 11 /* the last without upper bound */

/* In shared memory, changed with relaxed atomics; survives a reload. */
struct ngx_http_macaw_counters_s {
    uint64_t verdicts[2][MACAW_REASON_COUNT]; /* [enum ngx_http_macaw_mode][macaw_reason] */
    uint64_t preflight;
    uint64_t responses[NGX_HTTP_MACAW_RESPONSE_COUNT];
    uint64_t skew[NGX_HTTP_MACAW_SKEW_BUCKETS];
    int64_t skew_sum;
    uint64_t sessions[MACAW_SESSION_REASON_COUNT];
    uint64_t session_events[NGX_HTTP_MACAW_SESSION_EVENTS];
    /* The last counts for all keys that found no slot. */
    struct ngx_http_macaw_key_counters keys[NGX_HTTP_MACAW_KEYS_COUNTED + 1];
};

/* Upper bounds in seconds of the skew buckets but the last, ascending. */
extern const int32_t ngx_http_macaw_skew_bounds[NGX_HTTP_MACAW_SKEW_BUCKETS - 1];

ngx_int_t ngx_http_macaw_counters_init(ngx_conf_t *cf);

/* Count a final verdict. */
void ngx_http_macaw_count_verdict(ngx_http_request_t *r, const ngx_http_macaw_loc_conf_t *lcf,
                                  const ngx_http_macaw_state_t *state);

/* Count what became of a response that was to be signed. */
void ngx_http_macaw_count_response(ngx_http_request_t *r, enum ngx_http_macaw_response kind);

/* The directive; the handler it installs prints these two. */
char *ngx_http_macaw_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
u_char *ngx_http_macaw_print_json(u_char *p, u_char *end, ngx_http_macaw_main_conf_t *mcf);
u_char *ngx_http_macaw_print_prometheus(u_char *p, u_char *end, ngx_http_macaw_main_conf_t *mcf);

/* ---- variables, config ---- */

ngx_int_t ngx_http_macaw_add_variables(ngx_conf_t *cf);

void *ngx_http_macaw_create_main_conf(ngx_conf_t *cf);
void *ngx_http_macaw_create_loc_conf(ngx_conf_t *cf);
char *ngx_http_macaw_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child);

/* Where the parser stands now; and a message about a directive written elsewhere,
 * which returns NGX_CONF_ERROR. */
ngx_http_macaw_place_t ngx_http_macaw_place_of(ngx_conf_t *cf);
char *ngx_http_macaw_fail_at(ngx_conf_t *cf, ngx_uint_t level,
                             const ngx_http_macaw_place_t *place, const char *fmt, ...);

/* Something is checked, so counters are needed. */
void ngx_http_macaw_mark_used(ngx_conf_t *cf);

/* The keyring of a file (its full name), loaded once; NULL: the log says why. */
ngx_http_macaw_ring_t *ngx_http_macaw_get_ring(ngx_conf_t *cf, const char *directive,
                                               const ngx_str_t *file);

/* Whether the location being merged has directives of the rewrite module, and a
 * "return" among them. */
bool ngx_http_macaw_rewrites(ngx_conf_t *cf, bool *returns);

char *ngx_http_macaw_keys(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_macaw_verify(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_macaw_window(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_macaw_replay(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_macaw_mode(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_macaw_allow_key(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_macaw_allow_uncovered(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_macaw_response_buffer(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

#pragma GCC visibility pop

#endif
