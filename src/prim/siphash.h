/* SipHash (Aumasson and Bernstein, Indocrypt 2012): a PRF for short inputs. */
#ifndef MACAW_PRIM_SIPHASH_H
#define MACAW_PRIM_SIPHASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <macaw/mac.h>

#define MACAW_SIPHASH_KEY_LEN 16

typedef struct macaw_siphash {
    uint64_t v[4];
    uint64_t len;  /* bytes absorbed */
    uint64_t tail; /* len % 8 bytes, little-endian */
    uint8_t c, d;  /* rounds per word, final rounds */
    uint8_t wide;  /* 128-bit output */
} macaw_siphash;

/* out_len is 8 or 16; c and d are the numbers of rounds (2 and 4 by default). */
void macaw_siphash_start(macaw_siphash *s, const uint8_t key[MACAW_SIPHASH_KEY_LEN], unsigned c,
                         unsigned d, size_t out_len);
void macaw_siphash_update(macaw_siphash *s, const void *data, size_t n);
/* Writes out_len bytes and wipes s. */
void macaw_siphash_finish(macaw_siphash *s, uint8_t *out);

/* A whole message, from a started state, which stays as it is; rounds 2-4 or 1-3. */
void macaw_siphash_whole(const macaw_siphash *start, const void *data, size_t n, uint8_t *out);

/* Many messages from one started state: n outputs, stride apart. */
typedef struct macaw_siphash_kernel {
    const char *name;
    bool (*usable)(void);
    void (*many)(const macaw_siphash *start, const macaw_msg *msgs, size_t n, uint8_t *out,
                 size_t stride);
} macaw_siphash_kernel;

/* Best first, NULL-terminated; the last is usable everywhere. */
extern const macaw_siphash_kernel *const macaw_siphash_kernels[];

#endif
