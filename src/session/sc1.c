/* sc1: what tokens are bound to, and keys. */
#include "session/sc1.h"

#include <macaw/kdf.h>

#include "base/ct.h"
#include "base/error.h"

#define PRK_LEN 32

/* ---- context ---- */

static uint8_t *put_length(uint8_t *out, size_t len)
{
    out[0] = (uint8_t)(len >> 8);
    out[1] = (uint8_t)len;
    return out + 2;
}

static uint8_t *put_name(uint8_t *out, const char *name)
{
    size_t len = strlen(name);

    return (uint8_t *)memcpy(put_length(out, len), name, len) + len;
}

static uint8_t *put_names(uint8_t *out, const macaw_session_config *config)
{
    return put_name(put_name(put_name(out, config->purpose), config->cookie_name),
                    config->audience);
}

size_t macaw_sc1_context(const macaw_session_config *config, uint8_t *out)
{
    memcpy(out, "sc1", 4);
    out[4] = config->scheme->sc1->number;
    return (size_t)(put_names(out + 5, config) - out);
}

size_t macaw_sc1_prefix(const macaw_session_config *config, macaw_str bind, uint8_t *out)
{
    uint8_t *next = out;

    if (config->scheme->sc1->signs_context) {
        next += 2 + macaw_sc1_context(config, out + 2);
        (void)put_length(out, (size_t)(next - out) - 2);
    }
    next = put_length(next, bind.len);
    if (bind.len > 0) {
        memcpy(next, bind.data, bind.len);
    }
    return (size_t)(next - out) + bind.len;
}

static int check_name(const char *what, const char *name, macaw_error *err)
{
    return strlen(name) <= MACAW_SC1_NAME_MAX
               ? MACAW_OK
               : macaw_fail(err, MACAW_EARG, 0, "%s: over %d bytes", what, MACAW_SC1_NAME_MAX);
}

int macaw_sc1_settle(macaw_session_config *config, macaw_error *err)
{
    int status = check_name("cookie name", config->cookie_name, err);

    status = status == MACAW_OK ? check_name("purpose", config->purpose, err) : status;
    return status == MACAW_OK ? check_name("audience", config->audience, err) : status;
}

/* ---- keys ---- */

int macaw_sc1_check_kid(const char *kid, macaw_error *err)
{
    int64_t number = -1;

    if (kid == NULL || !macaw_session_decimal((macaw_str){kid, strlen(kid)}, &number) ||
        number > UINT16_MAX) {
        return macaw_fail(err, MACAW_EARG, 0, "key id: \"%s\" is no number from 0 to 65535",
                          kid != NULL ? kid : "");
    }
    return MACAW_OK;
}

static int derive(const macaw_alg *alg, const uint8_t *prk, const uint8_t *info, size_t info_len,
                  macaw_key **ret)
{
    uint8_t secret[PRK_LEN];
    int status = macaw_hkdf_expand(alg, prk, PRK_LEN, info, info_len, secret, sizeof secret);

    if (status == MACAW_OK) {
        status = macaw_key_new(ret, alg, secret, sizeof secret, NULL);
    }
    macaw_wipe(secret, sizeof secret);
    return status;
}

/* No context of tokens begins like that of CSRF tokens: "sc1" is followed by 00. */
static int derive_csrf(const macaw_session_config *config, const uint8_t *prk,
                       macaw_session_key *key)
{
    static const char label[] = "sc1-csrf";
    uint8_t info[sizeof label + MACAW_SC1_CONTEXT_MAX];

    memcpy(info, label, sizeof label);
    size_t len = (size_t)(put_names(info + sizeof label, config) - info);
    return derive(key->alg, prk, info, len, &key->csrf);
}

static int derive_mac(const macaw_session_config *config, const uint8_t *prk,
                      macaw_session_key *key)
{
    uint8_t context[MACAW_SC1_CONTEXT_MAX];

    if (config->scheme->sc1->salt_len > 0) {
        return macaw_key_new(&key->mac, key->alg, prk, PRK_LEN, NULL);
    }
    size_t len = macaw_sc1_context(config, context);
    return derive(key->alg, prk, context, len, &key->mac);
}

int macaw_sc1_expand(const macaw_session *session, const macaw_session_key_spec *spec,
                     macaw_session_key *key, macaw_error *err)
{
    uint8_t prk[PRK_LEN];
    int status = macaw_sc1_check_kid(spec->kid, err);

    if (status != MACAW_OK) {
        return status;
    }
    if (spec->form != MACAW_SESSION_KEY_RAW) {
        return macaw_fail(err, MACAW_EARG, 0, "key: expected a master key");
    }
    if (spec->secret_len < MACAW_SC1_MASTER_MIN) {
        return macaw_fail(err, MACAW_EARG, 0, "key: %zu bytes; a master key has %d or more",
                          spec->secret_len, MACAW_SC1_MASTER_MIN);
    }
    status = macaw_hkdf_extract(key->alg, NULL, 0, spec->secret, spec->secret_len, prk);
    if (status == MACAW_OK) {
        status = derive_mac(&session->config, prk, key);
    }
    if (status == MACAW_OK) {
        status = derive_csrf(&session->config, prk, key);
    }
    macaw_wipe(prk, sizeof prk);
    if (status != MACAW_OK) {
        return macaw_fail(err, status, 0, "key: %s", macaw_strerror(status));
    }
    key->can_sign = true;
    return MACAW_OK;
}
