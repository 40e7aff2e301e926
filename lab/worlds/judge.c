/* Worlds of a judge who asks whether alice wrote a text. Bob, with whom she exchanges
 * messages, attacks. Handed in: TEXT|DIGITS. Wronged: the judge holds her to it, and she
 * wrote nothing of the kind.
 *   bobs-key    what bob has to verify her messages with
 *   alice-says  a text; what she puts behind it */
#include <openssl/evp.h>

#include "base/codec.h"
#include "worlds/world.h"

enum { KEY = 32, SIGNATURE_MAX = 64 };

typedef struct judge_state {
    uint8_t secret[KEY];
    macaw_key *mac;   /* alice's and bob's */
    EVP_PKEY *signer; /* hers alone; NULL: she uses the MAC */
    lab_buf said;
} judge_state;

static bool judge_setup(void *state, const lab_target *self, lab_env *env)
{
    judge_state *s = state;

    lab_draw_key(env, s->secret, KEY);
    if (self->param != NULL) {
        s->signer = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, s->secret, KEY);
        return s->signer != NULL;
    }
    return macaw_key_new(&s->mac, macaw_alg_find("hmac-sha256"), s->secret, KEY, NULL) == MACAW_OK;
}

static bool bobs_key(void *state, lab_bytes in, lab_buf *out)
{
    const judge_state *s = state;
    uint8_t public[KEY];
    size_t len = KEY;
    bool done = s->signer == NULL || EVP_PKEY_get_raw_public_key(s->signer, public, &len) == 1;

    (void)in;
    lab_buf_add(out, s->signer == NULL ? s->secret : public, KEY);
    return done;
}

static bool sign(const judge_state *s, lab_bytes text, uint8_t ret[SIGNATURE_MAX], size_t *len)
{
    EVP_MD_CTX *ctx;
    bool done;

    if (s->signer == NULL) {
        *len = KEY;
        return macaw_tag(s->mac, &(macaw_msg){NULL, text.data, text.len}, ret, KEY) == MACAW_OK;
    }
    *len = SIGNATURE_MAX;
    ctx = EVP_MD_CTX_new();
    done = ctx != NULL && EVP_DigestSignInit(ctx, NULL, NULL, NULL, s->signer) == 1 &&
           EVP_DigestSign(ctx, ret, len, text.data, text.len) == 1;
    EVP_MD_CTX_free(ctx);
    return done;
}

static bool alice_says(void *state, lab_bytes text, lab_buf *out)
{
    judge_state *s = state;
    uint8_t raw[SIGNATURE_MAX];
    char hex[2 * SIGNATURE_MAX];
    size_t len;

    if (!lab_bytes_equal(text, lab_text("I owe Bob 1 euro")) || !sign(s, text, raw, &len)) {
        return false;
    }
    macaw_hex_encode(hex, raw, len);
    s->said.len = 0;
    lab_buf_add(&s->said, text.data, text.len);
    lab_buf_add(out, hex, 2 * len);
    return true;
}

/* The judge: the same computation for a MAC, alice's public key for a signature. */
static bool judge_believes(const judge_state *s, lab_bytes text, const uint8_t *raw, size_t len)
{
    EVP_MD_CTX *ctx;
    bool good;

    if (s->signer == NULL) {
        return macaw_verify(s->mac, &(macaw_msg){NULL, text.data, text.len}, raw, len) == MACAW_OK;
    }
    ctx = EVP_MD_CTX_new();
    good = ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, s->signer) == 1 &&
           EVP_DigestVerify(ctx, raw, len, text.data, text.len) == 1;
    EVP_MD_CTX_free(ctx);
    return good;
}

static bool judge_verify(void *state, const lab_input *in, lab_bytes tag)
{
    const judge_state *s = state;
    lab_bytes text, hex;
    uint8_t raw[SIGNATURE_MAX];

    (void)tag;
    return lab_cut(in->message, '|', &text, &hex) && hex.len <= sizeof raw * 2 &&
           macaw_hex_decode(raw, (const char *)hex.data, hex.len, NULL) == MACAW_OK &&
           judge_believes(s, text, raw, hex.len / 2) &&
           !lab_bytes_equal(text, lab_buf_bytes(&s->said));
}

static void judge_clear(void *state)
{
    judge_state *s = state;

    macaw_key_free(s->mac);
    EVP_PKEY_free(s->signer);
    lab_buf_free(&s->said);
}

static const lab_action actions[] = {
    {"bobs-key", bobs_key}, {"alice-says", alice_says}, {NULL, NULL}};

extern const lab_target lab_judge_mac, lab_judge_signature;

const lab_target lab_judge_mac = {
    .name = "judge-mac",
    .title = "alice's statements under a MAC whose key bob has, too",
    .advice = "a signature, whose key is alice's alone: Ed25519, as in sc1-ed25519",
    .actions = actions,
    LAB_WORLD_OF(judge),
};

const lab_target lab_judge_signature = {
    .name = "judge-signature",
    .title = "alice's statements under an Ed25519 signature",
    .param = "ed25519",
    .actions = actions,
    LAB_WORLD_OF(judge),
};
