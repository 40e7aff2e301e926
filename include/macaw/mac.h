/* macaw/mac.h: message authentication codes behind one interface.
 *
 * Three objects, kept apart:
 *   macaw_alg  describes an algorithm; constant, one per algorithm.
 *   macaw_key  an expanded key; made once, shared by threads, holds the
 *              precomputed state and the kernel chosen for this CPU.
 *   macaw_ctx  one message in progress; lives on the caller's stack.
 *
 * A pair (S, V) over (K, M, T): macaw_tag is S, macaw_verify is V, and for
 * every key k and message m, V(k, m, S(k, m)) accepts. The tag length belongs
 * to the key and is never taken from the message (RFC 2104 section 5,
 * SP 800-107 section 5.3.4).
 *
 * All lengths are in bytes. A pointer may be NULL only where its length is 0. */
#ifndef MACAW_MAC_H
#define MACAW_MAC_H

#include <stddef.h>
#include <stdint.h>

#include <macaw/status.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MACAW_TAG_MAX 64 /* the longest tag of any algorithm */

/* Properties of an algorithm (macaw_alg.flags). */
enum macaw_alg_flags {
    MACAW_ALG_PRF = 1u << 0,      /* deterministic and a pseudorandom function */
    MACAW_ALG_NONCE = 1u << 1,    /* every message needs a nonce of nonce_len bytes */
    MACAW_ALG_ONE_TIME = 1u << 2, /* a key authenticates exactly one message */
    MACAW_ALG_FIXED = 1u << 3,    /* every message of a key has the same length */
    MACAW_ALG_LEGACY = 1u << 4,   /* for old peers only; advice says why */
    MACAW_ALG_INSECURE = 1u << 5, /* not a sound MAC; never returned by macaw_alg_find */
};

/* How much one key may authenticate: the advantage of any attacker is at most
 *     2^log2_c * q^q_exp * l^l_exp / 2^bits
 * for q messages of at most l blocks of block_len bytes. */
typedef struct macaw_bound {
    const char *formula; /* the same, as text */
    const char *source;
    double log2_c, q_exp, l_exp, bits;
    /* After 2^hard_log2 blocks (messages where l_exp is 0) the bound says nothing
     * any more, and the key refuses with MACAW_ELIMIT. 0: never reached. */
    unsigned hard_log2;
} macaw_bound;

typedef struct macaw_alg {
    const char *name;     /* as in the command line, configuration and keyrings */
    const char *standard; /* where it is specified */
    const char *advice;   /* NULL, or why not to choose it for something new */
    uint32_t flags;       /* enum macaw_alg_flags */
    uint32_t key_min;     /* key sizes the construction is defined for */
    uint32_t key_max;
    uint32_t key_safe;    /* keyrings refuse shorter keys */
    uint32_t nonce_len;   /* 0: takes no nonce */
    uint32_t tag_len;     /* full tag */
    uint32_t tag_min;     /* shortest tag without MACAW_KEY_SHORT_TAG */
    uint32_t msg_len;     /* MACAW_ALG_FIXED: the only length, 0: set by the key */
    uint32_t block_len;   /* in which bound counts; 0: messages only */
    const macaw_bound *bound; /* NULL: none but guessing the tag or the key */
    const struct macaw_class *cls; /* private */
    const void *param;             /* private */
} macaw_alg;

/* The algorithm of that name, or NULL. */
MACAW_API const macaw_alg *macaw_alg_find(const char *name);

/* The i-th algorithm of the registry, NULL past the end. */
MACAW_API const macaw_alg *macaw_alg_at(size_t i);

/* The i-th kernel of an algorithm in order of preference, NULL past the end.
 * Whether this CPU has it is only known by making a key with it. */
MACAW_API const char *macaw_alg_kernel(const macaw_alg *alg, size_t i);

enum macaw_key_flags {
    MACAW_KEY_SHORT_TAG = 1u << 0, /* allow tags of 1 to tag_min - 1 bytes */
};

typedef struct macaw_key_opts {
    size_t tag_len;     /* 0: the full tag; else the leftmost tag_len bytes */
    const char *kernel; /* NULL: the best this CPU has; else exactly this one */
    uint32_t flags;     /* enum macaw_key_flags */
    uint64_t msg_len;   /* MACAW_ALG_FIXED without a length of its own: that of every
                         * message, in bytes; 0: the first message sets it */
} macaw_key_opts;

typedef struct macaw_key macaw_key;

/* Expand a secret into a key. opts may be NULL. *ret is set on success only;
 * the secret is not kept, except inside the expanded state.
 * MACAW_EARG: length outside key_min..key_max, or tag_len over the full tag.
 * MACAW_EWEAK: tag_len under tag_min without the flag.
 * MACAW_ENOTFOUND, MACAW_EUNAVAILABLE: the kernel named. MACAW_ENOMEM, MACAW_ECRYPTO. */
MACAW_API int macaw_key_new(macaw_key **ret, const macaw_alg *alg, const void *secret, size_t len,
                            const macaw_key_opts *opts) MACAW_MUST_USE;

/* Wipe and release. NULL is a no-op. No message of the key may be in progress. */
MACAW_API void macaw_key_free(macaw_key *key);

MACAW_API const macaw_alg *macaw_key_alg(const macaw_key *key);
MACAW_API size_t macaw_key_tag_len(const macaw_key *key);
MACAW_API const char *macaw_key_kernel(const macaw_key *key);

/* How much this key has authenticated or checked, over all threads. */
typedef struct macaw_key_use {
    uint64_t messages;
    uint64_t bytes;
} macaw_key_use;
MACAW_API macaw_key_use macaw_key_used(const macaw_key *key);

/* One message in progress. Opaque; 8-byte alignment suffices. It borrows its
 * key, which must outlive it. Never copy it by assignment: some algorithms hold
 * a libcrypto context, which macaw_ctx_clone duplicates. */
typedef struct macaw_ctx {
    uint64_t priv[64];
} macaw_ctx;

/* What a key refuses, in every call that tags or verifies:
 * MACAW_ESPENT: a one-time key that was used before; verifying is a use.
 * MACAW_ELIMIT: past the hard bound of the algorithm.
 * MACAW_EARG: a message of another length than the key's, where the algorithm
 * has MACAW_ALG_FIXED; verifying one is MACAW_EFORGED. */

/* Start a message. nonce_len must be the algorithm's; ctx need not be
 * initialised. On failure ctx needs no macaw_ctx_end. */
MACAW_API int macaw_start(macaw_ctx *ctx, const macaw_key *key, const void *nonce,
                          size_t nonce_len) MACAW_MUST_USE;

/* Append. MACAW_ESTATE after finish or end. */
MACAW_API int macaw_update(macaw_ctx *ctx, const void *data, size_t len) MACAW_MUST_USE;

/* Write the tag and wipe ctx, also on failure. tag_len must be
 * macaw_key_tag_len(), else MACAW_EARG. */
MACAW_API int macaw_finish(macaw_ctx *ctx, void *tag, size_t tag_len) MACAW_MUST_USE;

/* Compare with the tag in constant time and wipe ctx, also on failure.
 * A tag of any other length than the key's is MACAW_EFORGED. */
MACAW_API int macaw_finish_verify(macaw_ctx *ctx, const void *tag, size_t tag_len) MACAW_MUST_USE;

/* A second message that starts with what src has absorbed so far. MACAW_ESPENT: the key
 * is good for one message only. */
MACAW_API int macaw_ctx_clone(macaw_ctx *dst, const macaw_ctx *src) MACAW_MUST_USE;

/* Abandon a message: release and wipe. Harmless on a finished or zeroed ctx. */
MACAW_API void macaw_ctx_end(macaw_ctx *ctx);

/* A whole message: no allocation for MD5, SHA-1 and SHA-2. */
typedef struct macaw_msg {
    const void *nonce; /* the algorithm's nonce_len bytes, NULL where it takes none */
    const void *data;
    size_t len;
} macaw_msg;

MACAW_API int macaw_tag(const macaw_key *key, const macaw_msg *msg, void *tag,
                        size_t tag_len) MACAW_MUST_USE;

/* MACAW_OK: the tag is right. MACAW_EFORGED: it is not, or has a wrong length.
 * The comparison takes the same time wherever the first difference is. */
MACAW_API int macaw_verify(const macaw_key *key, const macaw_msg *msg, const void *tag,
                           size_t tag_len) MACAW_MUST_USE;

/* n messages under one key; tags is n * tag_len bytes. */
MACAW_API int macaw_tag_many(const macaw_key *key, const macaw_msg *msgs, size_t n, void *tags,
                             size_t tag_len) MACAW_MUST_USE;

/* ok[i] becomes 1 where message i verified and 0 where not; ok may be NULL.
 * MACAW_OK only if all n did (n = 0 included), MACAW_EFORGED if one did not. */
MACAW_API int macaw_verify_many(const macaw_key *key, const macaw_msg *msgs, size_t n,
                                const void *tags, size_t tag_len, uint8_t *ok) MACAW_MUST_USE;

/* ---- changing a message ----
 *
 * The tag of a message of which one block changes, from its old tag: constant
 * time in the length of the message for the PMACs. The old tag and the old block
 * are trusted: from a wrong one of either follows a wrong new tag, and an
 * attacker who may choose them learns tags of messages nobody sent. */
typedef struct macaw_change {
    uint64_t msg_len;      /* of the whole message, before and after, in bytes */
    uint64_t offset;       /* of the change: a multiple of block_len */
    const void *old_data;  /* block_len bytes, or the rest of the message */
    const void *new_data;  /* as many */
} macaw_change;

/* MACAW_EUNAVAILABLE: the algorithm has no way but to start anew. MACAW_EARG:
 * offset not on a block or past the end, or the key's tags are truncated. */
MACAW_API int macaw_tag_change(const macaw_key *key, const macaw_change *change,
                               const void *old_tag, void *new_tag, size_t tag_len) MACAW_MUST_USE;

/* ---- one message over several threads ----
 *
 * The same tag as macaw_tag for every number of threads, 1..256. Algorithms that
 * cannot be split use one. */
MACAW_API int macaw_tag_parallel(const macaw_key *key, const macaw_msg *msg, unsigned threads,
                                 void *tag, size_t tag_len) MACAW_MUST_USE;

/* ---- how much is too much ---- */

/* log2 of how many messages of msg_bytes one key may authenticate so that the
 * advantage stays under 2^log2_advantage (a negative number, e.g. -32); an
 * infinite value where the algorithm has no such bound, and 0 for one-time keys. */
MACAW_API double macaw_alg_limit(const macaw_alg *alg, double log2_advantage, uint64_t msg_bytes);

#ifdef __cplusplus
}
#endif
#endif
