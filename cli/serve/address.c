/* Addresses from the command line: what goes into nginx.conf is put together
 * anew from parts that were checked, never copied as given. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "serve/serve.h"

typedef struct address {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } addr;
    socklen_t len;
} address;

static bool parse_port(const char *text, int64_t *ret)
{
    return cli_parse_number(text, 1, 65535, ret);
}

static bool set_v4(address *ret, const char *host, uint16_t port)
{
    ret->addr.v4 = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
    ret->len = sizeof ret->addr.v4;
    if (strcmp(host, "localhost") == 0) {
        host = "127.0.0.1";
    } else if (strcmp(host, "*") == 0) {
        host = "0.0.0.0";
    }
    return inet_pton(AF_INET, host, &ret->addr.v4.sin_addr) == 1;
}

static bool set_v6(address *ret, const char *host, uint16_t port)
{
    ret->addr.v6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(port)};
    ret->len = sizeof ret->addr.v6;
    return inet_pton(AF_INET6, host, &ret->addr.v6.sin6_addr) == 1;
}

/* "HOST:PORT" with a numeric host, "localhost" or "*"; "[HOST]:PORT" for IPv6. */
static bool parse_address(const char *text, address *ret)
{
    const char *colon = strrchr(text, ':');
    size_t len = colon != NULL ? (size_t)(colon - text) : 0;
    char host[64];
    int64_t port;

    if (len == 0 || len >= sizeof host || !parse_port(colon + 1, &port)) {
        return false;
    }
    memcpy(host, text, len);
    host[len] = '\0';
    if (host[0] == '[' && host[len - 1] == ']') {
        host[len - 1] = '\0';
        return set_v6(ret, host + 1, (uint16_t)port);
    }
    return set_v4(ret, host, (uint16_t)port);
}

static void print_address(const address *a, const void *host, char *out, size_t size)
{
    bool v6 = a->addr.any.sa_family == AF_INET6;
    char text[INET6_ADDRSTRLEN] = "";

    inet_ntop(a->addr.any.sa_family, host, text, sizeof text);
    snprintf(out, size, v6 ? "[%s]:%u" : "%s:%u", text,
             ntohs(v6 ? a->addr.v6.sin6_port : a->addr.v4.sin_port));
}

int serve_listen_parse(const char *text, serve_listen *ret)
{
    const struct in_addr loopback4 = {htonl(INADDR_LOOPBACK)};
    address a;

    if (!parse_address(text, &a)) {
        return cli_fail(CLI_WRONG, "--listen",
                        "expected ADDRESS:PORT, such as 127.0.0.1:8080, [::1]:8080 or *:8080");
    }
    if (a.addr.any.sa_family == AF_INET) {
        bool any = a.addr.v4.sin_addr.s_addr == htonl(INADDR_ANY);
        ret->local = (ntohl(a.addr.v4.sin_addr.s_addr) >> 24) == 127;
        print_address(&a, &a.addr.v4.sin_addr, ret->nginx, sizeof ret->nginx);
        print_address(&a, any ? &loopback4 : &a.addr.v4.sin_addr, ret->connect,
                      sizeof ret->connect);
    } else {
        bool any = IN6_IS_ADDR_UNSPECIFIED(&a.addr.v6.sin6_addr);
        ret->local = IN6_IS_ADDR_LOOPBACK(&a.addr.v6.sin6_addr);
        print_address(&a, &a.addr.v6.sin6_addr, ret->nginx, sizeof ret->nginx);
        print_address(&a, any ? &in6addr_loopback : &a.addr.v6.sin6_addr, ret->connect,
                      sizeof ret->connect);
    }
    return CLI_DONE;
}

int serve_listen_probe(const serve_listen *listen)
{
    const int on = 1;
    address a;
    int fd;
    int why = 0;

    if (!parse_address(listen->nginx, &a)) {
        return CLI_WRONG;
    }
    fd = socket(a.addr.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(fd, &a.addr.any, a.len) != 0) {
        why = errno;
    }
    if (fd >= 0) {
        close(fd);
    }
    return why == 0 ? CLI_DONE
                    : cli_fail(CLI_FAILED, "--listen", "%s: %s", listen->nginx, strerror(why));
}

/* ---- upstream ---- */

static int wrong_upstream(const char *text, const char *at, const char *why)
{
    return cli_fail(CLI_WRONG, "--upstream", "byte %zu: %s", (size_t)(at - text), why);
}

static int parse_unix(const char *text, serve_upstream *ret)
{
    char path[SERVE_PATH_MAX];
    const char *socket_path = text + strlen("unix:");
    int status = serve_path("--upstream", socket_path, path);

    if (status != CLI_DONE) {
        return status;
    }
    if (socket_path[0] != '/' || strlen(path) > 107 || strpbrk(path, " ;{}':") != NULL) {
        return wrong_upstream(
            text, socket_path,
            "expected an absolute path of at most 107 bytes, without : and spaces");
    }
    snprintf(ret->server, sizeof ret->server, "unix:%.200s", path);
    snprintf(ret->host, sizeof ret->host, "$http_host");
    return CLI_DONE;
}

/* A base path may hold what a URL's path may, without what nginx.conf gives a meaning. */
static int parse_base(const char *text, const char *path, serve_upstream *ret)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "/-._~%!&()*+,=:@";
    size_t len = strspn(path, allowed);

    if (path[len] != '\0') {
        return wrong_upstream(text, path + len, "not part of a base path");
    }
    if (len >= sizeof ret->base) {
        return wrong_upstream(text, path, "base path too long");
    }
    while (len > 0 && path[len - 1] == '/') {
        len--;
    }
    memcpy(ret->base, path, len);
    ret->base[len] = '\0';
    return CLI_DONE;
}

static int parse_host(const char *text, const char *authority, size_t len, serve_upstream *ret)
{
    static const char name[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
    static const char number[] = "0123456789abcdefABCDEF:.";
    bool v6 = authority[0] == '[';
    size_t host = strspn(authority + v6, v6 ? number : name) + v6;
    char port_text[8] = "";
    int64_t port = ret->tls ? 443 : 80;

    if (v6) {
        host += authority[host] == ']';
    }
    if (host == 0 || host >= sizeof ret->name || (v6 && authority[host - 1] != ']')) {
        return wrong_upstream(text, authority, "expected a host name or address");
    }
    if (host < len) {
        if (authority[host] != ':' || len - host - 1 >= sizeof port_text) {
            return wrong_upstream(text, authority + host, "expected a port or a path");
        }
        memcpy(port_text, authority + host + 1, len - host - 1);
        if (!parse_port(port_text, &port)) {
            return wrong_upstream(text, authority + host + 1, "expected a port");
        }
    }
    memcpy(ret->name, authority, host);
    ret->name[host] = '\0';
    snprintf(ret->server, sizeof ret->server, "%s:%d", ret->name, (int)port);
    return CLI_DONE;
}

int serve_upstream_parse(const char *text, serve_upstream *ret)
{
    const char *authority;
    size_t len;
    int status;

    *ret = (serve_upstream){0};
    if (strncmp(text, "unix:", 5) == 0) {
        return parse_unix(text, ret);
    }
    ret->tls = strncmp(text, "https://", 8) == 0;
    if (!ret->tls && strncmp(text, "http://", 7) != 0) {
        return wrong_upstream(text, text, "expected http://, https:// or unix:/PATH");
    }
    authority = text + (ret->tls ? 8 : 7);
    len = strcspn(authority, "/?#");
    status = parse_host(text, authority, len, ret);
    if (status != CLI_DONE) {
        return status;
    }
    /* Behind TLS there is usually a name-based server; elsewhere one's own application. */
    if (ret->tls) {
        snprintf(ret->host, sizeof ret->host, "%.*s", (int)len, authority);
    } else {
        snprintf(ret->host, sizeof ret->host, "$http_host");
    }
    return parse_base(text, authority + len, ret);
}
