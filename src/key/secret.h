/* The bytes of a key in a keyring, for whoever shows or re-expands it. Not part
 * of the public interface: programs use the expanded key. */
#ifndef MACAW_KEY_SECRET_H
#define MACAW_KEY_SECRET_H

#include <macaw/keyring.h>

/* Copy the secret of an entry of this ring; len must be entry->secret_len. The
 * caller wipes out, also on failure. */
int macaw_keyring_secret(const macaw_keyring *ring, const macaw_entry *entry, uint8_t *out,
                         size_t len) MACAW_MUST_USE;

#endif
