/* Every attack, in the order of their numbers: one line each. */
#include <string.h>

#include "harness/card.h"

#define CARDS(X)                                                                                   \
    X(crc_linear)                                                                                  \
    X(crc_patch)                                                                                   \
    X(crc_errors)                                                                                  \
    X(length_extension)                                                                            \
    X(suffix_collision)                                                                            \
    X(small_state)                                                                                 \
    X(cbc_two_block)                                                                               \
    X(cbc_splice)                                                                                  \
    X(leaked_intermediates)                                                                        \
    X(iv_change)                                                                                   \
    X(zero_padding)                                                                                \
    X(cascade_extension)                                                                           \
    X(birthday)                                                                                    \
    X(onetime_reuse)                                                                               \
    X(onetime_bound)                                                                               \
    X(nonce_reuse)                                                                                 \
    X(short_tag)                                                                                   \
    X(timing)                                                                                      \
    X(verifier_zoo)                                                                                \
    X(replay)                                                                                      \
    X(freshness_splice)                                                                            \
    X(cookie_splice)                                                                               \
    X(cookie_volume)                                                                               \
    X(nested_hmac)                                                                                 \
    X(session_fixation)                                                                            \
    X(hijack)                                                                                      \
    X(time_warp)                                                                                   \
    X(minting_oracle)                                                                              \
    X(name_reuse)                                                                                  \
    X(key_leak)                                                                                    \
    X(stolen_token)                                                                                \
    X(hash_flooding)                                                                               \
    X(pmac_drawn)                                                                                  \
    X(pmac_bare)                                                                                   \
    X(cmac_subkeys)                                                                                \
    X(cmac_zero)                                                                                   \
    X(partial_coverage)                                                                            \
    X(audit)                                                                                       \
    X(prf_game)                                                                                    \
    X(key_avalanche)                                                                               \
    X(non_repudiation)                                                                             \
    X(nested)                                                                                      \
    X(weak_keys)                                                                                   \
    X(padding_oracle)                                                                              \
    X(equal_plaintexts)                                                                            \
    X(equal_pads)                                                                                  \
    X(sponge_capacity)

#define DECLARE(name) extern const lab_card lab_card_##name;
#define ENTRY(name)   &lab_card_##name,

CARDS(DECLARE)

static const lab_card *const cards[] = {CARDS(ENTRY)};

const lab_card *lab_card_at(size_t i)
{
    return i < sizeof cards / sizeof *cards ? cards[i] : NULL;
}

const lab_card *lab_card_find(const char *name)
{
    const lab_card *card;

    for (size_t i = 0; (card = lab_card_at(i)) != NULL && strcmp(card->name, name) != 0; i++) {
    }
    return card;
}
