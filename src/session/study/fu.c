/* Fu, Sit, Smith, Feamster: "Dos and Don'ts of Client Authentication on the Web"
 * (2001): exp=t&data=s&digest=MAC(k, exp=t&data=s), s escaped so that "&" and "="
 * cannot occur in it. Murdoch: "Hardened Stateless Session Cookies" (2008): the
 * same with auth=a, the pre-image of a verifier that the server keeps for the
 * user: v = SHA-256(a). Whoever has k, or reads all of v, still cannot make a
 * cookie; who has one cookie and k forges that user for ever, as a is constant. */
#include <string.h>

#include "base/codec.h"
#include "base/ct.h"
#include "prim/md.h"
#include "session/study/text.h"

static const char *const algs[] = {"hmac-sha256", "hmac-sha1", "hmac-md5", NULL};

#define AUTH_LEN 32

static bool take(macaw_str *rest, const char *label, char end, macaw_str *ret)
{
    size_t n = strlen(label);

    if (rest->len < n || memcmp(rest->data, label, n) != 0) {
        return false;
    }
    macaw_str behind = {rest->data + n, rest->len - n};
    return macaw_session_split(behind, end, ret, rest);
}

/* part: expiry, data, auth. */
static bool take_apart(macaw_str token, bool hardened, macaw_str part[3], macaw_str *message,
                       macaw_str *mac)
{
    static const char label[] = "digest=";
    macaw_str rest = token;

    if (!take(&rest, "exp=", '&', &part[0]) || !take(&rest, "data=", '&', &part[1]) ||
        (hardened && !take(&rest, "auth=", '&', &part[2])) || rest.len < sizeof label - 1 ||
        memcmp(rest.data, label, sizeof label - 1) != 0) {
        return false;
    }
    *message = (macaw_str){token.data, (size_t)(rest.data - token.data) - 1};
    *mac = (macaw_str){rest.data + sizeof label - 1, rest.len - (sizeof label - 1)};
    return true;
}

static bool shape(const char *token, size_t len, bool hardened)
{
    macaw_str part[3], message, mac;
    int64_t time;

    return take_apart((macaw_str){token, len}, hardened, part, &message, &mac) &&
           macaw_session_decimal(part[0], &time) && mac.len >= 32 &&
           macaw_hex_decode(NULL, mac.data, mac.len, NULL) == MACAW_OK;
}

static bool looks_like(const char *token, size_t len)
{
    return shape(token, len, false);
}

static bool looks_like_hardened(const char *token, size_t len)
{
    return shape(token, len, true);
}

static macaw_session_reason read_either(macaw_session_attempt *a, bool hardened)
{
    macaw_session_frame *frame = &a->frame;
    macaw_str message, mac;

    if (!take_apart(a->token->text, hardened, frame->part, &message, &mac) ||
        !macaw_session_mac_hex(frame, mac)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "is not exp=T&data=S&%sdigest=HEX",
                                    hardened ? "auth=HEX&" : "");
    }
    macaw_session_under(frame, message.data, message.len);
    return MACAW_SESSION_OK;
}

static macaw_session_reason read(macaw_session_attempt *a)
{
    return read_either(a, false);
}

static macaw_session_reason read_hardened(macaw_session_attempt *a)
{
    return read_either(a, true);
}

static macaw_session_reason content(macaw_session_attempt *a, const macaw_session_key *key)
{
    (void)key;
    if (!macaw_session_decimal(a->frame.part[0], &a->claims->expires) ||
        !macaw_session_percent(a, a->frame.part[1], MACAW_TEXT_KEEP, &a->claims->subject)) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT,
                                    "the expiry is no number, or the data is not escaped");
    }
    return MACAW_SESSION_OK;
}

static void hash(const void *data, size_t len, uint8_t digest[32])
{
    macaw_md_hash(&macaw_sha256, macaw_md_pick(&macaw_sha256, NULL, NULL), data, len, digest);
}

static macaw_session_reason content_hardened(macaw_session_attempt *a, const macaw_session_key *key)
{
    const macaw_session_config *config = &a->session->config;
    const macaw_str *auth = &a->frame.part[2];
    uint8_t value[AUTH_LEN], image[32], verifier[32];
    macaw_session_reason reason = content(a, key);

    if (reason != MACAW_SESSION_OK) {
        return reason;
    }
    if (auth->len != MACAW_HEX_LEN(AUTH_LEN) ||
        macaw_hex_decode(value, auth->data, auth->len, NULL) != MACAW_OK) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT, "auth is not %d bytes in hex",
                                    AUTH_LEN);
    }
    hash(value, sizeof value, image);
    if (config->verifier == NULL ||
        !config->verifier(config->verifier_data, a->claims->subject.data, a->claims->subject.len,
                          verifier)) {
        reason = macaw_session_refuse(a, MACAW_SESSION_VERIFIER, "no verifier for this user");
    } else if (!macaw_ct_equal(image, verifier, sizeof image)) {
        reason = macaw_session_refuse(a, MACAW_SESSION_VERIFIER,
                                      "auth is not the pre-image of "
                                      "the user's verifier");
    }
    macaw_wipe(value, sizeof value);
    return reason;
}

static int issue_either(const macaw_session_key *key, const macaw_session_grant *grant,
                        bool hardened, char *out, size_t *out_len)
{
    macaw_text text = {out, 0};

    if (grant->subject.len == 0 || (hardened && grant->auth.len != AUTH_LEN)) {
        return MACAW_EARG;
    }
    macaw_text_format(&text, "exp=%lld&data=", (long long)macaw_text_expiry(grant));
    macaw_text_escape(&text, grant->subject);
    if (hardened) {
        macaw_text_format(&text, "&auth=");
        macaw_text_hex(&text, grant->auth.data, grant->auth.len);
    }
    size_t covered = text.len;
    macaw_text_format(&text, "&digest=");
    int status = macaw_text_mac(&text, key->mac, covered);
    return status == MACAW_OK ? macaw_text_end(&text, out_len) : status;
}

static int issue(const macaw_session *session, const macaw_session_key *key,
                 const macaw_session_grant *grant, char *out, size_t *out_len)
{
    (void)session;
    return issue_either(key, grant, false, out, out_len);
}

static int issue_hardened(const macaw_session *session, const macaw_session_key *key,
                          const macaw_session_grant *grant, char *out, size_t *out_len)
{
    (void)session;
    return issue_either(key, grant, true, out, out_len);
}

const macaw_session_scheme macaw_session_fu = {
    .name = "fu",
    .about = "exp=T&data=S&digest=hex(HMAC(k, exp=T&data=S))",
    .flags = MACAW_SESSION_ISSUES | MACAW_SESSION_STUDY | MACAW_SESSION_EXPIRES,
    .algs = algs,
    .looks_like = looks_like,
    .read = read,
    .content = content,
    .issue = issue,
};

const macaw_session_scheme macaw_session_murdoch = {
    .name = "murdoch",
    .about =
        "exp=T&data=USER&auth=hex(a)&digest=hex(HMAC(k, all before)), SHA-256(a) on the server",
    .flags = MACAW_SESSION_ISSUES | MACAW_SESSION_STUDY | MACAW_SESSION_EXPIRES,
    .algs = algs,
    .looks_like = looks_like_hardened,
    .read = read_hardened,
    .content = content_hardened,
    .issue = issue_hardened,
};

/* ---- the hash chain ---- */

int macaw_murdoch_chain(const void *salt, size_t salt_len, const void *password,
                        size_t password_len, uint32_t n, uint8_t auth[32])
{
    const macaw_md_kernel *kernel = macaw_md_pick(&macaw_sha256, NULL, NULL);
    uint8_t text[32 + MACAW_MURDOCH_PASSWORD_MAX];

    if (salt_len > 32 || password_len > MACAW_MURDOCH_PASSWORD_MAX ||
        n > MACAW_MURDOCH_ROUNDS_MAX) {
        return MACAW_EARG;
    }
    memcpy(text, salt, salt_len);
    memcpy(text + salt_len, password, password_len);
    macaw_md_hash(&macaw_sha256, kernel, text, salt_len + password_len, auth);
    for (uint32_t i = 0; i < n; i++) {
        memcpy(text, auth, 32);
        memcpy(text + 32, password, password_len);
        macaw_md_hash(&macaw_sha256, kernel, text, 32 + password_len, auth);
    }
    macaw_wipe(text, sizeof text);
    return MACAW_OK;
}

void macaw_murdoch_verifier(const uint8_t auth[32], uint8_t verifier[32])
{
    hash(auth, 32, verifier);
}
