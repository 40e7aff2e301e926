/* A finite family of MACs: keys K, messages X, tags Y = {0 … m-1}, the table of
 * h_k(x), and a weight for each key and each message; probabilities are weight
 * over sum, and key and message are independent. */
#ifndef MACAW_LAB_FAMILY_FAMILY_H
#define MACAW_LAB_FAMILY_FAMILY_H

#include <stdbool.h>
#include <stdint.h>

#include <macaw/status.h>

enum {
    FAMILY_CELLS_MAX = 50000000, /* n*l: 100 MB of tags */
    FAMILY_KEYS_MAX = 1 << 24,
    FAMILY_MESSAGES_MAX = 100000,
    FAMILY_TAGS_MAX = 65536,
    FAMILY_TAG_CELLS_MAX = 1 << 22, /* n*m */
    FAMILY_WEIGHT_MAX = 1000000,
    FAMILY_CLASSES = 16, /* different message weights */
};
#define FAMILY_PAIRS_MAX 10000000000u /* n*n*l */
#define FAMILY_SUM_MAX   2147483647u  /* of the weights of the keys */

typedef struct family {
    uint32_t n, m, l;          /* messages, tags, keys */
    uint16_t *tags;            /* h_k(x) = tags[x*l + k] */
    uint32_t *key_weights;     /* l of them; NULL: all 1 */
    uint32_t *message_weights; /* n of them; NULL: all 1 */
    uint64_t key_sum, message_sum;
    char **message_names; /* n of them */
    char **tag_names;     /* m of them; NULL: tags are their numbers */
    bool is_group;        /* tags are 0 … m-1 as numbers: differences and xor mean something */
} family;

/* Build the family that a SPEC names. On failure err says why, offset is the
 * byte of the SPEC where it is known, and ret is untouched. */
int family_build(const char *spec, family *ret, macaw_error *err) MACAW_MUST_USE;

void family_clear(family *f);

static inline uint32_t family_key_weight(const family *f, uint32_t key)
{
    return f->key_weights != NULL ? f->key_weights[key] : 1;
}

static inline uint32_t family_message_weight(const family *f, uint32_t message)
{
    return f->message_weights != NULL ? f->message_weights[message] : 1;
}

/* Whether sizes are within the limits above. */
int family_check_sizes(uint64_t n, uint64_t m, uint64_t l, macaw_error *err) MACAW_MUST_USE;

/* Sum the weights; MACAW_ELIMIT where they are too large. */
int family_sum_weights(family *f, macaw_error *err) MACAW_MUST_USE;

/* Tags become their rest modulo m, 1 … the number of tags. */
int family_truncate(family *f, uint32_t m, macaw_error *err) MACAW_MUST_USE;

#endif
