#include "support.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/codec.h"

uint8_t pattern_key[256], pattern_msg[1024];

__attribute__((constructor)) static void fill_patterns(void)
{
    for (size_t i = 0; i < sizeof pattern_key; i++) {
        pattern_key[i] = (uint8_t)(7 * i + 1);
    }
    for (size_t i = 0; i < sizeof pattern_msg; i++) {
        pattern_msg[i] = (uint8_t)(i % 251);
    }
}

FILE *vectors_open(const char *name)
{
    char path[512];

    (void)snprintf(path, sizeof path, "%s/%s", VECTORS, name);
    FILE *f = fopen(path, "r");
    if (f == NULL) {
        fail_msg("cannot open %s", path);
    }
    return f;
}

size_t unhex(uint8_t *out, size_t cap, const char *hex)
{
    size_t n = strcmp(hex, "-") == 0 ? 0 : strlen(hex);

    if (n / 2 > cap || macaw_hex_decode(out, hex, n, NULL) != MACAW_OK) {
        fail_msg("bad hex in vectors: %.40s", hex);
    }
    return n / 2;
}

static void check_vector(const char *alg, const char *key_hex, const char *msg_hex,
                         const char *tag_hex)
{
    uint8_t secret[256], msg[256], want[MACAW_TAG_MAX], got[MACAW_TAG_MAX];
    size_t secret_len = unhex(secret, sizeof secret, key_hex);
    macaw_msg m = {.data = msg, .len = unhex(msg, sizeof msg, msg_hex)};
    macaw_key_opts opts = {.tag_len = unhex(want, sizeof want, tag_hex)};
    const macaw_alg *a = macaw_alg_find(alg);
    macaw_key *key = NULL;

    assert_non_null(a);
    assert_int_equal(macaw_key_new(&key, a, secret, secret_len, &opts), MACAW_OK);
    assert_int_equal(macaw_tag(key, &m, got, opts.tag_len), MACAW_OK);
    assert_bytes(alg, m.len, want, got, opts.tag_len);
    assert_int_equal(macaw_verify(key, &m, want, opts.tag_len), MACAW_OK);
    macaw_key_free(key);
}

size_t check_vectors(const char *name)
{
    char alg[32], key[512], msg[512], tag[160], line[1400];
    size_t n = 0;
    FILE *f = vectors_open(name);

    while (fgets(line, sizeof line, f) != NULL) {
        if (line[0] != '#') {
            assert_int_equal(sscanf(line, "%31s %511s %511s %159s", alg, key, msg, tag), 4);
            check_vector(alg, key, msg, tag);
            n++;
        }
    }
    fclose(f);
    return n;
}

void assert_bytes(const char *what, size_t len, const uint8_t *want, const uint8_t *got, size_t n)
{
    char w[2 * MACAW_TAG_MAX + 1] = "", g[2 * MACAW_TAG_MAX + 1] = "";

    if (memcmp(want, got, n) == 0) {
        return;
    }
    macaw_hex_encode(w, want, n);
    macaw_hex_encode(g, got, n);
    fail_msg("%s, length %zu: want %s, got %s", what, len, w, g);
}

static size_t page_round(size_t n)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    return (n + page - 1) / page * page;
}

uint8_t *guarded_alloc(size_t n)
{
    size_t body = page_round(n), page = page_round(1);
    uint8_t *p =
        mmap(NULL, body + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    assert_true(p != MAP_FAILED);
    assert_int_equal(mprotect(p + body, page, PROT_NONE), 0);
    return p + body - n;
}

void guarded_free(uint8_t *p, size_t n)
{
    size_t body = page_round(n);

    assert_int_equal(munmap(p + n - body, body + page_round(1)), 0);
}

macaw_key *key_of(const char *alg, const void *secret, size_t len, const char *kernel)
{
    macaw_key *key = NULL;
    macaw_key_opts opts = {.kernel = kernel};
    const macaw_alg *a = macaw_alg_find(alg);

    assert_non_null(a);
    assert_int_equal(macaw_key_new(&key, a, secret, len, &opts), MACAW_OK);
    return key;
}

void tag_of(const macaw_key *key, const void *msg, size_t len, uint8_t *tag)
{
    macaw_msg m = {.data = msg, .len = len};

    assert_int_equal(macaw_tag(key, &m, tag, macaw_key_tag_len(key)), MACAW_OK);
}
