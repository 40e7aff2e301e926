/* Members of a JWK, each with its one type. */
#ifndef MACAW_KEY_MEMBER_H
#define MACAW_KEY_MEMBER_H

#include <jansson.h>

#include "key/entry.h"

/* NULL if absent; a value of another type is refused. */
int macaw_member_string(const json_t *jwk, const macaw_entry_site *site, const char *member,
                        const char **ret) MACAW_MUST_USE;

/* Base64url text of min to max bytes into out, which has room for max. */
int macaw_member_bytes(const json_t *jwk, const macaw_entry_site *site, const char *member,
                       size_t min, size_t max, uint8_t *out, size_t *out_len) MACAW_MUST_USE;

/* What every key says about its use: absent members have their default. */
typedef struct macaw_member_life {
    macaw_key_state state;
    bool insecure;
    macaw_entry_dates dates;
} macaw_member_life;
int macaw_member_read_life(const json_t *jwk, const macaw_entry_site *site,
                           macaw_member_life *ret) MACAW_MUST_USE;

/* Write members; a date of 0 leaves none. */
int macaw_member_set_string(json_t *jwk, const char *member, const char *text,
                            size_t len) MACAW_MUST_USE;
int macaw_member_set_bytes(json_t *jwk, const char *member, const void *bytes,
                           size_t n) MACAW_MUST_USE;
int macaw_member_set_state(json_t *jwk, macaw_key_state state, int64_t sign_until,
                           int64_t exp) MACAW_MUST_USE;
int macaw_member_set_life(json_t *jwk, const macaw_member_life *life) MACAW_MUST_USE;

#endif
