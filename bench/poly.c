/* The polynomial MACs, and those that are libcrypto's, against other libraries. The
 * polynomials of macaw and of the peers have different moduli, so their tags differ;
 * that macaw's are right is what the tests are for. */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include <macaw/mac.h>

#include "bench.h"
#include "mac/poly_onetime.h"

#ifdef BENCH_IPSEC
#include <intel-ipsec-mb.h>
#endif

#define LEN_MAX ((size_t)1 << 20)
#define KEPT    1.4 /* the bar for a polynomial whose schedule is kept, against OpenSSL */
#define IPSEC   1.2
#define SAME    0.95 /* what is libcrypto's own */

static uint8_t secret[64], nonce[16], message[LEN_MAX];

/* Any way to tag a message; failures are noted and looked at after the timing. */
typedef struct way {
    void (*tag)(struct way *w);
    const char *name;
    size_t len;
    int failed;
    macaw_key *key;
    macaw_poly_s_key s;
    EVP_MAC *mac;
    EVP_MAC_CTX *ctx;
    EVP_CIPHER_CTX *aes;
    OSSL_PARAM iv[2];
    size_t key_len;
    void *ipsec;
    uint8_t out[MACAW_TAG_MAX];
} way;

static void run(void *arg, size_t n)
{
    way *w = arg;

    for (size_t i = 0; i < n; i++) {
        w->tag(w);
    }
}

static void compare(const char *what, way *mine, way *peer, double bar)
{
    char against[96], text[96];
    bench_result result;

    run(mine, 2);
    run(peer, 2);
    if (mine->failed != 0 || peer->failed != 0) {
        bench_fail(what, mine->failed != 0 ? "macaw failed" : peer->name);
    }
    bench_compare(&(bench_side){run, mine}, &(bench_side){run, peer}, &result);
    (void)snprintf(text, sizeof text, "%s, %zu B", what, mine->len);
    (void)snprintf(against, sizeof against, "%s", peer->name);
    bench_print(&(bench_row){text, against, bar}, &result);
}

/* ---- macaw ---- */

static macaw_msg message_of(const way *w)
{
    return (macaw_msg){.nonce = nonce, .data = message, .len = w->len};
}

static void tag_kept(way *w)
{
    macaw_msg m = message_of(w);

    w->failed |= macaw_tag(w->key, &m, w->out, macaw_key_tag_len(w->key));
}

static void tag_new_key(way *w)
{
    const macaw_alg *alg = macaw_key_alg(w->key);
    macaw_msg m = message_of(w);
    macaw_key *key = NULL;

    w->failed |= macaw_key_new(&key, alg, secret, alg->key_min, NULL);
    w->failed |= macaw_tag(key, &m, w->out, alg->tag_len);
    macaw_key_free(key);
}

static void tag_s(way *w)
{
    macaw_poly_s_one(&w->s, message, w->len, w->out);
}

static void open_macaw(way *w, const char *alg, const char *kernel, size_t len)
{
    const macaw_alg *a = macaw_alg_find(alg);
    size_t key_len = a->key_min > 32 ? a->key_min : a->key_max < 32 ? a->key_max : 32;
    macaw_key_opts opts = {.kernel = kernel};

    *w = (way){.tag = (a->flags & MACAW_ALG_ONE_TIME) != 0 ? tag_new_key : tag_kept, .len = len};
    if (macaw_key_new(&w->key, a, secret, key_len, &opts) != MACAW_OK) {
        bench_fail(alg, "no key");
    }
}

/* ---- libcrypto, its context kept ---- */

static void evp_finish(way *w, int ok)
{
    size_t n;

    ok = ok == 1 && EVP_MAC_update(w->ctx, message, w->len) == 1 &&
         EVP_MAC_final(w->ctx, w->out, &n, sizeof w->out) == 1;
    w->failed |= !ok;
}

static void evp_again(way *w)
{
    evp_finish(w, EVP_MAC_init(w->ctx, NULL, 0, NULL));
}

static void evp_nonce(way *w)
{
    evp_finish(w, EVP_MAC_init(w->ctx, NULL, 0, w->iv));
}

static void evp_new_key(way *w)
{
    evp_finish(w, EVP_MAC_init(w->ctx, secret, w->key_len, NULL));
}

static void evp_poly1305_aes(way *w)
{
    uint8_t key[48];
    int n;

    memcpy(key, secret + 16, 16);
    w->failed |= EVP_EncryptUpdate(w->aes, key + 16, &n, nonce, 16) != 1;
    evp_finish(w, EVP_MAC_init(w->ctx, key, 32, NULL));
}

static void open_evp(way *w, const char *mac, const char *cipher, size_t size, size_t key_len,
                     size_t len)
{
    OSSL_PARAM params[3], *p = params;

    *w = (way){.len = len, .key_len = key_len, .name = "OpenSSL EVP_MAC reused"};
    w->mac = EVP_MAC_fetch(NULL, mac, NULL);
    w->ctx = EVP_MAC_CTX_new(w->mac);
    if (cipher != NULL) {
        *p++ =
            OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, (char *)(uintptr_t)cipher, 0);
    }
    if (size != 0) {
        *p++ = OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size);
    }
    *p = OSSL_PARAM_construct_end();
    w->iv[0] = OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_IV, nonce, 12);
    w->iv[1] = OSSL_PARAM_construct_end();
    w->tag = cipher != NULL ? evp_nonce : strcmp(mac, "POLY1305") == 0 ? evp_new_key : evp_again;
    if (EVP_MAC_CTX_set_params(w->ctx, params) != 1 ||
        EVP_MAC_init(w->ctx, secret, key_len, NULL) != 1) {
        bench_fail(mac, "no context");
    }
    w->aes = EVP_CIPHER_CTX_new();
    if (EVP_EncryptInit_ex(w->aes, EVP_aes_128_ecb(), NULL, secret, NULL) != 1) {
        bench_fail("AES", "no context");
    }
}

static void close_way(way *w)
{
    macaw_key_free(w->key);
    EVP_MAC_CTX_free(w->ctx);
    EVP_MAC_free(w->mac);
    EVP_CIPHER_CTX_free(w->aes);
}

/* ---- ipsec-mb, one job ---- */

#ifdef BENCH_IPSEC
static void ipsec_poly1305(way *w)
{
    IMB_MGR *mgr = w->ipsec;
    IMB_JOB *job = IMB_GET_NEXT_JOB(mgr);

    job->cipher_mode = IMB_CIPHER_NULL;
    job->cipher_direction = IMB_DIR_ENCRYPT;
    job->chain_order = IMB_ORDER_HASH_CIPHER;
    job->hash_alg = IMB_AUTH_POLY1305;
    job->u.POLY1305._key = secret;
    job->src = message;
    job->hash_start_src_offset_in_bytes = 0;
    job->msg_len_to_hash_in_bytes = w->len;
    job->auth_tag_output = w->out;
    job->auth_tag_output_len_in_bytes = 16;
    job = IMB_SUBMIT_JOB_NOCHECK(mgr);
    if (job == NULL) {
        job = IMB_FLUSH_JOB(mgr);
    }
    w->failed |= job == NULL || job->status != IMB_STATUS_COMPLETED;
}

static void against_ipsec(const char *what, way *mine, double bar)
{
    way peer = {.tag = ipsec_poly1305, .name = "ipsec-mb Poly1305, one job", .len = mine->len};
    IMB_MGR *mgr = alloc_mb_mgr(0);
    IMB_ARCH arch;

    if (mgr == NULL) {
        bench_fail(peer.name, "no manager");
    }
    init_mb_mgr_auto(mgr, &arch);
    peer.ipsec = mgr;
    compare(what, mine, &peer, bar);
    free_mb_mgr(mgr);
}
#else
static void against_ipsec(const char *what, way *mine, double bar)
{
    (void)mine;
    (void)bar;
    bench_print_absent(what, "ipsec-mb was not installed when this was built");
}
#endif

/* ---- rows ---- */

static void against_openssl(const char *what, way *mine, double bar)
{
    way peer;

    open_evp(&peer, "POLY1305", NULL, 0, 32, mine->len);
    peer.name = "OpenSSL Poly1305, context kept, new key";
    compare(what, mine, &peer, bar);
    close_way(&peer);
}

static const size_t lens[] = {16, 100, 300, 1024, 16384};

static void polynomial_rows(void)
{
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        double kept = lens[i] == 16384 ? KEPT : 0, ipsec = lens[i] == 16384 ? IPSEC : 0;
        way mine = {.tag = tag_s, .len = lens[i]};
        if (macaw_poly_s_init(&mine.s, secret, NULL, true) != MACAW_OK) {
            bench_fail("polynomial", "no key");
        }
        against_openssl("polynomial modulo 2^128+51, schedule kept", &mine, kept);
        against_ipsec("polynomial modulo 2^128+51, schedule kept", &mine, ipsec);
        open_macaw(&mine, "cw-aes128", NULL, lens[i]);
        against_openssl("cw-aes128", &mine, kept);
        against_ipsec("cw-aes128", &mine, ipsec);
        close_way(&mine);
        open_macaw(&mine, "poly-onetime", NULL, lens[i]);
        against_openssl("poly-onetime, new key", &mine, 0);
        close_way(&mine);
        open_macaw(&mine, "cw-aes128", "portable", lens[i]);
        against_openssl("cw-aes128, portable", &mine, 0);
        close_way(&mine);
    }
}

static const struct {
    const char *alg, *mac, *cipher;
    size_t size, key_len;
} wrapped[] = {
    {"poly1305", "POLY1305", NULL, 0, 32},         {"poly1305-aes", "POLY1305", NULL, 0, 32},
    {"gmac-aes128", "GMAC", "AES-128-GCM", 0, 16}, {"gmac-aes256", "GMAC", "AES-256-GCM", 0, 32},
    {"kmac128", "KMAC-128", NULL, 32, 32},         {"kmac256", "KMAC-256", NULL, 64, 32},
    {"blake2b", "BLAKE2BMAC", NULL, 64, 32},       {"blake2s", "BLAKE2SMAC", NULL, 32, 32},
};

static void wrapped_rows(void)
{
    static const size_t few[] = {100, 1024, 16384};

    for (size_t i = 0; i < sizeof wrapped / sizeof wrapped[0]; i++) {
        for (size_t j = 0; j < sizeof few / sizeof few[0]; j++) {
            way mine, peer;
            open_macaw(&mine, wrapped[i].alg, NULL, few[j]);
            open_evp(&peer, wrapped[i].mac, wrapped[i].cipher, wrapped[i].size, wrapped[i].key_len,
                     few[j]);
            if (strcmp(wrapped[i].alg, "poly1305-aes") == 0) {
                peer.tag = evp_poly1305_aes;
                peer.name = "OpenSSL AES, then EVP_MAC reused";
            }
            mine.tag(&mine);
            peer.tag(&peer);
            if (memcmp(mine.out, peer.out, macaw_key_tag_len(mine.key)) != 0) {
                bench_fail(wrapped[i].alg, "another tag than OpenSSL's");
            }
            compare(wrapped[i].alg, &mine, &peer, SAME);
            close_way(&mine);
            close_way(&peer);
        }
    }
}

int main(void)
{
    bench_pin();
    bench_fill(secret, sizeof secret, 1);
    bench_fill(nonce, sizeof nonce, 2);
    bench_fill(message, sizeof message, 3);
    polynomial_rows();
    wrapped_rows();
    return 0;
}
