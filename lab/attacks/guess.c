#include "attacks/guess.h"

#include <string.h>

#include <macaw/mac.h>

#include "base/bytes.h"
#include "base/codec.h"

enum { TAG = 32 };

static bool tag_under(lab_bytes secret, lab_bytes text, uint8_t tag[TAG])
{
    macaw_key *key = NULL;
    bool done = macaw_key_new(&key, macaw_alg_find("hmac-sha256"), secret.data, secret.len, NULL) ==
                    MACAW_OK &&
                macaw_tag(key, &(macaw_msg){NULL, text.data, text.len}, tag, TAG) == MACAW_OK;

    macaw_key_free(key);
    return done;
}

static bool made_under(lab_bytes key, lab_bytes text, bool nested, uint8_t tag[TAG])
{
    char digits[2 * TAG];
    bool done = tag_under(key, text, tag);

    if (done && nested) {
        macaw_hex_encode(digits, tag, TAG);
        done = tag_under((lab_bytes){(const uint8_t *)digits, sizeof digits}, text, tag);
    }
    return done;
}

bool lab_guess_fits(lab_oracle *o, lab_bytes key, const lab_pair *pair, bool nested)
{
    uint8_t tag[TAG];
    bool done = made_under(key, pair->in.message, nested, tag);

    lab_work(o, nested ? 2 : 1); /* tags; those of a figure are no work */
    return done && pair->tag.len == TAG && memcmp(tag, pair->tag.data, TAG) == 0;
}

void lab_draw_guesses(lab_oracle *o, const lab_pair *seen, bool nested, const lab_bytes *keys,
                      size_t n, bool fits)
{
    static const char *const guesses[LAB_GUESSES_SHOWN] = {"first guess", "second guess",
                                                           "third guess", "fourth guess"};
    static const char *const columns[] = {"key", "what it makes of m"};
    const char *rows[LAB_GUESSES_SHOWN + 1] = {"seen"};
    uint8_t tags[LAB_GUESSES_SHOWN][TAG];
    lab_value cells[2 * (LAB_GUESSES_SHOWN + 1)] = {LAB_UNKNOWN("k"),
                                                    {"its tag", LAB_ANSWER, seen->tag}};

    for (size_t i = 0; i < n && lab_tracing(o); i++) {
        bool this = fits && i + 1 == n;
        (void)made_under(keys[i], seen->in.message, nested, tags[i]);
        rows[i + 1] = this ? "the one that fits" : guesses[i];
        cells[2 * i + 2] = (lab_value){"key", this ? LAB_FORGED : LAB_CHOSEN, keys[i]};
        cells[2 * i + 3] = (lab_value){
            this ? "the tag seen" : "another tag", this ? LAB_FORGED : LAB_DERIVED, {tags[i], TAG}};
    }
    lab_draw(o, &(lab_figure){"table", fits ? "Guessing, without the server" : "Guessing, in vain",
                              rows, n + 1, columns, 2, cells});
}

/* The first three keys, and the one that was found. */
static void draw_short(lab_oracle *o, const lab_pair *seen, bool nested, const uint8_t *found)
{
    uint8_t keys[3][TAG] = {{0}};
    lab_bytes list[LAB_GUESSES_SHOWN];

    for (size_t i = 0; i < 3; i++) {
        keys[i][TAG - 1] = (uint8_t)i;
        list[i] = (lab_bytes){keys[i], TAG};
    }
    list[3] = (lab_bytes){found, TAG};
    lab_draw_guesses(o, seen, nested, list, found != NULL ? 4 : 3, found != NULL);
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
    draw_short(o, pairs, nested, any ? found : NULL);
    return any &&
           lab_submit_key(o, "This key makes the tags of all of them.", (lab_bytes){found, TAG});
}
