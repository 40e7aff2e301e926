/* sc1-handle: the session is kept by the server, the token names it. Subject and
 * data of a grant belong in the record, which is found by the SHA-256 of the
 * secret part: who reads the records cannot make a token of one. */
#include "prim/md.h"
#include "session/sc1.h"

static int put_body(macaw_sc1_blob *blob, const macaw_session_grant *grant)
{
    if (grant->chain != NULL) {
        return MACAW_EARG;
    }
    return grant->handle != NULL ? macaw_sc1_put(blob, grant->handle, MACAW_SESSION_HANDLE_LEN)
                                 : macaw_sc1_put_random(blob, MACAW_SESSION_HANDLE_LEN);
}

static const macaw_sc1_type type = {
    .number = 4,
    .body_min = MACAW_SESSION_HANDLE_LEN,
    .body_max = MACAW_SESSION_HANDLE_LEN,
    .mac_len = 32,
    .put_body = put_body,
    .seal = macaw_sc1_put_mac,
};

static bool looks_like(const char *token, size_t len)
{
    return macaw_sc1_looks_like(&type, token, len);
}

static macaw_session_reason content(macaw_session_attempt *a, const macaw_session_key *key)
{
    macaw_session_claims *claims = a->claims;

    (void)key;
    claims->handle_secret = a->frame.part[MACAW_SC1_BODY];
    macaw_md_hash(&macaw_sha256, macaw_md_pick(&macaw_sha256, NULL, NULL),
                  claims->handle_secret.data, claims->handle_secret.len, claims->handle);
    return macaw_sc1_header(a);
}

static const char *const algs[] = {"hmac-sha256", NULL};

const macaw_session_scheme macaw_session_sc1_handle = {
    .name = "sc1-handle",
    .about = "1 base64url(header random HMAC-SHA256)",
    .flags = MACAW_SESSION_NATIVE | MACAW_SESSION_ISSUES | MACAW_SESSION_KEY_IDS |
             MACAW_SESSION_EXPIRES | MACAW_SESSION_DATED | MACAW_SESSION_RECORD,
    .algs = algs,
    .sc1 = &type,
    .looks_like = looks_like,
    .settle = macaw_sc1_settle,
    .expand = macaw_sc1_expand,
    .read = macaw_sc1_read,
    .content = content,
    .issue = macaw_sc1_issue,
};
