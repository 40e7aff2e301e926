/* Counters and log lines of sessions. */
#include "ngx_http_macaw_session.h"

typedef ngx_http_macaw_session_state_t state_t;

static ngx_http_macaw_counters_t *counters_of(ngx_http_request_t *r)
{
    const ngx_http_macaw_main_conf_t *mcf =
        ngx_http_get_module_main_conf(r, ngx_http_macaw_module);

    return mcf->counters;
}

static void add(uint64_t *counter)
{
    (void)__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

void ngx_http_macaw_count_session(ngx_http_request_t *r, enum ngx_http_macaw_session_event event)
{
    ngx_http_macaw_counters_t *counters = counters_of(r);

    if (counters != NULL) {
        add(&counters->session_events[event]);
    }
}

/* The counters of a key by its id; one that the keyring does not list counts
 * among the others. */
static struct ngx_http_macaw_key_counters *slot_of(ngx_http_macaw_counters_t *counters,
                                                   const ngx_http_macaw_format_t *format,
                                                   const char *kid)
{
    size_t low = 0, high = format->ring->count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = strcmp(format->ring->entries[format->order[mid]]->kid, kid);
        if (order == 0) {
            return &counters->keys[format->ring->slots[format->order[mid]]];
        }
        if (order < 0) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return &counters->keys[NGX_HTTP_MACAW_KEYS_COUNTED];
}

static void count_key(ngx_http_macaw_counters_t *counters, const state_t *state)
{
    struct ngx_http_macaw_key_counters *slot =
        slot_of(counters, state->format, state->claims.kid);
    uint64_t now = (uint64_t)ngx_time();

    if (state->claims.reason != MACAW_SESSION_OK) {
        add(&slot->refused);
        return;
    }
    add(&slot->verified);
    if (__atomic_load_n(&slot->last_used, __ATOMIC_RELAXED) != now) {
        __atomic_store_n(&slot->last_used, now, __ATOMIC_RELAXED);
    }
}

/* What happens every day is no warning. */
static ngx_uint_t level_of(macaw_session_reason reason)
{
    switch (reason) {
    case MACAW_SESSION_EXPIRED:
    case MACAW_SESSION_ENDED:
    case MACAW_SESSION_REVOKED:
    case MACAW_SESSION_UNKNOWN:
        return NGX_LOG_INFO;
    case MACAW_SESSION_INTERNAL:
        return NGX_LOG_ERR;
    default:
        return NGX_LOG_WARN;
    }
}

void ngx_http_macaw_count_state(ngx_http_request_t *r, const state_t *state)
{
    const macaw_session_claims *claims = &state->claims;
    ngx_http_macaw_counters_t *counters = counters_of(r);

    if (counters != NULL) {
        add(&counters->sessions[claims->reason]);
        if (claims->authentic && state->format != NULL) {
            count_key(counters, state);
        }
    }
    if (state->session != NULL && claims->reason != MACAW_SESSION_OK) {
        ngx_log_error(level_of(claims->reason), r->connection->log, 0,
                      "macaw: session \"%V\" refused: %s: %s%s%s", &state->session->name,
                      macaw_session_reason_name(claims->reason), claims->detail,
                      claims->authentic ? ", key " : "", claims->authentic ? claims->kid : "");
    }
}
