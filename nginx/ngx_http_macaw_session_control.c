/* macaw_session_control: who may send commands.
 *
 * Either the server listens on Unix sockets alone, which then belong to their
 * owner, or macaw_verify stands before, with keys made for control. Everything
 * else is refused at load time. */
#include "ngx_http_macaw_session_zone.h"

#include <sys/socket.h>
#include <sys/stat.h>

typedef ngx_http_macaw_loc_conf_t loc_conf;

static char DUPLICATE[] = "is duplicate";

/* ---- at run time ---- */

static bool is_signed(const loc_conf *lcf)
{
    return lcf->scheme_count > 0;
}

/* "satisfy any" may have let it in without. */
static bool has_signed(ngx_http_request_t *r)
{
    const ngx_http_macaw_state_t *state = ngx_http_macaw_get_state(r);

    return state != NULL && state->final && state->verdict.mac_ok
           && state->verdict.reason == MACAW_REASON_OK
           && ngx_strcmp(state->judge->policy.use, "control") == 0;
}

/* Between the moment a socket is bound and the one its mode is changed, anybody
 * may have connected. */
static bool is_owner(ngx_http_request_t *r)
{
    const ngx_http_macaw_main_conf_t *mcf =
        ngx_http_get_module_main_conf(r, ngx_http_macaw_module);
    struct ucred peer;
    socklen_t len = sizeof peer;

    return r->connection->local_sockaddr->sa_family == AF_UNIX
           && getsockopt(r->connection->fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0
           && (peer.uid == 0 || peer.uid == mcf->owner);
}

static ngx_int_t handler(ngx_http_request_t *r)
{
    const loc_conf *lcf = ngx_http_get_module_loc_conf(r, ngx_http_macaw_module);

    if (r != r->main || !(is_signed(lcf) ? has_signed(r) : is_owner(r))) {
        return NGX_HTTP_FORBIDDEN;
    }
    return ngx_http_macaw_session_command(r, lcf->control);
}

/* ---- at load time ---- */

static bool listens_for(const ngx_http_conf_addr_t *addr, const ngx_http_core_srv_conf_t *server)
{
    ngx_http_core_srv_conf_t *const *known = addr->servers.elts;
    ngx_uint_t i;

    for (i = 0; i < addr->servers.nelts; i++) {
        if (known[i] == server) {
            return true;
        }
    }
    return false;
}

static ngx_int_t add_socket(ngx_http_macaw_main_conf_t *mcf, const ngx_http_conf_addr_t *addr)
{
    const struct sockaddr_un *un = (const struct sockaddr_un *)(const void *)addr->opt.sockaddr;
    ngx_str_t *path = ngx_array_push(&mcf->control_sockets);

    if (path == NULL) {
        return NGX_ERROR;
    }
    path->data = (u_char *)un->sun_path;
    path->len = ngx_strlen(un->sun_path);
    return NGX_OK;
}

/* Of one family of addresses: NGX_DECLINED where the server has one that is no
 * Unix socket. */
static ngx_int_t look_at_port(ngx_http_macaw_main_conf_t *mcf, const ngx_http_conf_port_t *port,
                              const ngx_http_core_srv_conf_t *server)
{
    const ngx_http_conf_addr_t *addr = port->addrs.elts;
    ngx_uint_t i;

    for (i = 0; i < port->addrs.nelts; i++) {
        if (!listens_for(&addr[i], server)) {
            continue;
        }
        if (port->family != AF_UNIX) {
            return NGX_DECLINED;
        }
        if (add_socket(mcf, &addr[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }
    return NGX_OK;
}

static ngx_int_t check_sockets(ngx_conf_t *cf, const ngx_http_macaw_control_t *control)
{
    ngx_http_core_main_conf_t *cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    ngx_http_macaw_main_conf_t *mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_macaw_module);
    const ngx_http_conf_port_t *port = cmcf->ports->elts;
    ngx_int_t rc = NGX_OK;
    ngx_uint_t i;

    for (i = 0; i < cmcf->ports->nelts && rc == NGX_OK; i++) {
        rc = look_at_port(mcf, &port[i], control->server);
    }
    if (rc == NGX_DECLINED) {
        (void)ngx_http_macaw_fail_at(cf, NGX_LOG_EMERG, &control->lcf->control_place,
                                     "macaw_session_control: the server listens on more than Unix "
                                     "sockets; say \"macaw_verify SCHEME;\" and have keys for "
                                     "\"control\"");
    }
    return rc == NGX_OK ? NGX_OK : NGX_ERROR;
}

static ngx_int_t check_signatures(ngx_conf_t *cf, const loc_conf *lcf)
{
    ngx_uint_t i;

    if (lcf->mode != NGX_HTTP_MACAW_ENFORCE) {
        (void)ngx_http_macaw_fail_at(cf, NGX_LOG_EMERG, &lcf->control_place,
                                     "macaw_session_control: \"macaw_mode observe\" would let "
                                     "everybody send commands");
        return NGX_ERROR;
    }
    for (i = 0; i < lcf->scheme_count; i++) {
        if (macaw_scheme_insecure(lcf->schemes[i])) {
            (void)ngx_http_macaw_fail_at(cf, NGX_LOG_EMERG, &lcf->control_place,
                                         "macaw_session_control: scheme \"%s\" is insecure",
                                         macaw_scheme_name(lcf->schemes[i]));
            return NGX_ERROR;
        }
    }
    if (lcf->zone == NULL) {
        (void)ngx_http_macaw_fail_at(cf, NGX_LOG_EMERG, &lcf->control_place,
                                     "macaw_session_control: say \"macaw_replay ZONE;\", or "
                                     "commands could be replayed");
        return NGX_ERROR;
    }
    return NGX_OK;
}

static ngx_int_t check(ngx_conf_t *cf, const ngx_http_macaw_control_t *control)
{
    ngx_http_macaw_main_conf_t *mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_macaw_module);
    loc_conf *lcf = control->lcf;

    lcf->control = ngx_http_macaw_session_find_zone(mcf, &lcf->control_name);
    if (lcf->control == NULL) {
        (void)ngx_http_macaw_fail_at(cf, NGX_LOG_EMERG, &lcf->control_place,
                                     "macaw_session_control: no macaw_session_zone \"%V\"",
                                     &lcf->control_name);
        return NGX_ERROR;
    }
    return is_signed(lcf) ? check_signatures(cf, lcf) : check_sockets(cf, control);
}

ngx_int_t ngx_http_macaw_session_control_init(ngx_conf_t *cf)
{
    ngx_http_macaw_main_conf_t *mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_macaw_module);
    const ngx_http_macaw_control_t *control = mcf->controls.elts;
    ngx_uint_t i;

    for (i = 0; i < mcf->controls.nelts; i++) {
        if (check(cf, &control[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }
    return NGX_OK;
}

ngx_int_t ngx_http_macaw_session_control_init_module(ngx_cycle_t *cycle)
{
    ngx_http_macaw_main_conf_t *mcf =
        ngx_http_cycle_get_module_main_conf(cycle, ngx_http_macaw_module);
    const ngx_str_t *path;
    ngx_uint_t i;

    if (mcf == NULL || ngx_test_config) {
        return NGX_OK;
    }
    mcf->owner = geteuid();
    path = mcf->control_sockets.elts;
    for (i = 0; i < mcf->control_sockets.nelts; i++) {
        if (chmod((const char *)path[i].data, S_IRUSR | S_IWUSR) != 0) {
            ngx_log_error(NGX_LOG_EMERG, cycle->log, ngx_errno,
                          "macaw_session_control: cannot change the mode of %V", &path[i]);
            return NGX_ERROR;
        }
    }
    return NGX_OK;
}

char *ngx_http_macaw_session_control(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_macaw_main_conf_t *mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_macaw_module);
    ngx_http_core_loc_conf_t *clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    ngx_http_macaw_control_t *control;
    ngx_str_t *value = cf->args->elts;
    loc_conf *lcf = conf;

    (void)cmd;
    if (lcf->control_name.len > 0) {
        return DUPLICATE;
    }
    if (value[1].len < 6 || ngx_strncmp(value[1].data, "zone=", 5) != 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "macaw_session_control: say zone=NAME, not \"%V\"", &value[1]);
        return NGX_CONF_ERROR;
    }
    lcf->control_name.data = value[1].data + 5;
    lcf->control_name.len = value[1].len - 5;
    lcf->control_place = ngx_http_macaw_place_of(cf);
    control = ngx_array_push(&mcf->controls);
    if (control == NULL) {
        return NGX_CONF_ERROR;
    }
    control->lcf = lcf;
    control->server = ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module);
    clcf->handler = handler;
    return NGX_CONF_OK;
}
