#include "serve/answer.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "harness/card.h"
#include "harness/print_parts.h"
#include "report/diagram.h"
#include "report/page.h"
#include "serve/child.h"

extern const char serve_html[], serve_css[], serve_js[];

/* Scripts, styles and data come from here, and nothing else from anywhere. */
#define POLICY                                                                                     \
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "                \
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

enum { OPTIONS_MAX = 16, ARGUMENTS_MAX = 2 * OPTIONS_MAX + 8 };

typedef struct body {
    size_t len;
    bool too_long;
    char text[SERVE_BODY + 1];
} body;

/* Owns text. */
static enum MHD_Result send_text(struct MHD_Connection *connection, unsigned status,
                                 const char *type, char *text, size_t len)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(len, text, MHD_RESPMEM_MUST_FREE);
    enum MHD_Result ret;

    if (response == NULL) {
        free(text);
        return MHD_NO;
    }
    MHD_add_response_header(response, "Content-Type", type);
    MHD_add_response_header(response, "Content-Security-Policy", POLICY);
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
    MHD_add_response_header(response, "Cross-Origin-Resource-Policy", "same-origin");
    MHD_add_response_header(response, "Cache-Control", "no-store");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED) {
        MHD_add_response_header(response, "Allow", "GET, POST");
    }
    ret = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return ret;
}

/* Steals document. */
static enum MHD_Result send_json(struct MHD_Connection *connection, unsigned status,
                                 json_t *document)
{
    char *text = document != NULL ? json_dumps(document, JSON_COMPACT) : NULL;

    json_decref(document);
    return text != NULL ? send_text(connection, status, "application/json", text, strlen(text))
                        : MHD_NO;
}

static enum MHD_Result send_error(struct MHD_Connection *connection, unsigned status,
                                  const char *why)
{
    return send_json(connection, status, json_pack("{s:s}", "error", why));
}

/* ---- files ---- */

/* One behind the other; "" where there are fewer. */
static enum MHD_Result send_files(struct MHD_Connection *connection, const char *type,
                                  const char *first, const char *second, const char *third)
{
    size_t len = strlen(first) + strlen(second) + strlen(third);
    char *text = malloc(len + 1);

    if (text == NULL) {
        return MHD_NO;
    }
    snprintf(text, len + 1, "%s%s%s", first, second, third);
    return send_text(connection, MHD_HTTP_OK, type, text, len);
}

/* ---- runs ---- */

/* Beside each figure its drawing. */
static void draw_figures(json_t *result)
{
    json_t *one, *event;
    char id[60];
    size_t i, j;

    json_array_foreach(json_object_get(result, "cases"), i, one)
    {
        json_array_foreach(json_object_get(one, "trace"), j, event)
        {
            char *svg = NULL;
            size_t len = 0;
            FILE *out = strcmp(lab_json_text(event, "event"), "figure") == 0
                            ? open_memstream(&svg, &len)
                            : NULL;
            if (out != NULL) {
                snprintf(id, sizeof id, "figure-%zu-%zu", i, j);
                diagram_draw(out, event, id, true);
                fclose(out);
                json_object_set_new(event, "svg", json_stringn(svg, len));
                free(svg);
            }
        }
    }
}

static enum MHD_Result send_result(struct MHD_Connection *connection, const child_result *child)
{
    json_t *document = json_loadb(child->out, child->len, 0, NULL);

    if (child->status == 2) {
        json_decref(document);
        return send_error(connection, MHD_HTTP_BAD_REQUEST, child->err);
    }
    if (document == NULL) {
        return send_error(connection, MHD_HTTP_INTERNAL_SERVER_ERROR,
                          child->status < 0 ? "it took too long, or too much memory" : child->err);
    }
    draw_figures(document);
    return send_json(connection, MHD_HTTP_OK, document);
}

static enum MHD_Result run_child(server *s, struct MHD_Connection *connection,
                                 const char *const *argv)
{
    child_result child = {.out = NULL};
    enum MHD_Result ret;

    if (atomic_fetch_add(&s->runs, 1) >= SERVE_RUNS) {
        ret = send_error(connection, MHD_HTTP_SERVICE_UNAVAILABLE, "busy; try again");
    } else if (!child_run(argv, &s->stop, &child)) {
        ret = send_error(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, "no process can be started");
    } else {
        ret = send_result(connection, &child);
    }
    atomic_fetch_sub(&s->runs, 1);
    free(child.out);
    return ret;
}

/* {"card": NAME, "seed": N, "repeat": N, "options": {NAME: TEXT}}; what is in them, the
 * command itself checks. */
static enum MHD_Result run_card(server *s, struct MHD_Connection *connection, const json_t *ask)
{
    static const char *const numbers[] = {"seed", "repeat"};
    const char *argv[ARGUMENTS_MAX + 1] = {"run", lab_json_text(ask, "card"), "--json", "-j", "2"};
    char words[OPTIONS_MAX][1100], texts[2][40];
    size_t n = 5, count = 0;
    const char *name;
    json_t *value;

    if (lab_card_find(argv[1]) == NULL) {
        return send_error(connection, MHD_HTTP_BAD_REQUEST, "no such attack");
    }
    for (size_t i = 0; i < 2; i++) {
        const json_t *number = json_object_get(ask, numbers[i]);
        if (number != NULL) {
            snprintf(texts[i], sizeof texts[i], "--%s=%lld", numbers[i],
                     (long long)json_integer_value(number));
            argv[n++] = texts[i];
        }
    }
    json_object_foreach(json_object_get(ask, "options"), name, value)
    {
        if (count == OPTIONS_MAX || !json_is_string(value) || name[0] == '\0' ||
            strchr(name, '=') != NULL || strlen(name) + json_string_length(value) > 1000) {
            return send_error(connection, MHD_HTTP_BAD_REQUEST, "wrong options");
        }
        snprintf(words[count], sizeof words[count], "--set=%s=%s", name, json_string_value(value));
        argv[n++] = words[count++];
    }
    return run_child(s, connection, argv);
}

/* ---- requests ---- */

static const char *field(struct MHD_Connection *connection, const char *name)
{
    const char *value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);

    return value != NULL ? value : "";
}

/* A page elsewhere whose name was made to point here says its own name. */
static bool is_host(const server *s, const char *host)
{
    for (size_t i = 0; i < 3; i++) {
        if (s->hosts[i][0] != '\0' && strcmp(s->hosts[i], host) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_own_page(const server *s, struct MHD_Connection *connection)
{
    const char *origin = field(connection, "Origin");

    return origin[0] == '\0' || (strncmp(origin, "http://", 7) == 0 && is_host(s, origin + 7));
}

static enum MHD_Result get(server *s, struct MHD_Connection *connection, const char *url)
{
    static const char *const list[] = {"list", "--json", NULL};

    if (strcmp(url, "/") == 0) {
        return send_files(connection, "text/html; charset=utf-8", serve_html, "", "");
    }
    if (strcmp(url, "/lab.css") == 0) {
        return send_files(connection, "text/css; charset=utf-8", diagram_css, page_css, serve_css);
    }
    if (strcmp(url, "/lab.js") == 0) {
        return send_files(connection, "text/javascript; charset=utf-8", serve_js, "", "");
    }
    if (strcmp(url, "/api/cards") == 0) {
        return run_child(s, connection, list);
    }
    return send_error(connection, MHD_HTTP_NOT_FOUND, "nothing here");
}

static enum MHD_Result post(server *s, struct MHD_Connection *connection, const char *url,
                            const body *b)
{
    json_t *ask;
    enum MHD_Result ret;

    if (strcmp(url, "/api/run") != 0) {
        return send_error(connection, MHD_HTTP_NOT_FOUND, "nothing here");
    }
    if (!is_own_page(s, connection) ||
        strcmp(field(connection, "Content-Type"), "application/json") != 0) {
        return send_error(connection, MHD_HTTP_FORBIDDEN, "only this page may ask, with JSON");
    }
    if (b->too_long) {
        return send_error(connection, MHD_HTTP_CONTENT_TOO_LARGE, "too long");
    }
    ask = json_loadb(b->text, b->len, JSON_REJECT_DUPLICATES, NULL);
    ret = ask != NULL ? run_card(s, connection, ask)
                      : send_error(connection, MHD_HTTP_BAD_REQUEST, "not JSON");
    json_decref(ask);
    return ret;
}

static void take_body(body *b, const char *upload, size_t len)
{
    if (b->too_long || len > SERVE_BODY - b->len) {
        b->too_long = true;
        return;
    }
    memcpy(b->text + b->len, upload, len);
    b->len += len;
}

enum MHD_Result answer_request(void *cls, struct MHD_Connection *connection, const char *url,
                               const char *method, const char *version, const char *upload,
                               size_t *upload_len, void **state)
{
    server *s = cls;

    (void)version;
    if (*state == NULL) {
        *state = calloc(1, sizeof(body));
        return *state != NULL ? MHD_YES : MHD_NO;
    }
    if (*upload_len > 0) {
        take_body(*state, upload, *upload_len);
        *upload_len = 0;
        return MHD_YES;
    }
    if (!is_host(s, field(connection, "Host"))) {
        return send_error(connection, MHD_HTTP_MISDIRECTED_REQUEST, "not a name of this server");
    }
    return strcmp(method, "GET") == 0 ? get(s, connection, url)
           : strcmp(method, "POST") == 0
               ? post(s, connection, url, *state)
               : send_error(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "GET or POST");
}

void answer_end(void *cls, struct MHD_Connection *connection, void **state,
                enum MHD_RequestTerminationCode code)
{
    (void)cls;
    (void)connection;
    (void)code;
    free(*state);
    *state = NULL;
}
