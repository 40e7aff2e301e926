#include "key/state.h"

#include <string.h>

static const char *const names[] = {
    [MACAW_PENDING] = "pending",
    [MACAW_ACTIVE] = "active",
    [MACAW_VERIFY] = "verify",
    [MACAW_RETIRED] = "retired",
};

#define STATE_COUNT (sizeof names / sizeof *names)

const char *macaw_key_state_name(macaw_key_state state)
{
    return (size_t)state < STATE_COUNT ? names[state] : "unknown";
}

int macaw_key_state_find(const char *name, macaw_key_state *ret)
{
    for (size_t i = 0; i < STATE_COUNT; i++) {
        if (strcmp(name, names[i]) == 0) {
            *ret = (macaw_key_state)i;
            return MACAW_OK;
        }
    }
    return MACAW_ENOTFOUND;
}

bool macaw_key_state_valid(macaw_key_state state)
{
    return (size_t)state < STATE_COUNT;
}

/* A date that is present and has come: it has come in its own second. */
static bool reached(int64_t date, int64_t now)
{
    return date != 0 && date <= now;
}

/* The state at a time of a key written like that; a date of 0 is absent. */
static macaw_key_state state_at(macaw_key_state written, int64_t nbf, int64_t sign_until,
                                int64_t exp, int64_t now)
{
    if (written == MACAW_RETIRED || reached(exp, now)) {
        return MACAW_RETIRED;
    }
    if (written == MACAW_VERIFY) {
        return MACAW_VERIFY;
    }
    if (!reached(nbf, now) && !(nbf == 0 && written == MACAW_ACTIVE)) {
        return MACAW_PENDING;
    }
    return reached(sign_until, now) ? MACAW_VERIFY : MACAW_ACTIVE;
}

macaw_key_state macaw_entry_state(const macaw_entry *entry, int64_t now)
{
    return state_at(entry->state, entry->nbf, entry->sign_until, entry->exp, now);
}

macaw_key_state macaw_jwk_state(const macaw_jwk *jwk, int64_t now)
{
    return state_at(jwk->state, jwk->nbf, jwk->sign_until, jwk->exp, now);
}

bool macaw_entry_may_verify_only(const macaw_entry *entry)
{
    return entry->state == MACAW_VERIFY || entry->sign_until != 0;
}
