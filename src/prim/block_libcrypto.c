/* Portable kernels: libcrypto's ciphers through EVP.
 *
 * An EVP context may serve one thread at a time, but a key serves many. So a
 * schedule keeps a few contexts for each direction; a caller takes one out,
 * atomically, and puts it back. Where all are taken, a copy of the model is
 * made, and where there is no memory for one, the caller waits its turn. */
#include <openssl/evp.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include <macaw/status.h>

#include "base/ct.h"
#include "prim/block_kernels.h"

#define KEPT        6
#define CHUNK_BYTES 4096 /* of CBC output that nobody wants */
#define UPDATE_MAX  (1u << 30) /* EVP lengths are int */

struct pool {
    EVP_CIPHER_CTX *model; /* keyed, only ever copied */
    _Atomic(EVP_CIPHER_CTX *) kept[KEPT];
};

struct schedule {
    struct pool encrypt, decrypt, chain;
    uint32_t block_len;
};

_Static_assert(sizeof(struct schedule) <= MACAW_SCHEDULE_MAX, "room in macaw_block_key");

static EVP_CIPHER_CTX *copy_of(const EVP_CIPHER_CTX *model)
{
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();

    if (c != NULL && EVP_CIPHER_CTX_copy(c, model) != 1) {
        EVP_CIPHER_CTX_free(c);
        c = NULL;
    }
    return c;
}

static EVP_CIPHER_CTX *take(struct pool *pool)
{
    for (;;) {
        for (size_t i = 0; i < KEPT; i++) {
            EVP_CIPHER_CTX *c = atomic_exchange(&pool->kept[i], NULL);
            if (c != NULL) {
                return c;
            }
        }
        EVP_CIPHER_CTX *c = copy_of(pool->model);
        if (c != NULL) {
            return c;
        }
        (void)sched_yield();
    }
}

static void give_back(struct pool *pool, EVP_CIPHER_CTX *c)
{
    for (size_t i = 0; i < KEPT; i++) {
        EVP_CIPHER_CTX *none = NULL;
        if (atomic_compare_exchange_strong(&pool->kept[i], &none, c)) {
            return;
        }
    }
    EVP_CIPHER_CTX_free(c);
}

static bool open_pool(struct pool *pool, const char *name, const uint8_t *key, int encrypt)
{
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
    static const uint8_t zero[MACAW_BLOCK_MAX];
    bool ok = false;

    pool->model = EVP_CIPHER_CTX_new();
    if (cipher != NULL && pool->model != NULL &&
        EVP_CipherInit_ex2(pool->model, cipher, key, zero, encrypt, NULL) == 1 &&
        EVP_CIPHER_CTX_set_padding(pool->model, 0) == 1) {
        EVP_CIPHER_CTX *first = copy_of(pool->model);
        atomic_store(&pool->kept[0], first);
        ok = first != NULL;
    }
    EVP_CIPHER_free(cipher); /* the contexts hold it */
    return ok;
}

static void close_pool(struct pool *pool)
{
    for (size_t i = 0; i < KEPT; i++) {
        EVP_CIPHER_CTX_free(atomic_exchange(&pool->kept[i], NULL));
    }
    EVP_CIPHER_CTX_free(pool->model);
    pool->model = NULL;
}

static void clear(void *schedule)
{
    struct schedule *s = schedule;

    close_pool(&s->encrypt);
    close_pool(&s->decrypt);
    close_pool(&s->chain);
}

static int expand(struct schedule *s, const char *ecb, const char *cbc, uint32_t block_len,
                  const uint8_t *key)
{
    memset(s, 0, sizeof *s);
    s->block_len = block_len;
    if (open_pool(&s->encrypt, ecb, key, 1) && open_pool(&s->decrypt, ecb, key, 0) &&
        open_pool(&s->chain, cbc, key, 1)) {
        return MACAW_OK;
    }
    clear(s);
    return MACAW_ECRYPTO;
}

static int aes_expand(void *schedule, const uint8_t *key, size_t key_len)
{
    const char *ecb = key_len == 16 ? "AES-128-ECB" : key_len == 24 ? "AES-192-ECB" : "AES-256-ECB";
    const char *cbc = key_len == 16 ? "AES-128-CBC" : key_len == 24 ? "AES-192-CBC" : "AES-256-CBC";

    return expand(schedule, ecb, cbc, 16, key);
}

static int des3_expand(void *schedule, const uint8_t *key, size_t key_len)
{
    (void)key_len;
    return expand(schedule, "DES-EDE3-ECB", "DES-EDE3-CBC", 8, key);
}

static struct schedule *mutable_schedule(const void *schedule)
{
    return (struct schedule *)(uintptr_t)schedule; /* the pools are atomic */
}

static void update(struct pool *pool, const uint8_t *in, uint8_t *out, size_t len)
{
    EVP_CIPHER_CTX *c = take(pool);
    int written;

    while (len > 0) {
        int n = (int)(len < UPDATE_MAX ? len : UPDATE_MAX);
        (void)EVP_CipherUpdate(c, out, &written, in, n);
        in += n;
        out += n;
        len -= (size_t)n;
    }
    give_back(pool, c);
}

static void encrypt(const void *schedule, const uint8_t *in, uint8_t *out, size_t n)
{
    struct schedule *s = mutable_schedule(schedule);

    update(&s->encrypt, in, out, n * s->block_len);
}

static void decrypt(const void *schedule, const uint8_t *in, uint8_t *out, size_t n)
{
    struct schedule *s = mutable_schedule(schedule);

    update(&s->decrypt, in, out, n * s->block_len);
}

/* CBC encryption whose output is thrown away but for its last block. */
static void chain(const void *schedule, uint8_t *state, const uint8_t *in, size_t n)
{
    struct schedule *s = mutable_schedule(schedule);
    uint8_t out[CHUNK_BYTES];
    size_t len = n * s->block_len;
    int written;

    if (len == 0) {
        return;
    }
    EVP_CIPHER_CTX *c = take(&s->chain);
    (void)EVP_CipherInit_ex2(c, NULL, NULL, state, -1, NULL);
    while (len > 0) {
        size_t m = len < CHUNK_BYTES ? len : CHUNK_BYTES;
        (void)EVP_CipherUpdate(c, out, &written, in, (int)m);
        memcpy(state, out + m - s->block_len, s->block_len);
        in += m;
        len -= m;
    }
    give_back(&s->chain, c);
    macaw_wipe(out, sizeof out < n * s->block_len ? sizeof out : n * s->block_len);
}

static bool always(void)
{
    return true;
}

const macaw_block_kernel macaw_aes_libcrypto = {
    .name = "libcrypto", .usable = always, .expand = aes_expand, .clear = clear,
    .encrypt = encrypt, .decrypt = decrypt, .chain = chain};
const macaw_block_kernel macaw_des3_libcrypto = {
    .name = "libcrypto", .usable = always, .expand = des3_expand, .clear = clear,
    .encrypt = encrypt, .decrypt = decrypt, .chain = chain};
