#include "harness/rng.h"

#include <string.h>

#include "base/bytes.h"
#include "prim/md.h"

static void sha256(uint8_t *digest, const void *data, size_t len)
{
    macaw_md_hash(&macaw_sha256, macaw_md_pick(&macaw_sha256, NULL, NULL), data, len, digest);
}

void lab_rng_init(lab_rng *rng, const uint8_t seed[LAB_SEED_LEN])
{
    memcpy(rng->input, seed, LAB_SEED_LEN);
    memset(rng->input + LAB_SEED_LEN, 0, 8);
    rng->left = 0;
}

void lab_rng_derive(uint8_t ret[LAB_SEED_LEN], uint64_t number, const char *label)
{
    uint8_t text[512] = {0};
    size_t len = strnlen(label, sizeof text - 8);

    macaw_store_le64(text, number);
    memcpy(text + 8, label, len);
    sha256(ret, text, 8 + len);
}

static void refill(lab_rng *rng)
{
    uint8_t *counter = rng->input + LAB_SEED_LEN;

    sha256(rng->block, rng->input, sizeof rng->input);
    macaw_store_le64(counter, macaw_load_le64(counter) + 1);
    rng->left = sizeof rng->block;
}

void lab_rng_bytes(lab_rng *rng, void *out, size_t n)
{
    uint8_t *to = out;

    while (n > 0) {
        if (rng->left == 0) {
            refill(rng);
        }
        size_t some = n < rng->left ? n : rng->left;
        memcpy(to, rng->block + sizeof rng->block - rng->left, some);
        rng->left -= some;
        to += some;
        n -= some;
    }
}

uint64_t lab_rng_below(lab_rng *rng, uint64_t n)
{
    uint64_t end = UINT64_MAX - UINT64_MAX % n; /* a multiple of n: no bias below it */
    uint8_t wire[8];

    do {
        lab_rng_bytes(rng, wire, sizeof wire);
    } while (macaw_load_le64(wire) >= end);
    return macaw_load_le64(wire) % n;
}
