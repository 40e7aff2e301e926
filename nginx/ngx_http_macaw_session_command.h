/* The commands of macaw_session_control: what a query says about whom, and answers. */
#ifndef NGX_HTTP_MACAW_SESSION_COMMAND_H
#define NGX_HTTP_MACAW_SESSION_COMMAND_H

#include "ngx_http_macaw_session_zone.h"

#define NGX_HTTP_MACAW_LIST_DEFAULT 1000 /* entries of an answer */
#define NGX_HTTP_MACAW_LIST_MAX     10000
#define NGX_HTTP_MACAW_ENTRY_MAX    2048 /* bytes, printed: a subject may be all escapes */

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

/* Answers: problem details, whose detail has no character that would need quoting; */
ngx_int_t ngx_http_macaw_command_refuse(ngx_http_request_t *r, ngx_uint_t status,
                                        const char *title, const char *detail);
/* len bytes of JSON; */
ngx_int_t ngx_http_macaw_command_send(ngx_http_request_t *r, ngx_chain_t *out, off_t len);
ngx_int_t ngx_http_macaw_command_send_buffer(ngx_http_request_t *r, ngx_buf_t *b);
/* an entry with more members behind its own, each after a comma. */
ngx_int_t ngx_http_macaw_command_send_entry(ngx_http_request_t *r,
                                            const macaw_revocation_entry *entry,
                                            const char *more);

/* An entry as JSON: NGX_HTTP_MACAW_ENTRY_MAX bytes at most. */
u_char *ngx_http_macaw_print_entry(u_char *p, u_char *end, const macaw_revocation_entry *entry);

#pragma GCC visibility pop

#endif
