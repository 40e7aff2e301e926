/* The commands of macaw_session_control: the last part of the path says what, the
 * query says about whom.
 *
 *     POST …/revoke?sid=HEX
 *     POST …/revoke?subject=TEXT[&before=UNIX][&generation=N]
 *     POST …/revoke?kid=NAME
 *     GET  …/show?sid=HEX | subject=TEXT | kid=NAME, or nothing: the zone itself
 *     GET  …/list[?kind=sid|subject|kid][&after=N][&limit=N]
 *
 * Answers are JSON, or problem details (RFC 9457). */
#include "ngx_http_macaw_session_command.h"

#define BUFFER (64 * 1024)

typedef ngx_http_macaw_session_zone_t zone_t;
typedef ngx_http_macaw_query_t query_t;

static ngx_int_t bad_request(ngx_http_request_t *r, const char *detail)
{
    return ngx_http_macaw_command_refuse(r, NGX_HTTP_BAD_REQUEST, "Bad Request", detail);
}

static bool names_one(const query_t *q)
{
    unsigned who = q->seen & SEEN_WHO;

    return who != 0 && (who & (who - 1)) == 0;
}

/* ---- revoke ---- */

static ngx_int_t answer_revoked(ngx_http_request_t *r, const zone_t *zone,
                                const macaw_revocation_entry *entry, int status)
{
    switch (status) {
    case MACAW_OK:
        return ngx_http_macaw_command_send_entry(
            r, entry, zone->journal != NULL ? ",\"durable\":true" : ",\"durable\":false");
    case MACAW_ELIMIT:
        return ngx_http_macaw_command_refuse(r, NGX_HTTP_INSUFFICIENT_STORAGE,
                                             "Insufficient Storage",
                                             "the zone is full: nothing was revoked");
    case MACAW_EIO:
        return ngx_http_macaw_command_refuse(r, NGX_HTTP_SERVICE_UNAVAILABLE, "Service Unavailable",
                                             "revoked, but not on the disk: a restart would "
                                             "forget it");
    default:
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
}

typedef struct {
    zone_t *zone;
    macaw_revocation_entry entry;
} revoking_t;

static void revoked(ngx_http_request_t *r, int status, void *data)
{
    const revoking_t *revoking = data;

    ngx_http_finalize_request(r, answer_revoked(r, revoking->zone, &revoking->entry, status));
}

/* The latest session that an entry is about begins now. A key stays revoked: who has
 * it can make tokens of any date. */
static void complete(const zone_t *zone, query_t *q)
{
    if (q->entry.kind == MACAW_REVOCATION_SUBJECT
        && (q->seen & (SEEN_BEFORE | SEEN_GENERATION)) == 0) {
        q->entry.before = ngx_time();
    }
    q->entry.until = q->entry.kind == MACAW_REVOCATION_KEY ? MACAW_REVOCATION_NEVER
                                                           : ngx_http_macaw_session_until(zone, 0);
}

static void log_command(ngx_http_request_t *r, const macaw_revocation_entry *entry)
{
    u_char text[NGX_HTTP_MACAW_ENTRY_MAX];
    u_char *end = ngx_http_macaw_print_entry(text, text + sizeof text, entry);

    ngx_log_error(NGX_LOG_NOTICE, r->connection->log, 0, "macaw: told to revoke %*s",
                  (size_t)(end - text), text);
}

static ngx_int_t revoke_one(ngx_http_request_t *r, zone_t *zone, query_t *q)
{
    revoking_t *revoking = ngx_palloc(r->pool, sizeof *revoking);
    ngx_int_t rc;
    int status;

    if (!names_one(q)) {
        return bad_request(r, "say one of sid=, subject= and kid=");
    }
    if ((q->seen & (SEEN_BEFORE | SEEN_GENERATION)) != 0 && (q->seen & SEEN_SUBJECT) == 0) {
        return bad_request(r, "before= and generation= are for subjects");
    }
    if (revoking == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    complete(zone, q);
    log_command(r, &q->entry);
    revoking->zone = zone;
    revoking->entry = q->entry;
    r->main->count++;
    rc = ngx_http_macaw_session_revoke(r, zone, &q->entry, &status, revoked, revoking);
    if (rc == NGX_AGAIN) {
        return NGX_DONE;
    }
    r->main->count--;
    return answer_revoked(r, zone, &q->entry, status);
}

/* ---- show ---- */

static ngx_int_t show_zone(ngx_http_request_t *r, const zone_t *zone)
{
    ngx_buf_t *b = ngx_create_temp_buf(r->pool, NGX_HTTP_MACAW_ENTRY_MAX);

    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    b->last = ngx_http_macaw_session_zone_json(b->last, b->end, zone);
    b->last = ngx_slprintf(b->last, b->end, "\n");
    return ngx_http_macaw_command_send_buffer(r, b);
}

static ngx_int_t show(ngx_http_request_t *r, zone_t *zone, query_t *q)
{
    if (q->seen == 0) {
        return show_zone(r, zone);
    }
    if (!names_one(q)) {
        return bad_request(r, "say one of sid=, subject= and kid=");
    }
    if (macaw_revocation_find(zone->table, &q->entry, ngx_time(), &q->entry) != MACAW_OK) {
        return ngx_http_macaw_command_refuse(r, NGX_HTTP_NOT_FOUND, "Not Found", "not revoked");
    }
    return ngx_http_macaw_command_send_entry(r, &q->entry, "");
}

/* ---- list ---- */

/* A buffer with room for another entry, appended to the chain. */
static ngx_buf_t *room(ngx_http_request_t *r, ngx_buf_t *b, ngx_chain_t ***last)
{
    ngx_chain_t *link;

    if (b != NULL && b->end - b->last >= NGX_HTTP_MACAW_ENTRY_MAX + 64) {
        return b;
    }
    b = ngx_create_temp_buf(r->pool, BUFFER);
    link = ngx_alloc_chain_link(r->pool);
    if (b == NULL || link == NULL) {
        return NULL;
    }
    link->buf = b;
    link->next = NULL;
    **last = link;
    *last = &link->next;
    return b;
}

static off_t length_of(const ngx_chain_t *chain)
{
    off_t len = 0;

    for (; chain != NULL; chain = chain->next) {
        len += chain->buf->last - chain->buf->pos;
    }
    return len;
}

static ngx_int_t list(ngx_http_request_t *r, zone_t *zone, query_t *q)
{
    ngx_chain_t *first = NULL, **last = &first;
    macaw_revocation_entry entry;
    ngx_buf_t *b = room(r, NULL, &last);
    bool more = true;
    ngx_uint_t n;

    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    b->last = ngx_slprintf(b->last, b->end, "{\"revoked\":[");
    for (n = 0; n < q->limit; n++) {
        more = macaw_revocation_next(zone->table, q->kinds, ngx_time(), &q->after, &entry);
        b = more ? room(r, b, &last) : b;
        if (b == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
        if (!more) {
            break;
        }
        b->last = ngx_slprintf(b->last, b->end, n > 0 ? ",\n" : "\n");
        b->last = ngx_http_macaw_print_entry(b->last, b->end, &entry);
    }
    b->last = more ? ngx_slprintf(b->last, b->end, "],\"next\":%uL}\n", q->after)
                   : ngx_slprintf(b->last, b->end, "],\"next\":null}\n");
    b->last_buf = 1;
    b->last_in_chain = 1;
    return ngx_http_macaw_command_send(r, first, length_of(first));
}

/* ---- which ---- */

static const struct command {
    ngx_str_t name;
    ngx_uint_t methods;
    const char *allow;
    unsigned parameters;
    ngx_int_t (*run)(ngx_http_request_t *r, zone_t *zone, query_t *q);
} commands[] = {
    {ngx_string("/revoke"), NGX_HTTP_POST, "POST", SEEN_WHO | SEEN_BEFORE | SEEN_GENERATION,
     revoke_one},
    {ngx_string("/show"), NGX_HTTP_GET | NGX_HTTP_HEAD, "GET, HEAD", SEEN_WHO, show},
    {ngx_string("/list"), NGX_HTTP_GET | NGX_HTTP_HEAD, "GET, HEAD",
     SEEN_KIND | SEEN_AFTER | SEEN_LIMIT, list},
};

static const struct command *find_command(const ngx_str_t *uri)
{
    const ngx_str_t *name;
    ngx_uint_t i;

    for (i = 0; i < sizeof commands / sizeof *commands; i++) {
        name = &commands[i].name;
        if (uri->len >= name->len
            && ngx_strncmp(uri->data + uri->len - name->len, name->data, name->len) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

ngx_int_t ngx_http_macaw_session_command(ngx_http_request_t *r, zone_t *zone)
{
    const struct command *command = find_command(&r->uri);
    const char *wrong;
    ngx_int_t rc;
    query_t q;

    if (command == NULL) {
        return ngx_http_macaw_command_refuse(r, NGX_HTTP_NOT_FOUND, "Not Found", "no such command");
    }
    if ((r->method & command->methods) == 0) {
        return ngx_http_macaw_add_header(r, "Allow", command->allow) != NULL
                   ? ngx_http_macaw_command_refuse(r, NGX_HTTP_NOT_ALLOWED,
                                                   "Method Not Allowed", command->allow)
                   : NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    if (r->headers_in.content_length_n > 0 || r->headers_in.chunked) {
        return bad_request(r, "a command has no body");
    }
    wrong = ngx_http_macaw_read_query(r, command->parameters, &q);
    if (wrong != NULL) {
        return bad_request(r, wrong);
    }
    rc = ngx_http_discard_request_body(r);
    return rc == NGX_OK ? command->run(r, zone, &q) : rc;
}
