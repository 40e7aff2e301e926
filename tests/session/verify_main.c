/* Session tokens for the tests: JSON in, JSON out, a line each.
 *
 * The first line is a definition: {"scheme": S, "cookie_name": …, (the members of
 * macaw_session_config), "keys": [{"kid", "form", "alg", "secret", "block_key", "state",
 * "iat", "nbf", "sign_until", "exp"}], "keyring": PATH, "use": U, "verifiers": {USER: v}}.
 * Every other line is a question: {"op": "verify", "token", "signature", "bind", "now"},
 * {"op": "authentic", "tokens", (the same)}, {"op": "derive", "alg", "secret"},
 * {"op": "member", "payload", "pointer", "size"}, {"op": "looks_like", "token"} or
 * {"op": "issue", (members of macaw_session_grant)}.
 * Bytes are hex digits. The answer to a line that cannot be done is {"status": S}. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <macaw/session.h>

#include "base/codec.h"

#define LINE_MAX_LEN (1 << 20)

static uint8_t work[MACAW_SESSION_WORK];

/* Bytes of a member in hex; a buffer that lives as long as the program. */
static macaw_str bytes_of(json_t *object, const char *member)
{
    const char *hex = json_string_value(json_object_get(object, member));
    macaw_str ret = {NULL, 0};

    if (hex == NULL) {
        return ret;
    }
    size_t n = strlen(hex);
    uint8_t *data = malloc(n / 2 + 1);
    if (data == NULL || macaw_hex_decode(data, hex, n, NULL) != MACAW_OK) {
        fprintf(stderr, "session-verify: %s: not hex\n", member);
        exit(3);
    }
    ret = (macaw_str){(const char *)data, n / 2};
    return ret;
}

static void release(macaw_str bytes)
{
    free((void *)(uintptr_t)bytes.data);
}

static const char *text(json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

static int64_t number(json_t *object, const char *member)
{
    return json_integer_value(json_object_get(object, member));
}

static void set_hex(json_t *answer, const char *member, const void *data, size_t len)
{
    char *hex = malloc(MACAW_HEX_LEN(len) + 1);

    if (hex != NULL) {
        macaw_hex_encode(hex, data, len);
        json_object_set_new(answer, member, json_stringn(hex, MACAW_HEX_LEN(len)));
    }
    free(hex);
}

static void print(json_t *answer)
{
    json_dumpf(answer, stdout, JSON_COMPACT);
    putchar('\n');
    fflush(stdout);
    json_decref(answer);
}

static json_t *status_of(int status, const char *why)
{
    return json_pack("{s:i, s:s}", "status", status, "why", why);
}

/* ---- the definition ---- */

static bool verifier_of(void *data, const char *user, size_t user_len, uint8_t v[32])
{
    json_t *value = json_object_getn(data, user, user_len);
    const char *hex = json_string_value(value);

    return hex != NULL && json_string_length(value) == 64 &&
           macaw_hex_decode(v, hex, 64, NULL) == MACAW_OK;
}

static int new_session(json_t *line, macaw_session **ret, macaw_error *err)
{
    const macaw_session_config config = {
        .scheme = macaw_session_scheme_find(text(line, "scheme")),
        .cookie_name = text(line, "cookie_name"),
        .purpose = text(line, "purpose"),
        .audience = text(line, "audience"),
        .issuer = text(line, "issuer"),
        .salt = text(line, "salt"),
        .kdf = text(line, "kdf") == NULL ? NULL : macaw_alg_find(text(line, "kdf")),
        .subject = text(line, "subject"),
        .max_age = number(line, "max_age"),
        .leeway = number(line, "leeway"),
        .allow_no_expiry = json_is_true(json_object_get(line, "allow_no_expiry")),
        .verifier = json_object_get(line, "verifiers") == NULL ? NULL : verifier_of,
        .verifier_data = json_object_get(line, "verifiers"),
    };

    if (config.scheme == NULL) {
        snprintf(err->text, sizeof err->text, "no such scheme");
        return MACAW_ENOTFOUND;
    }
    return macaw_session_new(ret, &config, err);
}

static macaw_session_key_form form_of(json_t *key)
{
    static const char *const forms[] = {"raw", "derived", "public", "private"};
    const char *form = text(key, "form");

    for (unsigned i = 0; form != NULL && i < sizeof forms / sizeof *forms; i++) {
        if (strcmp(form, forms[i]) == 0) {
            return (macaw_session_key_form)i;
        }
    }
    return MACAW_SESSION_KEY_RAW;
}

static macaw_key_state state_of(json_t *key)
{
    const char *name = text(key, "state");

    for (int i = MACAW_PENDING; name != NULL && i <= MACAW_RETIRED; i++) {
        if (strcmp(name, macaw_key_state_name((macaw_key_state)i)) == 0) {
            return (macaw_key_state)i;
        }
    }
    return MACAW_ACTIVE;
}

static int add_key(macaw_session *session, json_t *key, macaw_error *err)
{
    macaw_str secret = bytes_of(key, "secret"), block = bytes_of(key, "block_key");
    const macaw_session_key_spec spec = {
        .kid = text(key, "kid"),
        .form = form_of(key),
        .alg = text(key, "alg"),
        .secret = secret.data,
        .secret_len = secret.len,
        .block_key = block.data,
        .block_key_len = block.len,
        .state = state_of(key),
        .iat = number(key, "iat"),
        .nbf = number(key, "nbf"),
        .sign_until = number(key, "sign_until"),
        .exp = number(key, "exp"),
    };
    int status = macaw_session_add_key(session, &spec, err);

    release(secret);
    release(block);
    return status;
}

static int add_keyring(macaw_session *session, json_t *line, macaw_error *err)
{
    macaw_keyring *ring;
    int status = macaw_keyring_load(&ring, text(line, "keyring"), err);

    if (status == MACAW_OK) {
        status = macaw_session_add_keyring(session, ring, text(line, "use"), err);
        macaw_keyring_free(ring);
    }
    return status;
}

static int define(json_t *line, macaw_session **ret, macaw_error *err)
{
    size_t i;
    json_t *key;
    int status = new_session(line, ret, err);

    json_array_foreach(json_object_get(line, "keys"), i, key)
    {
        if (status == MACAW_OK) {
            status = add_key(*ret, key, err);
        }
    }
    if (status == MACAW_OK && text(line, "keyring") != NULL) {
        status = add_keyring(*ret, line, err);
    }
    return status;
}

/* ---- questions ---- */

static json_t *print_claims(const macaw_session_claims *claims)
{
    json_t *answer = json_pack(
        "{s:b, s:s, s:b, s:s, s:i, s:I, s:I, s:I, s:I, s:I, s:s}", "valid",
        claims->reason == MACAW_SESSION_OK, "reason", macaw_session_reason_name(claims->reason),
        "authentic", claims->authentic, "kid", claims->kid, "generation", (int)claims->generation,
        "login", (json_int_t)claims->login, "issued", (json_int_t)claims->issued, "not_before",
        (json_int_t)claims->not_before, "expires", (json_int_t)claims->expires, "cap",
        (json_int_t)claims->cap, "detail", claims->detail);

    set_hex(answer, "subject", claims->subject.data, claims->subject.len);
    set_hex(answer, "payload", claims->payload.data, claims->payload.len);
    set_hex(answer, "data", claims->data.data, claims->data.len);
    if (claims->has_sid) {
        set_hex(answer, "sid", claims->sid, sizeof claims->sid);
    }
    if (claims->has_chain) {
        set_hex(answer, "chain", claims->chain, sizeof claims->chain);
    }
    set_hex(answer, "handle", claims->handle, sizeof claims->handle);
    return answer;
}

static json_t *verify(const macaw_session *session, json_t *line)
{
    macaw_session_claims claims;
    const macaw_session_token token = {
        .text = bytes_of(line, "token"),
        .signature = bytes_of(line, "signature"),
        .bind = bytes_of(line, "bind"),
    };

    memset(work, 0xa5, sizeof work);
    macaw_session_verify(session, &token, number(line, "now"), work, &claims);
    json_t *answer = print_claims(&claims);
    release(token.text);
    release(token.signature);
    release(token.bind);
    return answer;
}

/* The tokens of a list whose MAC or signature verifies. */
static json_t *authentic(const macaw_session *session, json_t *line)
{
    json_t *found = json_array(), *one = json_object(), *token;
    size_t i;

    json_object_update(one, line);
    json_array_foreach(json_object_get(line, "tokens"), i, token)
    {
        json_object_set(one, "token", token);
        json_t *answer = verify(session, one);
        if (json_is_true(json_object_get(answer, "authentic"))) {
            json_array_append(found, token);
        }
        json_decref(answer);
    }
    json_decref(one);
    return json_pack("{s:o}", "authentic", found);
}

static json_t *derive(const macaw_session *session, json_t *line)
{
    uint8_t key[64];
    size_t len = 0;
    macaw_str secret = bytes_of(line, "secret");
    int status =
        macaw_session_derive(session, text(line, "alg"), secret.data, secret.len, key, &len);
    json_t *answer = status_of(status, macaw_strerror(status));

    release(secret);
    set_hex(answer, "key", key, status == MACAW_OK ? len : 0);
    return answer;
}

static json_t *member(json_t *line)
{
    char out[4096];
    size_t len = 0;
    json_t *size = json_object_get(line, "size");
    macaw_str payload = bytes_of(line, "payload");
    int status =
        macaw_session_member(payload, text(line, "pointer"), out,
                             size == NULL ? sizeof out : (size_t)json_integer_value(size), &len);
    json_t *answer = status_of(status, macaw_strerror(status));

    release(payload);
    set_hex(answer, "value", out, status == MACAW_OK ? len : 0);
    return answer;
}

static json_t *looks_like(const macaw_session *session, json_t *line)
{
    macaw_str token = bytes_of(line, "token");
    bool like =
        macaw_session_looks_like(macaw_session_settings(session)->scheme, token.data, token.len);

    release(token);
    return json_pack("{s:b}", "looks_like", like);
}

static json_t *issue(const macaw_session *session, json_t *line)
{
    char out[MACAW_SESSION_TOKEN_MAX + 1] = "";
    size_t len = 0;
    macaw_str sid = bytes_of(line, "sid"), chain = bytes_of(line, "chain"),
              handle = bytes_of(line, "handle");
    const macaw_session_grant grant = {
        .kid = text(line, "kid"),
        .subject = bytes_of(line, "subject"),
        .login = number(line, "login"),
        .issued = number(line, "issued"),
        .ttl = number(line, "ttl"),
        .lifetime = number(line, "lifetime"),
        .generation = (uint16_t)number(line, "generation"),
        .sid = (const uint8_t *)sid.data,
        .bind = bytes_of(line, "bind"),
        .data = bytes_of(line, "data"),
        .chain = (const uint8_t *)chain.data,
        .handle = (const uint8_t *)handle.data,
        .auth = bytes_of(line, "auth"),
    };
    int status = macaw_session_issue(session, &grant, out, &len);
    json_t *answer = status_of(status, macaw_strerror(status));
    const macaw_str made[] = {sid,        chain,      handle,    grant.subject,
                              grant.bind, grant.data, grant.auth};

    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        release(made[i]);
    }
    set_hex(answer, "token", out, status == MACAW_OK ? len : 0);
    return answer;
}

static json_t *answer_of(const macaw_session *session, json_t *line)
{
    const char *op = text(line, "op");

    if (op != NULL && strcmp(op, "verify") == 0) {
        return verify(session, line);
    }
    if (op != NULL && strcmp(op, "authentic") == 0) {
        return authentic(session, line);
    }
    if (op != NULL && strcmp(op, "derive") == 0) {
        return derive(session, line);
    }
    if (op != NULL && strcmp(op, "member") == 0) {
        return member(line);
    }
    if (op != NULL && strcmp(op, "looks_like") == 0) {
        return looks_like(session, line);
    }
    if (op != NULL && strcmp(op, "issue") == 0) {
        return issue(session, line);
    }
    return status_of(MACAW_EARG, "no such op");
}

/* NULL at the end of the input. */
static json_t *read_line(char *buf)
{
    if (fgets(buf, LINE_MAX_LEN, stdin) == NULL) {
        return NULL;
    }
    json_t *line = json_loads(buf, 0, NULL);
    if (!json_is_object(line)) {
        fprintf(stderr, "session-verify: not a JSON object\n");
        exit(3);
    }
    return line;
}

int main(void)
{
    static char buf[LINE_MAX_LEN];
    macaw_session *session = NULL;
    macaw_error err = {0};
    json_t *definition = read_line(buf), *line;
    int status = definition == NULL ? MACAW_EARG : define(definition, &session, &err);

    print(status_of(status, err.text));
    while (status == MACAW_OK && (line = read_line(buf)) != NULL) {
        print(answer_of(session, line));
        json_decref(line);
    }
    macaw_session_free(session);
    json_decref(definition);
    return status == MACAW_OK ? 0 : 1;
}
