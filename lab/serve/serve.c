/* macaw lab serve: the laboratory as a page on this machine. */
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "lab.h"
#include "serve/answer.h"

enum { CONNECTIONS = 32, IDLE_SECONDS = 60 };

static const cli_option options[] = {
    {'l', "listen", "ADDRESS:PORT", "127.0.0.1:8642 unless given; port 0: any that is free"},
    {0, NULL, NULL, NULL},
};

static const cli_usage usage = {
    "lab serve",
    "[--listen ADDRESS:PORT]",
    "Serve a page on which attacks can be changed, run and followed step by step, with\n"
    "the laboratory's own code at work. Ctrl-C ends it.",
    options,
};

typedef struct address {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } is;
    char name[64]; /* as in a URL: [::1] */
    bool v6, loopback;
} address;

static bool read_v6(const char *text, uint16_t port, address *ret)
{
    char plain[64];
    size_t n = strlen(text);

    if (n < 4 || text[0] != '[' || text[n - 1] != ']') {
        return false;
    }
    snprintf(plain, sizeof plain, "%.*s", (int)(n - 2), text + 1);
    ret->v6 = true;
    ret->is.v6.sin6_family = AF_INET6;
    ret->is.v6.sin6_port = htons(port);
    if (inet_pton(AF_INET6, plain, &ret->is.v6.sin6_addr) != 1) {
        return false;
    }
    ret->loopback = IN6_IS_ADDR_LOOPBACK(&ret->is.v6.sin6_addr);
    return true;
}

static bool read_address(const char *text, address *ret)
{
    const char *colon = strrchr(text, ':');
    int64_t port;

    *ret = (address){.v6 = false};
    if (colon == NULL || (size_t)(colon - text) >= sizeof ret->name ||
        !cli_parse_number(colon + 1, 0, 65535, &port)) {
        return false;
    }
    snprintf(ret->name, sizeof ret->name, "%.*s", (int)(colon - text), text);
    ret->is.v4.sin_family = AF_INET;
    ret->is.v4.sin_port = htons((uint16_t)port);
    if (inet_pton(AF_INET, ret->name, &ret->is.v4.sin_addr) == 1) {
        ret->loopback = (ntohl(ret->is.v4.sin_addr.s_addr) >> 24) == 127;
        return true;
    }
    return read_v6(ret->name, (uint16_t)port, ret);
}

static struct MHD_Daemon *start(server *s, const address *to)
{
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION |
                     (to->v6 ? MHD_USE_IPv6 : 0u);

    return MHD_start_daemon(flags, 0, NULL, NULL, answer_request, s, MHD_OPTION_SOCK_ADDR,
                            &to->is.any, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
                            MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
                            MHD_OPTION_NOTIFY_COMPLETED, answer_end, NULL, MHD_OPTION_END);
}

static void name_hosts(server *s, const address *to, unsigned port)
{
    snprintf(s->hosts[0], sizeof s->hosts[0], "%s:%u", to->name, port);
    if (to->loopback) {
        snprintf(s->hosts[1], sizeof s->hosts[1], "localhost:%u", port);
    }
}

static unsigned port_of(const address *to)
{
    return ntohs(to->v6 ? to->is.v6.sin6_port : to->is.v4.sin_port);
}

static int serve(const address *to)
{
    server s = {.stop = false};
    struct MHD_Daemon *daemon;
    sigset_t ends;
    int signal;

    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ends, NULL); /* in all threads */
    daemon = start(&s, to);
    if (daemon == NULL) {
        return cli_fail(CLI_FAILED, "--listen", "%s port %u: %s", to->name, port_of(to),
                        strerror(errno));
    }
    /* No request can come before the address is known: it is printed behind this. */
    name_hosts(&s, to, MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    printf("http://%s/\n", s.hosts[0]);
    fflush(stdout);
    sigwait(&ends, &signal);
    atomic_store(&s.stop, true);
    MHD_stop_daemon(daemon);
    return CLI_DONE;
}

int lab_serve(int argc, char **argv)
{
    cli_args args = {.usage = &usage, .argc = argc, .argv = argv};
    char *listen = NULL;
    address to;
    int code, status = CLI_DONE;

    while (status == CLI_DONE && (code = cli_next_option(&args)) > 0) {
        status = cli_option_once(&args, &listen);
    }
    if (status == CLI_DONE && code < 0) {
        return args.status;
    }
    if (status == CLI_DONE) {
        status = cli_check_operands(&args, 0, 0, "");
    }
    if (status != CLI_DONE) {
        return status;
    }
    if (!read_address(listen != NULL ? listen : "127.0.0.1:8642", &to)) {
        return cli_fail(CLI_WRONG, "--listen", "expected an address and a port, 127.0.0.1:8642");
    }
    if (!to.loopback) {
        cli_warn("--listen", "not a loopback address: anybody who reaches it can run attacks");
    }
    return serve(&to);
}
