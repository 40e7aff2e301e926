#include "key/entry.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#include "base/ct.h"
#include "base/error.h"
#include "key/published.h"
#include "key/ring.h"
#include "key/state.h"

int macaw_entry_refuse(const macaw_entry_site *site, int status, const char *member,
                       const char *why)
{
    if (site->kid == NULL) {
        return macaw_fail(site->err, status, 0, "keys[%zu]: %s: %s", site->index, member, why);
    }
    return macaw_fail(site->err, status, 0, "keys[%zu] \"%s\": %s: %s", site->index, site->kid,
                      member, why);
}

static bool is_digit_or_lower(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

static bool is_kid_char(char c)
{
    return is_digit_or_lower(c) || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-';
}

static bool is_use_char(char c)
{
    return is_digit_or_lower(c) || c == '-';
}

/* Whether text is 1 to max characters of one kind. */
static bool spelled(const char *text, size_t max, bool (*is_char)(char))
{
    size_t n = 0;

    while (is_char(text[n])) {
        n++;
    }
    return n > 0 && n <= max && text[n] == '\0';
}

bool macaw_kid_spelled(const char *kid)
{
    return spelled(kid, MACAW_KID_MAX, is_kid_char);
}

bool macaw_use_spelled(const char *use)
{
    return spelled(use, MACAW_USE_MAX, is_use_char);
}

/* The end of the year 9999. Later dates are milliseconds taken for seconds. */
#define DATE_MAX INT64_C(253402300799)

int macaw_entry_check_dates(const macaw_entry_site *site, const macaw_entry_dates *dates)
{
    const struct {
        const char *member;
        int64_t value;
        bool ends; /* must not come before nbf */
    } all[] = {
        {"iat", dates->iat, false},
        {"nbf", dates->nbf, false},
        {"sign_until", dates->sign_until, true},
        {"exp", dates->exp, true},
    };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i].value < 0 || all[i].value > DATE_MAX) {
            return macaw_entry_refuse(site, MACAW_EFORMAT, all[i].member,
                                      "is not a date in seconds from 1970 to the year 9999");
        }
        if (all[i].ends && all[i].value != 0 && all[i].value < dates->nbf) {
            return macaw_entry_refuse(site, MACAW_EFORMAT, all[i].member, "is before nbf");
        }
    }
    return MACAW_OK;
}

int macaw_entry_check_kid(macaw_entry_site *site, const char *kid)
{
    if (kid == NULL || !macaw_kid_spelled(kid)) {
        return macaw_entry_refuse(site, MACAW_EFORMAT, "kid",
                                  "is not 1 to 64 of A-Z a-z 0-9 . _ -");
    }
    site->kid = kid;
    return MACAW_OK;
}

int macaw_entry_check_names(macaw_entry_site *site, const char *kid, const char *use,
                            macaw_key_state state)
{
    int status = macaw_entry_check_kid(site, kid);

    if (status != MACAW_OK) {
        return status;
    }
    if (!macaw_use_spelled(use)) {
        return macaw_entry_refuse(site, MACAW_EFORMAT, "use", "is not 1 to 32 of a-z 0-9 -");
    }
    if (!macaw_key_state_valid(state)) {
        return macaw_entry_refuse(site, MACAW_EFORMAT, "state",
                                  "is not pending, active, verify or retired");
    }
    return MACAW_OK;
}

/* The size is a property of the algorithm; what "insecure" may excuse comes first. */
static int check_key(const macaw_entry_spec *spec, const macaw_entry_site *site)
{
    const macaw_alg *alg = spec->alg;
    char why[80];

    if (alg == NULL) {
        return macaw_entry_refuse(site, MACAW_EFORMAT, "alg", "is missing");
    }
    if (spec->secret_len == 0) {
        return macaw_entry_refuse(site, MACAW_EFORMAT, "k", "is empty");
    }
    if (!spec->insecure && (alg->flags & MACAW_ALG_INSECURE) != 0) {
        return macaw_entry_refuse(site, MACAW_EWEAK, "alg",
                                  "is no sound MAC, only for keys marked insecure");
    }
    if (!spec->insecure && macaw_secret_published(spec->secret, spec->secret_len)) {
        return macaw_entry_refuse(site, MACAW_EWEAK, "k",
                                  "is a published example, everybody has it");
    }
    if (!spec->insecure && spec->secret_len < alg->key_safe) {
        (void)snprintf(why, sizeof why, "is %zu bytes, at least %u are needed", spec->secret_len,
                       alg->key_safe);
        return macaw_entry_refuse(site, MACAW_EWEAK, "k", why);
    }
    if (spec->secret_len < alg->key_min || spec->secret_len > alg->key_max ||
        spec->secret_len > MACAW_KEYRING_BYTES_MAX) {
        (void)snprintf(why, sizeof why, "is %zu bytes, the algorithm takes %u to %u",
                       spec->secret_len, alg->key_min, alg->key_max);
        return macaw_entry_refuse(site, MACAW_EFORMAT, "k", why);
    }
    return MACAW_OK;
}

/* HMAC-SHA-256 under the secret, so that the fingerprint reveals no more than
 * any tag does. HMAC pads a key with zero bytes to a block: K and K || 00 are
 * one key, and the zeros are left out here for any size of block. */
int macaw_secret_fingerprint(uint8_t out[MACAW_FINGERPRINT_LEN], const uint8_t *secret, size_t n)
{
    static const uint8_t label[] = "macaw fingerprint 1";
    uint8_t tag[EVP_MAX_MD_SIZE];
    unsigned len;

    while (n > 0 && secret[n - 1] == 0) {
        n--;
    }
    if (HMAC(EVP_sha256(), secret, (int)n, label, sizeof label - 1, tag, &len) == NULL) {
        return MACAW_ECRYPTO;
    }
    memcpy(out, tag, MACAW_FINGERPRINT_LEN);
    macaw_wipe(tag, sizeof tag);
    return MACAW_OK;
}

static int expand(macaw_entry *entry, const macaw_entry_spec *spec, const macaw_entry_site *site)
{
    macaw_key *key;
    int status = macaw_secret_fingerprint(entry->fingerprint, spec->secret, spec->secret_len);

    if (status == MACAW_OK) {
        status = macaw_key_new(&key, spec->alg, spec->secret, spec->secret_len, NULL);
    }
    if (status != MACAW_OK) {
        return macaw_entry_refuse(site, status, "k", macaw_strerror(status));
    }
    entry->key = key;
    return MACAW_OK;
}

int macaw_entry_init(macaw_entry *ret, const macaw_entry_spec *spec, macaw_entry_site *site)
{
    const char *use = spec->use != NULL ? spec->use : "http";
    macaw_entry_dates dates = {spec->iat, spec->nbf, spec->sign_until, spec->exp};
    int status = macaw_entry_check_names(site, spec->kid, use, spec->state);

    if (status == MACAW_OK) {
        status = macaw_entry_check_dates(site, &dates);
    }
    if (status == MACAW_OK) {
        status = check_key(spec, site);
    }
    if (status != MACAW_OK) {
        return status;
    }
    macaw_entry entry = {
        .alg = spec->alg,
        .state = spec->state,
        .insecure = spec->insecure,
        .secret_len = spec->secret_len,
        .iat = spec->iat,
        .nbf = spec->nbf,
        .sign_until = spec->sign_until,
        .exp = spec->exp,
    };
    memcpy(entry.kid, spec->kid, strlen(spec->kid));
    memcpy(entry.use, use, strlen(use));
    status = expand(&entry, spec, site);
    if (status == MACAW_OK) {
        *ret = entry;
    }
    return status;
}
