#include "key_print.h"

#include <stdio.h>

#include "base/codec.h"
#include "key_ring.h"

void key_fingerprint(const macaw_entry *entry, char out[FINGERPRINT_TEXT])
{
    macaw_hex_encode(out, entry->fingerprint, FINGERPRINT_SHOWN);
    out[FINGERPRINT_TEXT - 1] = '\0';
}

void key_print_row(const macaw_entry *entry, int64_t now)
{
    char iat[ISO_TIME_SIZE], until[ISO_TIME_SIZE], exp[ISO_TIME_SIZE];
    char fingerprint[FINGERPRINT_TEXT];

    cli_iso_time(entry->iat, iat);
    cli_iso_time(entry->sign_until, until);
    cli_iso_time(entry->exp, exp);
    key_fingerprint(entry, fingerprint);
    printf("%-20s %-16s %-8s %-8s %5zu %-20s %-20s %-20s %s%s\n", entry->kid, entry->alg->name,
           entry->use, macaw_key_state_name(macaw_entry_state(entry, now)), entry->secret_len * 8,
           iat, until, exp, fingerprint, entry->insecure ? " insecure" : "");
}

static json_t *date_json(int64_t date)
{
    char text[ISO_TIME_SIZE];

    cli_iso_time(date, text);
    return date != 0 ? json_string(text) : json_null();
}

json_t *key_json(const macaw_entry *entry, int64_t now)
{
    char fingerprint[FINGERPRINT_TEXT];

    key_fingerprint(entry, fingerprint);
    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:b, s:s, s:o, s:o, s:o, s:o}", "kid", entry->kid,
                     "alg", entry->alg->name, "use", entry->use, "state",
                     macaw_key_state_name(macaw_entry_state(entry, now)), "bits",
                     (json_int_t)entry->secret_len * 8, "insecure", (int)entry->insecure,
                     "fingerprint", fingerprint, "created", date_json(entry->iat), "not_before",
                     date_json(entry->nbf), "signs_until", date_json(entry->sign_until), "expires",
                     date_json(entry->exp));
}
