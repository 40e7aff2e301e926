/* What a client does with a signed response. */
#include <stdio.h>

#include "signing/fields.h"
#include "signing/skew.h"

#define REASON_MAX 32

/* A gateway's own word, e.g. "too-large"; anything else is not repeated. */
static bool is_plain_word(const macaw_str *word)
{
    for (size_t i = 0; i < word->len; i++) {
        char c = word->data[i];
        if (!((c >= 'a' && c <= 'z') || c == '-')) {
            return false;
        }
    }
    return word->len > 0 && word->len <= REASON_MAX;
}

static bool is_marked_unsigned(const macaw_field *fields, size_t count, char *detail)
{
    macaw_header mark = {.name = MACAW_STR("X-Macaw-Unsigned")};

    macaw_headers_find(&mark, 1, fields, count);
    if (mark.count == 0) {
        return false;
    }
    if (is_plain_word(&mark.value)) {
        (void)snprintf(detail, MACAW_DETAIL_MAX, "marked as unsigned: %.*s", (int)mark.value.len,
                       mark.value.data);
    } else {
        (void)snprintf(detail, MACAW_DETAIL_MAX, "marked as unsigned");
    }
    return true;
}

static macaw_reason read_response(const macaw_scheme *scheme, const macaw_entry *entry,
                                  const macaw_field *fields, size_t count, macaw_credentials *cred,
                                  char *detail)
{
    macaw_reason reason;

    if (is_marked_unsigned(fields, count, detail)) {
        return MACAW_REASON_MISSING;
    }
    reason = scheme->read_response(fields, count, cred, detail);
    if (reason == MACAW_REASON_MISSING) {
        (void)snprintf(detail, MACAW_DETAIL_MAX, "the response is not signed");
    } else if (reason == MACAW_REASON_OK && (!macaw_scheme_takes(scheme, entry->alg) ||
                                             cred->mac_len != macaw_key_tag_len(entry->key))) {
        (void)snprintf(detail, MACAW_DETAIL_MAX, "key %s is not for a MAC of %zu bytes under %s",
                       entry->kid, cred->mac_len, scheme->name);
        reason = MACAW_REASON_ALGORITHM;
    }
    return reason;
}

int macaw_response_check_start(macaw_ctx *ctx, const macaw_scheme *scheme, const macaw_entry *entry,
                               const macaw_field *fields, size_t field_count,
                               macaw_verdict *verdict)
{
    const macaw_sink sink = macaw_sink_mac(ctx);
    macaw_credentials cred;
    int status;

    *verdict = (macaw_verdict){.scheme = scheme};
    verdict->reason = read_response(scheme, entry, fields, field_count, &cred, verdict->detail);
    if (verdict->reason != MACAW_REASON_OK) {
        return MACAW_EFORMAT;
    }
    macaw_verdict_take(verdict, &cred, cred.timestamp);
    verdict->reason = MACAW_REASON_INTERNAL;
    status = macaw_start(ctx, entry->key, NULL, 0);
    if (status != MACAW_OK) {
        return status;
    }
    status = scheme->response_prefix(&cred, &sink);
    if (status != MACAW_OK) {
        macaw_ctx_end(ctx);
        return status;
    }
    /* Not OK before the end; entry waits there for its MAC to verify. */
    verdict->reason = MACAW_REASON_MISMATCH;
    verdict->entry = entry;
    return MACAW_OK;
}

void macaw_response_check_finish(macaw_ctx *ctx, uint32_t window, int64_t now,
                                 macaw_verdict *verdict)
{
    int status = macaw_finish_verify(ctx, verdict->mac, verdict->mac_len);

    verdict->skew = now - verdict->timestamp;
    verdict->mac_ok = status == MACAW_OK;
    if (verdict->mac_ok) {
        verdict->reason = macaw_skew_judge(verdict, window);
        return;
    }
    verdict->entry = NULL;
    verdict->reason = status == MACAW_EFORGED ? MACAW_REASON_MISMATCH : MACAW_REASON_INTERNAL;
    (void)snprintf(verdict->detail, MACAW_DETAIL_MAX, "%s",
                   status == MACAW_EFORGED ? "not the MAC of this content and time"
                                           : "computing the MAC failed");
}
