/* Worlds of a channel that encrypts with AES-128-CBC and authenticates with hmac-sha256,
 * 16 bytes of it, under another key. Alice sends one secret of 16 digits. Actions:
 *   eavesdrop  the secret's packet: IV, ciphertext, and the tag where it is in clear
 *   deliver    a packet; the receiver's answer: "ok", "wrong padding", "wrong MAC"
 *   toss       a packet of the same secret again, or of another: a coin decides
 * Handed in: the secret; or, after a toss, "same" or "other". Wronged: it is right.
 *   clear  no encryption; mte MAC, then encrypt; eam both of the plaintext; etm encrypt,
 *   then MAC */
#include <string.h>

#include <openssl/evp.h>

#include "base/ct.h"
#include "worlds/world.h"

enum { BLOCK = 16, TAG = 16, SECRET = 16, PLAIN_MAX = 64, PACKET_MAX = 96 };

enum order { CLEAR, MTE, EAM, ETM };

typedef struct channel_state {
    enum order order;
    macaw_key *mac;
    uint8_t cipher_key[BLOCK];
    lab_rng *rng;
    char secret[SECRET], other[SECRET];
    int coin; /* -1: not tossed; 1: same */
} channel_state;

static void draw_digits(lab_rng *rng, char ret[SECRET])
{
    for (int i = 0; i < SECRET; i++) {
        ret[i] = (char)('0' + lab_rng_below(rng, 10));
    }
}

static bool channel_setup(void *state, const lab_target *self, lab_env *env)
{
    channel_state *s = state;

    s->order = *(const enum order *)self->param;
    s->rng = env->rng;
    s->coin = -1;
    lab_rng_bytes(env->rng, s->cipher_key, sizeof s->cipher_key);
    draw_digits(env->rng, s->secret);
    draw_digits(env->rng, s->other);
    s->mac = lab_world_key(env);
    return s->mac != NULL;
}

/* ---- the two layers ---- */

static void tag_of(const channel_state *s, const uint8_t *data, size_t len, uint8_t ret[TAG])
{
    uint8_t whole[32] = {0};

    (void)!macaw_tag(s->mac, &(macaw_msg){NULL, data, len}, whole, sizeof whole);
    memcpy(ret, whole, TAG);
}

/* CBC without padding of its own. */
static bool cbc(const channel_state *s, bool encrypt, const uint8_t iv[BLOCK], const uint8_t *in,
                size_t len, uint8_t *out)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n = 0;
    bool done = ctx != NULL &&
                EVP_CipherInit_ex(ctx, EVP_aes_128_cbc(), NULL, s->cipher_key, iv, encrypt) == 1 &&
                EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
                EVP_CipherUpdate(ctx, out, &n, in, (int)len) == 1;

    EVP_CIPHER_CTX_free(ctx);
    return done;
}

/* n bytes, each n, fill the last block. */
static size_t pad(uint8_t *text, size_t len)
{
    size_t n = BLOCK - len % BLOCK;

    memset(text + len, (int)n, n);
    return len + n;
}

static bool unpad(const uint8_t *text, size_t *len)
{
    size_t n = text[*len - 1];

    for (size_t i = 1; i <= n && n <= BLOCK; i++) {
        if (text[*len - i] != n) {
            return false;
        }
    }
    *len -= n <= BLOCK ? n : 0;
    return n > 0 && n <= BLOCK;
}

/* ---- the channel ---- */

static bool send_packet(channel_state *s, const char text[SECRET], lab_buf *out)
{
    uint8_t plain[PLAIN_MAX], packet[PACKET_MAX], tag[TAG];
    size_t len = SECRET;

    memcpy(plain, text, SECRET);
    tag_of(s, plain, SECRET, tag);
    lab_rng_bytes(s->rng, packet, BLOCK);
    if (s->order == CLEAR) {
        lab_buf_add(out, plain, SECRET);
        lab_buf_add(out, tag, TAG);
        return true;
    }
    if (s->order == MTE) {
        memcpy(plain + len, tag, TAG);
        len += TAG;
    }
    len = pad(plain, len);
    if (!cbc(s, true, packet, plain, len, packet + BLOCK)) {
        return false;
    }
    if (s->order == ETM) {
        tag_of(s, packet, BLOCK + len, tag);
    }
    lab_buf_add(out, packet, BLOCK + len);
    lab_buf_add(out, tag, s->order != MTE ? TAG : 0);
    return true;
}

/* NULL: good. */
static const char *receive(const channel_state *s, lab_bytes packet)
{
    size_t behind = s->order == MTE ? 0 : TAG;
    uint8_t plain[PACKET_MAX], tag[TAG];
    const uint8_t *sent;
    size_t len;

    if (packet.len < 2 * BLOCK + behind || packet.len > PACKET_MAX ||
        (packet.len - behind) % BLOCK != 0) {
        return "wrong length";
    }
    len = packet.len - behind - BLOCK;
    sent = packet.data + packet.len - TAG;
    if (s->order == ETM) {
        tag_of(s, packet.data, packet.len - TAG, tag);
        if (!macaw_ct_equal(tag, sent, TAG)) {
            return "wrong MAC";
        }
    }
    if (!cbc(s, false, packet.data, packet.data + BLOCK, len, plain) || !unpad(plain, &len)) {
        return "wrong padding";
    }
    if (s->order == MTE) {
        if (len < TAG) {
            return "wrong MAC";
        }
        len -= TAG;
        sent = plain + len;
    }
    tag_of(s, plain, len, tag);
    return s->order == ETM || macaw_ct_equal(tag, sent, TAG) ? NULL : "wrong MAC";
}

/* ---- actions ---- */

static bool eavesdrop(void *state, lab_bytes in, lab_buf *out)
{
    channel_state *s = state;

    (void)in;
    return send_packet(s, s->secret, out) &&
           (s->order == CLEAR || receive(s, lab_buf_bytes(out)) == NULL);
}

static bool deliver(void *state, lab_bytes packet, lab_buf *out)
{
    const char *wrong = receive(state, packet);

    lab_world_put(out, "%s", wrong != NULL ? wrong : "ok");
    return true;
}

static bool toss(void *state, lab_bytes in, lab_buf *out)
{
    channel_state *s = state;

    (void)in;
    s->coin = (int)lab_rng_below(s->rng, 2);
    return send_packet(s, s->coin == 1 ? s->secret : s->other, out);
}

static bool channel_verify(void *state, const lab_input *in, lab_bytes tag)
{
    const channel_state *s = state;

    (void)tag;
    return s->coin >= 0
               ? lab_bytes_equal(in->message, lab_text(s->coin == 1 ? "same" : "other"))
               : lab_bytes_equal(in->message, (lab_bytes){(const uint8_t *)s->secret, SECRET});
}

static void channel_clear(void *state)
{
    macaw_key_free(((channel_state *)state)->mac);
}

static const lab_action actions[] = {
    {"eavesdrop", eavesdrop}, {"deliver", deliver}, {"toss", toss}, {NULL, NULL}};

#define CHANNEL(id, which, words, better)                                                          \
    static const enum order order_##id = which;                                                    \
    extern const lab_target lab_channel_##id;                                                      \
    const lab_target lab_channel_##id = {                                                          \
        .name = "channel-" #id,                                                                    \
        .title = words,                                                                            \
        .advice = better,                                                                          \
        .param = &order_##id,                                                                      \
        .actions = actions,                                                                        \
        LAB_WORLD_OF(channel),                                                                     \
    };

#define ADVICE "encrypt, then MAC the ciphertext under another key; or AES-256-GCM: sc1-aead"
CHANNEL(clear, CLEAR, "messages in clear with a MAC", ADVICE)
CHANNEL(mte, MTE, "MAC, then encrypt both; the receiver looks at the padding first", ADVICE)
CHANNEL(eam, EAM, "encrypt, and MAC the plaintext", ADVICE)
CHANNEL(etm, ETM, "encrypt, then MAC the ciphertext", NULL)
