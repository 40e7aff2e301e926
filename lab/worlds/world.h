/* What worlds share: a clock, a MAC of the library, texts. Worlds tag no messages of
 * the attacker's; their verify says whether the world was wronged. */
#ifndef MACAW_LAB_WORLD_H
#define MACAW_LAB_WORLD_H

#include <macaw/mac.h>
#include <macaw/status.h>

#include "harness/target.h"

#define LAB_WORLD_START INT64_C(1700000000) /* when every world begins */
#define LAB_VICTIM      "alice"

/* No tag. */
bool lab_world_tag(void *state, const lab_input *in, lab_output *ret);

/* The end of a target's initialiser. */
#define LAB_WORLD_OF(kind)                                                                         \
    .properties = LAB_WORLD, .state_size = sizeof(kind##_state), .setup = kind##_setup,            \
    .tag = lab_world_tag, .verify = kind##_verify, .clear = kind##_clear

/* A random key of hmac-sha256, or the setting "key" stretched; NULL: failed. */
macaw_key *lab_world_key(lab_env *env);

/* Its tag of text in lower-case hexadecimal, 64 digits. */
enum { LAB_HEX_TAG = 64 };
void lab_world_mac(const macaw_key *key, lab_bytes text, char ret[LAB_HEX_TAG]);
bool lab_world_mac_is(const macaw_key *key, lab_bytes text, lab_bytes hex);

void lab_world_put(lab_buf *out, const char *format, ...) MACAW_PRINTF(2, 3);

/* A number of at most 18 digits, leading zeros and all: how careless programs read. */
bool lab_world_number(lab_bytes text, int64_t *ret);

#endif
