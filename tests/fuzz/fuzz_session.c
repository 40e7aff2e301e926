/* Session tokens of every scheme: no text breaks a promise of macaw_session_verify.
 *
 * An input is lines: "SCHEME SWITCHES NOW", the token, the signature beside it, the
 * client binding; SWITCHES are hexadecimal. With TRUSTING, a wrong MAC counts as right,
 * so that what is read after it is reached; without, a token that verifies must not
 * verify with any bit of it changed. */
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>

#include "fuzz.h"
#include "session/scheme.h"
#include "session_keys.h"

enum { TRUSTING = 1, NO_EXPIRY = 2, CONTEXT = 4, POINTER = 8, VARIANTS = 16 };
enum { SCHEMES_MAX = 64, NAME_MAX_LEN = 31 };

typedef struct input {
    size_t scheme;
    unsigned switches;
    int64_t now;
    macaw_str text, signature, bind;
} input;

static const char secret[] = "0123456789-a-secret-of-64-bytes-for-schemes-that-are-under-fuzz!";

/* Sessions are made once: deriving keys takes longer than everything else. */
static macaw_session *sessions[SCHEMES_MAX][VARIANTS];
static macaw_session_scheme trusting[SCHEMES_MAX];
static uint8_t work[MACAW_SESSION_WORK];

/* ---- definitions ---- */

/* As the scheme decides, but a wrong MAC is right. */
static macaw_session_reason trust(macaw_session_attempt *a, const macaw_session_key *key)
{
    const macaw_session_scheme *scheme =
        macaw_session_scheme_at((size_t)(a->session->config.scheme - trusting));
    macaw_session_reason reason = MACAW_SESSION_MISMATCH;

    if (scheme->authenticate != NULL) {
        reason = scheme->authenticate(a, key);
    }
    return reason == MACAW_SESSION_MISMATCH ? MACAW_SESSION_OK : reason;
}

/* What a scheme reads only under the right key cannot be trusted without it. */
static bool may_be_trusted(const macaw_session_scheme *scheme)
{
    static const char *const keyed[] = {"sc1-aead",   "rails-encrypted", "liu",
                                        "liu-sealed", "liu-salted",      "auth-tkt"};

    for (size_t i = 0; i < sizeof keyed / sizeof *keyed; i++) {
        if (strcmp(keyed[i], scheme->name) == 0) {
            return false;
        }
    }
    return true;
}

static bool no_verifier(void *data, const char *user, size_t user_len, uint8_t v[32])
{
    (void)data;
    memset(v, 7, 32);
    return user_len != 4 || memcmp(user, "none", 4) != 0;
}

static bool add_key(macaw_session *session, const char *kid, macaw_session_key_form form,
                    const char *alg, const void *bytes, size_t len)
{
    const macaw_session_key_spec spec = {.kid = kid,
                                         .form = form,
                                         .alg = alg,
                                         .secret = bytes,
                                         .secret_len = len,
                                         .state = MACAW_ACTIVE};

    return macaw_session_add_key(session, &spec, NULL) == MACAW_OK;
}

static void add_keys(macaw_session *session)
{
    static const char *const pems[] = {p256_pem, rsa_pem, dsa_pem, ed25519_pem};
    const macaw_session_scheme *scheme = session->config.scheme;
    const char *kid = (scheme->flags & MACAW_SESSION_NATIVE) != 0 ? "7" : NULL;

    for (size_t len = 64; len >= 32; len -= 32) {
        for (size_t i = 0; session->key_count == 0 && scheme->algs[i] != NULL; i++) {
            (void)add_key(session, kid, MACAW_SESSION_KEY_RAW, scheme->algs[i], secret, len);
        }
    }
    for (size_t i = 0; i < sizeof pems / sizeof *pems; i++) {
        (void)add_key(session, kid, MACAW_SESSION_KEY_PUBLIC, NULL, pems[i], strlen(pems[i]));
    }
    if (kid != NULL && session->key_count == 0) { /* native and signed: raw keys only */
        CHECK(add_key(session, kid, MACAW_SESSION_KEY_PRIVATE, NULL, secret, 32));
    }
    (void)add_key(session, "8", MACAW_SESSION_KEY_RAW, NULL, secret + 1, 32);
    CHECK(session->key_count > 0);
}

static macaw_session *open_session(size_t scheme, unsigned switches)
{
    macaw_session **slot = &sessions[scheme][switches];
    macaw_session_config config = {
        .scheme = macaw_session_scheme_at(scheme),
        .cookie_name = "name",
        .audience = (switches & CONTEXT) != 0 ? "shop" : NULL,
        .issuer = (switches & CONTEXT) != 0 ? "login" : NULL,
        .subject = (switches & POINTER) != 0 ? "/a/0" : NULL,
        .allow_no_expiry = (switches & NO_EXPIRY) != 0,
        .verifier = no_verifier,
    };

    if (*slot != NULL) {
        return *slot;
    }
    if (macaw_session_new(slot, &config, NULL) != MACAW_OK) {
        config.subject = NULL; /* tickets hold no JSON */
        CHECK(macaw_session_new(slot, &config, NULL) == MACAW_OK);
    }
    add_keys(*slot);
    if ((switches & TRUSTING) != 0 && may_be_trusted(config.scheme)) {
        trusting[scheme] = *config.scheme;
        trusting[scheme].authenticate = trust;
        (*slot)->config.scheme = &trusting[scheme];
    }
    return *slot;
}

/* ---- properties ---- */

static bool lies_in(macaw_str view, const void *start, size_t len)
{
    const char *from = start;

    return view.data >= from && view.data + view.len <= from + len;
}

static void check_view(const macaw_session_token *token, macaw_str view)
{
    CHECK(view.len == 0 || lies_in(view, work, sizeof work) ||
          lies_in(view, token->text.data, token->text.len) ||
          lies_in(view, token->signature.data, token->signature.len));
}

static void check_text(const char *text, size_t size)
{
    const char *end = memchr(text, '\0', size);

    CHECK(end != NULL);
    for (; text < end; text++) {
        CHECK(*text >= ' ' && *text < 0x7f);
    }
}

static void check_claims(const macaw_session_token *token, int64_t now,
                         const macaw_session_claims *c)
{
    CHECK(c->reason >= MACAW_SESSION_OK && c->reason < MACAW_SESSION_REASON_COUNT);
    CHECK(c->reason != MACAW_SESSION_INTERNAL && ERR_peek_error() == 0);
    CHECK(c->reason != MACAW_SESSION_OK || (c->authentic && c->has_sid));
    CHECK(c->reason != MACAW_SESSION_OK || c->expires == 0 || c->expires > now);
    CHECK(c->authentic || (c->subject.len == 0 && c->payload.len == 0 && c->data.len == 0));
    check_text(c->detail, sizeof c->detail);
    check_text(c->kid, sizeof c->kid);
    check_view(token, c->subject);
    check_view(token, c->payload);
    check_view(token, c->data);
    CHECK(c->payload.len <= MACAW_SESSION_PAYLOAD_MAX);
    CHECK(c->reason != MACAW_SESSION_OK || macaw_session_is_subject(c->subject));
}

/* The work area's old content makes no difference. */
static void verify(const macaw_session *session, const macaw_session_token *token, int64_t now,
                   macaw_session_claims *ret)
{
    macaw_session_claims again;

    memset(work, 0x5a, sizeof work);
    macaw_session_verify(session, token, now, work, &again);
    memset(work, 0xa5, sizeof work);
    macaw_session_verify(session, token, now, work, ret);
    CHECK(memcmp(ret, &again, sizeof again) == 0);
    check_claims(token, now, ret);
}

static void check_changed(const macaw_session *session, const macaw_session_token *token,
                          int64_t now)
{
    macaw_session_token changed = *token;
    macaw_session_claims claims;
    char *text = malloc(token->text.len);

    CHECK(text != NULL);
    memcpy(text, token->text.data, token->text.len);
    changed.text.data = text;
    for (size_t i = 0; i < token->text.len; i++) {
        text[i] ^= 1;
        macaw_session_verify(session, &changed, now, work, &claims);
        CHECK(!claims.authentic);
        text[i] ^= 1;
    }
    free(text);
}

/* ---- inputs ---- */

static macaw_str next_line(macaw_str *rest)
{
    const char *end = rest->len > 0 ? memchr(rest->data, '\n', rest->len) : NULL;
    macaw_str line = {rest->data, end != NULL ? (size_t)(end - rest->data) : rest->len};
    size_t used = line.len + (end != NULL);

    rest->data += used;
    rest->len -= used;
    return line;
}

static bool read_input(input *ret, macaw_str rest)
{
    macaw_str head = next_line(&rest);
    char line[64] = {0}, name[NAME_MAX_LEN + 1];
    long long now;

    if (head.len >= sizeof line) {
        return false;
    }
    memcpy(line, head.data, head.len);
    if (sscanf(line, "%31s %x %lld", name, &ret->switches, &now) != 3 ||
        macaw_session_scheme_find(name) == NULL) {
        return false;
    }
    ret->scheme = 0;
    while (macaw_session_scheme_at(ret->scheme) != macaw_session_scheme_find(name)) {
        ret->scheme++;
    }
    CHECK(ret->scheme < SCHEMES_MAX);
    ret->switches &= VARIANTS - 1;
    ret->now = now & 0xffffffffff;
    ret->text = next_line(&rest);
    ret->signature = next_line(&rest);
    ret->bind = next_line(&rest);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    macaw_session_claims claims;
    input in;

    if (!read_input(&in, (macaw_str){(const char *)data, size})) {
        return 0;
    }
    const macaw_session_token token = {in.text, in.signature, in.bind};
    macaw_session *session = open_session(in.scheme, in.switches);
    verify(session, &token, in.now, &claims);
    (void)macaw_session_looks_like(macaw_session_scheme_at(in.scheme), in.text.data, in.text.len);
    if (claims.authentic && (in.switches & TRUSTING) == 0) {
        check_changed(session, &token, in.now);
    }
    return 0;
}
