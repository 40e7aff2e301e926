/* HKDF-Expand under a key that is expanded already. */
#ifndef MACAW_KEY_HKDF_H
#define MACAW_KEY_HKDF_H

#include <stdint.h>

#include "key/prf.h"

/* As macaw_hkdf_expand, under prk with its full tag; out_len is 1 to 255 tags. */
int macaw_hkdf_expand_with(const macaw_key *prk, const macaw_part *info, uint8_t *out,
                           size_t out_len) MACAW_MUST_USE;

#endif
