/* What to try, with the port, files and key of this very gateway. */
#include <limits.h>
#include <time.h>
#include <unistd.h>

#include <macaw/keyring.h>

#include "serve/embedded.h"
#include "serve/serve.h"
#include "serve/template.h"

enum { COMMAND_MAX = 8 * SERVE_PATH_MAX };

typedef struct commands {
    char request[COMMAND_MAX];
    char curl[COMMAND_MAX];
    char unsigned_[COMMAND_MAX];
    char status[COMMAND_MAX];
    char ended[COMMAND_MAX];
    char login_url[256];
} commands;

void serve_hello_fill(const serve_options *options, serve_hello *ret)
{
    const macaw_entry *signer;
    macaw_keyring *ring;

    *ret = (serve_hello){.options = options};
    snprintf(ret->kid, sizeof ret->kid, "KID");
    if (macaw_keyring_load(&ring, options->keys, NULL) != MACAW_OK) {
        return;
    }
    if (macaw_keyring_signer(ring, "http", time(NULL), &signer) == MACAW_OK) {
        snprintf(ret->kid, sizeof ret->kid, "%s", signer->kid);
    }
    macaw_keyring_free(ring);
}

static void self_path(char ret[SERVE_PATH_MAX * 2])
{
    char self[PATH_MAX] = "macaw";
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);

    if (len > 0) {
        self[len] = '\0';
    }
    serve_shell_path(self, ret);
}

static void fill(const serve_hello *hello, commands *ret)
{
    const serve_options *o = hello->options;
    bool tls = o->tls_cert[0] != '\0';
    char self[SERVE_PATH_MAX * 2], keys[SERVE_PATH_MAX * 2], socket_path[SERVE_PATH_MAX * 2];
    char path[SERVE_PATH_MAX + 16], cert[SERVE_PATH_MAX * 2], cacert[SERVE_PATH_MAX * 2 + 16] = "";
    char url[256], url2[256];

    self_path(self);
    serve_shell_path(o->keys, keys);
    snprintf(path, sizeof path, "%s/status.sock", o->state);
    serve_shell_path(path, socket_path);
    if (tls) {
        serve_shell_path(o->tls_cert, cert);
        snprintf(cacert, sizeof cacert, "--cacert %s ", cert);
    }
    /* Two addresses, since pasted within one second the second would be a replay. */
    snprintf(url, sizeof url, "'http%s://%s%s'", tls ? "s" : "", o->listen.connect,
             o->has_upstream ? "/" : "/example/users?user=test");
    snprintf(url2, sizeof url2, "'http%s://%s%s'", tls ? "s" : "", o->listen.connect,
             o->has_upstream ? "/?by=curl" : "/example/users?user=curl");
    snprintf(ret->request, sizeof ret->request, "%s request --scheme x-authorization -k %s@%s %s%s",
             self, hello->kid, keys, cacert, url);
    snprintf(ret->curl, sizeof ret->curl,
             "%s sign --scheme x-authorization -k %s@%s %s | curl -i %s-H @- %s", self, hello->kid,
             keys, url2, cacert, url2);
    snprintf(ret->unsigned_, sizeof ret->unsigned_, "curl -i %s%s", cacert, url);
    snprintf(ret->status, sizeof ret->status, "curl --unix-socket %s http://localhost/",
             socket_path);
    snprintf(path, sizeof path, "%s/control.sock", o->state);
    serve_shell_path(path, socket_path);
    snprintf(ret->ended, sizeof ret->ended, "%s session list --socket %s", self, socket_path);
    snprintf(ret->login_url, sizeof ret->login_url, "http%s://%s/login", tls ? "s" : "",
             o->listen.connect);
}

/* NULL: stands for itself. */
static const char *entity_of(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    default:
        return NULL;
    }
}

static void write_escaped(char *out, size_t size, const char *text)
{
    size_t used = 0;

    for (; *text != '\0' && used + 8 < size; text++) {
        const char *entity = entity_of(*text);
        used += (size_t)snprintf(out + used, size - used, entity != NULL ? "%s" : "%.1s",
                                 entity != NULL ? entity : text);
    }
}

void serve_hello_page(FILE *out, const void *context)
{
    const serve_hello *hello = context;
    commands plain, escaped;

    fill(hello, &plain);
    write_escaped(escaped.request, sizeof escaped.request, plain.request);
    write_escaped(escaped.curl, sizeof escaped.curl, plain.curl);
    write_escaped(escaped.unsigned_, sizeof escaped.unsigned_, plain.unsigned_);
    write_escaped(escaped.status, sizeof escaped.status, plain.status);
    write_escaped(escaped.ended, sizeof escaped.ended, plain.ended);
    const template_value values[] = {
        {"request", escaped.request},
        {"curl", escaped.curl},
        {"unsigned", escaped.unsigned_},
        {"status", escaped.status},
        {"ended", escaped.ended},
        {"sessions", hello->options->sessions ? "yes" : NULL},
        {"as", hello->user != NULL ? " as demo, with the password that the terminal shows" : NULL},
        {"cookie", hello->options->tls_cert[0] != '\0' ? "__Host-macaw-session" : "macaw-session"},
        {"host", hello->options->listen.connect},
        {"scheme", hello->options->tls_cert[0] != '\0' ? "https" : "http"},
        {NULL, NULL},
    };
    template_write(out, embedded_index_html, values);
}

static void print_signed(const commands *c)
{
    printf("  a signed request, the response checked:\n    %s\n\n"
           "  the same with curl:\n    %s\n\n"
           "  refused, because it is not signed:\n    %s\n\n",
           c->request, c->curl, c->unsigned_);
}

static void print_sessions(const serve_hello *hello, const commands *c)
{
    printf("  log in with a browser: %s\n", c->login_url);
    if (hello->user != NULL) {
        printf("  user: %s\n  password: %s\n", hello->user, hello->password);
    } else {
        printf("  users: %s\n", hello->options->htpasswd);
    }
    if (hello->options->tls_cert[0] == '\0') {
        printf("  (plain HTTP: the cookie macaw-session is without Secure and __Host-)\n");
    }
    printf("\n  sessions that were ended:\n    %s\n\n", c->ended);
}

void serve_hello_print(const serve_hello *hello)
{
    const serve_options *o = hello->options;
    commands c;

    fill(hello, &c);
    printf("macaw serves http%s://%s in front of %s\n%s: %s\n\n"
           "Try, in another shell in this folder:\n\n",
           o->tls_cert[0] != '\0' ? "s" : "", o->listen.connect,
           o->has_upstream ? o->upstream.server : "the demonstration upstream",
           o->login ? "session keys" : "keys", o->login ? o->session_keys : o->keys);
    if (!o->login) {
        print_signed(&c);
    }
    if (o->sessions) {
        print_sessions(hello, &c);
    }
    printf("  what the gateway has counted:\n    %s\n\nCtrl-C stops the gateway.\n", c.status);
    fflush(stdout);
}
