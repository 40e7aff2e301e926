/* After macaw_key_free no copy of the secret is left in this process: every
 * writable mapping is searched, freed memory included. Not the stack: compilers
 * spill round keys there and libcrypto what it encodes, until it is used again. */
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <macaw/mac.h>

#include "base/ct.h"
#include "base/random.h"

#define NEEDLE_LEN 16

/* The search itself must not be found, so the needle is kept as its complement. */
static bool is_here(const unsigned char *p, const unsigned char *complement)
{
    size_t i = 0;

    while (i < NEEDLE_LEN && (p[i] ^ complement[i]) == 0xff) {
        i++;
    }
    return i == NEEDLE_LEN;
}

static size_t count_in(int mem, unsigned long from, unsigned long to,
                       const unsigned char *complement)
{
    size_t len = to - from, hits = 0;
    unsigned char *copy = malloc(len);
    ssize_t got;

    assert_non_null(copy);
    got = pread(mem, copy, len, (off_t)from);
    for (ssize_t i = 0; i + NEEDLE_LEN <= got; i++) {
        bool own = from + (unsigned long)i - (unsigned long)copy < len;
        hits += !own && is_here(copy + i, complement);
    }
    macaw_wipe(copy, len);
    free(copy);
    return hits;
}

static size_t count_everywhere(const unsigned char *complement)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    int mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    unsigned long from, to;
    size_t hits = 0;
    char mode[5], name[256];

    assert_non_null(maps);
    assert_true(mem >= 0);
    while (fscanf(maps, "%lx-%lx %4s%255[^\n]", &from, &to, mode, name) == 4) {
        if (strncmp(mode, "rw", 2) == 0 && strstr(name, "[stack]") == NULL) {
            hits += count_in(mem, from, to, complement);
        }
    }
    (void)fclose(maps);
    (void)close(mem);
    return hits;
}

static size_t secret_len(const macaw_alg *alg)
{
    return alg->key_max < 32 ? alg->key_max : alg->key_min > 32 ? alg->key_min : 32;
}

/* Keys, uses and frees; leaves the complement of the secret's beginning. */
static bool use_a_key(const macaw_alg *alg, const char *kernel, size_t msg_len,
                      unsigned char *complement)
{
    const macaw_key_opts opts = {.kernel = kernel};
    const unsigned char data[300] = {0}, nonce[64] = {0};
    const macaw_msg msg = {.nonce = nonce, .data = data, .len = msg_len};
    unsigned char secret[64], tag[MACAW_TAG_MAX];
    macaw_key *key;
    int status;

    assert_in_range(secret_len(alg), NEEDLE_LEN, sizeof secret);
    assert_int_equal(macaw_random(secret, sizeof secret), MACAW_OK);
    for (size_t i = 0; i < NEEDLE_LEN; i++) {
        complement[i] = secret[i] ^ 0xff;
    }
    status = macaw_key_new(&key, alg, secret, secret_len(alg), &opts);
    macaw_wipe(secret, sizeof secret);
    if (status != MACAW_OK) {
        assert_int_equal(status, MACAW_EUNAVAILABLE);
        return false;
    }
    assert_int_equal(macaw_tag(key, &msg, tag, alg->tag_len), MACAW_OK);
    macaw_key_free(key);
    return true;
}

static void check(const macaw_alg *alg, const char *kernel, size_t msg_len)
{
    unsigned char complement[NEEDLE_LEN];

    if (use_a_key(alg, kernel, msg_len, complement) && count_everywhere(complement) > 0) {
        fail_msg("%s (%s), %zu bytes: the secret is still in memory", alg->name, kernel, msg_len);
    }
}

static void test_keys_are_wiped(void **state)
{
    static const size_t lengths[] = {0, 300};
    const macaw_alg *alg;
    const char *kernel;

    (void)state;
    for (size_t a = 0; (alg = macaw_alg_at(a)) != NULL; a++) {
        /* A key as short as DES's is no needle. */
        for (size_t k = 0;
             secret_len(alg) >= NEEDLE_LEN && (kernel = macaw_alg_kernel(alg, k)) != NULL; k++) {
            for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
                check(alg, kernel, alg->msg_len > 0 ? alg->msg_len : lengths[l]);
            }
        }
    }
}

static void test_the_search_finds(void **state)
{
    unsigned char complement[NEEDLE_LEN];
    unsigned char *secret = malloc(NEEDLE_LEN);

    (void)state;
    assert_non_null(secret);
    assert_int_equal(macaw_random(secret, NEEDLE_LEN), MACAW_OK);
    for (size_t i = 0; i < NEEDLE_LEN; i++) {
        complement[i] = secret[i] ^ 0xff;
    }
    assert_true(count_everywhere(complement) > 0);
    macaw_wipe(secret, NEEDLE_LEN);
    assert_int_equal(count_everywhere(complement), 0);
    free(secret);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_search_finds),
        cmocka_unit_test(test_keys_are_wiped),
    };

#ifdef __SANITIZE_ADDRESS__
    return 77; /* its shadow is too large to search, and keeps what was freed */
#endif
    return cmocka_run_group_tests(tests, NULL, NULL);
}
