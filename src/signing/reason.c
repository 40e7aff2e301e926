#include <macaw/signing.h>

static const struct {
    const char *name;
    int http_status;
} reasons[MACAW_REASON_COUNT] = {
    [MACAW_REASON_OK] = {"ok", 200},
    [MACAW_REASON_MISSING] = {"missing", 401},
    [MACAW_REASON_MALFORMED] = {"malformed", 400},
    [MACAW_REASON_UNKNOWN_KEY] = {"unknown-key", 401},
    [MACAW_REASON_KEY_STATE] = {"key-state", 401},
    [MACAW_REASON_ALGORITHM] = {"algorithm", 401},
    [MACAW_REASON_UNCOVERED] = {"uncovered", 401},
    [MACAW_REASON_MISMATCH] = {"mismatch", 401},
    [MACAW_REASON_KEY_NOT_ALLOWED] = {"key-not-allowed", 401},
    [MACAW_REASON_STALE] = {"stale", 401},
    [MACAW_REASON_EARLY] = {"early", 401},
    [MACAW_REASON_RESTARTED] = {"restarted", 401},
    [MACAW_REASON_REPLAY] = {"replay", 401},
    [MACAW_REASON_STORE_FULL] = {"store-full", 503},
    [MACAW_REASON_INTERNAL] = {"internal", 500},
};

/* A value that is no reason reads as internal. */
static macaw_reason known(macaw_reason reason)
{
    return (unsigned)reason < MACAW_REASON_COUNT ? reason : MACAW_REASON_INTERNAL;
}

const char *macaw_reason_name(macaw_reason reason)
{
    return reasons[known(reason)].name;
}

int macaw_reason_http_status(macaw_reason reason)
{
    return reasons[known(reason)].http_status;
}
