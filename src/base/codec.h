/* Strict text encodings: each byte string has exactly one accepted spelling.
 * The decoders look at every character whatever it is, so that time does not
 * depend on the content; they may be used for keys. */
#ifndef MACAW_BASE_CODEC_H
#define MACAW_BASE_CODEC_H

#include <stddef.h>
#include <stdint.h>

#include <macaw/status.h>

/* Room for the encoding of n bytes, without NUL. */
#define MACAW_HEX_LEN(n)       (2 * (n))
#define MACAW_BASE64_LEN(n)    (((n) + 2) / 3 * 4)
#define MACAW_BASE64URL_LEN(n) (((n) * 4 + 2) / 3)

/* Lower-case hexadecimal digits. Write MACAW_HEX_LEN(n) characters, no NUL. */
void macaw_hex_encode(char *out, const void *in, size_t n);

/* n characters into n / 2 bytes. out may be NULL to check only. Anything but an
 * even number of 0-9a-f is MACAW_EFORMAT; *bad (may be NULL) is then the offset
 * of the first wrong character, or n for an odd length. */
int macaw_hex_decode(uint8_t *out, const char *in, size_t n, size_t *bad) MACAW_MUST_USE;

typedef enum macaw_base64_kind {
    MACAW_BASE64,    /* RFC 4648 section 4: "+/", padding required */
    MACAW_BASE64URL, /* RFC 4648 section 5: "-_", padding refused (RFC 7515 section 2) */
} macaw_base64_kind;

/* Returns the number of characters written (no NUL). */
size_t macaw_base64_encode(macaw_base64_kind kind, char *out, const void *in, size_t n);

/* Writes at most (n * 3) / 4 bytes and their number to *out_len. White space,
 * the other alphabet, wrong padding and nonzero spare bits are MACAW_EFORMAT;
 * *bad as for hex. */
int macaw_base64_decode(macaw_base64_kind kind, uint8_t *out, size_t *out_len, const char *in,
                        size_t n, size_t *bad) MACAW_MUST_USE;

#endif
