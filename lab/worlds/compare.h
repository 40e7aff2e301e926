/* How long a comparison of two tags takes, really: the clock before and after. */
#ifndef MACAW_LAB_COMPARE_H
#define MACAW_LAB_COMPARE_H

#include <stdbool.h>
#include <stdint.h>

#include <macaw/mac.h>

enum { LAB_COMPARE_LEN = 16, LAB_COMPARE_SAMPLES = 400 };

/* A tag that everybody knows: what can be timed at all, just now? */
#define LAB_COMPARE_KNOWN "0123456789abcdef"

/* Whether two tags of 16 bytes are equal; key is for those that hash both again. */
typedef bool lab_compare(const macaw_key *key, const uint8_t *a, const uint8_t *b);

/* Byte by byte, until the first that differs: what many programs do. */
lab_compare lab_compare_early;

#endif
