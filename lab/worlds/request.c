/* Worlds of requests TARGET TIMESTAMP MAC, with spaces between them on the way.
 * Wronged: a request for another target than the captured one's is answered.
 *   splice-one-sided  the MAC is of TARGET || TIMESTAMP; only the old is refused
 *   splice-two-sided  the same, but the future is refused, too
 *   splice-separated  a line end between the two
 *   splice-library    the library's scheme x-authorization: ten digits, neither more nor less */
#include <macaw/signing.h>

#include "worlds/world.h"

enum { WINDOW = 300 };

typedef struct rule {
    bool two_sided, separated, library;
} rule;

typedef struct request_state {
    const rule *rule;
    macaw_key *key;
    macaw_keyring *ring;
    lab_bytes uri;
    int64_t now;
} request_state;

static bool request_setup(void *state, const lab_target *self, lab_env *env)
{
    request_state *s = state;
    uint8_t secret[32];
    const macaw_entry_spec spec = {.kid = "client",
                                   .alg = macaw_alg_find("hmac-sha256"),
                                   .secret = secret,
                                   .secret_len = sizeof secret,
                                   .state = MACAW_ACTIVE};

    s->rule = self->param;
    s->now = LAB_WORLD_START;
    s->uri = lab_settings_bytes(env->settings, "target", "/pay?to=bob&amount=25");
    s->key = lab_world_key(env);
    lab_draw_key(env, secret, sizeof secret);
    return s->key != NULL && macaw_keyring_new(&s->ring) == MACAW_OK &&
           macaw_keyring_add(s->ring, &spec, NULL) == MACAW_OK;
}

static void mac_of(const request_state *s, lab_bytes uri, lab_bytes stamp, lab_buf *ret)
{
    lab_buf_add(ret, uri.data, uri.len);
    lab_buf_add(ret, "\n", s->rule->separated ? 1 : 0);
    lab_buf_add(ret, stamp.data, stamp.len);
}

static bool library_sign(const request_state *s, lab_buf *out)
{
    const macaw_request request = {.method = {"GET", 3},
                                   .target = {(const char *)s->uri.data, s->uri.len}};
    macaw_signed fields;

    if (macaw_request_sign(macaw_scheme_find("x-authorization"), macaw_keyring_at(s->ring, 0),
                           &request, s->now, false, &fields) != MACAW_OK) {
        return false;
    }
    for (size_t i = 0; i < fields.count; i++) {
        bool mac = fields.fields[i].value.len > 10;
        if (mac) {
            lab_world_put(out, "%.*s", (int)fields.fields[i].value.len,
                          fields.fields[i].value.data);
        }
    }
    return true;
}

static bool wait_for(void *state, lab_bytes in, lab_buf *out)
{
    request_state *s = state;
    int64_t seconds;

    (void)out;
    if (!lab_world_number(in, &seconds) || seconds > INT64_C(1) << 32) {
        return false;
    }
    s->now += seconds;
    return true;
}

static bool naive_check(const request_state *s, lab_bytes uri, lab_bytes stamp, lab_bytes mac)
{
    lab_buf under = {0};
    int64_t when;
    bool good;

    mac_of(s, uri, stamp, &under);
    good = lab_world_mac_is(s->key, lab_buf_bytes(&under), mac);
    lab_buf_free(&under);
    return good && lab_world_number(stamp, &when) && s->now - when <= WINDOW &&
           (!s->rule->two_sided || when - s->now <= WINDOW);
}

static macaw_str view(lab_bytes bytes)
{
    return (macaw_str){(const char *)bytes.data, bytes.len};
}

static bool library_check(const request_state *s, lab_bytes uri, lab_bytes stamp, lab_bytes mac)
{
    const macaw_scheme *schemes[] = {macaw_scheme_find("x-authorization")};
    const macaw_policy policy = {.keys = s->ring,
                                 .use = "http",
                                 .schemes = schemes,
                                 .scheme_count = 1,
                                 .window = WINDOW,
                                 .allow_uncovered = MACAW_COVERS_METHOD};
    const macaw_field fields[] = {
        {{"X-Authorization-Content-HMAC", 28}, view(mac)},
        {{"X-Authorization-Timestamp", 25}, view(stamp)},
    };
    const macaw_request request = {
        .method = {"GET", 3}, .target = view(uri), .fields = fields, .field_count = 2};
    macaw_verdict verdict;

    macaw_request_check(&policy, &request, s->now, &verdict);
    return verdict.reason == MACAW_REASON_OK;
}

static bool is_good(const request_state *s, lab_bytes uri, lab_bytes stamp, lab_bytes mac)
{
    return s->rule->library ? library_check(s, uri, stamp, mac) : naive_check(s, uri, stamp, mac);
}

/* A client's request, which is answered, and which somebody on the way sees. */
static bool capture(void *state, lab_bytes in, lab_buf *out)
{
    request_state *s = state;
    lab_buf under = {0}, stamp = {0}, mac = {0};
    char hex[LAB_HEX_TAG];
    bool done = true;

    (void)in;
    lab_world_put(&stamp, "%lld", (long long)s->now);
    if (s->rule->library) {
        done = library_sign(s, &mac);
    } else {
        mac_of(s, s->uri, lab_buf_bytes(&stamp), &under);
        lab_world_mac(s->key, lab_buf_bytes(&under), hex);
        lab_buf_add(&mac, hex, sizeof hex);
    }
    lab_buf_add(out, s->uri.data, s->uri.len);
    lab_world_put(out, " %.*s %.*s", (int)stamp.len, (char *)stamp.data, (int)mac.len,
                  (char *)mac.data);
    done = done && is_good(s, s->uri, lab_buf_bytes(&stamp), lab_buf_bytes(&mac));
    lab_buf_free(&under);
    lab_buf_free(&stamp);
    lab_buf_free(&mac);
    return done;
}

static bool request_verify(void *state, const lab_input *in, lab_bytes tag)
{
    const request_state *s = state;
    lab_bytes uri, rest, stamp, mac;

    (void)tag;
    return lab_cut(in->message, ' ', &uri, &rest) && lab_cut(rest, ' ', &stamp, &mac) &&
           is_good(s, uri, stamp, mac) && !lab_bytes_equal(uri, s->uri);
}

static void request_clear(void *state)
{
    request_state *s = state;

    macaw_key_free(s->key);
    macaw_keyring_free(s->ring);
}

static const lab_action actions[] = {{"capture", capture}, {"wait", wait_for}, {NULL, NULL}};

#define SPLICE(id, spelled, words, better, ...)                                                    \
    static const rule rule_##id = {__VA_ARGS__};                                                   \
    extern const lab_target lab_splice_##id;                                                       \
    const lab_target lab_splice_##id = {                                                           \
        .name = "splice-" spelled,                                                                 \
        .title = words,                                                                            \
        .advice = better,                                                                          \
        .param = &rule_##id,                                                                       \
        .actions = actions,                                                                        \
        LAB_WORLD_OF(request),                                                                     \
    };

#define ADVICE "the scheme x-authorization, whose timestamp has ten digits"
SPLICE(onesided, "one-sided", "requests with MAC(TARGET || TIMESTAMP); what is too old is refused",
       ADVICE, .two_sided = false)
SPLICE(twosided, "two-sided",
       "requests with MAC(TARGET || TIMESTAMP); what is too old or ahead is refused", ADVICE,
       .two_sided = true)
SPLICE(separated, "separated", "requests with MAC(TARGET, line end, TIMESTAMP)", NULL,
       .two_sided = true, .separated = true)
SPLICE(library, "library", "requests signed by the library's scheme x-authorization", NULL,
       .library = true)
