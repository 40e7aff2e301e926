#include "key_print.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "key_ring.h"

key_view key_view_entry(const macaw_entry *entry, int64_t now)
{
    return (key_view){
        .kid = entry->kid,
        .alg = entry->alg->name,
        .use = entry->use,
        .part = "secret",
        .written = entry->state,
        .state = macaw_entry_state(entry, now),
        .bits = entry->secret_len * 8,
        .insecure = entry->insecure,
        .iat = entry->iat,
        .nbf = entry->nbf,
        .sign_until = entry->sign_until,
        .exp = entry->exp,
        .fingerprint = entry->fingerprint,
    };
}

static const char *part_of(const macaw_jwk *jwk)
{
    if (!jwk->has_private) {
        return "public";
    }
    return jwk->is_secret ? "secret" : "private";
}

key_view key_view_jwk(const macaw_jwk *jwk, int64_t now)
{
    return (key_view){
        .kid = jwk->kid,
        .alg = jwk->alg,
        .use = jwk->use,
        .part = part_of(jwk),
        .written = jwk->state,
        .state = macaw_jwk_state(jwk, now),
        .bits = jwk->bits,
        .insecure = jwk->insecure,
        .iat = jwk->iat,
        .nbf = jwk->nbf,
        .sign_until = jwk->sign_until,
        .exp = jwk->exp,
        .fingerprint = jwk->fingerprint,
    };
}

bool key_view_at(const macaw_keyring *ring, size_t i, int64_t now, key_view *ret)
{
    const macaw_entry *entry = macaw_keyring_at(ring, i);
    const macaw_jwk *jwk = NULL;

    if (entry == NULL) {
        jwk = macaw_keyring_jwk_at(ring, i - macaw_keyring_size(ring));
    }
    if (entry == NULL && jwk == NULL) {
        return false;
    }
    *ret = entry != NULL ? key_view_entry(entry, now) : key_view_jwk(jwk, now);
    return true;
}

void key_fingerprint(const key_view *key, char out[FINGERPRINT_TEXT])
{
    macaw_hex_encode(out, key->fingerprint, FINGERPRINT_SHOWN);
    out[FINGERPRINT_TEXT - 1] = '\0';
}

/* What a reader should know of it beside the columns. */
static const char *note_of(const key_view *key)
{
    return strcmp(key->part, "secret") == 0   ? ""
           : strcmp(key->part, "public") == 0 ? " public"
                                              : " private";
}

void key_print_row(const key_view *key)
{
    char iat[ISO_TIME_SIZE], until[ISO_TIME_SIZE], exp[ISO_TIME_SIZE];
    char fingerprint[FINGERPRINT_TEXT];

    cli_iso_time(key->iat, iat);
    cli_iso_time(key->sign_until, until);
    cli_iso_time(key->exp, exp);
    key_fingerprint(key, fingerprint);
    printf("%-20s %-16s %-8s %-8s %5zu %-20s %-20s %-20s %s%s%s\n", key->kid, key->alg, key->use,
           macaw_key_state_name(key->state), key->bits, iat, until, exp, fingerprint, note_of(key),
           key->insecure ? " insecure" : "");
}

static json_t *date_json(int64_t date)
{
    char text[ISO_TIME_SIZE];

    cli_iso_time(date, text);
    return date != 0 ? json_string(text) : json_null();
}

json_t *key_json(const key_view *key)
{
    char fingerprint[FINGERPRINT_TEXT];

    key_fingerprint(key, fingerprint);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:b, s:s, s:o, s:o, s:o, s:o}", "kid",
                     key->kid, "alg", key->alg, "use", key->use, "state",
                     macaw_key_state_name(key->state), "part", key->part, "bits",
                     (json_int_t)key->bits, "insecure", (int)key->insecure, "fingerprint",
                     fingerprint, "created", date_json(key->iat), "not_before", date_json(key->nbf),
                     "signs_until", date_json(key->sign_until), "expires", date_json(key->exp));
}
