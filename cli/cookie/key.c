/* The key of a token, from a file or a keyring, and the definition made with it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ct.h"
#include "cookie/cookie.h"
#include "key/published.h"
#include "key/secret.h"
#include "session/scheme.h"

void cookie_key_free(cookie_key *key)
{
    cli_secret_free(&key->secret);
    cli_secret_free(&key->block_key);
}

static int make_room(size_t len, cli_secret *ret)
{
    ret->data = malloc(len);
    ret->len = len;
    return ret->data != NULL ? CLI_DONE : cli_fail_errno("-k");
}

static int take_entry(const macaw_keyring *ring, const macaw_entry *entry, cookie_key *ret)
{
    int status = make_room(entry->secret_len, &ret->secret);

    if (status != CLI_DONE) {
        return status;
    }
    ret->alg = entry->alg->name;
    ret->state = entry->state;
    ret->iat = entry->iat;
    ret->nbf = entry->nbf;
    ret->sign_until = entry->sign_until;
    ret->exp = entry->exp;
    memcpy(ret->kid, entry->kid, sizeof ret->kid);
    status = macaw_keyring_secret(ring, entry, ret->secret.data, ret->secret.len);
    return status == MACAW_OK ? CLI_DONE : cli_fail_status("-k", status);
}

static int take_jwk(const macaw_keyring *ring, const macaw_jwk *jwk, bool signing, cookie_key *ret)
{
    int status = make_room(MACAW_JWK_BYTES_MAX, &ret->secret);

    if (status != CLI_DONE) {
        return status;
    }
    if (signing && !jwk->has_private) {
        return cli_fail(CLI_WRONG, "-k", "key %s is a public key, which signs nothing", jwk->kid);
    }
    ret->is_public = !jwk->is_secret;
    ret->alg = jwk->alg;
    ret->state = jwk->state;
    ret->iat = jwk->iat;
    ret->nbf = jwk->nbf;
    ret->sign_until = jwk->sign_until;
    ret->exp = jwk->exp;
    memcpy(ret->kid, jwk->kid, sizeof ret->kid);
    status = macaw_keyring_jwk_bytes(ring, jwk, signing || jwk->is_secret, ret->secret.data,
                                     &ret->secret.len);
    return status == MACAW_OK ? CLI_DONE : cli_fail_status("-k", status);
}

static int load_from_ring(const cookie_args *args, bool signing, cookie_key *ret)
{
    macaw_keyring *ring;
    macaw_str kid;
    int status = cli_keyring_open("-k", args->key, &ring, &kid);

    if (status != CLI_DONE) {
        return status;
    }
    const macaw_entry *entry = macaw_keyring_find(ring, kid.data, kid.len);
    const macaw_jwk *jwk = macaw_keyring_jwk_find(ring, kid.data, kid.len);
    if (entry != NULL) {
        status = take_entry(ring, entry, ret);
    } else if (jwk != NULL) {
        status = take_jwk(ring, jwk, signing, ret);
    } else {
        status = cli_fail(CLI_WRONG, "-k", "no key %.*s in %s", (int)kid.len, kid.data,
                          args->key + kid.len + 1);
    }
    macaw_keyring_free(ring);
    return status;
}

static int load_bytes(const char *label, char *text, cli_secret *ret)
{
    const cli_key_request request = {.label = label, .text = text};
    cli_loaded_key loaded;
    int status = cli_key_load(&request, &loaded);

    if (status == CLI_DONE) {
        *ret = loaded.secret;
    }
    return status;
}

static int load(const cookie_args *args, bool signing, cookie_key *ret)
{
    int status;

    if (args->key != NULL && cli_is_keyring_key(args->key)) {
        if (args->kid != NULL) {
            return cli_fail(CLI_WRONG, "--kid", "the key of a keyring has its own");
        }
        status = load_from_ring(args, signing, ret);
    } else {
        ret->state = MACAW_ACTIVE;
        status = load_bytes("-k", args->key, &ret->secret);
        if (status == CLI_DONE && args->kid != NULL && strlen(args->kid) > MACAW_KID_MAX) {
            return cli_fail(CLI_WRONG, "--kid", "longer than %d characters", MACAW_KID_MAX);
        }
        (void)snprintf(ret->kid, sizeof ret->kid, "%s", args->kid != NULL ? args->kid : "");
    }
    if (status == CLI_DONE && args->block_key != NULL) {
        status = load_bytes("--block-key", args->block_key, &ret->block_key);
    }
    return status;
}

int cookie_key_load(const cookie_args *args, bool signing, cookie_key *ret)
{
    *ret = (cookie_key){0};
    int status = load(args, signing, ret);

    if (status != CLI_DONE) {
        cookie_key_free(ret);
    } else if (!ret->is_public && macaw_secret_published(ret->secret.data, ret->secret.len)) {
        cli_warn("-k", "this key is a published default, which attackers try first");
    }
    return status;
}

/* ---- the definition ---- */

/* The algorithm of a scheme that a name stands for: "sha256" for "hmac-sha256" or
 * "SHA256", "HS256" for "hmac-sha256", its own for itself. */
static const char *alg_of(const macaw_session_scheme *scheme, const char *name)
{
    static const char mac[] = "hmac-", jws[] = "HS";

    if (name == NULL) {
        return NULL;
    }
    const char *bits = strncmp(name, jws, strlen(jws)) == 0 ? name + strlen(jws) : NULL;
    for (const char *const *alg = scheme->algs; *alg != NULL; alg++) {
        bool is_mac = strncmp(*alg, mac, strlen(mac)) == 0;
        const char *hash = is_mac ? *alg + strlen(mac) : *alg;
        if (strcmp(*alg, name) == 0 || strcasecmp(hash, name) == 0 ||
            (bits != NULL && is_mac && strcmp(hash + strlen("sha"), bits) == 0)) {
            return *alg;
        }
    }
    return name;
}

bool cookie_key_is_pem(const cookie_key *key)
{
    static const char begin[] = "-----BEGIN ";

    return key->secret.len >= sizeof begin - 1 &&
           macaw_ct_equal(key->secret.data, begin, sizeof begin - 1);
}

static bool is_secret_alg(const char *alg)
{
    return macaw_alg_find(alg) != NULL || strcmp(alg, "A256GCM") == 0;
}

/* A keyring holds what a scheme derives, a file what it derives from. */
static macaw_session_key_form form_of(const cookie_args *args, const cookie_key *key,
                                      const macaw_session_scheme *scheme, const char *alg,
                                      bool signing)
{
    bool derives = (scheme->flags & MACAW_SESSION_DERIVES) != 0;

    if (key->is_public || cookie_key_is_pem(key) || !is_secret_alg(alg)) {
        return signing ? MACAW_SESSION_KEY_PRIVATE : MACAW_SESSION_KEY_PUBLIC;
    }
    return args->derived || (derives && key->alg != NULL) ? MACAW_SESSION_KEY_DERIVED
                                                          : MACAW_SESSION_KEY_RAW;
}

/* The id of a key in a file: sc1 and Tornado number theirs. */
static const char *default_kid(const macaw_session_scheme *scheme)
{
    bool numbered =
        (scheme->flags & MACAW_SESSION_NATIVE) != 0 || strcmp(scheme->name, "tornado") == 0;

    return numbered ? "0" : NULL;
}

macaw_session_key_spec cookie_key_spec(const cookie_args *args, const cookie_key *key,
                                       const macaw_session_scheme *scheme, bool signing)
{
    const char *given = args->alg != NULL ? args->alg : args->digest;
    const char *alg = key->alg != NULL ? key->alg : alg_of(scheme, given);

    return (macaw_session_key_spec){
        .kid = key->kid[0] != '\0' ? key->kid : default_kid(scheme),
        .form = form_of(args, key, scheme, alg != NULL ? alg : scheme->algs[0], signing),
        .alg = alg,
        .secret = key->secret.data,
        .secret_len = key->secret.len,
        .block_key = key->block_key.data,
        .block_key_len = key->block_key.len,
        .state = key->state,
        .iat = key->iat,
        .nbf = key->nbf,
        .sign_until = key->sign_until,
        .exp = key->exp,
    };
}

static bool find_verifier(void *data, const char *user, size_t user_len, uint8_t v[32])
{
    const cookie_row *row = cookie_table_find(data, user, user_len);

    if (row != NULL) {
        memcpy(v, row->verifier, sizeof row->verifier);
    }
    return row != NULL;
}

/* "sha1" or "sha256"; NULL: none given. */
static const macaw_alg *kdf_of(const char *hash)
{
    return hash == NULL ? NULL
                        : macaw_alg_find(strcmp(hash, "sha1") == 0 ? "hmac-sha1" : "hmac-sha256");
}

macaw_session_config cookie_config(const cookie_args *args, const macaw_session_scheme *scheme,
                                   const cookie_table *table)
{
    return (macaw_session_config){
        .scheme = scheme,
        .cookie_name = args->name,
        .purpose = args->purpose,
        .audience = args->audience,
        .issuer = args->issuer,
        .salt = args->salt,
        .kdf = kdf_of(args->kdf),
        .subject = args->pointer,
        .max_age = args->max_age,
        .leeway = args->leeway,
        .allow_no_expiry = args->no_expiry,
        .verifier = table != NULL ? find_verifier : NULL,
        .verifier_data = (void *)(uintptr_t)table,
    };
}

static int check(const cookie_args *args, const macaw_session_scheme *scheme)
{
    if (args->alg != NULL && args->digest != NULL) {
        return cli_fail(CLI_WRONG, "--digest", "not together with --alg");
    }
    if (args->kdf != NULL && strcmp(args->kdf, "sha1") != 0 && strcmp(args->kdf, "sha256") != 0) {
        return cli_fail(CLI_WRONG, "--kdf", "expected sha1 or sha256");
    }
    if (args->derived && (scheme->flags & MACAW_SESSION_DERIVES) == 0) {
        return cli_fail(CLI_WRONG, "--derived", "%s derives no key", scheme->name);
    }
    return CLI_DONE;
}

/* How the library begins what it says of a key's id. */
static const char kid_error[] = "key id";

int cookie_open(const cookie_args *args, const cookie_key *key, const cookie_table *table,
                bool signing, macaw_session **ret)
{
    const macaw_session_scheme *scheme;
    macaw_error err;
    int status = cookie_scheme(args, &scheme);

    status = status == CLI_DONE ? check(args, scheme) : status;
    if (status != CLI_DONE) {
        return status;
    }
    const macaw_session_config config = cookie_config(args, scheme, table);
    const macaw_session_key_spec spec = cookie_key_spec(args, key, scheme, signing);
    if (macaw_session_new(ret, &config, &err) != MACAW_OK) {
        return cli_fail_detail(scheme->name, &err);
    }
    if (macaw_session_add_key(*ret, &spec, &err) != MACAW_OK) {
        macaw_session_free(*ret);
        bool about_kid = args->kid != NULL && strncmp(err.text, kid_error, strlen(kid_error)) == 0;
        return cli_fail_detail(about_kid ? "--kid" : "-k", &err);
    }
    return CLI_DONE;
}
