#include "session/python/python.h"

#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/ct.h"
#include "prim/md.h"

/* Hash of all parts, one after the other, by the hash under alg, an HMAC of macaw's own.
 * out has MACAW_TAG_MAX bytes. */
static int hash(const macaw_alg *alg, const macaw_part *parts, size_t n, uint8_t *out,
                size_t *out_len)
{
    const macaw_md *md = alg->param;
    size_t len = 0;

    for (size_t i = 0; i < n; i++) {
        len += parts[i].len;
    }
    uint8_t *text = malloc(len + 1), *next = text;
    if (text == NULL) {
        return MACAW_ENOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        memcpy(next, parts[i].data, parts[i].len);
        next += parts[i].len;
    }
    macaw_md_hash(md, macaw_md_pick(md, NULL, NULL), text, len, out);
    macaw_wipe(text, len);
    free(text);
    *out_len = md->digest_len;
    return MACAW_OK;
}

int macaw_python_signer_key(const macaw_alg *alg, const char *salt, const char *more_salt,
                            const char *prefix, const void *secret, size_t secret_len, uint8_t *out,
                            size_t *out_len)
{
    const macaw_part parts[] = {
        {salt, strlen(salt)},     {more_salt, strlen(more_salt)}, {"signer", 6},
        {prefix, strlen(prefix)}, {secret, secret_len},
    };

    return hash(alg, parts, sizeof parts / sizeof *parts, out, out_len);
}

macaw_str macaw_python_unquote(macaw_str text)
{
    if (text.len > 1 && text.data[0] == '"' && text.data[text.len - 1] == '"') {
        return (macaw_str){text.data + 1, text.len - 2};
    }
    return text;
}

macaw_session_reason macaw_python_read_timed(macaw_session_attempt *a, macaw_str text, char sep,
                                             macaw_python_clock *clock)
{
    macaw_session_frame *frame = &a->frame;
    macaw_str under, mac, time;

    if (!macaw_session_rsplit(text, sep, &under, &mac) ||
        !macaw_session_rsplit(under, sep, &frame->part[MACAW_PYTHON_VALUE], &time)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "is not VALUE%cTIME%cMAC", sep,
                                    sep);
    }
    if (!clock(time, &frame->number[MACAW_PYTHON_TIME])) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED,
                                    "time: missing, out of range, or not in its one spelling");
    }
    if (!macaw_session_mac_b64u(frame, mac)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED,
                                    "MAC: is not base64url in its one spelling");
    }
    macaw_session_under(frame, under.data, under.len);
    return MACAW_SESSION_OK;
}

macaw_session_reason macaw_python_json(macaw_session_attempt *a, macaw_str text)
{
    macaw_session_reason reason = MACAW_SESSION_OK;
    bool packed = text.len > 0 && text.data[0] == '.';

    if (packed) {
        text = (macaw_str){text.data + 1, text.len - 1};
    }
    if (!macaw_session_decode_b64u(a, text, &a->claims->payload)) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT,
                                    "content is not base64url in its one spelling");
    }
    if (packed) {
        reason = macaw_session_inflate(a, a->claims->payload, &a->claims->payload);
    }
    return reason == MACAW_SESSION_OK ? macaw_session_json_subject(a) : reason;
}

/* ---- shapes ---- */

bool macaw_python_like_mac(macaw_str text)
{
    uint8_t mac[MACAW_TAG_MAX + 2];
    size_t len;

    return text.len <= MACAW_BASE64URL_LEN(MACAW_TAG_MAX) &&
           macaw_base64_decode(MACAW_BASE64URL, mac, &len, text.data, text.len, NULL) == MACAW_OK &&
           (len == 20 || len == 32 || len == 48 || len == 64);
}

static bool is_base64url(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

bool macaw_python_like_json(macaw_str text, bool any)
{
    /* The first six bits of "{" and of every zlib stream with a window of 32 KB. */
    const char first = 'e';

    if (text.len > 0 && text.data[0] == '.') {
        text = (macaw_str){text.data + 1, text.len - 1};
        any = false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (!is_base64url(text.data[i])) {
            return false;
        }
    }
    return text.len > 1 && text.len % 4 != 1 && (any || text.data[0] == first);
}
