/* sc1-mac: content in clear under HMAC-SHA256. */
#include "session/sc1.h"

static const macaw_sc1_type type = {
    .number = 1,
    .body_min = 1,
    .body_max = MACAW_SC1_BLOB_MAX,
    .mac_len = 32,
    .put_body = macaw_sc1_put_body,
    .seal = macaw_sc1_put_mac,
};

static bool looks_like(const char *token, size_t len)
{
    return macaw_sc1_looks_like(&type, token, len);
}

static const char *const algs[] = {"hmac-sha256", NULL};

const macaw_session_scheme macaw_session_sc1_mac = {
    .name = "sc1-mac",
    .about = "1 base64url(header subject fields HMAC-SHA256)",
    .flags = MACAW_SESSION_NATIVE | MACAW_SESSION_ISSUES | MACAW_SESSION_KEY_IDS |
             MACAW_SESSION_EXPIRES | MACAW_SESSION_DATED | MACAW_SESSION_DATA,
    .algs = algs,
    .sc1 = &type,
    .looks_like = looks_like,
    .settle = macaw_sc1_settle,
    .expand = macaw_sc1_expand,
    .read = macaw_sc1_read,
    .content = macaw_sc1_content,
    .issue = macaw_sc1_issue,
};
