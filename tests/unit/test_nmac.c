/* NMAC: vectors of the reference, and that HMAC is NMAC under derived keys.
 * Checklist: D18, D20, D23, D24, D41. */
#include "support.h"

#include <string.h>

#include "base/bytes.h"
#include "mac/nested.h"

static void reference_vectors(void **state)
{
    (void)state;
    assert_int_equal(check_vectors("nmac.txt"), 30);
}

/* f(IV, K xor pad), K filled up with zeros to a block. */
static void derive(const uint8_t *secret, size_t len, uint8_t pad, uint8_t *half)
{
    const macaw_md_kernel *kernel = macaw_md_pick(&macaw_sha256, NULL, NULL);
    macaw_md_state s = macaw_sha256.iv;
    uint8_t block[64];

    for (size_t i = 0; i < sizeof block; i++) {
        block[i] = (i < len ? secret[i] : 0) ^ pad;
    }
    kernel->blocks(&s, block, 1);
    for (size_t i = 0; i < 8; i++) {
        macaw_store_be32(half + 4 * i, s.w32[i]);
    }
}

static macaw_key *nmac_for(const uint8_t *secret, size_t len)
{
    uint8_t digest[32], both[64];

    if (len > 64) {
        macaw_md_hash(&macaw_sha256, macaw_md_pick(&macaw_sha256, NULL, NULL), secret, len, digest);
        secret = digest;
        len = sizeof digest;
    }
    derive(secret, len, 0x36, both);
    derive(secret, len, 0x5c, both + 32);
    return key_of("nmac-sha256", both, sizeof both, NULL);
}

/* The lines of RFC 4231 for SHA-256. */
static void rfc_4231_with_derived_keys(void **state)
{
    char alg[32], key_hex[512], msg_hex[512], tag_hex[160], line[1400];
    uint8_t secret[256], msg[256], want[32], got[32];
    FILE *f = vectors_open("hmac-rfc.txt");
    size_t n = 0;

    (void)state;
    while (fgets(line, sizeof line, f) != NULL) {
        if (sscanf(line, "%31s %511s %511s %159s", alg, key_hex, msg_hex, tag_hex) != 4 ||
            strcmp(alg, "hmac-sha256") != 0) {
            continue;
        }
        size_t tag_len = unhex(want, sizeof want, tag_hex);
        macaw_key *key = nmac_for(secret, unhex(secret, sizeof secret, key_hex));
        tag_of(key, msg, unhex(msg, sizeof msg, msg_hex), got);
        assert_bytes("RFC 4231", n, want, got, tag_len);
        macaw_key_free(key);
        n++;
    }
    fclose(f);
    assert_int_equal(n, 8); /* seven, and one of a textbook */
}

/* Not one mode under two names. */
static void modes_differ(void **state)
{
    uint8_t hash[32], fixpad[32];
    macaw_key *one = key_of("nmac-sha256", pattern_key, 64, NULL);
    macaw_key *two = key_of("nmac-sha256-fixpad", pattern_key, 64, NULL);

    (void)state;
    for (size_t len = 0; len <= 130; len++) {
        tag_of(one, pattern_msg, len, hash);
        tag_of(two, pattern_msg, len, fixpad);
        assert_memory_not_equal(hash, fixpad, 32);
    }
    macaw_key_free(one);
    macaw_key_free(two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference_vectors),
        cmocka_unit_test(rfc_4231_with_derived_keys),
        cmocka_unit_test(modes_differ),
    };

    return cmocka_run_group_tests_name("nmac", tests, NULL, NULL);
}
