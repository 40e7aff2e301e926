/* When a request is decided.
 *
 * A verdict is made once for a client request. ACCESS decides. Directives of the rewrite
 * module may answer before ACCESS, so in a location that has some the decision
 * is made in REWRITE, before them: nginx runs the handlers of a phase in the
 * reverse order of registration, and modules added at run time register last.
 * nginx skips ACCESS for subrequests; they are decided in REWRITE as well, under
 * the verdict on the client request.
 *
 * The clock is nginx's cached one. It may lag by an event loop iteration, in
 * each worker differently; the freshness test then errs by as much, and the
 * replay table is sound whatever clocks its users have. */
#include "ngx_http_macaw.h"

typedef ngx_http_macaw_loc_conf_t loc_conf;
typedef ngx_http_macaw_state_t state_t;

const char *ngx_http_macaw_mode_name(ngx_uint_t mode)
{
    return mode == NGX_HTTP_MACAW_OBSERVE ? "observe" : "enforce";
}

static void claim(const loc_conf *lcf, state_t *state)
{
    uint32_t zone;

    if (lcf->zone == NULL || state->preflight || state->verdict.reason != MACAW_REASON_OK) {
        return;
    }
    zone = (uint32_t)1 << lcf->zone->index;
    if (state->claim_reason != MACAW_REASON_OK) {
        state->verdict.reason = state->claim_reason;
    } else if ((state->claimed & zone) == 0) {
        macaw_request_claim(lcf->zone->table, ngx_time(), &state->verdict);
        state->claimed |= zone;
        if (state->verdict.reason == MACAW_REASON_STORE_FULL
            && lcf->zone->full == NGX_HTTP_MACAW_FULL_ACCEPT) {
            state->verdict.reason = MACAW_REASON_OK;
        }
        state->claim_reason = state->verdict.reason;
    }
}

static void log_refusal(ngx_http_request_t *r, const loc_conf *lcf, const macaw_verdict *verdict)
{
    ngx_log_error(NGX_LOG_WARN, r->connection->log, 0, "macaw: %s: %s: %s%s%s",
                  lcf->mode == NGX_HTTP_MACAW_OBSERVE ? "observed" : "refused",
                  macaw_reason_name(verdict->reason), verdict->detail,
                  verdict->mac_ok ? ", key " : "", verdict->mac_ok ? verdict->entry->kid : "");
}

/* Each reason once, however often the request is judged. */
static void record(ngx_http_request_t *r, const loc_conf *lcf, state_t *state)
{
    uint32_t reason = (uint32_t)1 << state->verdict.reason;

    if ((state->counted & reason) != 0) {
        return;
    }
    state->counted |= reason;
    ngx_http_macaw_count_verdict(r, lcf, state);
    if (state->verdict.reason != MACAW_REASON_OK) {
        log_refusal(r, lcf, &state->verdict);
    }
}

/* Whether the request passes. */
static bool decide(ngx_http_request_t *r, const loc_conf *lcf, state_t *state)
{
    claim(lcf, state);
    state->final = 1;
    record(r, lcf, state);
    return state->verdict.reason == MACAW_REASON_OK || lcf->mode == NGX_HTTP_MACAW_OBSERVE;
}

static ngx_int_t decide_request(ngx_http_request_t *r, const loc_conf *lcf)
{
    state_t *state = ngx_http_macaw_judged_state(r, lcf);

    if (state == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    if (!decide(r, lcf, state)) {
        return ngx_http_macaw_refuse(r, state);
    }
    return state->verdict.reason == MACAW_REASON_OK ? NGX_OK : NGX_DECLINED;
}

static ngx_int_t subrequest_status(bool passes, const state_t *state)
{
    return passes ? NGX_DECLINED : macaw_reason_http_status(state->verdict.reason);
}

/* The verdict on the client request stays what its own location said; what was
 * claimed on the way is remembered. */
static ngx_int_t decide_subrequest(ngx_http_request_t *r, const loc_conf *lcf)
{
    ngx_http_request_t *main = r->main;
    state_t *state = ngx_http_macaw_get_state(main);
    state_t own;
    bool passes;

    if (state == NULL || !state->final) {
        state = ngx_http_macaw_judged_state(main, lcf);
        return state == NULL ? NGX_HTTP_INTERNAL_SERVER_ERROR
                             : subrequest_status(decide(main, lcf, state), state);
    }
    own = *state;
    if (!ngx_http_macaw_same_policy(own.judge, lcf)
        && ngx_http_macaw_judge(main, lcf, &own) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    passes = decide(main, lcf, &own);
    state->claimed = own.claimed;
    state->claim_reason = own.claim_reason;
    state->counted = own.counted;
    return subrequest_status(passes, &own);
}

static ngx_int_t access_handler(ngx_http_request_t *r)
{
    const loc_conf *lcf = ngx_http_get_module_loc_conf(r, ngx_http_macaw_module);

    return lcf->scheme_count == 0 ? NGX_DECLINED : decide_request(r, lcf);
}

bool ngx_http_macaw_is_question(const ngx_http_request_t *r)
{
    const ngx_http_core_main_conf_t *cmcf;
    ngx_http_request_t *parent = r->parent;

    if (parent == NULL) {
        return false;
    }
    cmcf = ngx_http_get_module_main_conf(parent, ngx_http_core_module);
    return cmcf->phase_engine.handlers[parent->phase_handler].checker
           == ngx_http_core_access_phase;
}

/* Under "satisfy any" only ACCESS can know whether another module lets the
 * request in, so nothing is decided here, unless ACCESS is what asks. */
static ngx_int_t rewrite_handler(ngx_http_request_t *r)
{
    const loc_conf *lcf = ngx_http_get_module_loc_conf(r, ngx_http_macaw_module);
    const ngx_http_core_loc_conf_t *clcf;
    ngx_int_t rc;

    if (lcf->scheme_count == 0 || (r == r->main && !lcf->rewrites)) {
        return NGX_DECLINED;
    }
    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);
    if (clcf->satisfy == NGX_HTTP_SATISFY_ANY && !ngx_http_macaw_is_question(r)) {
        return NGX_DECLINED;
    }
    if (r != r->main) {
        return decide_subrequest(r, lcf);
    }
    rc = decide_request(r, lcf);
    return rc == NGX_OK ? NGX_DECLINED : rc;
}

static ngx_int_t add_handler(ngx_conf_t *cf, ngx_uint_t phase, ngx_http_handler_pt handler)
{
    ngx_http_core_main_conf_t *cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    ngx_http_handler_pt *h = ngx_array_push(&cmcf->phases[phase].handlers);

    if (h == NULL) {
        return NGX_ERROR;
    }
    *h = handler;
    return NGX_OK;
}

ngx_int_t ngx_http_macaw_verify_init(ngx_conf_t *cf)
{
    if (add_handler(cf, NGX_HTTP_REWRITE_PHASE, rewrite_handler) != NGX_OK) {
        return NGX_ERROR;
    }
    return add_handler(cf, NGX_HTTP_ACCESS_PHASE, access_handler);
}
