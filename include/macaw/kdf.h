/* macaw/kdf.h: keys and random bytes from a MAC that is a PRF.
 *
 * Every derivation takes a label: one secret may feed many purposes only if each
 * has its own. Only algorithms with MACAW_ALG_PRF that take messages of any length
 * are accepted (MACAW_EARG otherwise). Lengths in bytes; out_len is at least 1, and
 * out overlaps no input. Output is wiped where a call fails after its checks.
 * Thread-safe, but a macaw_drbg belongs to one thread at a time. */
#ifndef MACAW_KDF_H
#define MACAW_KDF_H

#include <stddef.h>
#include <stdint.h>

#include <macaw/mac.h>

#ifdef __cplusplus
extern "C" {
#endif

/* HKDF-Extract (RFC 5869 section 2.2): PRK = PRF(salt, ikm). An empty salt is a
 * string of zeros as long as the tag. prk has room for the full tag of alg;
 * alg must take keys of any length (the HMAC family). */
MACAW_API int macaw_hkdf_extract(const macaw_alg *alg, const void *salt, size_t salt_len,
                                 const void *ikm, size_t ikm_len, void *prk) MACAW_MUST_USE;

/* HKDF-Expand (RFC 5869 section 2.3): out_len <= 255 full tags. */
MACAW_API int macaw_hkdf_expand(const macaw_alg *alg, const void *prk, size_t prk_len,
                                const void *info, size_t info_len, void *out,
                                size_t out_len) MACAW_MUST_USE;

/* Both: out = HKDF(salt, secret, label). label is not empty: MACAW_EARG. */
MACAW_API int macaw_hkdf(const macaw_alg *alg, const void *salt, size_t salt_len,
                         const void *secret, size_t secret_len, const char *label, void *out,
                         size_t out_len) MACAW_MUST_USE;

/* KDF in counter mode (SP 800-108r1 section 4.1) with a 32-bit big-endian counter
 * before the fixed input label || 0x00 || context || length in bits (32 bits
 * big-endian). secret is a key of alg; label is not empty and out_len under 2^29:
 * MACAW_EARG. */
MACAW_API int macaw_kbkdf_counter(const macaw_alg *alg, const void *secret, size_t secret_len,
                                  const void *label, size_t label_len, const void *context,
                                  size_t context_len, void *out, size_t out_len) MACAW_MUST_USE;

/* The same with the fixed input given whole, for peers that build it otherwise.
 * out_len <= 2^32 - 1 full tags. */
MACAW_API int macaw_kbkdf_counter_raw(const macaw_alg *alg, const void *secret, size_t secret_len,
                                      const void *fixed, size_t fixed_len, void *out,
                                      size_t out_len) MACAW_MUST_USE;

/* HMAC_DRBG (SP 800-90A section 10.1.2): a random generator from a PRF. The caller
 * gives the entropy; nothing is read from the system. Its first key is public, so
 * that alg must extract from a message without a secret key: the HMAC family. A
 * fork copies the state: reseed in one of the two processes. */
typedef struct macaw_drbg macaw_drbg;

#define MACAW_DRBG_REQUEST_MAX 65536               /* bytes a call, table 2 */
#define MACAW_DRBG_RESEED_INTERVAL (UINT64_C(1) << 48) /* calls */

/* entropy: at least the security strength of the hash, in bytes, times 3/2 with
 * the nonce; under alg's key_safe it is MACAW_EWEAK, more is not checked.
 * personalization may be empty. */
MACAW_API int macaw_drbg_new(macaw_drbg **ret, const macaw_alg *alg, const void *entropy,
                             size_t entropy_len, const void *nonce, size_t nonce_len,
                             const void *personalization,
                             size_t personalization_len) MACAW_MUST_USE;
MACAW_API int macaw_drbg_reseed(macaw_drbg *drbg, const void *entropy, size_t entropy_len,
                                const void *additional, size_t additional_len) MACAW_MUST_USE;
/* out_len may be 0. MACAW_ELIMIT: a reseed is due. MACAW_EARG: more than
 * MACAW_DRBG_REQUEST_MAX. */
MACAW_API int macaw_drbg_generate(macaw_drbg *drbg, void *out, size_t out_len,
                                  const void *additional, size_t additional_len) MACAW_MUST_USE;
/* Wipe and release. NULL is a no-op. */
MACAW_API void macaw_drbg_free(macaw_drbg *drbg);

#ifdef __cplusplus
}
#endif
#endif
