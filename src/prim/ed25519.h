#ifndef MACAW_PRIM_ED25519_H
#define MACAW_PRIM_ED25519_H

#include <stdint.h>

#include <macaw/status.h>

/* Whether 32 bytes are a public key of Ed25519 that somebody can have: the one
 * spelling of a point of the curve (RFC 8032 section 5.1.3) that is none of the
 * eight of small order, under which everybody can sign. MACAW_OK, MACAW_EFORMAT
 * or MACAW_ENOMEM. The bytes are public. */
int macaw_ed25519_check(const uint8_t key[32]) MACAW_MUST_USE;

#endif
