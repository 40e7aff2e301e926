#include "key/member.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/ct.h"
#include "key/state.h"

/* ---- reading ---- */

int macaw_member_string(const json_t *jwk, const macaw_entry_site *site, const char *member,
                        const char **ret)
{
    const json_t *value = json_object_get(jwk, member);

    if (value != NULL && !json_is_string(value)) {
        return macaw_entry_refuse(site, MACAW_EFORMAT, member, "is not a string");
    }
    *ret = json_string_value(value);
    return MACAW_OK;
}

/* 0 if absent. 0 itself is refused, so that "exp": 0 does not mean forever. */
static int read_date(const json_t *jwk, const macaw_entry_site *site, const char *member,
                     int64_t *ret)
{
    const json_t *value = json_object_get(jwk, member);

    if (value == NULL) {
        *ret = 0;
        return MACAW_OK;
    }
    if (!json_is_integer(value) || json_integer_value(value) < 1) {
        return macaw_entry_refuse(site, MACAW_EFORMAT, member, "is not a positive integer");
    }
    *ret = json_integer_value(value);
    return MACAW_OK;
}

static int read_dates(const json_t *jwk, const macaw_entry_site *site, macaw_entry_dates *dates)
{
    const struct {
        const char *member;
        int64_t *value;
    } all[] = {
        {"iat", &dates->iat},
        {"nbf", &dates->nbf},
        {"sign_until", &dates->sign_until},
        {"exp", &dates->exp},
    };
    int status = MACAW_OK;

    for (size_t i = 0; status == MACAW_OK && i < sizeof all / sizeof *all; i++) {
        status = read_date(jwk, site, all[i].member, all[i].value);
    }
    return status;
}

static int read_insecure(const json_t *jwk, const macaw_entry_site *site, bool *ret)
{
    const json_t *value = json_object_get(jwk, "insecure");

    if (value != NULL && !json_is_boolean(value)) {
        return macaw_entry_refuse(site, MACAW_EFORMAT, "insecure", "is neither true nor false");
    }
    *ret = json_is_true(value);
    return MACAW_OK;
}

static int read_state(const json_t *jwk, const macaw_entry_site *site, macaw_key_state *ret)
{
    const char *name = NULL;
    int status = macaw_member_string(jwk, site, "state", &name);

    if (status != MACAW_OK) {
        return status;
    }
    if (name == NULL) {
        *ret = MACAW_ACTIVE;
        return MACAW_OK;
    }
    if (macaw_key_state_find(name, ret) != MACAW_OK) {
        return macaw_entry_refuse(site, MACAW_EFORMAT, "state",
                                  "is not pending, active, verify or retired");
    }
    return MACAW_OK;
}

int macaw_member_read_life(const json_t *jwk, const macaw_entry_site *site, macaw_member_life *ret)
{
    int status = read_state(jwk, site, &ret->state);

    if (status == MACAW_OK) {
        status = read_insecure(jwk, site, &ret->insecure);
    }
    return status == MACAW_OK ? read_dates(jwk, site, &ret->dates) : status;
}

int macaw_member_bytes(const json_t *jwk, const macaw_entry_site *site, const char *member,
                       size_t min, size_t max, uint8_t *out, size_t *out_len)
{
    const char *text = NULL;
    char why[80];
    int status = macaw_member_string(jwk, site, member, &text);

    if (status != MACAW_OK) {
        return status;
    }
    if (text == NULL) {
        return macaw_entry_refuse(site, MACAW_EFORMAT, member, "is missing");
    }
    size_t len = strlen(text), n = len / 4 * 3 + len % 4 * 3 / 4;
    if (n < min || n > max) {
        (void)snprintf(why, sizeof why, "is %zu bytes, the algorithm takes %zu to %zu", n, min,
                       max);
        return macaw_entry_refuse(site, MACAW_EFORMAT, member, why);
    }
    if (macaw_base64_decode(MACAW_BASE64URL, out, out_len, text, len, NULL) != MACAW_OK) {
        macaw_wipe(out, n);
        return macaw_entry_refuse(site, MACAW_EFORMAT, member,
                                  "is not base64url without padding (RFC 7515 section 2)");
    }
    return MACAW_OK;
}

/* ---- writing ---- */

int macaw_member_set_string(json_t *jwk, const char *member, const char *text, size_t len)
{
    return json_object_set_new(jwk, member, json_stringn(text, len)) == 0 ? MACAW_OK : MACAW_ENOMEM;
}

int macaw_member_set_bytes(json_t *jwk, const char *member, const void *bytes, size_t n)
{
    char *text = malloc(MACAW_BASE64URL_LEN(n) + 1);

    if (text == NULL) {
        return MACAW_ENOMEM;
    }
    size_t len = macaw_base64_encode(MACAW_BASE64URL, text, bytes, n);
    int status = macaw_member_set_string(jwk, member, text, len);
    macaw_wipe(text, len);
    free(text);
    return status;
}

/* A date of 0 leaves no member. */
static int set_date(json_t *jwk, const char *member, int64_t date)
{
    if (date == 0) {
        (void)json_object_del(jwk, member);
        return MACAW_OK;
    }
    return json_object_set_new(jwk, member, json_integer(date)) == 0 ? MACAW_OK : MACAW_ENOMEM;
}

int macaw_member_set_state(json_t *jwk, macaw_key_state state, int64_t sign_until, int64_t exp)
{
    const char *name = macaw_key_state_name(state);
    int status = macaw_member_set_string(jwk, "state", name, strlen(name));

    if (status == MACAW_OK) {
        status = set_date(jwk, "sign_until", sign_until);
    }
    return status == MACAW_OK ? set_date(jwk, "exp", exp) : status;
}

int macaw_member_set_life(json_t *jwk, const macaw_member_life *life)
{
    const macaw_entry_dates *dates = &life->dates;
    int status = set_date(jwk, "iat", dates->iat);

    if (status == MACAW_OK) {
        status = set_date(jwk, "nbf", dates->nbf);
    }
    if (status == MACAW_OK) {
        status = macaw_member_set_state(jwk, life->state, dates->sign_until, dates->exp);
    }
    if (status == MACAW_OK && life->insecure) {
        status = json_object_set_new(jwk, "insecure", json_true()) == 0 ? MACAW_OK : MACAW_ENOMEM;
    }
    return status;
}
