/* Card 21: a cookie on a channel in clear, read by whoever carries it. The channel is
 * real: a socket of this process on the loopback, and the bytes that arrive there. */
#include <string.h>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "attacks/steps.h"

enum { REQUEST_MAX = 8192, PATIENCE = 10000, TRIES = 16 };

/* Listen on an address of the loopback that follows from the seed, so that a run can be
 * repeated; where says which. -1: failed. */
static int listen_here(lab_oracle *o, lab_bytes *where)
{
    for (int i = 0; i < TRIES; i++) {
        uint32_t host = INADDR_LOOPBACK + (uint32_t)lab_rng_below(lab_coins(o), 1 << 23);
        uint16_t port = (uint16_t)(20000 + lab_rng_below(lab_coins(o), 10000));
        struct sockaddr_in at = {
            .sin_family = AF_INET, .sin_addr.s_addr = htonl(host), .sin_port = htons(port)};
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(fd, 1) == 0) {
            *where = lab_print(o, "%s:%u", inet_ntoa(at.sin_addr), port);
            return fd;
        }
        if (fd >= 0) {
            close(fd);
        }
    }
    return -1;
}

/* All that one connection carries. */
static lab_bytes sniff(lab_oracle *o, int listener)
{
    uint8_t *text = lab_alloc(o, REQUEST_MAX);
    struct pollfd one = {.fd = listener, .events = POLLIN};
    size_t len = 0;
    ssize_t got = 1;
    int fd = poll(&one, 1, PATIENCE) == 1 ? accept4(listener, NULL, NULL, SOCK_CLOEXEC) : -1;

    while (fd >= 0 && got > 0 && len < REQUEST_MAX) {
        got = read(fd, text + len, REQUEST_MAX - len);
        len += got > 0 ? (size_t)got : 0;
    }
    if (fd >= 0) {
        close(fd);
    }
    return (lab_bytes){text, len};
}

static lab_bytes cookie_of(lab_bytes request)
{
    static const char before[] = "Cookie: session=";
    const uint8_t *at = memmem(request.data, request.len, before, sizeof before - 1);
    lab_bytes rest, cookie = {NULL, 0}, behind;

    if (at != NULL) {
        rest.data = at + sizeof before - 1;
        rest.len = (size_t)(request.data + request.len - rest.data);
        (void)lab_cut(rest, '\r', &cookie, &behind);
    }
    return cookie;
}

static void attack(lab_oracle *o)
{
    static const char *const parties[] = {"alice's browser", "attacker on the way", "server", NULL};
    lab_bytes request, cookie, answer, where;
    int listener = listen_here(o, &where);

    if (listener < 0) {
        return;
    }
    if (lab_act(o, "Her browser loads a page by http://, over a network of the attacker's.",
                "browse", where, &answer)) {
        request = sniff(o, listener);
        cookie = cookie_of(request);
        lab_show_one(o, "what went by", LAB_ANSWER, request.data, request.len);
        const lab_step steps[] = {
            {0, 1, {"GET http://shop.example/logo.png", LAB_PLAIN, {NULL, 0}}},
            {1, 1, {"reads the cookie", LAB_ANSWER, cookie}},
            {1, 2, {"a request with that cookie", LAB_FORGED, cookie}},
        };
        lab_draw_steps(o, "Session hijacking", parties, steps, 3);
        (void)lab_hand_in(o, "Whoever has the cookie is alice.", cookie);
    }
    close(listener);
}

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "hijack-plain", .predicted = 1},
    {.role = LAB_HOLDS,
     .construction = "hijack-secure",
     .note = "a browser sends a cookie with Secure over TLS only: nothing went by"},
    {.construction = NULL},
};

const lab_card lab_card_hijack = {
    .name = "hijack",
    .number = "21",
    .title = "A cookie on a channel in clear",
    .items = "E12, E28",
    .about =
        "A session token is a bearer's: whoever reads it on the way is logged in. No MAC helps,\n"
        "for it is an authentic token. One page by http:// suffices. The browser here is real as\n"
        "far as it sends bytes to a socket on the loopback. Cookies need Secure (macaw always\n"
        "writes it), sites TLS and HSTS; a token bound to the client helps further.",
    .cases = cases,
    .budget = {.mode = LAB_IMPERSONATION, .actions = 1, .verifications = 1},
    .attack = attack,
    .repeats = 5,
};
