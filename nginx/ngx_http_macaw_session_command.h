/* What a command of macaw_session_control says about whom. */
#ifndef NGX_HTTP_MACAW_SESSION_COMMAND_H
#define NGX_HTTP_MACAW_SESSION_COMMAND_H

#include "ngx_http_macaw_session_zone.h"

#define NGX_HTTP_MACAW_LIST_DEFAULT 1000 /* entries of an answer */
#define NGX_HTTP_MACAW_LIST_MAX     10000

/* What a query says; seen has SEEN_*. */
typedef struct {
    macaw_revocation_entry entry;
    unsigned kinds;
    uint64_t after;
    ngx_uint_t limit;
    unsigned seen;
} ngx_http_macaw_query_t;

enum {
    SEEN_SID = 1 << 0,
    SEEN_SUBJECT = 1 << 1,
    SEEN_KID = 1 << 2,
    SEEN_BEFORE = 1 << 3,
    SEEN_GENERATION = 1 << 4,
    SEEN_KIND = 1 << 5,
    SEEN_AFTER = 1 << 6,
    SEEN_LIMIT = 1 << 7,
    SEEN_WHO = SEEN_SID | SEEN_SUBJECT | SEEN_KID,
};

#pragma GCC visibility push(hidden)

/* Read the query, of which only the parameters in allowed may be there, each once;
 * NULL, or what is wrong with it. */
const char *ngx_http_macaw_read_query(ngx_http_request_t *r, unsigned allowed,
                                      ngx_http_macaw_query_t *q);

#pragma GCC visibility pop

#endif
