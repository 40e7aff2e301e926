/* The signing side: requests of a client, responses of a gateway. */
#include <string.h>

#include "signing/scheme.h"

static bool can_sign(const macaw_scheme *scheme, const macaw_entry *entry)
{
    return !scheme->insecure && macaw_scheme_takes(scheme, entry->alg);
}

static int finish(macaw_ctx *ctx, const macaw_entry *entry, macaw_credentials *cred)
{
    cred->mac_len = macaw_key_tag_len(entry->key);
    return macaw_finish(ctx, cred->mac, cred->mac_len);
}

int macaw_request_sign(const macaw_scheme *scheme, const macaw_entry *entry,
                       const macaw_request *request, int64_t now, bool with_kid, macaw_signed *ret)
{
    macaw_credentials cred = {.timestamp = now};
    macaw_ctx ctx;
    const macaw_sink sink = macaw_sink_mac(&ctx);
    int status;

    if (!can_sign(scheme, entry)) {
        return MACAW_EARG;
    }
    if (with_kid) {
        cred.kid = (macaw_str){entry->kid, strlen(entry->kid)};
    }
    status = macaw_start(&ctx, entry->key, NULL, 0);
    if (status != MACAW_OK) {
        return status;
    }
    status = scheme->request_base(request, &cred, &sink);
    if (status != MACAW_OK) {
        macaw_ctx_end(&ctx);
        return status;
    }
    status = finish(&ctx, entry, &cred);
    if (status != MACAW_OK) {
        return status;
    }
    ret->count = 0;
    return scheme->emit_request(&cred, ret);
}

int macaw_response_start(macaw_ctx *ctx, const macaw_scheme *scheme, const macaw_entry *entry,
                         int64_t now)
{
    const macaw_credentials cred = {.timestamp = now};
    const macaw_sink sink = macaw_sink_mac(ctx);
    int status;

    if (!can_sign(scheme, entry)) {
        return MACAW_EARG;
    }
    status = macaw_start(ctx, entry->key, NULL, 0);
    if (status != MACAW_OK) {
        return status;
    }
    status = scheme->response_prefix(&cred, &sink);
    if (status != MACAW_OK) {
        macaw_ctx_end(ctx);
    }
    return status;
}

int macaw_response_finish(macaw_ctx *ctx, const macaw_scheme *scheme, const macaw_entry *entry,
                          int64_t now, macaw_signed *ret)
{
    macaw_credentials cred = {.timestamp = now};
    int status;

    if (!can_sign(scheme, entry)) {
        macaw_ctx_end(ctx);
        return MACAW_EARG;
    }
    status = finish(ctx, entry, &cred);
    if (status != MACAW_OK) {
        return status;
    }
    ret->count = 0;
    return scheme->emit_response(&cred, ret);
}
