/* sc1-aead: content encrypted with AES-256-GCM. Each token has a key and a nonce of
 * its own, derived from the master key, the context and a random salt. */
#include "base/ct.h"
#include "key/hkdf.h"
#include "session/gcm.h"
#include "session/sc1.h"

#define TOKEN_KEY_LEN (MACAW_GCM_KEY_LEN + MACAW_GCM_NONCE_LEN)

static int derive(const macaw_session *session, const macaw_session_key *key, const void *salt,
                  uint8_t out[TOKEN_KEY_LEN])
{
    uint8_t info[MACAW_SC1_CONTEXT_MAX + 2 + MACAW_SC1_SALT_LEN];
    size_t len = macaw_sc1_context(&session->config, info);
    const macaw_part part = {info, len + 2 + MACAW_SC1_SALT_LEN};

    info[len] = 0;
    info[len + 1] = MACAW_SC1_SALT_LEN;
    memcpy(info + len + 2, salt, MACAW_SC1_SALT_LEN);
    return macaw_hkdf_expand_with(key->mac, &part, out, TOKEN_KEY_LEN);
}

/* Leaves the content where it was encrypted before. */
static macaw_session_reason authenticate(macaw_session_attempt *a, const macaw_session_key *key)
{
    macaw_session_frame *frame = &a->frame;
    macaw_str *body = &frame->part[MACAW_SC1_BODY];
    uint8_t secret[TOKEN_KEY_LEN], *content = macaw_session_take(&a->room, body->len);
    const macaw_gcm gcm = {
        secret, secret + MACAW_GCM_KEY_LEN, {frame->under[0].data, frame->under[0].len}};
    int status = content != NULL ? MACAW_OK : MACAW_ENOMEM;

    if (status == MACAW_OK) {
        status = derive(a->session, key, frame->part[MACAW_SC1_SALT].data, secret);
    }
    if (status == MACAW_OK) {
        status = macaw_gcm_open(&gcm, *body, frame->mac, content);
    }
    macaw_wipe(secret, sizeof secret);
    if (status != MACAW_OK) {
        return status == MACAW_EFORGED ? MACAW_SESSION_MISMATCH : MACAW_SESSION_INTERNAL;
    }
    body->data = (const char *)content;
    return MACAW_SESSION_OK;
}

static int seal(const macaw_session *session, const macaw_session_key *key, macaw_sc1_blob *blob,
                macaw_str bind)
{
    const size_t head = MACAW_SC1_HEADER_LEN + MACAW_SC1_SALT_LEN;
    uint8_t aad[MACAW_SC1_PREFIX_MAX + MACAW_SC1_HEADER_LEN + MACAW_SC1_SALT_LEN];
    uint8_t secret[TOKEN_KEY_LEN], tag[MACAW_GCM_TAG_LEN], *body = blob->bytes + head;
    size_t prefix_len = macaw_sc1_prefix(&session->config, bind, aad);
    const macaw_gcm gcm = {
        secret, secret + MACAW_GCM_KEY_LEN, {(const char *)aad, prefix_len + head}};
    int status = derive(session, key, blob->bytes + MACAW_SC1_HEADER_LEN, secret);

    memcpy(aad + prefix_len, blob->bytes, head);
    if (status == MACAW_OK) {
        status = macaw_gcm_seal(&gcm, (macaw_str){(const char *)body, blob->len - head}, body, tag);
    }
    macaw_wipe(secret, sizeof secret);
    return status == MACAW_OK ? macaw_sc1_put(blob, tag, sizeof tag) : status;
}

static const macaw_sc1_type type = {
    .number = 2,
    .salt_len = MACAW_SC1_SALT_LEN,
    .body_min = 1,
    .body_max = MACAW_SC1_BLOB_MAX,
    .mac_len = MACAW_GCM_TAG_LEN,
    .put_body = macaw_sc1_put_body,
    .seal = seal,
};

static bool looks_like(const char *token, size_t len)
{
    return macaw_sc1_looks_like(&type, token, len);
}

static const char *const algs[] = {"hmac-sha256", NULL};

const macaw_session_scheme macaw_session_sc1_aead = {
    .name = "sc1-aead",
    .about = "1 base64url(header salt AES-256-GCM(subject fields) tag)",
    .flags = MACAW_SESSION_NATIVE | MACAW_SESSION_ISSUES | MACAW_SESSION_KEY_IDS |
             MACAW_SESSION_EXPIRES | MACAW_SESSION_DATED | MACAW_SESSION_SEALED |
             MACAW_SESSION_DATA,
    .algs = algs,
    .sc1 = &type,
    .looks_like = looks_like,
    .settle = macaw_sc1_settle,
    .expand = macaw_sc1_expand,
    .read = macaw_sc1_read,
    .authenticate = authenticate,
    .content = macaw_sc1_content,
    .issue = macaw_sc1_issue,
};
