/* nettle: its HMAC contexts keep the pads and start the next message themselves. */
#include <nettle/hmac.h>
#include <nettle/version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "peers.h"

struct keyed {
    int (*tag)(struct keyed *k, const uint8_t *msg, size_t len, uint8_t *tag);
    union {
        struct hmac_md5_ctx md5;
        struct hmac_sha1_ctx sha1;
        struct hmac_sha256_ctx sha256;
        struct hmac_sha512_ctx sha512;
    } u;
};

static const char *version(void)
{
    static char text[16];

    (void)snprintf(text, sizeof text, "%d.%d", nettle_version_major(), nettle_version_minor());
    return text;
}

#define HASH(hash, digest_len)                                                                     \
    static int tag_##hash(struct keyed *k, const uint8_t *msg, size_t len, uint8_t *tag)           \
    {                                                                                              \
        hmac_##hash##_update(&k->u.hash, len, msg);                                                \
        hmac_##hash##_digest(&k->u.hash, digest_len, tag);                                         \
        return 0;                                                                                  \
    }

HASH(md5, MD5_DIGEST_SIZE)
HASH(sha1, SHA1_DIGEST_SIZE)
HASH(sha256, SHA256_DIGEST_SIZE)
HASH(sha512, SHA512_DIGEST_SIZE)

static void *keyed_open(const char *hash, const uint8_t *key)
{
    struct keyed *k = calloc(1, sizeof *k);

    if (k == NULL) {
        return NULL;
    }
    if (strcmp(hash, "md5") == 0) {
        hmac_md5_set_key(&k->u.md5, BENCH_KEY_LEN, key);
        k->tag = tag_md5;
    } else if (strcmp(hash, "sha1") == 0) {
        hmac_sha1_set_key(&k->u.sha1, BENCH_KEY_LEN, key);
        k->tag = tag_sha1;
    } else if (strcmp(hash, "sha256") == 0) {
        hmac_sha256_set_key(&k->u.sha256, BENCH_KEY_LEN, key);
        k->tag = tag_sha256;
    } else {
        hmac_sha512_set_key(&k->u.sha512, BENCH_KEY_LEN, key);
        k->tag = tag_sha512;
    }
    return k;
}

static int keyed_tag(void *state, const uint8_t *msg, size_t len, uint8_t *tag)
{
    struct keyed *k = state;

    return k->tag(k, msg, len, tag);
}

const bench_mac bench_nettle = {
    .name = "nettle", .version = version, .open = keyed_open, .tag = keyed_tag, .close = free};
