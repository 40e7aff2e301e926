/* sc1: putting tokens together. */
#include "base/codec.h"
#include "base/ct.h"
#include "base/random.h"
#include "session/sc1.h"

int macaw_sc1_put(macaw_sc1_blob *blob, const void *data, size_t len)
{
    if (len > sizeof blob->bytes - blob->len) {
        return MACAW_EARG;
    }
    if (len > 0) {
        memcpy(blob->bytes + blob->len, data, len);
    }
    blob->len += len;
    return MACAW_OK;
}

int macaw_sc1_put_random(macaw_sc1_blob *blob, size_t len)
{
    if (len > sizeof blob->bytes - blob->len) {
        return MACAW_EARG;
    }
    int status = macaw_random(blob->bytes + blob->len, len);
    blob->len += status == MACAW_OK ? len : 0;
    return status;
}

static int put_number(macaw_sc1_blob *blob, int64_t number, size_t len)
{
    uint8_t bytes[8];

    for (size_t i = len; i-- > 0; number >>= 8) {
        bytes[i] = (uint8_t)number;
    }
    return number == 0 ? macaw_sc1_put(blob, bytes, len) : MACAW_EARG;
}

/* Each number in a field that holds it, or MACAW_EARG. */
static int put_times(macaw_sc1_blob *blob, const macaw_session_grant *grant)
{
    int64_t since = grant->issued - grant->login;
    int64_t cap = grant->lifetime != 0 ? grant->lifetime : since + grant->ttl;
    int status = since < cap ? put_number(blob, grant->login, 5) : MACAW_EARG;

    status = status == MACAW_OK ? put_number(blob, since, 3) : status;
    status = status == MACAW_OK ? put_number(blob, grant->ttl, 3) : status;
    return status == MACAW_OK ? put_number(blob, cap, 3) : status;
}

int macaw_sc1_put_header(const macaw_session *session, const macaw_session_key *key,
                         const macaw_session_grant *grant, macaw_sc1_blob *blob)
{
    const char *kid = key->life.kid;
    const uint8_t start[] = {session->config.scheme->sc1->number, 0};
    int64_t number;
    int status;

    blob->len = 0;
    if (grant->bind.len > MACAW_SC1_BIND_MAX ||
        !macaw_session_decimal((macaw_str){kid, strlen(kid)}, &number)) {
        return MACAW_EARG;
    }
    status = macaw_sc1_put(blob, start, sizeof start);
    status = status == MACAW_OK ? put_number(blob, number, 2) : status;
    status = status == MACAW_OK ? put_times(blob, grant) : status;
    status = status == MACAW_OK ? put_number(blob, grant->generation, 2) : status;
    if (status != MACAW_OK) {
        return status;
    }
    return grant->sid != NULL ? macaw_sc1_put(blob, grant->sid, MACAW_SESSION_SID_LEN)
                              : macaw_sc1_put_random(blob, MACAW_SESSION_SID_LEN);
}

static int put_field(macaw_sc1_blob *blob, uint8_t tag, const void *value, size_t len)
{
    int status = macaw_sc1_put(blob, &tag, 1);

    status = status == MACAW_OK ? put_number(blob, (int64_t)len, 2) : status;
    return status == MACAW_OK ? macaw_sc1_put(blob, value, len) : status;
}

int macaw_sc1_put_body(macaw_sc1_blob *blob, const macaw_session_grant *grant)
{
    const macaw_str *subject = &grant->subject, *data = &grant->data;
    int status = macaw_session_is_subject(*subject) ? put_number(blob, (int64_t)subject->len, 1)
                                                    : MACAW_EARG;

    if (status == MACAW_OK) {
        status = macaw_sc1_put(blob, subject->data, subject->len);
    }
    if (status == MACAW_OK && data->len > 0) {
        status = put_field(blob, MACAW_SC1_DATA, data->data, data->len);
    }
    if (status == MACAW_OK && grant->chain != NULL) {
        status = put_field(blob, MACAW_SC1_CHAIN, grant->chain, MACAW_SC1_CHAIN_LEN);
    }
    return status;
}

int macaw_sc1_put_mac(const macaw_session *session, const macaw_session_key *key,
                      macaw_sc1_blob *blob, macaw_str bind)
{
    uint8_t prefix[MACAW_SC1_PREFIX_MAX], mac[MACAW_TAG_MAX];
    const macaw_part parts[] = {{prefix, macaw_sc1_prefix(&session->config, bind, prefix)},
                                {blob->bytes, blob->len}};
    int status = macaw_prf(key->mac, parts, 2, mac);

    return status == MACAW_OK ? macaw_sc1_put(blob, mac, macaw_key_tag_len(key->mac)) : status;
}

void macaw_sc1_print(const macaw_sc1_blob *blob, char *out, size_t *out_len)
{
    out[0] = '1';
    *out_len = 1 + macaw_base64_encode(MACAW_BASE64URL, out + 1, blob->bytes, blob->len);
    out[*out_len] = '\0';
}

int macaw_sc1_issue(const macaw_session *session, const macaw_session_key *key,
                    const macaw_session_grant *grant, char *out, size_t *out_len)
{
    const macaw_sc1_type *type = session->config.scheme->sc1;
    macaw_sc1_blob blob;
    int status = macaw_sc1_put_header(session, key, grant, &blob);

    status = status == MACAW_OK ? macaw_sc1_put_random(&blob, type->salt_len) : status;
    status = status == MACAW_OK ? type->put_body(&blob, grant) : status;
    status = status == MACAW_OK ? type->seal(session, key, &blob, grant->bind) : status;
    if (status == MACAW_OK) {
        macaw_sc1_print(&blob, out, out_len);
    }
    macaw_wipe(&blob, sizeof blob);
    return status;
}
