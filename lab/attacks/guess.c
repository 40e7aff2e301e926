#include "attacks/guess.h"

#include <string.h>

#include <macaw/mac.h>

#include "base/bytes.h"
#include "base/codec.h"

enum { TAG = 32 };

static bool tag_under(lab_oracle *o, lab_bytes secret, lab_bytes text, uint8_t tag[TAG])
{
    macaw_key *key = NULL;
    bool done = macaw_key_new(&key, macaw_alg_find("hmac-sha256"), secret.data, secret.len, NULL) ==
                    MACAW_OK &&
                macaw_tag(key, &(macaw_msg){NULL, text.data, text.len}, tag, TAG) == MACAW_OK;

    macaw_key_free(key);
    lab_work(o, 1);
    return done;
}

bool lab_guess_fits(lab_oracle *o, lab_bytes key, const lab_pair *pair, bool nested)
{
    uint8_t tag[TAG];
    char digits[2 * TAG];
    bool done = tag_under(o, key, pair->in.message, tag);

    if (done && nested) {
        macaw_hex_encode(digits, tag, TAG);
        done = tag_under(o, (lab_bytes){(const uint8_t *)digits, sizeof digits}, pair->in.message,
                         tag);
    }
    return done && pair->tag.len == TAG && memcmp(tag, pair->tag.data, TAG) == 0;
}

bool lab_guess_short(lab_oracle *o, int64_t bits, const lab_pair *pairs, size_t n, bool nested)
{
    uint8_t key[TAG] = {0}, found[TAG];
    bool any = false;

    for (uint64_t guess = 0; guess >> bits == 0; guess++) {
        size_t fit = 0;
        macaw_store_be64(key + TAG - 8, guess);
        while (fit < n && lab_guess_fits(o, (lab_bytes){key, TAG}, &pairs[fit], nested)) {
            fit++;
        }
        if (fit == n) {
            memcpy(found, key, TAG);
            any = true;
        }
    }
    return any &&
           lab_submit_key(o, "This key makes the tags of all of them.", (lab_bytes){found, TAG});
}
