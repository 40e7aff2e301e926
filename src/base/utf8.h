/* UTF-8 (RFC 3629): shortest forms of scalar values only. */
#ifndef MACAW_BASE_UTF8_H
#define MACAW_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of the character at p, of which left >= 1 may be read: 1..4, or 0 if there is none. */
size_t macaw_utf8_length(const char *p, size_t left);

/* Write a scalar value (0..10FFFF, no surrogate) and return how many bytes it has: 1..4. */
size_t macaw_utf8_write(uint32_t scalar, char out[4]);

#endif
