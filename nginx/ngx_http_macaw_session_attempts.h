/* The table of attempts: what session_attempts and session_attempts_zone share. */
#ifndef NGX_HTTP_MACAW_SESSION_ATTEMPTS_H
#define NGX_HTTP_MACAW_SESSION_ATTEMPTS_H

#include "ngx_http_macaw_session_login.h"

#include <macaw/mac.h>

#define NGX_HTTP_MACAW_ATTEMPTS_WAYS   8
#define NGX_HTTP_MACAW_ATTEMPTS_SECRET 16

enum ngx_http_macaw_attempts_kind { BY_ADDRESS, BY_USER, BY_BOTH, KINDS };

typedef struct {
    uint64_t name;  /* 0: free */
    int64_t last;   /* Unix seconds; BY_BOTH: of any attempt */
    uint32_t count; /* failures, and attempts that go on */
} ngx_http_macaw_attempts_entry_t;

/* In shared memory, under the mutex of its slab pool, which nginx unlocks when its
 * owner dies. */
typedef struct {
    uint8_t secret[NGX_HTTP_MACAW_ATTEMPTS_SECRET];
    uint32_t sets; /* of each kind, of WAYS entries */
    ngx_http_macaw_attempts_entry_t entries[];
} ngx_http_macaw_attempts_table_t;

struct ngx_http_macaw_attempts_s {
    ngx_uint_t limits[KINDS];
    time_t within;
    size_t size;
    ngx_shm_zone_t *shm;
    ngx_http_macaw_attempts_table_t *table;
    macaw_key *prf; /* under the table's secret */
};

#endif
