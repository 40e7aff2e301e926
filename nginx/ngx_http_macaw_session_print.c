/* Counters of sessions as text. */
#include "ngx_http_macaw_session.h"

typedef ngx_http_macaw_main_conf_t main_conf;

const char *const ngx_http_macaw_session_events[NGX_HTTP_MACAW_SESSION_EVENTS] = {
    [NGX_HTTP_MACAW_SESSION_LOGIN] = "login",
    [NGX_HTTP_MACAW_SESSION_RENEWED] = "renewed",
    [NGX_HTTP_MACAW_SESSION_LOGOUT] = "logout",
    [NGX_HTTP_MACAW_SESSION_LOGOUT_ALL] = "logout-all",
    [NGX_HTTP_MACAW_SESSION_EXCHANGED] = "exchanged",
    [NGX_HTTP_MACAW_SESSION_CSRF_REFUSED] = "cross-site",
    [NGX_HTTP_MACAW_SESSION_LOGIN_REFUSED] = "login-refused",
    [NGX_HTTP_MACAW_SESSION_LOGIN_LIMITED] = "login-limited",
    [NGX_HTTP_MACAW_SESSION_WRAPPED] = "wrapped",
    [NGX_HTTP_MACAW_SESSION_UNWRAPPED] = "unwrapped",
    [NGX_HTTP_MACAW_SESSION_UNWRAP_REFUSED] = "unwrap-refused",
};

static uint64_t get(const uint64_t *counter)
{
    return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

#define PUT(...) (p = ngx_slprintf(p, end, __VA_ARGS__))

u_char *ngx_http_macaw_session_print_json(u_char *p, u_char *end, const main_conf *mcf)
{
    ngx_uint_t i;

    PUT(",\"sessions\":{\"judged\":{");
    for (i = 0; i < MACAW_SESSION_REASON_COUNT; i++) {
        PUT("%s\"%s\":%uL", i == 0 ? "" : ",", macaw_session_reason_name((macaw_session_reason)i),
            get(&mcf->counters->sessions[i]));
    }
    PUT("},\"events\":{");
    for (i = 0; i < NGX_HTTP_MACAW_SESSION_EVENTS; i++) {
        PUT("%s\"%s\":%uL", i == 0 ? "" : ",", ngx_http_macaw_session_events[i],
            get(&mcf->counters->session_events[i]));
    }
    return PUT("}}");
}

u_char *ngx_http_macaw_session_print_prometheus(u_char *p, u_char *end, const main_conf *mcf)
{
    ngx_uint_t i;

    PUT("# HELP macaw_sessions_total Sessions judged, by reason.\n"
        "# TYPE macaw_sessions_total counter\n");
    for (i = 0; i < MACAW_SESSION_REASON_COUNT; i++) {
        PUT("macaw_sessions_total{reason=\"%s\"} %uL\n",
            macaw_session_reason_name((macaw_session_reason)i), get(&mcf->counters->sessions[i]));
    }
    PUT("# HELP macaw_session_events_total What was done to sessions and cookies.\n"
        "# TYPE macaw_session_events_total counter\n");
    for (i = 0; i < NGX_HTTP_MACAW_SESSION_EVENTS; i++) {
        PUT("macaw_session_events_total{event=\"%s\"} %uL\n", ngx_http_macaw_session_events[i],
            get(&mcf->counters->session_events[i]));
    }
    return p;
}
