/* Directives and contexts of the module. */
#include "ngx_http_macaw_session_zone.h"

#define EVERYWHERE (NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF)
#define LOC(member) NGX_HTTP_LOC_CONF_OFFSET, offsetof(ngx_http_macaw_loc_conf_t, member)

static ngx_command_t commands[] = {
    {ngx_string("macaw_replay_zone"), NGX_HTTP_MAIN_CONF | NGX_CONF_2MORE,
     ngx_http_macaw_replay_zone, NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},
    {ngx_string("macaw_keys"), EVERYWHERE | NGX_CONF_TAKE1, ngx_http_macaw_keys,
     NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("macaw_verify"), EVERYWHERE | NGX_CONF_1MORE, ngx_http_macaw_verify,
     NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("macaw_window"), EVERYWHERE | NGX_CONF_TAKE1, ngx_http_macaw_window,
     NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("macaw_replay"), EVERYWHERE | NGX_CONF_TAKE1, ngx_http_macaw_replay,
     NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("macaw_mode"), EVERYWHERE | NGX_CONF_TAKE1, ngx_http_macaw_mode,
     NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("macaw_allow_key"), EVERYWHERE | NGX_CONF_1MORE, ngx_http_macaw_allow_key,
     NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("macaw_allow_uncovered"), EVERYWHERE | NGX_CONF_TAKE12,
     ngx_http_macaw_allow_uncovered, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("macaw_insecure_legacy"), EVERYWHERE | NGX_CONF_FLAG, ngx_conf_set_flag_slot,
     LOC(insecure_legacy), NULL},
    {ngx_string("macaw_preflight"), EVERYWHERE | NGX_CONF_FLAG, ngx_conf_set_flag_slot,
     LOC(preflight), NULL},
    {ngx_string("macaw_sign_response"), EVERYWHERE | NGX_CONF_FLAG, ngx_conf_set_flag_slot,
     LOC(sign_response), NULL},
    {ngx_string("macaw_response_buffer"), EVERYWHERE | NGX_CONF_TAKE12,
     ngx_http_macaw_response_buffer, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("macaw_status"), NGX_HTTP_LOC_CONF | NGX_CONF_NOARGS | NGX_CONF_TAKE1,
     ngx_http_macaw_status, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("macaw_session_zone"), NGX_HTTP_MAIN_CONF | NGX_CONF_1MORE,
     ngx_http_macaw_session_zone, NGX_HTTP_MAIN_CONF_OFFSET, 0, NULL},
    {ngx_string("macaw_session_control"), NGX_HTTP_LOC_CONF | NGX_CONF_TAKE1,
     ngx_http_macaw_session_control, NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    ngx_null_command,
};

static ngx_int_t init(ngx_conf_t *cf)
{
    if (ngx_http_macaw_counters_init(cf) != NGX_OK
        || ngx_http_macaw_session_control_init(cf) != NGX_OK) {
        return NGX_ERROR;
    }
    return ngx_http_macaw_verify_init(cf);
}

static ngx_int_t init_module(ngx_cycle_t *cycle)
{
    /* Sockets first: they are open already, and loading takes its time. */
    if (ngx_http_macaw_session_control_init_module(cycle) != NGX_OK
        || ngx_http_macaw_replay_init_module(cycle) != NGX_OK) {
        return NGX_ERROR;
    }
    return ngx_http_macaw_session_zones_init_module(cycle);
}

static void exit_master(ngx_cycle_t *cycle)
{
    ngx_http_macaw_replay_exit_master(cycle);
    ngx_http_macaw_session_zones_exit_master(cycle);
}

static ngx_http_module_t context = {
    ngx_http_macaw_add_variables, /* preconfiguration */
    init,                         /* postconfiguration */
    ngx_http_macaw_create_main_conf,
    NULL,
    NULL,
    NULL,
    ngx_http_macaw_create_loc_conf,
    ngx_http_macaw_merge_loc_conf,
};

ngx_module_t ngx_http_macaw_module = {
    NGX_MODULE_V1,
    &context,
    commands,
    NGX_HTTP_MODULE,
    NULL,        /* init_master */
    init_module,
    NULL,        /* init_process */
    NULL,        /* init_thread */
    NULL,        /* exit_thread */
    NULL,        /* exit_process */
    exit_master,
    NGX_MODULE_V1_PADDING,
};
