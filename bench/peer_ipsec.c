/* intel-ipsec-mb: one job, submitted and flushed, and bursts of 128, which is
 * what the library is made for. Both without the checks of arguments. */
#include <intel-ipsec-mb.h>
#include <stdlib.h>
#include <string.h>

#include "peers.h"

#define BURST 128

struct keyed {
    IMB_MGR *mgr;
    IMB_JOB jobs[BURST];
    _Alignas(64) uint8_t inner[32];
    _Alignas(64) uint8_t outer[32];
};

static void keyed_close(void *state)
{
    struct keyed *k = state;

    free_mb_mgr(k->mgr);
    free(k);
}

static void absorb_pad(IMB_MGR *mgr, const uint8_t *key, uint8_t value, uint8_t *out)
{
    uint8_t pad[IMB_SHA_256_BLOCK_SIZE];

    memset(pad, value, sizeof pad);
    for (size_t i = 0; i < BENCH_KEY_LEN; i++) {
        pad[i] ^= key[i];
    }
    IMB_SHA256_ONE_BLOCK(mgr, pad, out);
}

static void prepare(const struct keyed *k, IMB_JOB *job, const uint8_t *msg, size_t len,
                    uint8_t *tag)
{
    job->cipher_mode = IMB_CIPHER_NULL;
    job->cipher_direction = IMB_DIR_ENCRYPT;
    job->chain_order = IMB_ORDER_HASH_CIPHER;
    job->hash_alg = IMB_AUTH_HMAC_SHA_256;
    job->u.HMAC._hashed_auth_key_xor_ipad = k->inner;
    job->u.HMAC._hashed_auth_key_xor_opad = k->outer;
    job->src = msg;
    job->hash_start_src_offset_in_bytes = 0;
    job->msg_len_to_hash_in_bytes = len;
    job->auth_tag_output = tag;
    job->auth_tag_output_len_in_bytes = IMB_SHA256_DIGEST_SIZE_IN_BYTES;
}

static void *keyed_open(const char *hash, const uint8_t *key)
{
    struct keyed *k = NULL;
    IMB_ARCH arch;

    if (strcmp(hash, "sha256") != 0) {
        return NULL;
    }
    k = aligned_alloc(64, sizeof *k);
    if (k == NULL) {
        return NULL;
    }
    memset(k, 0, sizeof *k);
    k->mgr = alloc_mb_mgr(0);
    if (k->mgr == NULL) {
        free(k);
        return NULL;
    }
    init_mb_mgr_auto(k->mgr, &arch);
    absorb_pad(k->mgr, key, 0x36, k->inner);
    absorb_pad(k->mgr, key, 0x5c, k->outer);
    return k;
}

static int keyed_tag(void *state, const uint8_t *msg, size_t len, uint8_t *tag)
{
    struct keyed *k = state;
    IMB_JOB *job = IMB_GET_NEXT_JOB(k->mgr);

    prepare(k, job, msg, len, tag);
    job = IMB_SUBMIT_JOB_NOCHECK(k->mgr);
    if (job == NULL) {
        job = IMB_FLUSH_JOB(k->mgr);
    }
    return job != NULL && job->status == IMB_STATUS_COMPLETED ? 0 : -1;
}

int bench_ipsec_many(void *state, const uint8_t *const *msgs, size_t n, size_t len, uint8_t *tags)
{
    struct keyed *k = state;

    for (size_t i = 0; i < n; i += BURST) {
        size_t count = n - i < BURST ? n - i : BURST;
        for (size_t j = 0; j < count; j++) {
            prepare(k, &k->jobs[j], msgs[i + j], len, tags + (i + j) * 32);
        }
        if (IMB_SUBMIT_HASH_BURST_NOCHECK(k->mgr, k->jobs, (uint32_t)count,
                                          IMB_AUTH_HMAC_SHA_256) != count) {
            return -1;
        }
    }
    return 0;
}

const bench_mac bench_ipsec = {.name = "ipsec-mb, one job",
                               .version = imb_get_version_str,
                               .len_max = 65000,
                               .open = keyed_open,
                               .tag = keyed_tag,
                               .close = keyed_close};
