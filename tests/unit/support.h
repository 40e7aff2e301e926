/* What several unit tests need: reading vectors, hex, and memory that ends at a
 * page nobody may touch. */
#ifndef MACAW_TEST_SUPPORT_H
#define MACAW_TEST_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <macaw/mac.h>

/* A file of tests/vectors; fails the test if it cannot be opened. */
FILE *vectors_open(const char *name);

/* Hold the library to every line "algorithm key message tag" of a file of
 * vectors, tagging and verifying; a short tag is a truncated one. Returns how many
 * lines there were. */
size_t check_vectors(const char *name);

/* Decode hex ("-" is empty) into out; fails the test on anything else. */
size_t unhex(uint8_t *out, size_t cap, const char *hex);

/* Fail with key, length, want and got in hex unless the bytes are equal. */
void assert_bytes(const char *what, size_t len, const uint8_t *want, const uint8_t *got, size_t n);

/* n bytes that end where an unreadable page begins; released with guarded_free. */
uint8_t *guarded_alloc(size_t n);
void guarded_free(uint8_t *p, size_t n);

/* A key that the test cannot do without. kernel may be NULL. */
macaw_key *key_of(const char *alg, const void *secret, size_t len, const char *kernel);

/* Byte i of pattern_key is 7 i + 1, of pattern_msg i modulo 251: swapped blocks show. */
extern uint8_t pattern_key[256], pattern_msg[1024];

/* The tag of a whole message without nonce, full length. */
void tag_of(const macaw_key *key, const void *msg, size_t len, uint8_t *tag);

#endif
