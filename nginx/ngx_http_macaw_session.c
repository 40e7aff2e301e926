/* The session module: directives and contexts. */
#include "ngx_http_macaw_session_envelope.h"
#include "ngx_http_macaw_session_login.h"

#define EVERYWHERE (NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF)

static ngx_command_t commands[] = {
    {ngx_string("macaw_session"), NGX_HTTP_MAIN_CONF | NGX_CONF_BLOCK | NGX_CONF_TAKE1,
     ngx_http_macaw_session_block, NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},
    {ngx_string("macaw_session_use"), EVERYWHERE | NGX_CONF_1MORE, ngx_http_macaw_session_use,
     NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("macaw_session_require"), EVERYWHERE | NGX_CONF_TAKE1,
     ngx_http_macaw_session_require, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("macaw_session_login"), NGX_HTTP_LOC_CONF | NGX_CONF_TAKE1,
     ngx_http_macaw_session_login_by_upstream, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("macaw_session_csrf"), EVERYWHERE | NGX_CONF_1MORE, ngx_http_macaw_session_csrf,
     NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("macaw_session_wrap"), EVERYWHERE | NGX_CONF_1MORE, ngx_http_macaw_session_wrap,
     NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("macaw_session_login_page"), NGX_HTTP_LOC_CONF | NGX_CONF_1MORE,
     ngx_http_macaw_session_login_page, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("macaw_session_logout"),
     NGX_HTTP_LOC_CONF | NGX_CONF_TAKE1 | NGX_CONF_TAKE2 | NGX_CONF_TAKE3,
     ngx_http_macaw_session_logout_place, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("macaw_session_attempts"), NGX_HTTP_MAIN_CONF | NGX_CONF_1MORE,
     ngx_http_macaw_session_attempts, NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},
    ngx_null_command,
};

static void *create_main_conf(ngx_conf_t *cf)
{
    ngx_http_macaw_session_main_conf_t *mcf = ngx_pcalloc(cf->pool, sizeof *mcf);

    if (mcf == NULL
        || ngx_array_init(&mcf->sessions, cf->pool, 2, sizeof(ngx_http_macaw_session_t *))
               != NGX_OK) {
        return NULL;
    }
    return mcf;
}

static ngx_int_t init(ngx_conf_t *cf)
{
    const ngx_http_macaw_session_main_conf_t *mcf =
        ngx_http_conf_get_module_main_conf(cf, ngx_http_macaw_session_module);

    if (mcf->sessions.nelts > 0) {
        ngx_http_macaw_session_renew_variables(cf);
    }
    if (ngx_http_macaw_session_complete(cf) != NGX_OK
        || ngx_http_macaw_attempts_init(cf) != NGX_OK) {
        return NGX_ERROR;
    }
    return ngx_http_macaw_session_require_init(cf);
}

static ngx_http_module_t context = {
    ngx_http_macaw_session_add_variables, /* preconfiguration */
    init,                                 /* postconfiguration */
    create_main_conf,
    NULL,
    NULL,
    NULL,
    ngx_http_macaw_session_create_loc_conf,
    ngx_http_macaw_session_merge_loc_conf,
};

ngx_module_t ngx_http_macaw_session_module = {
    NGX_MODULE_V1,
    &context,
    commands,
    NGX_HTTP_MODULE,
    NULL, /* init_master */
    NULL, /* init_module */
    NULL, /* init_process */
    NULL, /* init_thread */
    NULL, /* exit_thread */
    NULL, /* exit_process */
    NULL, /* exit_master */
    NGX_MODULE_V1_PADDING,
};
