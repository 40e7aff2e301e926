/* A construction under attack, sound or not: a table of functions that the challenger
 * calls. Weak ones are in lab/naive, one line each in lab/naive/targets.c; every MAC of
 * the library is one by its own name (library.c).
 *
 * A protocol (cookies, requests, sessions) is a target too: it has LAB_WORLD and named
 * actions, and its verify says whether the world was wronged. */
#ifndef MACAW_LAB_TARGET_H
#define MACAW_LAB_TARGET_H

#include "harness/rng.h"
#include "harness/settings.h"

#define LAB_TAG_MAX   64
#define LAB_NONCE_MAX 32

/* What is true of a construction; a card says by these where it applies. */
enum lab_property {
    LAB_ANY_LENGTH = 1u << 0,   /* one key authenticates messages of several lengths */
    LAB_LINEAR = 1u << 1,       /* tags of equal-length messages xor as the messages do */
    LAB_MD_HASH = 1u << 2,      /* iterates a Merkle-Damgard hash */
    LAB_KEY_FIRST = 1u << 3,    /* h(k || x) */
    LAB_KEY_LAST = 1u << 4,     /* h(x || k) */
    LAB_CHAIN = 1u << 5,        /* CBC over a block cipher, padded only by what says so */
    LAB_TAG_IS_STATE = 1u << 6, /* the tag is the whole chaining value */
    LAB_IV_SENT = 1u << 7,      /* an IV travels as the nonce, chosen by the sender */
    LAB_ITERATED = 1u << 8,     /* states that collide stay collided behind equal blocks */
    LAB_MASKED_SUM = 1u << 9,   /* PMAC: the xor of encryptions of masked blocks */
    LAB_POLYNOMIAL = 1u << 10,  /* a polynomial hash under a mask */
    LAB_NONCE = 1u << 11,       /* answers carry a nonce that the challenger drew */
    LAB_ONE_TIME = 1u << 12,    /* a key is meant for one message */
    LAB_ZERO_PADDED = 1u << 13, /* zeros fill the last block, and nothing says how many */
    LAB_CASCADE = 1u << 14,     /* the compression function keyed by the chaining value */
    LAB_CRC = 1u << 15,
    LAB_WORLD = 1u << 16, /* verify judges alone; there is no log of messages */
    LAB_SMALL = 1u << 17, /* a toy size: no wonder that guessing succeeds */
};

/* Names and values that everybody may know: "block", "tag", "hash". */
typedef struct lab_publics {
    lab_buf fields; /* names and values in turn */
} lab_publics;
void lab_publish(lab_publics *publics, const char *name, lab_bytes value);
void lab_publish_number(lab_publics *publics, const char *name, uint64_t value);

typedef struct lab_input {
    lab_bytes nonce; /* empty: there is none, or the construction chooses it */
    lab_bytes message;
} lab_input;

typedef struct lab_output {
    uint8_t nonce[LAB_NONCE_MAX];
    size_t nonce_len;
    uint8_t tag[LAB_TAG_MAX];
    size_t tag_len;
} lab_output;

typedef struct lab_env {
    const char *name;             /* the construction's */
    const lab_settings *settings; /* everything, secrets included */
    lab_rng *rng;                 /* the challenger's */
    lab_publics *publics;
    const char *wrong; /* set it where setup fails: which setting, and why */
} lab_env;

typedef struct lab_action {
    const char *name;
    /* false: refused. out is empty on entry. */
    bool (*run)(void *state, lab_bytes in, lab_buf *out);
} lab_action;

typedef struct lab_target {
    const char *name;
    const char *title;   /* MAC_k(x) = h(k || x), MD5 */
    const char *advice;  /* which sound construction to use instead; NULL: it is sound */
    const char *family;  /* its column of the matrix: crc prefix suffix cbc ecbc cascade nmac */
                         /* cmac pmac-drawn pmac one-time cw hmac; NULL: it is in none */
    uint32_t properties; /* enum lab_property */
    const void *param;   /* its own */
    size_t state_size;   /* of a zeroed state, 64-byte aligned */
    /* Draw the key with lab_draw_key, publish "tag", the
     * bytes of a tag, and what else is public. */
    bool (*setup)(void *state, const struct lab_target *self, lab_env *env);
    bool (*tag)(void *state, const lab_input *in, lab_output *ret); /* false: refused */
    /* NULL: the tag must be what tag computes again. */
    /* NULL: the tag must be what tag computes again. */
    bool (*verify)(void *state, const lab_input *in, lab_bytes tag);
    /* NULL where it does not make sense. */
    bool (*key_is)(const void *state, lab_bytes guess);
    /* A message as honest users send it; NULL: random bytes. */
    void (*draw)(void *state, lab_rng *rng, lab_buf *message);
    const lab_action *actions; /* ends with a NULL name; may be NULL */
    void (*clear)(void *state);
} lab_target;

/* Weak or of the library, or NULL. */
const lab_target *lab_target_find(const char *name);
/* The i-th weak one, NULL past the end. */
const lab_target *lab_naive_at(size_t i);

/* A target with its state, for the challenger, and for targets built on others. */
typedef struct lab_instance {
    const lab_target *target;
    void *state;
} lab_instance;

/* env->name says which. false: env->wrong says why. */
bool lab_instance_open(lab_instance *ret, lab_env *env);
void lab_instance_close(lab_instance *instance);
/* As the construction verifies. */
bool lab_instance_verify(const lab_instance *instance, const lab_input *in, lab_bytes tag);
/* As the construction verifies. */
bool lab_instance_verify(const lab_instance *instance, const lab_input *in, lab_bytes tag);

/* enum lab_property of a construction by name; 0 for an unknown one. */
uint32_t lab_target_properties(const char *name);
/* Its family, or NULL. */
const char *lab_target_family(const char *name);

/* Fill ret with the setting "key" where it is set: its bytes where it has this length,
 * else bytes that follow from it, so that one option serves targets and controls. Random
 * bytes where it is not set. */
void lab_draw_key(lab_env *env, uint8_t *ret, size_t len);

/* Whether this tag, computed again, is that one: in constant time, lengths included. */
bool lab_tag_is(const lab_output *own, lab_bytes tag);

#endif
