/* sc1-mac: content in clear under HMAC-SHA256. */
#include "session/sc1.h"

static const macaw_sc1_type type = {
    .number = 1,
    .body_min = 1,
    .body_max = MACAW_SC1_BLOB_MAX,
    .mac_len = 32,
};

static bool looks_like(const char *token, size_t len)
{
    return macaw_sc1_looks_like(&type, token, len);
}

static int expand(const macaw_session *session, const macaw_session_key_spec *spec,
                  macaw_session_key *key, macaw_error *err)
{
    return macaw_sc1_expand(session, spec, &type, key, err);
}

static macaw_session_reason read(macaw_session_attempt *a)
{
    return macaw_sc1_read(a, &type);
}

static int issue(const macaw_session *session, const macaw_session_key *key,
                 const macaw_session_grant *grant, char *out, size_t *out_len)
{
    macaw_sc1_blob blob;
    int status = macaw_sc1_put_header(&blob, &type, key, grant);

    status = status == MACAW_OK ? macaw_sc1_put_body(&blob, grant) : status;
    status =
        status == MACAW_OK ? macaw_sc1_put_mac(&blob, &type, session, key, grant->bind) : status;
    if (status == MACAW_OK) {
        macaw_sc1_print(&blob, out, out_len);
    }
    return status;
}

static const char *const algs[] = {"hmac-sha256", NULL};

const macaw_session_scheme macaw_session_sc1_mac = {
    .name = "sc1-mac",
    .about = "1 base64url(header subject fields HMAC-SHA256)",
    .flags = MACAW_SESSION_NATIVE | MACAW_SESSION_ISSUES | MACAW_SESSION_KEY_IDS |
             MACAW_SESSION_EXPIRES | MACAW_SESSION_DATED | MACAW_SESSION_DATA,
    .algs = algs,
    .looks_like = looks_like,
    .settle = macaw_sc1_settle,
    .expand = expand,
    .read = read,
    .content = macaw_sc1_content,
    .issue = issue,
};
