/* One key of a keyring: every rule about it, whether it comes from a file or
 * from macaw_keyring_add. */
#ifndef MACAW_KEY_ENTRY_H
#define MACAW_KEY_ENTRY_H

#include <macaw/keyring.h>

/* Refusals name the entry: its index in "keys" and, once it is known to be
 * well-formed, its kid. Values are never printed, so no secret can be. */
typedef struct macaw_entry_site {
    macaw_error *err; /* may be NULL */
    size_t index;
    const char *kid; /* NULL: not known yet */
} macaw_entry_site;

/* Fill site->err with 'keys[3] "kid": member: why' and return status. */
int macaw_entry_refuse(const macaw_entry_site *site, int status, const char *member,
                       const char *why);

/* Set site->kid to a well-formed kid; MACAW_EFORMAT for any other, or NULL. */
int macaw_entry_check_kid(macaw_entry_site *site, const char *kid) MACAW_MUST_USE;

bool macaw_kid_spelled(const char *kid);
bool macaw_use_spelled(const char *use);

/* kid as above, then use and state. */
int macaw_entry_check_names(macaw_entry_site *site, const char *kid, const char *use,
                            macaw_key_state state) MACAW_MUST_USE;

/* Identifies a secret: see macaw_entry. */
int macaw_secret_fingerprint(uint8_t out[MACAW_FINGERPRINT_LEN], const uint8_t *secret,
                             size_t n) MACAW_MUST_USE;

/* Dates of an entry, 0 where absent: MACAW_EFORMAT names the wrong one. */
typedef struct macaw_entry_dates {
    int64_t iat, nbf, sign_until, exp;
} macaw_entry_dates;
int macaw_entry_check_dates(const macaw_entry_site *site,
                            const macaw_entry_dates *dates) MACAW_MUST_USE;

/* Check everything that one entry alone can get wrong, and fill ret, whose key
 * the caller then owns. ret is untouched on failure. */
int macaw_entry_init(macaw_entry *ret, const macaw_entry_spec *spec,
                     macaw_entry_site *site) MACAW_MUST_USE;

#endif
