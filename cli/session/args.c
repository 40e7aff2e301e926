#include "session/session.h"

#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "serve/serve.h"

int session_args_take(session_args *args, int code, const cli_args *options)
{
    switch (code) {
    case OPTION_SOCKET:
        return cli_option_once(options, &args->socket);
    case OPTION_URL:
        return cli_option_once(options, &args->url);
    case 'k':
        return cli_option_once(options, &args->http.key);
    case OPTION_CACERT:
        return cli_option_once(options, &args->cacert);
    case OPTION_SID:
        return cli_option_once(options, &args->sid);
    case OPTION_SUBJECT:
        return cli_option_once(options, &args->subject);
    case OPTION_KEY:
        return cli_option_once(options, &args->kid);
    default:
        args->json = true;
        return CLI_DONE;
    }
}

static int find_socket(session_args *args)
{
    char state[SERVE_PATH_MAX];
    int status;

    if (args->socket == NULL) {
        status = serve_default_state(state);
        if (status != CLI_DONE) {
            return status;
        }
        snprintf(args->default_socket, sizeof args->default_socket, "%s/control.sock", state);
        args->socket = args->default_socket;
    }
    if (strlen(args->socket) >= sizeof((struct sockaddr_un *)NULL)->sun_path) {
        return cli_fail(CLI_WRONG, "--socket", "%s: the name of a socket has at most %zu bytes",
                        args->socket, sizeof((struct sockaddr_un *)NULL)->sun_path - 1);
    }
    return CLI_DONE;
}

/* Over the network a command is signed. */
static int check_gateway(session_args *args)
{
    static char scheme[] = "x-authorization";

    if (args->url == NULL && args->http.key != NULL) {
        return cli_fail(CLI_WRONG, "-k", "commands over a socket are not signed; see --url");
    }
    if (args->url == NULL && args->cacert != NULL) {
        return cli_fail(CLI_WRONG, "--cacert", "there is no TLS on a socket; see --url");
    }
    if (args->url == NULL) {
        return find_socket(args);
    }
    if (args->socket != NULL) {
        return cli_fail(CLI_WRONG, "--socket", "either this or --url");
    }
    if (args->url[strcspn(args->url, "?#")] != '\0') {
        return cli_fail(CLI_WRONG, "--url", "byte %zu: a query is not part of it",
                        strcspn(args->url, "?#"));
    }
    args->http.scheme_name = scheme;
    args->http.use = "control";
    return http_args_open_key(&args->http);
}

static int check_who(const session_args *args, int min, int max)
{
    int count = (args->sid != NULL) + (args->subject != NULL) + (args->kid != NULL);

    if (count < min || count > max) {
        return cli_fail(CLI_WRONG, "--sid", "give one of --sid, --subject and --key");
    }
    if (args->sid != NULL &&
        (strlen(args->sid) != 24 || args->sid[strspn(args->sid, "0123456789abcdef")] != '\0')) {
        return cli_fail(CLI_WRONG, "--sid", "not 24 digits of lower-case hexadecimal");
    }
    if (args->subject != NULL && (strlen(args->subject) < 1 || strlen(args->subject) > 255)) {
        return cli_fail(CLI_WRONG, "--subject", "not 1 to 255 bytes");
    }
    if (args->kid != NULL && (strlen(args->kid) < 1 || strlen(args->kid) > 64)) {
        return cli_fail(CLI_WRONG, "--key", "not 1 to 64 bytes");
    }
    return CLI_DONE;
}

int session_args_open(session_args *args, const cli_args *options, int who_min, int who_max)
{
    int status = cli_check_operands(options, 0, 0, NULL);

    if (status == CLI_DONE) {
        status = check_who(args, who_min, who_max);
    }
    return status == CLI_DONE ? check_gateway(args) : status;
}

void session_args_close(session_args *args)
{
    http_args_close(&args->http);
}

/* ---- the query ---- */

void session_query_add(session_query *query, const char *name, const char *value)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    char *p = query->text + query->len;
    char *end = query->text + sizeof query->text - 4;

    p += snprintf(p, (size_t)(end - p), "%c%s=", query->len == 0 ? '?' : '&', name);
    for (; *value != '\0' && p < end; value++) {
        if (strchr(plain, *value) != NULL) {
            *p++ = *value;
        } else {
            p += snprintf(p, 4, "%%%02X", (unsigned char)*value);
        }
    }
    *p = '\0';
    query->len = (size_t)(p - query->text);
}

void session_query_add_number(session_query *query, const char *name, int64_t value)
{
    char text[24];

    snprintf(text, sizeof text, "%lld", (long long)value);
    session_query_add(query, name, text);
}

void session_query_add_who(session_query *query, const session_args *args)
{
    const struct {
        const char *name, *value;
    } who[] = {{"sid", args->sid}, {"subject", args->subject}, {"kid", args->kid}};

    for (size_t i = 0; i < sizeof who / sizeof *who; i++) {
        if (who[i].value != NULL) {
            session_query_add(query, who[i].name, who[i].value);
        }
    }
}
