/* A session definition: settings copied, keys expanded once. */
#include <stdlib.h>
#include <string.h>

#include "base/ct.h"
#include "base/error.h"
#include "key/entry.h"
#include "session/json.h"
#include "session/scheme.h"

/* The strings of a configuration, for whatever treats them alike. */
static const size_t strings[] = {
    offsetof(macaw_session_config, cookie_name), offsetof(macaw_session_config, purpose),
    offsetof(macaw_session_config, audience),    offsetof(macaw_session_config, issuer),
    offsetof(macaw_session_config, salt),        offsetof(macaw_session_config, subject),
};

#define STRING_COUNT (sizeof strings / sizeof *strings)
#define LEEWAY_MAX   300
#define AGE_MAX      (INT64_C(1000) * 366 * 86400)
#define KEYS_MAX     MACAW_KEYRING_KEYS_MAX

static const char **string_at(macaw_session_config *config, size_t i)
{
    return (const char **)((char *)config + strings[i]);
}

static int copy_strings(macaw_session_config *config)
{
    bool whole = true;

    for (size_t i = 0; i < STRING_COUNT; i++) {
        const char **slot = string_at(config, i);
        if (*slot != NULL) {
            *slot = strdup(*slot);
            whole = whole && *slot != NULL;
        }
    }
    return whole ? MACAW_OK : MACAW_ENOMEM;
}

/* A token of RFC 6265 section 4.1.1. */
static bool is_cookie_name(const char *name)
{
    static const char marks[] = "!#$%&'*+-.^_`|~";
    size_t n = 0;

    for (; name[n] != '\0'; n++) {
        char c = name[n];
        bool alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!alnum && strchr(marks, c) == NULL) {
            return false;
        }
    }
    return n > 0 && n <= 255;
}

static int settle(macaw_session_config *config, macaw_error *err)
{
    const macaw_session_scheme *scheme = config->scheme;

    if (config->cookie_name == NULL) {
        config->cookie_name = "macaw-session";
    }
    if (config->purpose == NULL) {
        config->purpose = "session";
    }
    if (config->audience == NULL) {
        config->audience = "";
    }
    if (config->subject == NULL) {
        config->subject = scheme->default_subject;
    }
    if (config->max_age > 0 && (scheme->flags & MACAW_SESSION_DATED) == 0) {
        return macaw_fail(err, MACAW_EARG, 0, "max age: %s says no time of issue", scheme->name);
    }
    if (config->max_age == 0) {
        config->max_age = scheme->default_max_age > 0 ? scheme->default_max_age : -1;
    }
    if (!is_cookie_name(config->cookie_name)) {
        return macaw_fail(err, MACAW_EARG, 0, "cookie name: is no token of RFC 6265");
    }
    if (config->subject != NULL && !macaw_json_is_pointer(config->subject)) {
        return macaw_fail(err, MACAW_EARG, 0, "subject: is no JSON Pointer (RFC 6901)");
    }
    if (config->max_age < -1 || config->max_age > AGE_MAX) {
        return macaw_fail(err, MACAW_EARG, 0, "max age: is negative, or more than 1000 years");
    }
    if (config->leeway < 0 || config->leeway > LEEWAY_MAX) {
        return macaw_fail(err, MACAW_EARG, 0, "leeway: is not 0 to %d seconds", LEEWAY_MAX);
    }
    return scheme->settle != NULL ? scheme->settle(config, err) : MACAW_OK;
}

int macaw_session_new(macaw_session **ret, const macaw_session_config *config, macaw_error *err)
{
    macaw_session *session = calloc(1, sizeof *session);
    int status;

    if (session == NULL) {
        return macaw_fail(err, MACAW_ENOMEM, 0, "%s", macaw_strerror(MACAW_ENOMEM));
    }
    macaw_session_config settled = *config;
    status = settle(&settled, err);
    if (status != MACAW_OK) {
        free(session);
        return status;
    }
    session->config = settled;
    status = copy_strings(&session->config);
    if (status != MACAW_OK) {
        macaw_session_free(session);
        return macaw_fail(err, status, 0, "%s", macaw_strerror(status));
    }
    *ret = session;
    return MACAW_OK;
}

static void clear_key(macaw_session_key *key)
{
    macaw_key_free(key->mac);
    macaw_key_free(key->older);
    macaw_key_free(key->csrf);
    EVP_PKEY_free(key->pkey);
    macaw_wipe(key, sizeof *key);
}

void macaw_session_free(macaw_session *session)
{
    if (session == NULL) {
        return;
    }
    for (size_t i = 0; i < session->key_count; i++) {
        clear_key(&session->keys[i]);
    }
    free(session->keys);
    for (size_t i = 0; i < STRING_COUNT; i++) {
        free((char *)*string_at(&session->config, i));
    }
    free(session);
}

const macaw_session_config *macaw_session_settings(const macaw_session *session)
{
    return &session->config;
}

/* ---- keys ---- */

/* The algorithm a key is for: its name is the scheme's, or the scheme's default. */
static int choose_alg(const macaw_session_scheme *scheme, const macaw_session_key_spec *spec,
                      const macaw_alg **ret, macaw_error *err)
{
    bool secret = spec->form == MACAW_SESSION_KEY_RAW || spec->form == MACAW_SESSION_KEY_DERIVED;
    const char *name = spec->alg != NULL ? spec->alg : (secret ? scheme->algs[0] : NULL);

    *ret = NULL;
    if (name == NULL) {
        return MACAW_OK;
    }
    for (size_t i = 0; scheme->algs[i] != NULL; i++) {
        if (strcmp(scheme->algs[i], name) == 0) {
            *ret = macaw_alg_find(name);
            return MACAW_OK;
        }
    }
    return macaw_fail(err, MACAW_EARG, 0, "algorithm: %s takes no keys of %s", scheme->name, name);
}

static int set_life(macaw_entry *life, const macaw_session_key_spec *spec, macaw_error *err)
{
    const macaw_entry_dates dates = {spec->iat, spec->nbf, spec->sign_until, spec->exp};
    macaw_entry_site site = {.err = err};

    life->state = spec->state;
    life->iat = spec->iat;
    life->nbf = spec->nbf;
    life->sign_until = spec->sign_until;
    life->exp = spec->exp;
    if (spec->kid == NULL) {
        return macaw_entry_check_dates(&site, &dates);
    }
    int status = macaw_entry_check_kid(&site, spec->kid);
    if (status == MACAW_OK) {
        memcpy(life->kid, spec->kid, strlen(spec->kid) + 1);
        status = macaw_entry_check_dates(&site, &dates);
    }
    return status;
}

/* A MAC key of the secret, or of what the scheme derives from it. */
static int expand_mac(const macaw_session *session, const macaw_session_key_spec *spec,
                      macaw_session_key *key, macaw_error *err)
{
    const macaw_session_scheme *scheme = session->config.scheme;
    uint8_t derived[64];
    size_t len;
    int status;

    if (spec->form == MACAW_SESSION_KEY_RAW && scheme->derive != NULL) {
        status = scheme->derive(session, key->alg, spec->secret, spec->secret_len, derived, &len);
        if (status == MACAW_OK) {
            status = macaw_key_new(&key->mac, key->alg, derived, len, NULL);
        }
        macaw_wipe(derived, sizeof derived);
    } else {
        status = macaw_key_new(&key->mac, key->alg, spec->secret, spec->secret_len, NULL);
    }
    key->can_sign = scheme->issue != NULL;
    return status == MACAW_OK ? status
                              : macaw_fail(err, status, 0, "key: %s", macaw_strerror(status));
}

static int expand(const macaw_session *session, const macaw_session_key_spec *spec,
                  macaw_session_key *key, macaw_error *err)
{
    const macaw_session_scheme *scheme = session->config.scheme;
    bool secret = spec->form == MACAW_SESSION_KEY_RAW || spec->form == MACAW_SESSION_KEY_DERIVED;

    if (spec->secret_len == 0) {
        return macaw_fail(err, MACAW_EARG, 0, "key: is empty");
    }
    if (spec->form == MACAW_SESSION_KEY_DERIVED && (scheme->flags & MACAW_SESSION_DERIVES) == 0) {
        return macaw_fail(err, MACAW_EARG, 0, "key: %s derives none", scheme->name);
    }
    if (scheme->expand != NULL) {
        return scheme->expand(session, spec, key, err);
    }
    if (!secret || key->alg == NULL) {
        return macaw_fail(err, MACAW_EARG, 0, "key: %s takes a secret key", scheme->name);
    }
    return expand_mac(session, spec, key, err);
}

static int make_room(macaw_session *session)
{
    if (session->key_count >= KEYS_MAX) {
        return MACAW_ELIMIT;
    }
    macaw_session_key *grown = calloc(session->key_count + 1, sizeof *grown);
    if (grown == NULL) {
        return MACAW_ENOMEM;
    }
    if (session->key_count > 0) {
        memcpy(grown, session->keys, session->key_count * sizeof *grown);
        macaw_wipe(session->keys, session->key_count * sizeof *grown);
    }
    free(session->keys);
    session->keys = grown;
    return MACAW_OK;
}

static bool has_kid(const macaw_session *session, const char *kid)
{
    for (size_t i = 0; kid != NULL && i < session->key_count; i++) {
        if (strcmp(session->keys[i].life.kid, kid) == 0) {
            return true;
        }
    }
    return false;
}

int macaw_session_add_key(macaw_session *session, const macaw_session_key_spec *spec,
                          macaw_error *err)
{
    macaw_session_key key = {0};
    int status = choose_alg(session->config.scheme, spec, &key.alg, err);

    if (status == MACAW_OK) {
        status = set_life(&key.life, spec, err);
    }
    if (status != MACAW_OK) {
        return status;
    }
    if (has_kid(session, spec->kid)) {
        return macaw_fail(err, MACAW_EEXIST, 0, "key %s: occurs twice", spec->kid);
    }
    status = make_room(session);
    if (status != MACAW_OK) {
        return macaw_fail(err, status, 0, "key: %s", macaw_strerror(status));
    }
    status = expand(session, spec, &key, err);
    if (status != MACAW_OK) {
        clear_key(&key);
        return status;
    }
    session->keys[session->key_count++] = key;
    macaw_wipe(&key, sizeof key);
    return MACAW_OK;
}

int macaw_session_derive(const macaw_session *session, const char *alg, const void *secret,
                         size_t secret_len, uint8_t *out, size_t *out_len)
{
    const macaw_session_scheme *scheme = session->config.scheme;
    const macaw_session_key_spec spec = {.form = MACAW_SESSION_KEY_RAW, .alg = alg};
    const macaw_alg *chosen;

    if (scheme->derive == NULL || secret_len == 0 ||
        choose_alg(scheme, &spec, &chosen, NULL) != MACAW_OK) {
        return MACAW_EARG;
    }
    return scheme->derive(session, chosen, secret, secret_len, out, out_len);
}

/* ---- issue ---- */

static const macaw_session_key *signer(const macaw_session *session, const char *kid, int64_t now,
                                       int *status)
{
    const macaw_session_key *found = NULL;

    *status = MACAW_ENOTFOUND;
    for (size_t i = 0; i < session->key_count; i++) {
        const macaw_session_key *key = &session->keys[i];
        if (!key->can_sign || macaw_entry_state(&key->life, now) != MACAW_ACTIVE ||
            (kid != NULL && strcmp(key->life.kid, kid) != 0)) {
            continue;
        }
        *status = found == NULL ? MACAW_OK : MACAW_EEXIST;
        found = key;
    }
    return *status == MACAW_OK ? found : NULL;
}

static bool is_grant(const macaw_session_grant *grant)
{
    int64_t login = grant->login != 0 ? grant->login : grant->issued;

    return grant->issued > 0 && login > 0 && login <= grant->issued && grant->ttl > 0 &&
           grant->ttl <= MACAW_SESSION_TTL_MAX && grant->lifetime >= 0 &&
           grant->lifetime <= MACAW_SESSION_TTL_MAX &&
           grant->subject.len <= MACAW_SESSION_SUBJECT_MAX;
}

int macaw_session_issue(const macaw_session *session, const macaw_session_grant *grant, char *out,
                        size_t *out_len)
{
    const macaw_session_scheme *scheme = session->config.scheme;
    macaw_session_grant settled = *grant;
    int status;

    if (scheme->issue == NULL || !is_grant(grant)) {
        return MACAW_EARG;
    }
    const macaw_session_key *key = signer(session, grant->kid, grant->issued, &status);
    if (key == NULL) {
        return status;
    }
    if (settled.login == 0) {
        settled.login = settled.issued;
    }
    return scheme->issue(session, key, &settled, out, out_len);
}
