/* The front door and the HMAC family: published vectors, every length, every
 * split, every kernel, and what must be refused. Checklist: A3, A4, A7, A9, A12,
 * A13, A14, B33, B34, B35, B36, B37. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "mac/nested.h"
#include "mac/registry.h"

#define MSG_MAX 257

static uint8_t pattern_key[256], pattern_msg[1024];

static int fill_patterns(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pattern_key; i++) {
        pattern_key[i] = (uint8_t)(7 * i + 1);
    }
    for (size_t i = 0; i < sizeof pattern_msg; i++) {
        pattern_msg[i] = (uint8_t)(i % 251);
    }
    return 0;
}

/* Call check for every algorithm and every kernel that this CPU has; at least
 * one kernel of each algorithm must be there. */
typedef void kernel_check(const macaw_alg *alg, const char *kernel);

static void each_kernel(kernel_check *check)
{
    for (size_t a = 0; macaw_alg_at(a) != NULL; a++) {
        const macaw_alg *alg = macaw_alg_at(a);
        size_t ran = 0;
        for (size_t k = 0; macaw_alg_kernel(alg, k) != NULL; k++) {
            macaw_key_opts opts = {.kernel = macaw_alg_kernel(alg, k)};
            macaw_key *key = NULL;
            int rc = macaw_key_new(&key, alg, pattern_key, 32, &opts);
            if (rc == MACAW_EUNAVAILABLE) {
                print_message("skipped: %s has no kernel %s here\n", alg->name, opts.kernel);
                continue;
            }
            assert_int_equal(rc, MACAW_OK);
            assert_string_equal(macaw_key_kernel(key), opts.kernel);
            macaw_key_free(key);
            check(alg, opts.kernel);
            ran++;
        }
        assert_true(ran > 0);
    }
}

static void rfc_vectors(void **state)
{
    char alg[32], khex[512], mhex[512], thex[160], line[1400];
    uint8_t key[256], msg[256], want[64], got[64];
    size_t n = 0;
    FILE *f = vectors_open("hmac-rfc.txt");

    (void)state;
    while (fgets(line, sizeof line, f) != NULL) {
        if (line[0] == '#') {
            continue;
        }
        assert_int_equal(sscanf(line, "%31s %511s %511s %159s", alg, khex, mhex, thex), 4);
        size_t klen = unhex(key, sizeof key, khex), mlen = unhex(msg, sizeof msg, mhex);
        size_t tlen = unhex(want, sizeof want, thex);
        macaw_key_opts opts = {.tag_len = tlen};
        macaw_key *k = NULL;
        macaw_msg m = {.data = msg, .len = mlen};
        assert_int_equal(macaw_key_new(&k, macaw_alg_find(alg), key, klen, &opts), MACAW_OK);
        assert_int_equal(macaw_tag(k, &m, got, tlen), MACAW_OK);
        assert_bytes(alg, mlen, want, got, tlen);
        assert_int_equal(macaw_verify(k, &m, want, tlen), MACAW_OK);
        macaw_key_free(k);
        n++;
    }
    fclose(f);
    assert_int_equal(n, 43);
}

/* One line of hmac-lengths.txt: the tags of lengths 0, step, 2 step, … */
static void check_lengths(const char *alg, size_t key_len, size_t step, char *rest,
                          const char *kernel)
{
    macaw_key *key = key_of(alg, pattern_key, key_len, kernel);
    size_t len = 0;
    uint8_t want[8], tag[MACAW_TAG_MAX];

    for (char *hex = strtok(rest, " \n"); hex != NULL; hex = strtok(NULL, " \n"), len += step) {
        assert_int_equal(unhex(want, sizeof want, hex), 8);
        uint8_t *msg = guarded_alloc(len);
        memcpy(msg, pattern_msg, len);
        tag_of(key, msg, len, tag);
        assert_bytes(alg, len, want, tag, 8);
        guarded_free(msg, len);
    }
    assert_true(len > MSG_MAX - step);
    macaw_key_free(key);
}

static void every_length(void **state)
{
    static char line[8192], copy[8192];
    char alg[32];
    size_t key_len, step, lines = 0;
    int used;
    FILE *f = vectors_open("hmac-lengths.txt");

    (void)state;
    while (fgets(line, sizeof line, f) != NULL) {
        if (line[0] == '#') {
            continue;
        }
        assert_int_equal(sscanf(line, "%31s %zu %zu %n", alg, &key_len, &step, &used), 3);
        const macaw_alg *a = macaw_alg_find(alg);
        for (size_t k = 0; macaw_alg_kernel(a, k) != NULL; k++) {
            macaw_key_opts opts = {.kernel = macaw_alg_kernel(a, k)};
            macaw_key *probe = NULL;
            if (macaw_key_new(&probe, a, "x", 1, &opts) != MACAW_OK) {
                continue;
            }
            macaw_key_free(probe);
            memcpy(copy, line, sizeof copy);
            check_lengths(alg, key_len, step, copy + used, opts.kernel);
        }
        lines++;
    }
    fclose(f);
    assert_int_equal(lines, 11 * 11);
}

static void splits_of(const macaw_alg *alg, const char *kernel)
{
    macaw_key *key = key_of(alg->name, pattern_key, 32, kernel);
    uint8_t want[MACAW_TAG_MAX], got[MACAW_TAG_MAX];

    for (size_t len = 0; len <= MSG_MAX; len++) {
        tag_of(key, pattern_msg, len, want);
        for (size_t cut = 0; cut <= len; cut += len < 150 ? 1 : 13) {
            macaw_ctx ctx;
            assert_int_equal(macaw_start(&ctx, key, NULL, 0), MACAW_OK);
            assert_int_equal(macaw_update(&ctx, pattern_msg, cut), MACAW_OK);
            assert_int_equal(macaw_update(&ctx, pattern_msg + cut, len - cut), MACAW_OK);
            assert_int_equal(macaw_finish(&ctx, got, alg->tag_len), MACAW_OK);
            assert_bytes(alg->name, len, want, got, alg->tag_len);
        }
    }
    macaw_key_free(key);
}

static void every_split(void **state)
{
    (void)state;
    each_kernel(splits_of);
}

static void long_streams_of(const macaw_alg *alg, const char *kernel)
{
    macaw_key *key = key_of(alg->name, pattern_key, 32, kernel);
    static uint8_t msg[20000];
    uint8_t want[MACAW_TAG_MAX], got[MACAW_TAG_MAX];
    macaw_ctx ctx;

    for (size_t i = 0; i < sizeof msg; i++) {
        msg[i] = (uint8_t)(i * i >> 3);
    }
    tag_of(key, msg, sizeof msg, want);
    assert_int_equal(macaw_start(&ctx, key, NULL, 0), MACAW_OK);
    for (size_t at = 0, piece = 1; at < sizeof msg; piece = piece * 5 % 997 + 1) {
        size_t n = sizeof msg - at < piece ? sizeof msg - at : piece;
        assert_int_equal(macaw_update(&ctx, msg + at, n), MACAW_OK);
        at += n;
    }
    assert_int_equal(macaw_finish(&ctx, got, alg->tag_len), MACAW_OK);
    assert_bytes(alg->name, sizeof msg, want, got, alg->tag_len);
    macaw_key_free(key);
}

static void long_streams(void **state)
{
    (void)state;
    each_kernel(long_streams_of);
}

static void clone_of(const macaw_alg *alg, const char *kernel)
{
    macaw_key *key = key_of(alg->name, pattern_key, 32, kernel);
    uint8_t want[MACAW_TAG_MAX], a[MACAW_TAG_MAX], b[MACAW_TAG_MAX];
    macaw_ctx ctx, twin;

    for (size_t at = 0; at < 200; at += 29) {
        assert_int_equal(macaw_start(&ctx, key, NULL, 0), MACAW_OK);
        assert_int_equal(macaw_update(&ctx, pattern_msg, at), MACAW_OK);
        assert_int_equal(macaw_ctx_clone(&twin, &ctx), MACAW_OK);
        assert_int_equal(macaw_update(&twin, pattern_msg + at, 100), MACAW_OK);
        assert_int_equal(macaw_finish(&ctx, a, alg->tag_len), MACAW_OK);
        assert_int_equal(macaw_finish(&twin, b, alg->tag_len), MACAW_OK);
        tag_of(key, pattern_msg, at, want);
        assert_bytes("original after clone", at, want, a, alg->tag_len);
        tag_of(key, pattern_msg, at + 100, want);
        assert_bytes("clone", at + 100, want, b, alg->tag_len);
    }
    macaw_key_free(key);
}

static void clones_are_independent(void **state)
{
    (void)state;
    each_kernel(clone_of);
}

static void batch_of(const macaw_alg *alg, const char *kernel)
{
    enum { N = 150 };
    static uint8_t tags[N * MACAW_TAG_MAX];
    macaw_key *key = key_of(alg->name, pattern_key, 32, kernel);
    macaw_msg msgs[N];
    uint8_t want[MACAW_TAG_MAX], ok[N];

    for (size_t i = 0; i < N; i++) {
        msgs[i] = (macaw_msg){.data = pattern_msg + i, .len = (i * 37) % 300};
    }
    for (size_t n = 0; n <= N; n += n < 70 ? 1 : 16) {
        memset(tags, 0, sizeof tags);
        assert_int_equal(macaw_tag_many(key, msgs, n, tags, alg->tag_len), MACAW_OK);
        for (size_t i = 0; i < n; i++) {
            tag_of(key, msgs[i].data, msgs[i].len, want);
            assert_bytes(alg->name, msgs[i].len, want, tags + i * alg->tag_len, alg->tag_len);
        }
        assert_int_equal(macaw_verify_many(key, msgs, n, tags, alg->tag_len, ok), MACAW_OK);
        if (n > 0) {
            tags[(n - 1) * alg->tag_len + alg->tag_len - 1] ^= 1;
            assert_int_equal(macaw_verify_many(key, msgs, n, tags, alg->tag_len, ok),
                             MACAW_EFORGED);
            for (size_t i = 0; i < n; i++) {
                assert_int_equal(ok[i], i != n - 1);
            }
            assert_int_equal(macaw_verify_many(key, msgs, n, tags, alg->tag_len, NULL),
                             MACAW_EFORGED);
        }
    }
    macaw_key_free(key);
}

static void batch_equals_single(void **state)
{
    (void)state;
    each_kernel(batch_of);
}

static void every_tag_bit_counts(void **state)
{
    (void)state;
    for (size_t a = 0; macaw_alg_at(a) != NULL; a++) {
        const macaw_alg *alg = macaw_alg_at(a);
        macaw_key *key = key_of(alg->name, pattern_key, 32, NULL);
        macaw_msg m = {.data = pattern_msg, .len = 77};
        uint8_t tag[MACAW_TAG_MAX];
        tag_of(key, m.data, m.len, tag);
        for (size_t bit = 0; bit < 8 * alg->tag_len; bit++) {
            tag[bit / 8] ^= (uint8_t)(1u << (bit % 8));
            assert_int_equal(macaw_verify(key, &m, tag, alg->tag_len), MACAW_EFORGED);
            tag[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        }
        assert_int_equal(macaw_verify(key, &m, tag, alg->tag_len), MACAW_OK);
        macaw_key_free(key);
    }
}

/* The attacker does not choose how much of a tag is compared. */
static void wrong_tag_lengths(void **state)
{
    macaw_key *key = key_of("hmac-sha256", pattern_key, 32, NULL);
    macaw_msg m = {.data = pattern_msg, .len = 10};
    uint8_t tag[MACAW_TAG_MAX] = {0};
    macaw_ctx ctx;

    (void)state;
    tag_of(key, m.data, m.len, tag);
    for (size_t n = 0; n <= MACAW_TAG_MAX; n++) {
        int want = n == 32 ? MACAW_OK : MACAW_EFORGED;
        assert_int_equal(macaw_verify(key, &m, tag, n), want);
        assert_int_equal(macaw_verify_many(key, &m, 1, tag, n, NULL), want);
        assert_int_equal(macaw_start(&ctx, key, NULL, 0), MACAW_OK);
        assert_int_equal(macaw_update(&ctx, m.data, m.len), MACAW_OK);
        assert_int_equal(macaw_finish_verify(&ctx, tag, n), want);
    }
    assert_int_equal(macaw_verify(key, &m, NULL, 0), MACAW_EFORGED);
    assert_int_equal(macaw_tag(key, &m, tag, 31), MACAW_EARG);
    macaw_key_free(key);
}

static void truncation(void **state)
{
    uint8_t full[32], cut[32];
    macaw_msg m = {.data = pattern_msg, .len = 10};
    macaw_key *whole = key_of("hmac-sha256", pattern_key, 32, NULL);

    (void)state;
    tag_of(whole, m.data, m.len, full);
    for (size_t n = 1; n <= 33; n++) {
        macaw_key_opts plain = {.tag_len = n};
        macaw_key_opts flagged = {.tag_len = n, .flags = MACAW_KEY_SHORT_TAG};
        const macaw_alg *alg = macaw_alg_find("hmac-sha256");
        macaw_key *key = NULL;
        int want = n > 32 ? MACAW_EARG : n < 8 ? MACAW_EWEAK : MACAW_OK;
        assert_int_equal(macaw_key_new(&key, alg, pattern_key, 32, &plain), want);
        macaw_key_free(key);
        if (n > 32) {
            break;
        }
        assert_int_equal(macaw_key_new(&key, alg, pattern_key, 32, &flagged), MACAW_OK);
        assert_int_equal(macaw_key_tag_len(key), n);
        assert_int_equal(macaw_tag(key, &m, cut, n), MACAW_OK);
        assert_bytes("leftmost bytes", n, full, cut, n);
        assert_int_equal(macaw_verify(key, &m, full, n), MACAW_OK);
        assert_int_equal(macaw_verify(key, &m, full, 32), n == 32 ? MACAW_OK : MACAW_EFORGED);
        macaw_key_free(key);
    }
    macaw_key_free(whole);
}

static void finished_contexts_are_dead(void **state)
{
    (void)state;
    for (size_t a = 0; macaw_alg_at(a) != NULL; a++) {
        const macaw_alg *alg = macaw_alg_at(a);
        macaw_key *key = key_of(alg->name, pattern_key, 32, NULL);
        macaw_ctx ctx, twin;
        uint8_t tag[MACAW_TAG_MAX];
        static const macaw_ctx zero;

        assert_int_equal(macaw_start(&ctx, key, NULL, 0), MACAW_OK);
        assert_int_equal(macaw_update(&ctx, "x", 1), MACAW_OK);
        assert_int_equal(macaw_finish(&ctx, tag, alg->tag_len), MACAW_OK);
        assert_int_equal(macaw_update(&ctx, "x", 1), MACAW_ESTATE);
        assert_int_equal(macaw_finish(&ctx, tag, alg->tag_len), MACAW_ESTATE);
        assert_int_equal(macaw_finish_verify(&ctx, tag, alg->tag_len), MACAW_ESTATE);
        assert_int_equal(macaw_ctx_clone(&twin, &ctx), MACAW_ESTATE);
        macaw_ctx_end(&ctx);

        memset(&ctx, 0, sizeof ctx);
        assert_int_equal(macaw_start(&ctx, key, NULL, 0), MACAW_OK);
        assert_int_equal(macaw_update(&ctx, "secret message", 14), MACAW_OK);
        macaw_ctx_end(&ctx);
        assert_memory_equal(&ctx, &zero, sizeof ctx);
        assert_int_equal(macaw_update(&ctx, "x", 1), MACAW_ESTATE);
        macaw_key_free(key);
    }
}

static void arguments(void **state)
{
    const macaw_alg *alg = macaw_alg_find("hmac-sha256");
    macaw_key *key = NULL;
    macaw_ctx ctx;
    uint8_t tag[32];
    macaw_key_opts unknown = {.kernel = "abacus"};
    macaw_msg none = {.data = NULL, .len = 0}, bad = {.data = NULL, .len = 1};

    (void)state;
    assert_int_equal(macaw_key_new(&key, NULL, "k", 1, NULL), MACAW_EARG);
    assert_int_equal(macaw_key_new(&key, alg, NULL, 1, NULL), MACAW_EARG);
    assert_int_equal(macaw_key_new(&key, alg, "k", (size_t)alg->key_max + 1, NULL), MACAW_EARG);
    assert_int_equal(macaw_key_new(&key, alg, "k", 1, &unknown), MACAW_ENOTFOUND);
    assert_null(key);
    assert_int_equal(macaw_key_new(&key, alg, NULL, 0, NULL), MACAW_OK);
    assert_int_equal(macaw_tag(key, &none, tag, 32), MACAW_OK);
    assert_int_equal(macaw_tag(key, &bad, tag, 32), MACAW_EARG);
    assert_int_equal(macaw_verify(key, &bad, tag, 32), MACAW_EARG);
    assert_int_equal(macaw_start(&ctx, key, "nonce", 5), MACAW_EARG);
    assert_int_equal(macaw_start(&ctx, key, NULL, 0), MACAW_OK);
    assert_int_equal(macaw_update(&ctx, NULL, 0), MACAW_OK);
    assert_int_equal(macaw_update(&ctx, NULL, 1), MACAW_EARG);
    assert_int_equal(macaw_finish(&ctx, tag, 31), MACAW_EARG);
    assert_int_equal(macaw_finish(&ctx, tag, 32), MACAW_ESTATE);
    macaw_key_free(key);
    macaw_key_free(NULL);
    assert_null(macaw_alg_find("hmac-sha2"));
    assert_null(macaw_alg_find(""));
}

static void use_is_counted(void **state)
{
    macaw_key *key = key_of("hmac-sha256", pattern_key, 32, NULL);
    uint8_t tags[3 * 32];
    macaw_msg msgs[3] = {{NULL, "a", 1}, {NULL, "bc", 2}, {NULL, "def", 3}};
    macaw_ctx ctx;

    (void)state;
    assert_int_equal(macaw_tag_many(key, msgs, 3, tags, 32), MACAW_OK);
    assert_int_equal(macaw_verify(key, &msgs[0], tags, 32), MACAW_OK);
    assert_int_equal(macaw_start(&ctx, key, NULL, 0), MACAW_OK);
    assert_int_equal(macaw_update(&ctx, pattern_msg, 1000), MACAW_OK);
    assert_int_equal(macaw_finish(&ctx, tags, 32), MACAW_OK);
    assert_int_equal(macaw_key_used(key).messages, 5);
    assert_int_equal(macaw_key_used(key).bytes, 6 + 1 + 1000);
    macaw_key_free(key);
}

/* Past the point where the shared word is emptied, nothing is lost. */
static void use_spills_exactly(void **state)
{
    macaw_use use = {0};
    uint64_t messages = 0, bytes = 0;

    (void)state;
    for (uint64_t i = 0; i < 40000; i++) {
        uint64_t b = i % 7 == 0 ? UINT64_C(5) << 32 : 400000 + i;
        macaw_use_add(&use, 1 + i % 3, b);
        messages += 1 + i % 3;
        bytes += b;
    }
    assert_int_equal(macaw_use_sum(&use).messages, messages);
    assert_int_equal(macaw_use_sum(&use).bytes, bytes);
    assert_true(atomic_load(&use.messages) > 0);
}

/* HMAC is g(f(x)) with two functions that exist on their own. */
static void hmac_is_g_of_f(void **state)
{
    static const char *const names[] = {"hmac-md5", "hmac-sha1", "hmac-sha224", "hmac-sha256",
                                        "hmac-sha384", "hmac-sha512", "hmac-sha512-256"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        macaw_key *key = key_of(names[i], pattern_key, 32, NULL);
        const macaw_nested_key *nested = (const void *)key->state;
        uint8_t inner[MACAW_MD_DIGEST_MAX], tag[MACAW_TAG_MAX], want[MACAW_TAG_MAX];
        for (size_t len = 0; len <= MSG_MAX; len++) {
            tag_of(key, pattern_msg, len, want);
            macaw_nested_f(nested, pattern_msg, len, inner);
            macaw_nested_g(nested, inner, tag);
            assert_bytes(names[i], len, want, tag, macaw_key_tag_len(key));
        }
        macaw_key_free(key);
    }
}

/* HMAC written out from a plain hash: h((k ^ opad) || h((k ^ ipad) || x)), with
 * the key padded on the side that pad_left says. */
static void hmac_by_hand(const uint8_t *key, size_t key_len, bool pad_left, const uint8_t *msg,
                         size_t len, uint8_t *tag)
{
    const macaw_md_kernel *k = macaw_md_pick(&macaw_sha256, NULL, NULL);
    uint8_t inner[64 + MSG_MAX] = {0}, outer[64 + 32] = {0};
    size_t shift = pad_left ? 64 - key_len : 0;

    for (size_t i = 0; i < 64; i++) {
        uint8_t b = i >= shift && i - shift < key_len ? key[i - shift] : 0;
        inner[i] = b ^ 0x36;
        outer[i] = b ^ 0x5c;
    }
    memcpy(inner + 64, msg, len);
    macaw_md_hash(&macaw_sha256, k, inner, 64 + len, outer + 64);
    macaw_md_hash(&macaw_sha256, k, outer, 96, tag);
}

static void zeros_go_to_the_right(void **state)
{
    const uint8_t *jefe = (const uint8_t *)"Jefe";
    const uint8_t *msg = (const uint8_t *)"what do ya want for nothing?";
    macaw_key *key = key_of("hmac-sha256", jefe, 4, NULL);
    uint8_t tag[32], right[32], left[32], wrong[4];

    (void)state;
    tag_of(key, msg, 28, tag);
    hmac_by_hand(jefe, 4, false, msg, 28, right);
    hmac_by_hand(jefe, 4, true, msg, 28, left);
    assert_bytes("right padding", 28, right, tag, 32);
    assert_memory_not_equal(left, tag, 32);
    (void)unhex(wrong, sizeof wrong, "d9930c23");
    assert_bytes("what left padding gives", 28, wrong, left, 4);
    macaw_key_free(key);

    uint8_t padded[5] = "Jefe"; /* so K and K || 00 are one key */
    key = key_of("hmac-sha256", padded, 5, NULL);
    tag_of(key, msg, 28, left);
    assert_bytes("K || 00", 28, tag, left, 32);
    macaw_key_free(key);
}

static void deterministic(void **state)
{
    (void)state;
    for (size_t a = 0; macaw_alg_at(a) != NULL; a++) {
        const macaw_alg *alg = macaw_alg_at(a);
        uint8_t one[MACAW_TAG_MAX], two[MACAW_TAG_MAX];
        macaw_key *k1 = key_of(alg->name, pattern_key, 32, NULL);
        macaw_key *k2 = key_of(alg->name, pattern_key, 32, NULL);
        macaw_key *other = key_of(alg->name, pattern_key + 1, 32, NULL);
        tag_of(k1, pattern_msg, 100, one);
        tag_of(k2, pattern_msg, 100, two);
        assert_bytes(alg->name, 100, one, two, alg->tag_len);
        tag_of(other, pattern_msg, 100, two);
        assert_memory_not_equal(one, two, alg->tag_len);
        assert_true((alg->flags & MACAW_ALG_PRF) != 0);
        macaw_key_free(k1);
        macaw_key_free(k2);
        macaw_key_free(other);
    }
}

/* The insecure suffix construction is right, and out of reach by name. */
static void suffix_is_apart(void **state)
{
    static const char text[] = "/example/users?user=test&institutionID=999"
                               "&signature=7e745d74b69b7f62e8e21711662980";
    const macaw_alg *alg = macaw_alg_find_insecure("sha256-suffix");
    macaw_key *key = NULL;
    uint8_t want[32], got[32], streamed[32];
    macaw_ctx ctx;

    (void)state;
    assert_non_null(alg);
    assert_null(macaw_alg_find("sha256-suffix"));
    assert_null(macaw_alg_find_insecure("hmac-sha256"));
    assert_int_equal(macaw_key_new(&key, alg, "your_secret_key", 15, NULL), MACAW_OK);
    (void)unhex(want, 32, "1c73495878ccea24af9dd281a4c883c40a3551ba799d30f4ad7d9afb6a60fbd4");
    tag_of(key, text, sizeof text - 1, got);
    assert_bytes("suffix", sizeof text - 1, want, got, 32);
    for (size_t cut = 0; cut < sizeof text; cut++) {
        assert_int_equal(macaw_start(&ctx, key, NULL, 0), MACAW_OK);
        assert_int_equal(macaw_update(&ctx, text, cut), MACAW_OK);
        assert_int_equal(macaw_update(&ctx, text + cut, sizeof text - 1 - cut), MACAW_OK);
        assert_int_equal(macaw_finish(&ctx, streamed, 32), MACAW_OK);
        assert_bytes("suffix, split", cut, want, streamed, 32);
    }
    macaw_key_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_vectors),
        cmocka_unit_test(every_length),
        cmocka_unit_test(every_split),
        cmocka_unit_test(long_streams),
        cmocka_unit_test(clones_are_independent),
        cmocka_unit_test(batch_equals_single),
        cmocka_unit_test(every_tag_bit_counts),
        cmocka_unit_test(wrong_tag_lengths),
        cmocka_unit_test(truncation),
        cmocka_unit_test(finished_contexts_are_dead),
        cmocka_unit_test(arguments),
        cmocka_unit_test(use_is_counted),
        cmocka_unit_test(use_spills_exactly),
        cmocka_unit_test(hmac_is_g_of_f),
        cmocka_unit_test(zeros_go_to_the_right),
        cmocka_unit_test(deterministic),
        cmocka_unit_test(suffix_is_apart),
    };

    return cmocka_run_group_tests_name("mac", tests, fill_patterns, NULL);
}
