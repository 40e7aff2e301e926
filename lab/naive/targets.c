/* Every weak construction, and every variant of a sound one that only attacks need:
 * one line each. */
#include "harness/target.h"

#define TARGETS(X)                                                                                 \
    X(crc_plain)                                                                                   \
    X(crc_prefix)                                                                                  \
    X(crc_suffix)                                                                                  \
    X(crc_both)                                                                                    \
    X(crc_xor)                                                                                     \
    X(crc_init)                                                                                    \
    X(crc_encrypted)                                                                               \
    X(prefix_md5)                                                                                  \
    X(prefix_sha1)                                                                                 \
    X(prefix_sha224)                                                                               \
    X(prefix_sha256)                                                                               \
    X(prefix_sha384)                                                                               \
    X(prefix_sha512)                                                                               \
    X(prefix_sha512_256)                                                                           \
    X(prefix_sha3_256)                                                                             \
    X(suffix_md5)                                                                                  \
    X(suffix_sha1)                                                                                 \
    X(suffix_sha256)                                                                               \
    X(suffix_sha256_32)                                                                            \
    X(onetime_reused)                                                                              \
    X(onetime_small)                                                                               \
    X(cw_gf)                                                                                       \
    X(cw_add)                                                                                      \
    X(cw_xor)                                                                                      \
    X(cbc_raw)                                                                                     \
    X(cbc_append)                                                                                  \
    X(cbc_prepend)                                                                                 \
    X(cbc_fixed)                                                                                   \
    X(cbc_rekey)                                                                                   \
    X(ecbc_small)                                                                                  \
    X(cmac_small)                                                                                  \
    X(pmac_small)                                                                                  \
    X(pmac_drawn_small)                                                                            \
    X(prefix_small)                                                                                \
    X(suffix_small)                                                                                \
    X(cascade_small)                                                                               \
    X(nmac_small)                                                                                  \
    X(hmac_small)                                                                                  \
    X(cbc_iv)                                                                                      \
    X(cbc_iv_covered)                                                                              \
    X(cbc_leaky)                                                                                   \
    X(zeropad_cbc)                                                                                 \
    X(zeropad_ecbc)                                                                                \
    X(zeropad_retail)                                                                              \
    X(zeropad_cmac)                                                                                \
    X(zeropad_pmac)                                                                                \
    X(zeropad_pmac1)                                                                               \
    X(zeropad_hmac)                                                                                \
    X(zeropad_any)                                                                                 \
    X(cascade_sha256)                                                                              \
    X(pmac_drawn)                                                                                  \
    X(pmac_bare)                                                                                   \
    X(cmac_one_subkey)                                                                             \
    X(cmac_open)                                                                                   \
    X(cmac_apart)                                                                                  \
    X(truncated_any)                                                                               \
    X(nested_toy)                                                                                  \
    X(hmac_pads)                                                                                   \
    X(related_any)                                                                                 \
    X(sponge)                                                                                      \
    X(random_or_any)                                                                               \
    X(cookie_concat)                                                                               \
    X(cookie_pipe)                                                                                 \
    X(cookie_plain)                                                                                \
    X(cookie_sc1)                                                                                  \
    X(fixation_kept)                                                                               \
    X(fixation_adopted)                                                                            \
    X(fixation_renewed)                                                                            \
    X(fixation_sc1)                                                                                \
    X(splice_onesided)                                                                             \
    X(splice_twosided)                                                                             \
    X(splice_separated)                                                                            \
    X(splice_library)                                                                              \
    X(replay_naive)                                                                                \
    X(replay_window)                                                                               \
    X(replay_short)                                                                                \
    X(replay_cache)                                                                                \
    X(replay_spelling)                                                                             \
    X(replay_table)                                                                                \
    X(replay_counter)                                                                              \
    X(coverage_target)                                                                             \
    X(coverage_body)                                                                               \
    X(coverage_request)                                                                            \
    X(coverage_response)                                                                           \
    X(account_warp_naive)                                                                          \
    X(account_warp_dated)                                                                          \
    X(account_warp_generation)                                                                     \
    X(account_name_reused)                                                                         \
    X(account_name_number)                                                                         \
    X(account_name_revoked)                                                                        \
    X(account_stolen_plain)                                                                        \
    X(account_stolen_text)                                                                         \
    X(account_stolen_revoked)                                                                      \
    X(account_hijack_plain)                                                                        \
    X(account_hijack_secure)                                                                       \
    X(compare_early_world)                                                                         \
    X(compare_memcmp_world)                                                                        \
    X(compare_library_world)                                                                       \
    X(compare_hmac_world)                                                                          \
    X(mint_shared)                                                                                 \
    X(mint_labelled)                                                                               \
    X(leak_plain)                                                                                  \
    X(leak_old)                                                                                    \
    X(leak_murdoch)                                                                                \
    X(judge_mac)                                                                                   \
    X(judge_signature)                                                                             \
    X(flood_x31)                                                                                   \
    X(flood_x31_seeded)                                                                            \
    X(flood_djb2)                                                                                  \
    X(flood_djb2_seeded)                                                                           \
    X(flood_known)                                                                                 \
    X(flood_siphash)                                                                               \
    X(flood_library)                                                                               \
    X(verifier_strcmp)                                                                             \
    X(verifier_length)                                                                             \
    X(verifier_empty)                                                                              \
    X(verifier_char)                                                                               \
    X(verifier_reversed)                                                                           \
    X(cookie_nested)                                                                               \
    X(account_stolen_nested)                                                                       \
    X(weak_word)                                                                                   \
    X(weak_digits)                                                                                 \
    X(weak_short)                                                                                  \
    X(channel_clear)                                                                               \
    X(channel_mte)                                                                                 \
    X(channel_eam)                                                                                 \
    X(channel_etm)                                                                                 \
    X(audited_suffix)                                                                              \
    X(audited_prefix)                                                                              \
    X(audited_hmac)                                                                                \
    X(audited_sound)

#define DECLARE(name) extern const lab_target lab_##name;
#define ENTRY(name)   &lab_##name,

TARGETS(DECLARE)

static const lab_target *const targets[] = {TARGETS(ENTRY)};

const lab_target *lab_naive_at(size_t i)
{
    return i < sizeof targets / sizeof *targets ? targets[i] : NULL;
}
