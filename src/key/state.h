/* Key states by name and by date. */
#ifndef MACAW_KEY_STATE_H
#define MACAW_KEY_STATE_H

#include <stdbool.h>

#include <macaw/keyring.h>

/* MACAW_ENOTFOUND: no state of that name. */
int macaw_key_state_find(const char *name, macaw_key_state *ret) MACAW_MUST_USE;

bool macaw_key_state_valid(macaw_key_state state);

/* Whether there can be a time at which macaw_entry_state answers MACAW_VERIFY. */
bool macaw_entry_may_verify_only(const macaw_entry *entry);

#endif
