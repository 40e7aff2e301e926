#include <stdlib.h>
#include <string.h>

#include <macaw/signing.h>

#include "serve/serve.h"

enum {
    OPTION_UPSTREAM = 256,
    OPTION_LISTEN,
    OPTION_KEYS,
    OPTION_SCHEME,
    OPTION_WORKERS,
    OPTION_STATE,
    OPTION_WINDOW,
    OPTION_ALLOW_UNCOVERED,
    OPTION_INSECURE_LEGACY,
    OPTION_TLS_CERT,
    OPTION_TLS_KEY,
    OPTION_LOGIN,
    OPTION_HTPASSWD,
    OPTION_SESSION_KEYS,
    OPTION_DEMO,
    OPTION_PRINT_CONFIG,
};

static const char secure_scheme[] = "x-authorization";
static const char legacy_scheme[] = "x-authorization-legacy";

static const cli_option options[] = {
    {OPTION_UPSTREAM, "upstream", "URL", "what to protect: http://, https:// or unix:/PATH"},
    {OPTION_LISTEN, "listen", "ADDR:PORT", "127.0.0.1:8080 unless given"},
    {OPTION_KEYS, "keys", "FILE", "the keyring; keys.json in the state folder unless given"},
    {OPTION_SCHEME, "scheme", "S", "accept this scheme, several if repeated; x-authorization"},
    {OPTION_WORKERS, "workers", "N", "processes; one a CPU unless given"},
    {OPTION_STATE, "state", "DIR", "state folder; ~/.local/state/macaw unless given"},
    {OPTION_WINDOW, "window", "SEC", "how far a request's time may be off; 300 unless given"},
    {OPTION_ALLOW_UNCOVERED, "allow-uncovered", NULL,
     "accept methods and bodies that are not signed"},
    {OPTION_INSECURE_LEGACY, "insecure-legacy", NULL,
     "accept the forgeable x-authorization-legacy"},
    {OPTION_TLS_CERT, "tls-cert", "FILE", "certificate chain, PEM; turns on TLS and HTTP/2"},
    {OPTION_TLS_KEY, "tls-key", "FILE", "its private key"},
    {OPTION_LOGIN, "login", NULL, "people log in on a page; requests need no signature"},
    {OPTION_HTPASSWD, "htpasswd", "FILE", "who may log in; one new user unless given"},
    {OPTION_SESSION_KEYS, "session-keys", "FILE",
     "their keyring; session-keys.json in the state folder unless given"},
    {OPTION_DEMO, "demo", NULL, "a page at / that explains; without --upstream an example service"},
    {OPTION_PRINT_CONFIG, "print-config", NULL, "print nginx's configuration and stop"},
    {0, NULL, NULL, NULL},
};

static const cli_usage usage = {
    "serve",
    "--upstream URL [OPTION...]",
    "Run nginx with the macaw module in front of a service: only requests whose MAC\n"
    "verifies, that are on time and new get through; with --login, only those of people\n"
    "who have logged in. SIGHUP reads keys and users again; Ctrl-C or SIGTERM stops.",
    options,
};

/* Values as given, until all are there. */
typedef struct raw {
    serve_options *all; /* what needs no such care goes there at once */
    char *upstream, *listen, *keys, *state, *tls_cert, *tls_key, *htpasswd, *session_keys;
    const char *of_signing; /* the last option that only signed requests need; NULL: none */
} raw;

static int add_scheme(serve_options *ret, const char *name)
{
    if (macaw_scheme_find(name) == NULL) {
        return cli_fail(CLI_WRONG, "--scheme", "unknown scheme %s", name);
    }
    for (size_t i = 0; i < ret->scheme_count; i++) {
        if (strcmp(ret->schemes[i], name) == 0) {
            return CLI_DONE;
        }
    }
    if (ret->scheme_count == SERVE_SCHEMES_MAX) {
        return cli_fail(CLI_WRONG, "--scheme", "at most %d", SERVE_SCHEMES_MAX);
    }
    ret->schemes[ret->scheme_count++] = name;
    return CLI_DONE;
}

static int take_flag(serve_options *ret, int code)
{
    switch (code) {
    case OPTION_ALLOW_UNCOVERED:
        ret->allow_uncovered = true;
        break;
    case OPTION_INSECURE_LEGACY:
        ret->insecure_legacy = true;
        break;
    case OPTION_DEMO:
        ret->demo = true;
        break;
    case OPTION_LOGIN:
        ret->login = true;
        break;
    default:
        ret->print_config = true;
        break;
    }
    return CLI_DONE;
}

static void note_signing(raw *raw_values, int code)
{
    static const struct {
        int code;
        const char *label;
    } of_signing[] = {
        {OPTION_KEYS, "--keys"},
        {OPTION_SCHEME, "--scheme"},
        {OPTION_WINDOW, "--window"},
        {OPTION_ALLOW_UNCOVERED, "--allow-uncovered"},
        {OPTION_INSECURE_LEGACY, "--insecure-legacy"},
    };

    for (size_t i = 0; i < sizeof of_signing / sizeof *of_signing; i++) {
        if (of_signing[i].code == code) {
            raw_values->of_signing = of_signing[i].label;
        }
    }
}

static int take(void *wish, int code, const cli_args *args)
{
    raw *raw_values = wish;
    serve_options *ret = raw_values->all;

    note_signing(raw_values, code);
    switch (code) {
    case OPTION_UPSTREAM:
        return cli_option_once(args, &raw_values->upstream);
    case OPTION_LISTEN:
        return cli_option_once(args, &raw_values->listen);
    case OPTION_KEYS:
        return cli_option_once(args, &raw_values->keys);
    case OPTION_STATE:
        return cli_option_once(args, &raw_values->state);
    case OPTION_TLS_CERT:
        return cli_option_once(args, &raw_values->tls_cert);
    case OPTION_TLS_KEY:
        return cli_option_once(args, &raw_values->tls_key);
    case OPTION_HTPASSWD:
        return cli_option_once(args, &raw_values->htpasswd);
    case OPTION_SESSION_KEYS:
        return cli_option_once(args, &raw_values->session_keys);
    case OPTION_SCHEME:
        return add_scheme(ret, args->value);
    case OPTION_WORKERS:
        return cli_option_number(args, 1, 512, &ret->workers);
    case OPTION_WINDOW:
        return cli_option_number(args, 1, 86400, &ret->window);
    default:
        return take_flag(ret, code);
    }
}

static int settle_schemes(serve_options *ret)
{
    int status = CLI_DONE;

    if (ret->scheme_count == 0) {
        status = add_scheme(ret, secure_scheme);
        if (status == CLI_DONE && ret->insecure_legacy) {
            status = add_scheme(ret, legacy_scheme);
        }
    }
    for (size_t i = 0; status == CLI_DONE && i < ret->scheme_count; i++) {
        if (!ret->insecure_legacy && macaw_scheme_insecure(macaw_scheme_find(ret->schemes[i]))) {
            status = cli_fail(CLI_WRONG, "--scheme",
                              "%s is forgeable; --insecure-legacy accepts it", ret->schemes[i]);
        }
    }
    return status;
}

static int settle_tls(const raw *raw_values, serve_options *ret)
{
    int status = CLI_DONE;

    if ((raw_values->tls_cert == NULL) != (raw_values->tls_key == NULL)) {
        return cli_fail(CLI_WRONG, raw_values->tls_cert == NULL ? "--tls-cert" : "--tls-key",
                        "missing; TLS needs the certificate and its key");
    }
    if (raw_values->tls_cert != NULL) {
        status = serve_path("--tls-cert", raw_values->tls_cert, ret->tls_cert);
        if (status == CLI_DONE) {
            status = serve_path("--tls-key", raw_values->tls_key, ret->tls_key);
        }
    }
    return status;
}

/* Whether there is a login page. Passwords never cross a network in the clear. */
static int settle_login(const raw *raw_values, serve_options *ret)
{
    bool closed = ret->listen.local || raw_values->tls_cert != NULL;

    if (ret->login && raw_values->of_signing != NULL) {
        return cli_fail(CLI_WRONG, raw_values->of_signing,
                        "for signed requests, which --login does not take");
    }
    if (ret->login && ret->demo) {
        return cli_fail(CLI_WRONG, "--login", "not together with --demo, which has a login page");
    }
    if (ret->login && !closed) {
        return cli_fail(CLI_WRONG, "--login",
                        "passwords would cross the network in the clear: give --tls-cert and "
                        "--tls-key, or listen on 127.0.0.1");
    }
    ret->sessions = ret->login || (ret->demo && !ret->has_upstream && closed);
    if (!ret->sessions && (raw_values->htpasswd != NULL || raw_values->session_keys != NULL)) {
        return cli_fail(CLI_WRONG, raw_values->htpasswd != NULL ? "--htpasswd" : "--session-keys",
                        "there is no login page; say --login");
    }
    return CLI_DONE;
}

/* Of the state folder, unless given. */
static int settle_file(const serve_options *all, const char *label, const char *given,
                       const char *name, char ret[SERVE_PATH_MAX])
{
    char own[SERVE_PATH_MAX + 32];

    snprintf(own, sizeof own, "%s/%s", all->state, name);
    return serve_path(label, given != NULL ? given : own, ret);
}

static int settle_paths(const raw *raw_values, serve_options *ret)
{
    int status = raw_values->state != NULL ? serve_path("--state", raw_values->state, ret->state)
                                           : serve_default_state(ret->state);

    ret->own_keys = raw_values->keys == NULL;
    ret->own_session_keys = raw_values->session_keys == NULL;
    ret->own_users = raw_values->htpasswd == NULL;
    if (status == CLI_DONE) {
        status = settle_file(ret, "--keys", raw_values->keys, "keys.json", ret->keys);
    }
    if (status == CLI_DONE) {
        status = settle_file(ret, "--session-keys", raw_values->session_keys, "session-keys.json",
                             ret->session_keys);
    }
    return status == CLI_DONE
               ? settle_file(ret, "--htpasswd", raw_values->htpasswd, "users", ret->htpasswd)
               : status;
}

static int settle_upstream(const raw *raw_values, serve_options *ret)
{
    const char *named = getenv("SSL_CERT_FILE"); /* as OpenSSL's own programs take it */
    int status = serve_upstream_parse(raw_values->upstream, &ret->upstream);

    if (status != CLI_DONE) {
        return status;
    }
    return serve_path("SSL_CERT_FILE", named != NULL ? named : "/etc/ssl/certs/ca-certificates.crt",
                      ret->upstream_ca);
}

static int settle(const raw *raw_values, serve_options *ret)
{
    int status;

    ret->has_upstream = raw_values->upstream != NULL;
    if (!ret->has_upstream && !ret->demo) {
        return cli_fail(CLI_WRONG, "--upstream", "missing; give a URL, or --demo to try it out");
    }
    status = serve_listen_parse(raw_values->listen != NULL ? raw_values->listen : "127.0.0.1:8080",
                                &ret->listen);
    if (status == CLI_DONE && ret->has_upstream) {
        status = settle_upstream(raw_values, ret);
    }
    if (status == CLI_DONE) {
        status = settle_login(raw_values, ret);
    }
    if (status == CLI_DONE) {
        status = settle_schemes(ret);
    }
    if (status == CLI_DONE) {
        status = settle_paths(raw_values, ret);
    }
    return status == CLI_DONE ? settle_tls(raw_values, ret) : status;
}

bool serve_options_parse(int argc, char **argv, serve_options *ret, int *status)
{
    cli_args args = {.usage = &usage, .argc = argc, .argv = argv};
    raw raw_values = {.all = ret};

    *ret = (serve_options){.window = 300};
    if (!cli_take_options(&args, take, &raw_values)) {
        *status = args.status;
        return false;
    }
    *status = cli_check_operands(&args, 0, 0, "");
    if (*status == CLI_DONE) {
        *status = settle(&raw_values, ret);
    }
    return *status == CLI_DONE;
}
