#include <macaw/signing.h>

#include <stdio.h>
#include <string.h>

#include "signing/scheme.h"

static macaw_reason claim_reason(int claim)
{
    static const macaw_reason reasons[] = {
        [MACAW_CLAIM_NEW] = MACAW_REASON_OK,
        [MACAW_CLAIM_SEEN] = MACAW_REASON_REPLAY,
        /* Freshness was judged before: a time that the table cannot vouch for
         * although it is in the window is from before the table's memory. */
        [MACAW_CLAIM_STALE] = MACAW_REASON_RESTARTED,
        [MACAW_CLAIM_FULL] = MACAW_REASON_STORE_FULL,
    };

    return claim >= 0 && (size_t)claim < sizeof reasons / sizeof *reasons ? reasons[claim]
                                                                          : MACAW_REASON_INTERNAL;
}

static const char *claim_detail(macaw_reason reason)
{
    switch (reason) {
    case MACAW_REASON_REPLAY:
        return "this MAC was accepted before";
    case MACAW_REASON_RESTARTED:
        return "timestamp from before what the replay table remembers";
    case MACAW_REASON_STORE_FULL:
        return "the replay table is full";
    default:
        return "claiming the replay entry failed";
    }
}

static bool is_claimable(int64_t seconds)
{
    return seconds >= 0 && seconds <= UINT32_MAX;
}

void macaw_request_claim(macaw_replay *table, int64_t now, macaw_verdict *verdict)
{
    int claim = MACAW_EARG;

    if (verdict->reason != MACAW_REASON_OK) {
        return;
    }
    if (is_claimable(now) && is_claimable(verdict->timestamp)) {
        const char *scheme = macaw_scheme_name(verdict->scheme);
        const macaw_claim_id id = {
            .part = {{scheme, strlen(scheme)},
                     {verdict->entry->fingerprint, MACAW_FINGERPRINT_LEN},
                     {verdict->mac, verdict->mac_len}},
            .parts = 3,
            .timestamp = (uint32_t)verdict->timestamp,
        };
        claim = macaw_replay_claim(table, &id, (uint32_t)now);
    }
    verdict->reason = claim_reason(claim);
    if (verdict->reason == MACAW_REASON_OK) {
        return; /* most claims: no formatting; detail is empty already */
    }
    (void)snprintf(verdict->detail, MACAW_DETAIL_MAX, "%s", claim_detail(verdict->reason));
}
