/* What the two implementations of HMAC share. */
#ifndef MACAW_MAC_HMAC_H
#define MACAW_MAC_HMAC_H

#include <stddef.h>
#include <stdint.h>

#define MACAW_HMAC_IPAD    0x36
#define MACAW_HMAC_OPAD    0x5c
#define MACAW_HMAC_KEY_MAX (1u << 20)

/* key, zero-padded on the right to block_len >= len bytes, xor the pad byte. */
void macaw_hmac_pad(uint8_t *block, size_t block_len, const uint8_t *key, size_t len, uint8_t pad);

#endif
