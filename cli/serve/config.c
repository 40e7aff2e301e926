#include <pwd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "serve/embedded.h"
#include "serve/serve.h"
#include "serve/template.h"

enum { CONNECTIONS = 4096 };

/* Workers of a master that runs as root; NULL: it does not. */
static const char *worker_user(void)
{
    if (geteuid() != 0) {
        return NULL;
    }
    return getpwnam("www-data") != NULL ? "www-data" : "nobody nogroup";
}

/* A connection is a file, and one to the upstream belongs to each. */
static int connections(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max < CONNECTIONS) {
        return (int)limit.rlim_max;
    }
    return CONNECTIONS;
}

static void join_schemes(const serve_options *options, char *out, size_t size)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < options->scheme_count && used < size; i++) {
        used += (size_t)snprintf(out + used, size - used, "%s%s", i > 0 ? " " : "",
                                 options->schemes[i]);
    }
}

void serve_config_print(FILE *out, const void *context)
{
    const serve_config *config = context;
    const serve_options *o = config->options;
    bool tls = o->tls_cert[0] != '\0';
    bool demo_upstream = !o->has_upstream;
    char workers[24], window[24], limit[24], schemes[512], server[SERVE_PATH_MAX + 32], base[320];

    snprintf(workers, sizeof workers, o->workers > 0 ? "%lld" : "auto", (long long)o->workers);
    snprintf(window, sizeof window, "%lld", (long long)o->window);
    snprintf(limit, sizeof limit, "%d", connections());
    join_schemes(o, schemes, sizeof schemes);
    if (demo_upstream) {
        snprintf(server, sizeof server, "\"unix:%s/demo.sock\"", config->work);
    } else {
        snprintf(server, sizeof server, "\"%s\"", o->upstream.server);
    }
    snprintf(base, sizeof base, o->upstream.base[0] != '\0' ? "%s$request_uri" : "%s",
             o->upstream.base);

    const template_value values[] = {
        {"module", config->module},
        {"user", worker_user()},
        {"state", o->state},
        {"work", config->work},
        {"workers", workers},
        {"connections", limit},
        {"upstream_server", server},
        {"upstream_scheme", o->upstream.tls ? "https" : "http"},
        {"upstream_base", base},
        {"upstream_host", demo_upstream ? "$http_host" : o->upstream.host},
        {"upstream_tls", o->upstream.tls ? "yes" : NULL},
        {"upstream_name", o->upstream.name},
        {"ca", o->upstream_ca},
        {"listen", o->listen.nginx},
        {"listen_tls", tls ? " ssl http2" : NULL},
        {"tls_cert", tls ? o->tls_cert : NULL},
        {"tls_key", o->tls_key},
        {"keys", o->keys},
        {"schemes", schemes},
        {"window", window},
        {"allow_uncovered", o->allow_uncovered ? "yes" : NULL},
        {"insecure_legacy", o->insecure_legacy ? "yes" : NULL},
        {"signed", o->login ? NULL : "yes"},
        {"sessions", o->sessions ? "yes" : NULL},
        {"plain_cookie", o->sessions && !tls ? "yes" : NULL},
        {"session_keys", o->session_keys},
        {"htpasswd", o->htpasswd},
        {"login", o->login ? "yes" : NULL},
        {"demo_sessions", o->sessions && demo_upstream ? "yes" : NULL},
        {"demo", o->demo ? "yes" : NULL},
        {"demo_upstream", demo_upstream ? "yes" : NULL},
        {NULL, NULL},
    };
    template_write(out, embedded_nginx_conf_in, values);
}
