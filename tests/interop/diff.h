/* Differential tests: macaw and another library tag the same random messages of every
 * length from 0 to 1025 under the same random keys, and every kernel of macaw must agree.
 * A program lists what the other library can do and calls diff_main. */
#ifndef MACAW_TEST_DIFF_H
#define MACAW_TEST_DIFF_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct diff_case {
    const uint8_t *key;
    size_t key_len;
    const uint8_t *nonce;
    size_t nonce_len;
    const uint8_t *data;
    size_t len;
    size_t tag_len; /* the full tag of macaw's algorithm */
} diff_case;

typedef struct diff_peer {
    const char *alg;    /* macaw's name */
    const char *theirs; /* the other library's, for tag */
    /* 0: tag has tag_len bytes; anything else: the other library failed. */
    int (*tag)(const char *theirs, const diff_case *c, uint8_t *tag);
    size_t key_min; /* where the other library takes longer keys only */
} diff_peer;

/* The status of main: 0 if all tags are equal. The environment's MACAW_SEED repeats a
 * run; a failure prints it. */
int diff_main(const char *library, const diff_peer *peers, size_t n);

#ifdef __cplusplus
}
#endif
#endif
