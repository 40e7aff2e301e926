/* macaw_session_attempts, and the memory of the table. */
#include "ngx_http_macaw_session_attempts.h"

#include <openssl/rand.h>

#define USER_DEFAULT    10
#define ADDRESS_DEFAULT 30
#define WITHIN_DEFAULT  900
#define LIMIT_MAX       1000
#define SIZE_DEFAULT    (1024 * 1024)
#define SIZE_MIN        (64 * 1024)
#define SECRET_LEN      NGX_HTTP_MACAW_ATTEMPTS_SECRET

typedef ngx_http_macaw_attempts_t attempts_t;
typedef ngx_http_macaw_attempts_table_t table_t;

/* ---- shared memory ---- */

static ngx_int_t make_table(attempts_t *attempts)
{
    table_t *table;
    size_t set = KINDS * NGX_HTTP_MACAW_ATTEMPTS_WAYS * sizeof table->entries[0];

    table = ngx_slab_calloc((ngx_slab_pool_t *)attempts->shm->shm.addr, attempts->size);
    if (table == NULL || RAND_bytes(table->secret, SECRET_LEN) != 1) {
        return NGX_ERROR;
    }
    table->sets = (uint32_t)((attempts->size - sizeof *table) / set);
    attempts->table = table;
    return NGX_OK;
}

/* data is what runs already, of the same size. */
static ngx_int_t init_zone(ngx_shm_zone_t *shm, void *data)
{
    attempts_t *attempts = shm->data;
    const attempts_t *old = data;

    if (old != NULL) {
        attempts->table = old->table;
    } else if (make_table(attempts) != NGX_OK) {
        return NGX_ERROR;
    }
    return macaw_key_new(&attempts->prf, macaw_alg_find("siphash-2-4"), attempts->table->secret,
                         SECRET_LEN, NULL)
                   == MACAW_OK
               ? NGX_OK
               : NGX_ERROR;
}

static void detach(void *data)
{
    attempts_t *attempts = data;

    macaw_key_free(attempts->prf);
}

/* ---- macaw_session_attempts [user=N] [address=N] [within=TIME] [size=SIZE] ---- */

static attempts_t *make(ngx_conf_t *cf)
{
    attempts_t *attempts = ngx_pcalloc(cf->pool, sizeof *attempts);

    if (attempts != NULL) {
        attempts->limits[BY_ADDRESS] = ADDRESS_DEFAULT;
        attempts->limits[BY_USER] = USER_DEFAULT;
        attempts->within = WITHIN_DEFAULT;
        attempts->size = SIZE_DEFAULT;
    }
    return attempts;
}

/* false: value is not NAME=NUMBER in the range. */
static bool read_option(attempts_t *attempts, ngx_str_t *value)
{
    ngx_str_t rest;
    ngx_int_t number;
    u_char *equals = memchr(value->data, '=', value->len);

    if (equals == NULL) {
        return false;
    }
    rest.data = equals + 1;
    rest.len = value->len - (size_t)(rest.data - value->data);
    if (ngx_strncmp(value->data, "within=", 7) == 0) {
        attempts->within = ngx_parse_time(&rest, 1);
        return attempts->within >= 1 && attempts->within <= 86400;
    }
    if (ngx_strncmp(value->data, "size=", 5) == 0) {
        number = ngx_parse_size(&rest);
        attempts->size = (size_t)number;
        return number >= SIZE_MIN && number <= 1024 * SIZE_DEFAULT;
    }
    number = ngx_atoi(rest.data, rest.len);
    if (ngx_strncmp(value->data, "user=", 5) == 0) {
        attempts->limits[BY_USER] = (ngx_uint_t)number;
    } else if (ngx_strncmp(value->data, "address=", 8) == 0) {
        attempts->limits[BY_ADDRESS] = (ngx_uint_t)number;
    } else {
        return false;
    }
    return number >= 1 && number <= LIMIT_MAX;
}

char *ngx_http_macaw_session_attempts(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    static char duplicate[] = "is duplicate";
    ngx_http_macaw_session_main_conf_t *mcf = conf;
    ngx_str_t *value = cf->args->elts;
    ngx_uint_t i;

    (void)cmd;
    if (mcf->attempts != NULL) {
        return duplicate;
    }
    mcf->attempts = make(cf);
    if (mcf->attempts == NULL) {
        return NGX_CONF_ERROR;
    }
    for (i = 1; i < cf->args->nelts; i++) {
        if (!read_option(mcf->attempts, &value[i])) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "macaw_session_attempts: \"%V\" is not user=1..1000, "
                               "address=1..1000, within=1s..1d or size=64k..1024m",
                               &value[i]);
            return NGX_CONF_ERROR;
        }
    }
    return NGX_CONF_OK;
}

ngx_int_t ngx_http_macaw_attempts_init(ngx_conf_t *cf)
{
    ngx_http_macaw_session_main_conf_t *mcf =
        ngx_http_conf_get_module_main_conf(cf, ngx_http_macaw_session_module);
    ngx_str_t name = ngx_string("macaw attempts"); /* no zone of an operator has a space */
    ngx_pool_cleanup_t *cleanup;
    attempts_t *attempts;

    if (mcf->hashing == NULL) {
        return NGX_OK;
    }
    attempts = mcf->attempts != NULL ? mcf->attempts : make(cf);
    cleanup = ngx_pool_cleanup_add(cf->pool, 0);
    if (attempts == NULL || cleanup == NULL) {
        return NGX_ERROR;
    }
    mcf->attempts = attempts;
    attempts->limits[BY_BOTH] = attempts->limits[BY_USER];
    attempts->shm = ngx_shared_memory_add(cf, &name, attempts->size + attempts->size / 64
                                                         + 16 * ngx_pagesize,
                                          &ngx_http_macaw_session_module);
    if (attempts->shm == NULL) {
        return NGX_ERROR;
    }
    cleanup->handler = detach;
    cleanup->data = attempts;
    attempts->shm->init = init_zone;
    attempts->shm->data = attempts;
    return NGX_OK;
}
