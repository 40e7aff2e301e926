/* intel-ipsec-mb's CMAC and XCBC: jobs without the checks of arguments, flushed
 * once all are submitted. */
#include <intel-ipsec-mb.h>
#include <stdlib.h>
#include <string.h>

#include "peers_cbc.h"

struct keyed {
    IMB_MGR *mgr;
    int xcbc;
    _Alignas(64) uint32_t encrypt[4 * 15];
    _Alignas(64) uint32_t decrypt[4 * 15];
    _Alignas(16) uint8_t k1[16];
    _Alignas(16) uint8_t k2[16];
};

static void *keyed_open(const char *name, const uint8_t *key)
{
    IMB_ARCH arch;
    struct keyed *k = aligned_alloc(64, sizeof *k);

    if (k == NULL) {
        return NULL;
    }
    memset(k, 0, sizeof *k);
    k->mgr = alloc_mb_mgr(0);
    k->xcbc = strcmp(name, "xcbc-aes128") == 0;
    if (k->mgr == NULL || (!k->xcbc && strcmp(name, "cmac-aes128") != 0)) {
        free(k);
        return NULL;
    }
    init_mb_mgr_auto(k->mgr, &arch);
    if (k->xcbc) {
        IMB_AES_XCBC_KEYEXP(k->mgr, key, k->encrypt, k->k1, k->k2);
    } else {
        IMB_AES_KEYEXP_128(k->mgr, key, k->encrypt, k->decrypt);
        IMB_AES_CMAC_SUBKEY_GEN_128(k->mgr, k->encrypt, k->k1, k->k2);
    }
    return k;
}

static void prepare(const struct keyed *k, IMB_JOB *job, const uint8_t *msg, size_t len,
                    uint8_t *tag)
{
    job->cipher_mode = IMB_CIPHER_NULL;
    job->cipher_direction = IMB_DIR_ENCRYPT;
    job->chain_order = IMB_ORDER_HASH_CIPHER;
    if (k->xcbc) {
        job->hash_alg = IMB_AUTH_AES_XCBC;
        job->u.XCBC._k1_expanded = k->encrypt;
        job->u.XCBC._k2 = k->k1;
        job->u.XCBC._k3 = k->k2;
    } else {
        job->hash_alg = IMB_AUTH_AES_CMAC;
        job->u.CMAC._key_expanded = k->encrypt;
        job->u.CMAC._skey1 = k->k1;
        job->u.CMAC._skey2 = k->k2;
    }
    job->src = msg;
    job->hash_start_src_offset_in_bytes = 0;
    job->msg_len_to_hash_in_bytes = len;
    job->auth_tag_output = tag;
    job->auth_tag_output_len_in_bytes = k->xcbc ? 12 : 16;
}

int bench_ipsec_cbc_many(void *state, const uint8_t *const *msgs, size_t n, size_t len,
                         uint8_t *tags)
{
    struct keyed *k = state;
    size_t done = 0;

    for (size_t i = 0; i < n; i++) {
        prepare(k, IMB_GET_NEXT_JOB(k->mgr), msgs[i], len, tags + i * 16);
        done += IMB_SUBMIT_JOB_NOCHECK(k->mgr) != NULL;
    }
    while (IMB_FLUSH_JOB(k->mgr) != NULL) {
        done++;
    }
    return done == n ? 0 : -1;
}

static int keyed_tag(void *state, const uint8_t *msg, size_t len, uint8_t *tag)
{
    return bench_ipsec_cbc_many(state, &msg, 1, len, tag);
}

static void keyed_close(void *state)
{
    struct keyed *k = state;

    free_mb_mgr(k->mgr);
    free(k);
}

const bench_mac bench_ipsec_cbc = {.name = "ipsec-mb",
                                   .version = imb_get_version_str,
                                   .len_max = 65000,
                                   .open = keyed_open,
                                   .tag = keyed_tag,
                                   .close = keyed_close};
