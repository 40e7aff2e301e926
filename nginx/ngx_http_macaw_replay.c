#include "ngx_http_macaw.h"

ngx_http_macaw_zone_t *ngx_http_macaw_find_zone(ngx_http_macaw_main_conf_t *mcf,
                                                const ngx_str_t *name)
{
    (void)mcf;
    (void)name;
    return NULL;
}

char *ngx_http_macaw_replay_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    (void)cf;
    (void)cmd;
    (void)conf;
    return NGX_CONF_ERROR;
}

ngx_int_t ngx_http_macaw_replay_init_module(ngx_cycle_t *cycle)
{
    (void)cycle;
    return NGX_OK;
}

void ngx_http_macaw_replay_exit_master(ngx_cycle_t *cycle)
{
    (void)cycle;
}
