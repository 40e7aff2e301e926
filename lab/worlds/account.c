/* Worlds of a web shop with the library's session schemes, rightly and wrongly used. Each
 * has the actions that its story needs. Handed in: a token. Wronged:
 *   warp-*    an old token brings old content back
 *   name-*    a token of a closed account is good for its successor
 *   stolen-*  a token is good after its owner has logged out
 *   hijack-*  a token is alice's: whoever has it is she */
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <macaw/cookie.h>
#include <macaw/revocation.h>

#include "worlds/site.h"

enum { TTL = 3600, TABLE = 1 << 16, CREDITS = 100 };

typedef struct habit {
    const char *scheme;
    bool revokes;     /* what is over goes into the library's revocation table */
    bool lists_texts; /* it goes into a list of token texts */
    bool numbers;     /* subjects are numbers that are never given twice, not names */
    bool lax_digits;  /* capital digits of a MAC are taken for small ones */
    bool generations; /* tokens count the changes of the account */
    bool insecure;    /* the cookie lacks Secure */
    bool dated;       /* only dates limit a token */
} habit;

typedef struct account_state {
    const habit *habit;
    lab_site site;
    macaw_revocation *revoked;
    void *mem;
    lab_buf token;  /* the latest of alice's */
    lab_buf listed; /* the text that is on the list */
    uint16_t generation;
    unsigned number; /* of alice's account */
    bool over;       /* what made the token good has ended */
} account_state;

static bool account_setup(void *state, const lab_target *self, lab_env *env)
{
    account_state *s = state;

    s->habit = self->param;
    s->generation = 1;
    s->number = 1;
    s->mem = aligned_alloc(64, TABLE);
    if (s->mem == NULL) {
        return false;
    }
    memset(s->mem, 0, TABLE);
    return macaw_revocation_init(&s->revoked, s->mem, TABLE, 8) == MACAW_OK &&
           lab_site_open(&s->site, env, s->habit->scheme, NULL);
}

static void account_clear(void *state)
{
    account_state *s = state;

    lab_site_close(&s->site);
    macaw_revocation_detach(s->revoked);
    free(s->mem);
    lab_buf_free(&s->token);
    lab_buf_free(&s->listed);
}

/* ---- what the server believes ---- */

static void subject_of(const account_state *s, lab_buf *ret)
{
    if (s->habit->numbers) {
        lab_world_put(ret, "user-%u", s->number);
    } else {
        lab_world_put(ret, "%s", LAB_VICTIM);
    }
}

static bool is_revoked(const account_state *s, const macaw_session_claims *claims)
{
    const macaw_revocation_session session = {.sid = claims->has_sid ? claims->sid : NULL,
                                              .subject = claims->subject,
                                              .login = claims->login,
                                              .issued = claims->issued,
                                              .generation = claims->generation};

    return macaw_revocation_check(s->revoked, &session, s->site.now) != MACAW_REVOKED_NO;
}

/* Small digits for capital ones, behind the last |. */
static void make_small(lab_buf *text)
{
    for (size_t i = text->len; i-- > 0 && text->data[i] != '|';) {
        if (text->data[i] >= 'A' && text->data[i] <= 'F') {
            text->data[i] = (uint8_t)(text->data[i] - 'A' + 'a');
        }
    }
}

/* The server's whole judgement of a token. */
static bool believes(account_state *s, lab_bytes token)
{
    macaw_session_claims claims;
    lab_buf text = {0}, subject = {0};
    bool good;

    lab_buf_add(&text, token.data, token.len);
    if (s->habit->lax_digits) {
        make_small(&text);
    }
    subject_of(s, &subject);
    good = lab_site_read(&s->site, lab_buf_bytes(&text), &claims) &&
           lab_bytes_equal((lab_bytes){(const uint8_t *)claims.subject.data, claims.subject.len},
                           lab_buf_bytes(&subject)) &&
           !(s->habit->lists_texts && lab_bytes_equal(token, lab_buf_bytes(&s->listed))) &&
           !(s->habit->revokes && is_revoked(s, &claims)) &&
           !(s->habit->generations && claims.generation != s->generation);
    lab_buf_free(&text);
    lab_buf_free(&subject);
    return good;
}

static bool account_verify(void *state, const lab_input *in, lab_bytes tag)
{
    account_state *s = state;

    (void)tag;
    return s->over && believes(s, in->message);
}

/* ---- actions ---- */

static bool issue(account_state *s)
{
    lab_buf subject = {0};
    bool done;

    subject_of(s, &subject);
    s->token.len = 0;
    done = lab_site_issue(&s->site, lab_buf_bytes(&subject), TTL, s->generation,
                          (lab_bytes){NULL, 0}, &s->token);
    lab_buf_free(&subject);
    return done;
}

/* Alice's token: her own, or copied from her. */
static bool get_token(void *state, lab_bytes in, lab_buf *out)
{
    account_state *s = state;
    bool done = issue(s) && believes(s, lab_buf_bytes(&s->token));

    (void)in;
    lab_buf_add(out, s->token.data, s->token.len);
    return done;
}

static bool end_sessions(account_state *s, macaw_revocation_kind kind)
{
    macaw_session_claims claims;
    macaw_revocation_entry entry = {
        .kind = kind, .before = s->site.now, .until = s->site.now + TTL};

    if (!lab_site_read(&s->site, lab_buf_bytes(&s->token), &claims)) {
        return false;
    }
    memcpy(entry.sid, claims.sid, sizeof entry.sid);
    entry.text_len = kind == MACAW_REVOCATION_SUBJECT ? claims.subject.len : 0;
    memcpy(entry.text, claims.subject.data, entry.text_len);
    return macaw_revocation_revoke(s->revoked, &entry, s->site.now) == MACAW_OK;
}

/* Alice logs out: the browser forgets its cookie, and the server does what it does. */
static bool log_out(void *state, lab_bytes in, lab_buf *out)
{
    account_state *s = state;

    (void)in;
    (void)out;
    s->over = true;
    lab_buf_add(&s->listed, s->token.data, s->token.len);
    return !s->habit->revokes || end_sessions(s, MACAW_REVOCATION_SID);
}

/* The account is closed; later another person takes the name. */
static bool close_account(void *state, lab_bytes in, lab_buf *out)
{
    account_state *s = state;
    bool done = !s->habit->revokes || end_sessions(s, MACAW_REVOCATION_SUBJECT);

    (void)in;
    (void)out;
    s->over = true;
    s->number++;
    s->site.now += 60;
    return done;
}

/* The credits that the token vouches for are spent, and a new one says so. */
static bool spend(void *state, lab_bytes in, lab_buf *out)
{
    account_state *s = state;

    (void)in;
    s->over = true;
    s->generation++;
    s->site.now += s->habit->dated ? TTL : 60;
    lab_world_put(out, "%d of %d credits are spent", CREDITS, CREDITS);
    return issue(s);
}

/* Over a connection of its own; loopback addresses only. */
static bool send_to(lab_bytes where, lab_bytes text)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    lab_bytes host, port;
    char name[INET_ADDRSTRLEN] = "";
    int64_t number;
    int fd = -1;
    bool sent;

    if (!lab_cut(where, ':', &host, &port) || !lab_world_number(port, &number) || number < 1 ||
        number > 65535 || host.len >= sizeof name) {
        return false;
    }
    memcpy(name, host.data, host.len);
    to.sin_port = htons((uint16_t)number);
    if (inet_pton(AF_INET, name, &to.sin_addr) != 1 || ntohl(to.sin_addr.s_addr) >> 24 != 127) {
        return false;
    }
    fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sent = fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0 &&
           send(fd, text.data, text.len, MSG_NOSIGNAL) == (ssize_t)text.len;
    if (fd >= 0) {
        close(fd);
    }
    return sent;
}

/* Alice's browser opens a page of the site by http://, over a path of the attacker's:
 * in is ADDRESS:PORT of a socket of his on the loopback. It sends the cookies it would. */
static bool browse(void *state, lab_bytes in, lab_buf *out)
{
    account_state *s = state;
    const macaw_cookie_attributes attributes = {.max_age = TTL, .insecure = s->habit->insecure};
    char header[MACAW_COOKIE_MAX + 128];
    macaw_set_cookie cookie;
    lab_buf request = {0};
    size_t len;
    bool sent;

    (void)out;
    s->over = true;
    if (!issue(s) ||
        macaw_cookie_write("session", (macaw_str){(char *)s->token.data, s->token.len}, &attributes,
                           header, sizeof header, &len) != MACAW_OK ||
        macaw_cookie_parse((macaw_str){header, len}, &cookie) != MACAW_OK) {
        return false;
    }
    lab_world_put(&request, "GET /logo.png HTTP/1.1\r\nHost: shop.example\r\n");
    if (!cookie.secure) {
        lab_world_put(&request, "Cookie: session=%.*s\r\n", (int)s->token.len,
                      (char *)s->token.data);
    }
    lab_world_put(&request, "\r\n");
    sent = send_to(in, lab_buf_bytes(&request));
    lab_buf_free(&request);
    return sent;
}

static const lab_action actions[] = {
    {"token", get_token}, {"log-out", log_out}, {"close-account", close_account},
    {"spend", spend},     {"browse", browse},   {NULL, NULL}};

#define ACCOUNT(id, spelled, words, better, ...)                                                   \
    static const habit habit_##id = {__VA_ARGS__};                                                 \
    extern const lab_target lab_account_##id;                                                      \
    const lab_target lab_account_##id = {                                                          \
        .name = spelled,                                                                           \
        .title = words,                                                                            \
        .advice = better,                                                                          \
        .param = &habit_##id,                                                                      \
        .actions = actions,                                                                        \
        LAB_WORLD_OF(account),                                                                     \
    };

ACCOUNT(warp_naive, "warp-content", "a token that vouches for credits, good for an hour",
        "content on the server, or generations of sc1-mac", .scheme = "plain")
ACCOUNT(warp_dated, "warp-dated", "the same, an hour later", NULL, .scheme = "plain", .dated = true)
ACCOUNT(warp_generation, "warp-generation", "sc1-mac, whose token names the account's generation",
        NULL, .scheme = "sc1-mac", .generations = true)

ACCOUNT(name_reused, "name-reused", "tokens that name a user, and names that are given again",
        "numbers that are never given again, or macaw_revocation of the subject", .scheme = "plain")
ACCOUNT(name_number, "name-number", "tokens that name a number of the account", NULL,
        .scheme = "plain", .numbers = true)
ACCOUNT(name_revoked, "name-revoked",
        "sc1-mac; a closed account's subject is in the revocation table", NULL, .scheme = "sc1-mac",
        .revokes = true)

ACCOUNT(stolen_plain, "stolen-plain", "logout takes the cookie out of the browser, no more",
        "sc1-mac with macaw_revocation, in nginx a revocation zone", .scheme = "plain")
ACCOUNT(stolen_nested, "stolen-nested", "the same with the nested MAC of the scheme nested-php",
        "sc1-mac with macaw_revocation, in nginx a revocation zone", .scheme = "nested-php")
ACCOUNT(stolen_text, "stolen-text",
        "logout puts the token's text on a list; its MAC may be spelled otherwise",
        "a list of session ids under the MAC: macaw_revocation", .scheme = "plain",
        .lists_texts = true, .lax_digits = true)
ACCOUNT(stolen_revoked, "stolen-revoked", "sc1-mac; logout revokes the session id", NULL,
        .scheme = "sc1-mac", .revokes = true)

ACCOUNT(hijack_plain, "hijack-plain", "a session cookie without Secure",
        "Secure, as macaw writes cookies, and TLS everywhere", .scheme = "sc1-mac",
        .insecure = true)
ACCOUNT(hijack_secure, "hijack-secure", "a session cookie with Secure, written by the library",
        NULL, .scheme = "sc1-mac")
