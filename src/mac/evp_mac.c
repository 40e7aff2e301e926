/* The MACs that libcrypto has and macaw has no better kernel for: Poly1305 alone and
 * with AES, GMAC, KMAC, keyed BLAKE2.
 *
 * A context of libcrypto serves one message at a time, but a key serves many threads.
 * So a key keeps a few contexts, keyed already, that messages take out and put back,
 * atomically; where all are out, a message gets a copy of the model, which itself
 * never sees a message. A one-time key has only the one context for its message. */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/ct.h"
#include "mac/class.h"
#include "prim/block.h"

#define KEPT       4
#define POLY_KEY   32
#define GMAC_NONCE 12
#define AES_BLOCK  16

typedef struct evp_key {
    macaw_block_key aes; /* Poly1305-AES: k */
    EVP_MAC_CTX *model;
    _Atomic(EVP_MAC_CTX *) kept[KEPT];
    uint8_t r[AES_BLOCK]; /* Poly1305-AES: r */
    bool buffers_key;
} evp_key;

typedef struct evp_row {
    const char *mac;
    const char *cipher; /* NULL: takes none */
    size_t size;        /* tag length to ask for, 0: it has only one */
    bool buffers_key;   /* libcrypto frees the buffer that holds the key unwiped */
    /* Key the model; NULL: with the whole secret. */
    int (*set_key)(evp_key *key, const uint8_t *secret);
    /* Make a keyed context ready for a message; NULL: it is ready, and good for one. */
    int (*begin)(const evp_key *key, EVP_MAC_CTX *c, const uint8_t *nonce);
} evp_row;

typedef struct evp_message {
    evp_key *key;
    EVP_MAC_CTX *c;
} evp_message;

static const char *evp_kernel(const macaw_alg *alg, size_t i)
{
    (void)alg;
    return i == 0 ? "libcrypto" : NULL;
}

/* ---- contexts ---- */

static evp_key *mutable_key(const void *key_state)
{
    return (evp_key *)(uintptr_t)key_state; /* what changes in it is atomic */
}

/* Before it is freed, another key takes the place of the one in the buffer. */
static void discard(const evp_key *k, EVP_MAC_CTX *c)
{
    static const uint8_t nothing[32];

    if (c != NULL && k->buffers_key) {
        (void)EVP_MAC_init(c, nothing, sizeof nothing, NULL);
    }
    EVP_MAC_CTX_free(c);
}

static EVP_MAC_CTX *take(evp_key *k)
{
    for (size_t i = 0; i < KEPT; i++) {
        if (atomic_load_explicit(&k->kept[i], memory_order_relaxed) != NULL) {
            EVP_MAC_CTX *c = atomic_exchange(&k->kept[i], NULL);
            if (c != NULL) {
                return c;
            }
        }
    }
    return k->model != NULL ? EVP_MAC_CTX_dup(k->model) : NULL;
}

static void give_back(evp_key *k, EVP_MAC_CTX *c)
{
    for (size_t i = 0; i < KEPT; i++) {
        EVP_MAC_CTX *none = NULL;
        if (atomic_compare_exchange_strong(&k->kept[i], &none, c)) {
            return;
        }
    }
    discard(k, c);
}

/* A context that is ready for a message. */
static int take_ready(const evp_row *row, evp_key *k, const uint8_t *nonce, EVP_MAC_CTX **ret)
{
    EVP_MAC_CTX *c = take(k);

    if (c == NULL) {
        return MACAW_ENOMEM;
    }
    if (row->begin != NULL && row->begin(k, c, nonce) != 1) {
        discard(k, c);
        return MACAW_ECRYPTO;
    }
    *ret = c;
    return MACAW_OK;
}

/* ---- keys ---- */

static void evp_key_clear(const macaw_alg *alg, void *key_state)
{
    evp_key *k = key_state;

    (void)alg;
    for (size_t i = 0; i < KEPT; i++) {
        discard(k, atomic_exchange(&k->kept[i], NULL));
    }
    discard(k, k->model);
    macaw_block_clear(&k->aes);
}

static int set_key_of(const evp_row *row, evp_key *k, const uint8_t *secret, size_t len)
{
    OSSL_PARAM params[3], *p = params;
    size_t size = row->size;

    if (row->cipher != NULL) {
        *p++ = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER,
                                                (char *)(uintptr_t)row->cipher, 0);
    }
    if (size != 0) {
        *p++ = OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size);
    }
    *p = OSSL_PARAM_construct_end();
    return EVP_MAC_CTX_set_params(k->model, params) == 1 &&
                   (row->set_key != NULL ? row->set_key(k, secret)
                                         : EVP_MAC_init(k->model, secret, len, NULL)) == 1
               ? MACAW_OK
               : MACAW_ECRYPTO;
}

static int evp_key_init(const macaw_alg *alg, void *key_state, const uint8_t *secret, size_t len,
                        const char *kernel, const char **kernel_name)
{
    const evp_row *row = alg->param;
    evp_key *k = key_state;

    if (kernel != NULL && strcmp(kernel, "libcrypto") != 0) {
        return MACAW_ENOTFOUND;
    }
    *kernel_name = "libcrypto";
    k->buffers_key = row->buffers_key;
    EVP_MAC *mac = EVP_MAC_fetch(NULL, row->mac, NULL);
    if (mac == NULL) {
        return MACAW_EUNAVAILABLE;
    }
    k->model = EVP_MAC_CTX_new(mac);
    EVP_MAC_free(mac); /* the context holds it */
    int rc = k->model != NULL ? set_key_of(row, k, secret, len) : MACAW_ENOMEM;
    if (rc != MACAW_OK) {
        evp_key_clear(alg, k);
    } else if (row->begin == NULL) {
        atomic_init(&k->kept[0], k->model);
        k->model = NULL;
    }
    return rc;
}

/* ---- messages ---- */

static int evp_start(const macaw_alg *alg, const void *key_state, void *ctx_state,
                     const uint8_t *nonce)
{
    evp_message *m = ctx_state;

    m->key = mutable_key(key_state);
    return take_ready(alg->param, m->key, nonce, &m->c);
}

static int evp_update(const macaw_alg *alg, const void *key_state, void *ctx_state,
                      const uint8_t *data, size_t len)
{
    evp_message *m = ctx_state;

    (void)alg;
    (void)key_state;
    return EVP_MAC_update(m->c, data, len) == 1 ? MACAW_OK : MACAW_ECRYPTO;
}

static int final(const macaw_alg *alg, EVP_MAC_CTX *c, uint8_t *tag)
{
    size_t len;

    return EVP_MAC_final(c, tag, &len, alg->tag_len) == 1 && len == alg->tag_len ? MACAW_OK
                                                                                 : MACAW_ECRYPTO;
}

static int evp_finish(const macaw_alg *alg, const void *key_state, void *ctx_state, uint8_t *tag)
{
    evp_message *m = ctx_state;

    (void)key_state;
    return final(alg, m->c, tag);
}

static int evp_clone(void *dst_state, const void *src_state)
{
    const evp_message *src = src_state;
    evp_message *dst = dst_state;

    dst->c = EVP_MAC_CTX_dup(src->c);
    return dst->c != NULL ? MACAW_OK : MACAW_ENOMEM;
}

static void evp_end(void *ctx_state)
{
    evp_message *m = ctx_state;

    give_back(m->key, m->c);
}

static int evp_one(const macaw_alg *alg, const void *key_state, const uint8_t *nonce,
                   const uint8_t *data, size_t len, uint8_t *tag)
{
    evp_key *k = mutable_key(key_state);
    EVP_MAC_CTX *c;
    int rc = take_ready(alg->param, k, nonce, &c);

    if (rc != MACAW_OK) {
        return rc;
    }
    rc = len == 0 || EVP_MAC_update(c, data, len) == 1 ? final(alg, c, tag) : MACAW_ECRYPTO;
    give_back(k, c);
    return rc;
}

static const macaw_class evp_mac_class = {
    .key_size = sizeof(evp_key),
    .ctx_size = sizeof(evp_message),
    .kernel = evp_kernel,
    .key_init = evp_key_init,
    .key_clear = evp_key_clear,
    .start = evp_start,
    .update = evp_update,
    .finish = evp_finish,
    .clone = evp_clone,
    .end = evp_end,
    .one = evp_one,
};

/* ---- what differs ---- */

/* The same key again. */
static int begin_again(const evp_key *key, EVP_MAC_CTX *c, const uint8_t *nonce)
{
    (void)key;
    (void)nonce;
    return EVP_MAC_init(c, NULL, 0, NULL);
}

static int begin_gmac(const evp_key *key, EVP_MAC_CTX *c, const uint8_t *nonce)
{
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_IV, (void *)(uintptr_t)nonce, GMAC_NONCE),
        OSSL_PARAM_construct_end()};

    (void)key;
    return EVP_MAC_init(c, NULL, 0, params);
}

/* The key is k || r. */
static int set_poly1305_aes(evp_key *k, const uint8_t *secret)
{
    memcpy(k->r, secret + AES_BLOCK, sizeof k->r);
    int rc = macaw_block_init(&k->aes, &macaw_aes128, secret, NULL);
    if (rc != MACAW_OK) {
        k->aes.kernel = NULL; /* nothing to clear */
    }
    return rc == MACAW_OK;
}

/* Poly1305 under r || AES_k(n). */
static int begin_poly1305_aes(const evp_key *k, EVP_MAC_CTX *c, const uint8_t *nonce)
{
    uint8_t key[POLY_KEY];

    memcpy(key, k->r, sizeof k->r);
    macaw_block_encrypt(&k->aes, nonce, key + sizeof k->r, 1);
    int ok = EVP_MAC_init(c, key, sizeof key, NULL);
    macaw_wipe(key, sizeof key);
    return ok;
}

static const evp_row poly1305 = {.mac = "POLY1305"};
static const evp_row poly1305_aes = {
    .mac = "POLY1305", .set_key = set_poly1305_aes, .begin = begin_poly1305_aes};
static const evp_row gmac_aes128 = {.mac = "GMAC", .cipher = "AES-128-GCM", .begin = begin_gmac};
static const evp_row gmac_aes256 = {.mac = "GMAC", .cipher = "AES-256-GCM", .begin = begin_gmac};
static const evp_row kmac128 = {.mac = "KMAC-128", .size = 32, .begin = begin_again};
static const evp_row kmac256 = {.mac = "KMAC-256", .size = 64, .begin = begin_again};
static const evp_row blake2b = {
    .mac = "BLAKE2BMAC", .size = 64, .buffers_key = true, .begin = begin_again};
static const evp_row blake2s = {
    .mac = "BLAKE2SMAC", .size = 32, .buffers_key = true, .begin = begin_again};

/* ---- the algorithms ---- */

static const macaw_bound poly1305_bound = {.formula =
                                               "8 l / 2^106 for the one message, of l blocks",
                                           .source = "Bernstein 2005, theorem 3.3",
                                           .log2_c = 3,
                                           .l_exp = 1,
                                           .bits = 106};
static const macaw_bound poly1305_aes_bound = {
    .formula = "2 q^2 / 2^129 for random nonces, plus 8 l / 2^106 for each forgery tried",
    .source = "half: two nonces are equal; half: AES as a function; Bernstein 2005, theorem 5.4; "
              "with a counter as nonce q^2 / 2^129",
    .q_exp = 2,
    .bits = 128};
static const macaw_bound gmac_bound = {
    .formula = "q^2 / 2^97 for random nonces, plus (l + 1) / 2^128 for each forgery tried",
    .source = "two nonces of 96 bits are equal; SP 800-38D section 8.3 allows 2^32 messages; "
              "with a counter as nonce q^2 / 2^129",
    .q_exp = 2,
    .bits = 97};

const macaw_alg macaw_poly1305 = {.name = "poly1305",
                                  .standard = "RFC 8439 section 2.5",
                                  .flags = MACAW_ALG_ONE_TIME,
                                  .key_min = POLY_KEY,
                                  .key_max = POLY_KEY,
                                  .key_safe = POLY_KEY,
                                  .tag_len = 16,
                                  .tag_min = 16,
                                  .block_len = 16,
                                  .bound = &poly1305_bound,
                                  .cls = &evp_mac_class,
                                  .param = &poly1305};
const macaw_alg macaw_poly1305_aes = {
    .name = "poly1305-aes",
    .standard = "Bernstein, The Poly1305-AES message-authentication code, "
                "2005",
    .flags = MACAW_ALG_NONCE,
    .key_min = POLY_KEY,
    .key_max = POLY_KEY,
    .key_safe = POLY_KEY,
    .nonce_len = 16,
    .tag_len = 16,
    .tag_min = 16,
    .block_len = 16,
    .bound = &poly1305_aes_bound,
    .cls = &evp_mac_class,
    .param = &poly1305_aes};

#define GMAC(key)                                                                                  \
    .standard = "SP 800-38D section 6.4, RFC 4543", .flags = MACAW_ALG_NONCE, .key_min = (key),    \
    .key_max = (key), .key_safe = (key), .nonce_len = GMAC_NONCE, .tag_len = 16, .tag_min = 12,    \
    .block_len = 16, .bound = &gmac_bound, .cls = &evp_mac_class

const macaw_alg macaw_gmac_aes128 = {.name = "gmac-aes128", .param = &gmac_aes128, GMAC(16)};
const macaw_alg macaw_gmac_aes256 = {.name = "gmac-aes256", .param = &gmac_aes256, GMAC(32)};

#define KMAC                                                                                       \
    .standard = "SP 800-185 section 4, no customization", .flags = MACAW_ALG_PRF, .key_min = 4,    \
    .key_max = 512, .key_safe = 16, .tag_min = 8, .cls = &evp_mac_class

const macaw_alg macaw_kmac128 = {.name = "kmac128", .tag_len = 32, .param = &kmac128, KMAC};
const macaw_alg macaw_kmac256 = {.name = "kmac256", .tag_len = 64, .param = &kmac256, KMAC};

#define BLAKE2                                                                                     \
    .standard = "RFC 7693, keyed", .flags = MACAW_ALG_PRF, .key_min = 1, .key_safe = 16,           \
    .tag_min = 8, .cls = &evp_mac_class

const macaw_alg macaw_blake2b = {
    .name = "blake2b", .tag_len = 64, .key_max = 64, .param = &blake2b, BLAKE2};
const macaw_alg macaw_blake2s = {
    .name = "blake2s", .tag_len = 32, .key_max = 32, .param = &blake2s, BLAKE2};
