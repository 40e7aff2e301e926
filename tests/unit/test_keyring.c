/* Keyrings in memory: what is read, what is refused, who signs, who verifies. */
#include "keyring_world.h"

#include <stdlib.h>

#include "base/codec.h"
#include "key/published.h"
#include "key/ring.h"
#include "mac/registry.h"

/* ---- reading ---- */

static void reads_every_member(void **state)
{
    (void)state;
    macaw_keyring *ring = ring_of(RING(KEY("a.B_c-1", K1,
                                           ",\"use\":\"cookie-2\",\"state\":\"pending\",\"iat\":1,"
                                           "\"nbf\":20,\"sign_until\":30,\"exp\":40")));
    const macaw_entry *entry = macaw_keyring_at(ring, 0);

    assert_int_equal(macaw_keyring_size(ring), 1);
    assert_null(macaw_keyring_at(ring, 1));
    assert_string_equal(entry->kid, "a.B_c-1");
    assert_string_equal(entry->use, "cookie-2");
    assert_ptr_equal(entry->alg, macaw_alg_find("hmac-sha256"));
    assert_ptr_equal(macaw_key_alg(entry->key), entry->alg);
    assert_int_equal(macaw_key_tag_len(entry->key), 32);
    assert_int_equal(entry->state, MACAW_PENDING);
    assert_int_equal(entry->secret_len, 32);
    assert_false(entry->insecure);
    assert_int_equal(entry->iat, 1);
    assert_int_equal(entry->nbf, 20);
    assert_int_equal(entry->sign_until, 30);
    assert_int_equal(entry->exp, 40);
    macaw_keyring_free(ring);
}

static void defaults_of_absent_members(void **state)
{
    (void)state;
    macaw_keyring *ring = ring_of(RING(KEY("a", K1, "")));
    const macaw_entry *entry = macaw_keyring_at(ring, 0);

    assert_string_equal(entry->use, "http");
    assert_int_equal(entry->state, MACAW_ACTIVE);
    assert_false(entry->insecure);
    assert_true(entry->iat == 0 && entry->nbf == 0 && entry->sign_until == 0 && entry->exp == 0);
    macaw_keyring_free(ring);

    ring = ring_of(RING(""));
    assert_int_equal(macaw_keyring_size(ring), 0);
    assert_null(macaw_keyring_find(ring, "a", 1));
    macaw_keyring_free(ring);
    macaw_keyring_free(NULL);
}

/* The tag must be the one of exactly the decoded bytes. */
static void key_is_the_decoded_secret(void **state)
{
    uint8_t secret[33], want[32], got[32];
    size_t len;
    macaw_key *key;
    const macaw_msg msg = {.data = "message", .len = 7};

    (void)state;
    macaw_keyring *ring = ring_of(RING(KEY("a", K1, "")));
    assert_int_equal(macaw_base64_decode(MACAW_BASE64URL, secret, &len, K1, strlen(K1), NULL),
                     MACAW_OK);
    assert_int_equal(macaw_key_new(&key, macaw_alg_find("hmac-sha256"), secret, len, NULL),
                     MACAW_OK);
    assert_int_equal(macaw_tag(key, &msg, want, sizeof want), MACAW_OK);
    assert_int_equal(macaw_tag(macaw_keyring_at(ring, 0)->key, &msg, got, sizeof got), MACAW_OK);
    assert_memory_equal(got, want, sizeof want);
    macaw_key_free(key);
    macaw_keyring_free(ring);
}

static void refuses_what_is_no_set(void **state)
{
    (void)state;
    refused("", MACAW_EFORMAT, "JSON");
    refused("{", MACAW_EFORMAT, "line 1");
    refused("[]", MACAW_EFORMAT, "keys");
    refused("{}", MACAW_EFORMAT, "keys");
    refused("{\"keys\":{}}", MACAW_EFORMAT, "keys");
    refused("{\"keys\":null}", MACAW_EFORMAT, "keys");
    refused("{\"keys\":[]}x", MACAW_EFORMAT, "JSON");
    refused("{\"keys\":[],}", MACAW_EFORMAT, "JSON");
    refused("\xef\xbb\xbf{\"keys\":[]}", MACAW_EFORMAT, "JSON");
    refused("{\"keys\":[],\"keys\":[]}", MACAW_EFORMAT, "twice");
    refused("{\"keys\":[],\"x\":\"\xff\"}", MACAW_EFORMAT, "JSON");
    refused(RING("7"), MACAW_EFORMAT, "keys[0]: is not an object");
    refused("{\"k\":\"" K1 "\"", MACAW_EFORMAT, "JSON");
    refused("{\"keys\":[{\"k\":\"" K1 "\\q\"}]}", MACAW_EFORMAT, "JSON");
    refused("{\"" K1 "\":1,\"" K1 "\":2}", MACAW_EFORMAT, "twice");
    refused("{\"keys\":[" K1 "]}", MACAW_EFORMAT, "JSON");
    refused("{\"k\":\"q83vEjRWeJ\\q\"}", MACAW_EFORMAT, "JSON"); /* K1's beginning */
    refused("{\"q83vEjRWeJ\":1,\"q83vEjRWeJ\":2}", MACAW_EFORMAT, "twice");
}

static void syntax_errors_have_an_offset(void **state)
{
    macaw_keyring *ring = NULL;
    macaw_error err = {0};
    const char json[] = "{\"keys\":\n !}";

    (void)state;
    assert_int_equal(macaw_keyring_parse(&ring, json, strlen(json), &err), MACAW_EFORMAT);
    assert_in_range(err.offset, 9, 11);
    assert_non_null(strstr(err.text, "line 2"));
}

static void refuses_wrong_members(void **state)
{
    (void)state;
#define M(more) RING(KEY("a", K1, more))
#define DECLARED(kty, kid, alg, k)                                                                 \
    "{\"keys\":[{\"kty\":" kty ",\"kid\":" kid ",\"alg\":" alg ",\"k\":" k "}]}"
#define GOOD_K "\"" K1 "\""
    refused(RING("{}"), MACAW_EFORMAT, "keys[0]: kty");
    refused(DECLARED("1", "\"a\"", "\"hmac-sha256\"", GOOD_K), MACAW_EFORMAT, "keys[0]: kty");
    refused(DECLARED("\"oct\"", "1", "\"hmac-sha256\"", GOOD_K), MACAW_EFORMAT, "keys[0]: kid");
    refused(DECLARED("\"oct\"", "\"a\"", "[]", GOOD_K), MACAW_EFORMAT, "keys[0] \"a\": alg");
    refused(DECLARED("\"oct\"", "\"a\"", "\"HS256\"", GOOD_K), MACAW_EFORMAT, "\"a\": alg");
    refused(DECLARED("\"oct\"", "\"a\"", "\"HMAC-SHA256\"", GOOD_K), MACAW_EFORMAT, "\"a\": alg");
    refused(DECLARED("\"oct\"", "\"a\"", GOOD_K, GOOD_K), MACAW_EFORMAT, "\"a\": alg");
    refused(DECLARED("\"oct\"", "\"a\"", "\"hmac-sha256\"", "1"), MACAW_EFORMAT, "\"a\": k:");
    refused(DECLARED("\"oct\"", "\"a\"", "\"hmac-sha256\"", "null"), MACAW_EFORMAT, "\"a\": k:");
    refused(RING("{\"kty\":\"oct\"}"), MACAW_EFORMAT, "kid: is missing");
    refused(RING("{\"kty\":\"oct\",\"kid\":\"a\"}"), MACAW_EFORMAT, "alg: is missing");
    refused(RING("{\"kty\":\"oct\",\"kid\":\"a\",\"alg\":\"hmac-sha256\"}"), MACAW_EFORMAT,
            "k: is missing");
    refused(M(",\"state\":\"Active\""), MACAW_EFORMAT, "\"a\": state");
    refused(M(",\"state\":\"\""), MACAW_EFORMAT, "\"a\": state");
    refused(M(",\"state\":1"), MACAW_EFORMAT, "\"a\": state");
    refused(M(",\"state\":null"), MACAW_EFORMAT, "\"a\": state");
    refused(M(",\"insecure\":1"), MACAW_EFORMAT, "\"a\": insecure");
    refused(M(",\"insecure\":\"true\""), MACAW_EFORMAT, "\"a\": insecure");
    refused(M(",\"use\":true"), MACAW_EFORMAT, "\"a\": use");
    refused(M(",\"kid\":\"b\""), MACAW_EFORMAT, "twice");
    refused(RING(KEY("good", K2, ""), KEY("bad", K1, ",\"exp\":-1")), MACAW_EFORMAT,
            "keys[1] \"bad\": exp");
}

/* Spelling of kid and use: every character, and the lengths at the edge. */
static void spelling_of_names(void **state)
{
    static const char kid_chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "0123456789._-";
    static const char use_chars[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    char json[512];

    (void)state;
    for (int c = 0x20; c < 0x7f; c++) {
        if (c == '"' || c == '\\') {
            continue;
        }
        (void)snprintf(json, sizeof json, RING(KEY("a%cb", K1, "")), c);
        if (strchr(kid_chars, c) != NULL) {
            macaw_keyring_free(ring_of(json));
        } else {
            refused(json, MACAW_EFORMAT, "keys[0]: kid");
        }
        (void)snprintf(json, sizeof json, RING(KEY("a", K1, ",\"use\":\"%c\"")), c);
        if (strchr(use_chars, c) != NULL) {
            macaw_keyring_free(ring_of(json));
        } else {
            refused(json, MACAW_EFORMAT, "\"a\": use");
        }
    }
    refused(RING(KEY("", K1, "")), MACAW_EFORMAT, "kid");
    refused(RING(KEY("a\\u0000b", K1, "")), MACAW_EFORMAT, "JSON");
    refused(RING(KEY("\xc3\xa9", K1, "")), MACAW_EFORMAT, "kid");
    refused(RING(KEY("a", K1, ",\"use\":\"\"")), MACAW_EFORMAT, "use");
    for (int n = 63; n <= 65; n++) {
        (void)snprintf(json, sizeof json, RING(KEY("%.*s", K1, "")), n,
                       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
        if (n <= MACAW_KID_MAX) {
            macaw_keyring_free(ring_of(json));
        } else {
            refused(json, MACAW_EFORMAT, "kid");
        }
        (void)snprintf(json, sizeof json, RING(KEY("a", K1, ",\"use\":\"%.*s\"")), n - 32,
                       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
        if (n - 32 <= MACAW_USE_MAX) {
            macaw_keyring_free(ring_of(json));
        } else {
            refused(json, MACAW_EFORMAT, "use");
        }
    }
}

static void spelling_of_secrets(void **state)
{
    (void)state;
    refused(RING(KEY("a", K1 "=", "")), MACAW_EFORMAT, "\"a\": k: is not base64url");
    refused(RING(KEY("a", "AAAA+AAAAAAAAAAAAAAAAA", "")), MACAW_EFORMAT, "base64url");
    refused(RING(KEY("a", "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQERERERERESJ", "")), MACAW_EFORMAT,
            "base64url"); /* K1 with a spare bit set */
    refused(RING(KEY("a", " " K1, "")), MACAW_EFORMAT, "base64url");
    refused(RING(KEY("a", K1 "\\n", "")), MACAW_EFORMAT, "base64url");
    refused(RING(KEY("a", K1 "AA", "")), MACAW_EFORMAT, "base64url");
    refused(RING(KEY("a", "", "")), MACAW_EFORMAT, "k: is empty");
    refused(RING(KEY("a", "", ",\"insecure\":true")), MACAW_EFORMAT, "k: is empty");
}

static void spelling_of_dates(void **state)
{
    static const char *const members[] = {"iat", "nbf", "sign_until", "exp"};
    static const char *const bad[] = {"-1", "0",    "1.0", "1e3",  "\"1\"",       "null",
                                      "[]", "true", "{}",  "-0.5", "253402300800"};
    char json[512], words[64];

    (void)state;
    for (size_t m = 0; m < 4; m++) {
        (void)snprintf(words, sizeof words, "keys[0] \"a\": %s: ", members[m]);
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
            (void)snprintf(json, sizeof json, RING(KEY("a", K1, ",\"%s\":%s")), members[m], bad[i]);
            refused(json, MACAW_EFORMAT, words);
        }
        (void)snprintf(json, sizeof json, RING(KEY("a", K1, ",\"%s\":253402300799")), members[m]);
        macaw_keyring_free(ring_of(json));
        (void)snprintf(json, sizeof json, RING(KEY("a", K1, ",\"%s\":99999999999999999999")),
                       members[m]);
        refused(json, MACAW_EFORMAT, "JSON");
    }
    refused(RING(KEY("a", K1, ",\"nbf\":10,\"sign_until\":9")), MACAW_EFORMAT,
            "sign_until: is before");
    refused(RING(KEY("a", K1, ",\"nbf\":10,\"exp\":9")), MACAW_EFORMAT, "exp: is before");
    macaw_keyring_free(ring_of(RING(KEY("a", K1, ",\"nbf\":10,\"sign_until\":10,\"exp\":10"))));
}

static void limits(void **state)
{
    (void)state;
    size_t room = MACAW_KEYRING_BYTES_MAX + 2;
    char *json = malloc(room);
    macaw_keyring *ring = NULL;
    macaw_error err;

    assert_non_null(json);
    memset(json, ' ', room);
    memcpy(json, "{\"keys\":[]}", 11);
    assert_int_equal(macaw_keyring_parse(&ring, json, MACAW_KEYRING_BYTES_MAX, &err), MACAW_OK);
    macaw_keyring_free(ring);
    assert_int_equal(macaw_keyring_parse(&ring, json, MACAW_KEYRING_BYTES_MAX + 1, &err),
                     MACAW_ELIMIT);
    for (size_t n = MACAW_KEYRING_KEYS_MAX; n <= MACAW_KEYRING_KEYS_MAX + 1; n++) {
        size_t at = 9;
        for (size_t i = 0; i < n; i++) {
            at += (size_t)sprintf(json + at, "%s{\"kty\":\"RSA\"}", i == 0 ? "" : ",");
        }
        at += (size_t)sprintf(json + at, "]}");
        int status = macaw_keyring_parse(&ring, json, at, &err);
        assert_int_equal(status, n == MACAW_KEYRING_KEYS_MAX ? MACAW_OK : MACAW_ELIMIT);
        if (status == MACAW_OK) {
            macaw_keyring_free(ring);
        }
    }
    free(json);
}

/* ---- what a keyring does not hold ---- */

static void add_secret(macaw_keyring *ring, const char *kid, const void *secret, size_t len,
                       bool insecure, int status)
{
    macaw_error err = {0};
    macaw_entry_spec spec = {.kid = kid,
                             .alg = macaw_alg_find("hmac-sha256"),
                             .secret = secret,
                             .secret_len = len,
                             .state = MACAW_ACTIVE,
                             .insecure = insecure};
    int got = macaw_keyring_add(ring, &spec, &err);

    if (got != status) {
        fail_msg("%zu bytes \"%.*s\": %d, %s", len, (int)len, (const char *)secret, got, err.text);
    }
}

static void refuses_short_secrets(void **state)
{
    static const uint8_t secret[] = {0xc3, 0x71, 0x0b, 0x9e, 0x55, 0x42, 0xd0, 0x17,
                                     0x8a, 0x3c, 0xee, 0x61, 0x04, 0xb9, 0x2f, 0x76};
    size_t safe = macaw_alg_find("hmac-sha256")->key_safe;
    macaw_keyring *ring;

    (void)state;
    assert_in_range(safe, 2, sizeof secret);
    assert_int_equal(macaw_keyring_new(&ring), MACAW_OK);
    add_secret(ring, "short", secret, safe - 1, false, MACAW_EWEAK);
    add_secret(ring, "short", secret, 1, false, MACAW_EWEAK);
    add_secret(ring, "empty", secret, 0, true, MACAW_EFORMAT);
    add_secret(ring, "long-enough", secret, safe, false, MACAW_OK);
    add_secret(ring, "marked", secret, safe - 1, true, MACAW_OK);
    assert_int_equal(macaw_keyring_size(ring), 2);
    assert_true(macaw_keyring_at(ring, 1)->insecure);
    macaw_keyring_free(ring);
    refused(RING(KEY("a", "w3ELnlVC0BeKPO5hBLkv", "")), MACAW_EWEAK, "\"a\": k: is 15 bytes");
    macaw_keyring_free(ring_of(RING(KEY("a", "w3ELnlVC0BeKPO5hBLkv", ",\"insecure\":true"))));
    refused(RING(KEY("a", "w3ELnlVC0BeKPO5hBLkv", ",\"insecure\":false")), MACAW_EWEAK, "k: is 15");
}

/* The algorithm's own limit, and for those without a near one the file's. */
static void refuses_long_secrets(void **state)
{
    static uint8_t secret[MACAW_KEYRING_BYTES_MAX + 1];
    const macaw_alg *suffix = macaw_alg_find_insecure("sha256-suffix");
    macaw_entry_spec spec = {.kid = "a", .alg = suffix, .secret = secret, .insecure = true};
    macaw_keyring *ring;

    (void)state;
    for (size_t i = 0; i < sizeof secret; i++) {
        secret[i] = (uint8_t)(i % 251 + 1);
    }
    assert_in_range(suffix->key_max, 1, sizeof secret - 1);
    assert_true(macaw_alg_find("hmac-sha256")->key_max >= MACAW_KEYRING_BYTES_MAX);
    assert_int_equal(macaw_keyring_new(&ring), MACAW_OK);
    spec.secret_len = suffix->key_max + 1;
    assert_int_equal(macaw_keyring_add(ring, &spec, NULL), MACAW_EFORMAT);
    spec.secret_len = suffix->key_max;
    assert_int_equal(macaw_keyring_add(ring, &spec, NULL), MACAW_OK);
    add_secret(ring, "longest", secret, sizeof secret - 1, false, MACAW_OK);
    add_secret(ring, "longer", secret, sizeof secret, false, MACAW_EFORMAT);
    add_secret(ring, "longer", secret, sizeof secret, true, MACAW_EFORMAT);
    macaw_keyring_free(ring);
}

static void published(const void *secret, size_t len)
{
    if (!macaw_secret_published(secret, len)) {
        fail_msg("not listed: %zu bytes, \"%.*s\"", len, (int)len, (const char *)secret);
    }
}

static void published_hex(const char *hex)
{
    uint8_t bytes[64];

    assert_int_equal(macaw_hex_decode(bytes, hex, strlen(hex), NULL), MACAW_OK);
    published(bytes, strlen(hex) / 2);
}

static void published_base64(macaw_base64_kind kind, const char *text)
{
    uint8_t bytes[64];
    size_t len;

    assert_int_equal(macaw_base64_decode(kind, bytes, &len, text, strlen(text), NULL), MACAW_OK);
    published(bytes, len);
}

static void knows_published_texts(void **state)
{
    static const char *const texts[] = {
        "your_secret_key",
        "YOUR_SECRET_KEY",
        "secret",
        "secret\n",
        "secret\r\n",
        "changeme",
        "password",
        "Password",
        "keyboard cat",
        "dev",
        "django-insecure-",
        "django-insecure-6#p2!x)v$w8q*e@1z",
        "your-256-bit-secret",
        "a-string-secret-at-least-256-bits-long",
        "a-string-secret-at-least-256-bits-long\n",
        "0123456789abcdef",
        "0123456789ABCDEF0123456789ABCDEF",
        "12345678901234567890123456789012",
        "secretsecretsecretsecretsecretse",
        "Jefe",
        "SomeRandomString",
        "\x02\x01thisismyscretkey\x01\x02\\e\\y\\y\\h",
        "_5#y2L\"F4Q8z\n\xec]/",
        "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        published(texts[i], strlen(texts[i]));
    }
}

static void knows_published_bytes(void **state)
{
    uint8_t run[131];

    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        memset(run, byte, sizeof run);
        published(run, 16);
        published(run, 131);
    }
    for (size_t i = 0; i < sizeof run; i++) {
        run[i] = (uint8_t)(i + 1);
    }
    published(run, 25); /* RFC 4231 case 4 */
    published(run, 131);
    published_hex("0123456789abcdef");
    published_hex("2b7e151628aed2a6abf7158809cf4f3c");
    published_hex("deadbeefdeadbeefdeadbeefdeadbeef");
    published_hex("09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7");
    published_base64(MACAW_BASE64URL, "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3"
                                      "Yj0iPS4hcgUuTwjAzZr1Z9CAow");
    published_base64(MACAW_BASE64,
                     "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtb"
                     "mHhIDi6pcl8jsasjlTMtDQ==");
}

static void knows_no_other(void **state)
{
    static const char *const texts[] = {"",         "ab",
                                        "secre",    "secret\n\n",
                                        "xsecret",  "secretx1secretx1",
                                        "keyboard", "django-insecur",
                                        "jefe's k", "correct horse battery staple"};
    uint8_t bytes[64];
    size_t len;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (macaw_secret_published(texts[i], strlen(texts[i]))) {
            fail_msg("listed: %s", texts[i]);
        }
    }
    assert_int_equal(macaw_base64_decode(MACAW_BASE64URL, bytes, &len, K1, strlen(K1), NULL),
                     MACAW_OK);
    assert_false(macaw_secret_published(bytes, len));
    memset(bytes, 7, sizeof bytes);
    bytes[63] = 8;
    assert_false(macaw_secret_published(bytes, 64));
}

static void refuses_published_secrets(void **state)
{
    (void)state;
    /* a-string-secret-at-least-256-bits-long: long enough, but known to all */
#define JWT_IO "YS1zdHJpbmctc2VjcmV0LWF0LWxlYXN0LTI1Ni1iaXRzLWxvbmc"
    refused(RING(KEY("a", JWT_IO, "")), MACAW_EWEAK, "\"a\": k: is a published");
    macaw_keyring_free(ring_of(RING(KEY("a", JWT_IO, ",\"insecure\":true"))));
}

static void unsound_algorithms_need_the_mark(void **state)
{
#define SUFFIX(more)                                                                               \
    RING("{\"kty\":\"oct\",\"kid\":\"a\",\"alg\":\"sha256-suffix\",\"k\":\"" K1 "\"" more "}")
    (void)state;
    assert_null(macaw_alg_find("sha256-suffix"));
    refused(SUFFIX(""), MACAW_EWEAK, "\"a\": alg");
    refused(SUFFIX(",\"insecure\":false"), MACAW_EWEAK, "\"a\": alg");
    macaw_keyring *ring = ring_of(SUFFIX(",\"insecure\":true"));
    assert_string_equal(macaw_keyring_at(ring, 0)->alg->name, "sha256-suffix");

    macaw_keyring *other;
    macaw_entry_spec spec = {.kid = "b",
                             .alg = macaw_keyring_at(ring, 0)->alg,
                             .secret = "0NVnaY2q9sdKfu3b",
                             .secret_len = 16,
                             .state = MACAW_ACTIVE};
    assert_int_equal(macaw_keyring_new(&other), MACAW_OK);
    assert_int_equal(macaw_keyring_add(other, &spec, NULL), MACAW_EWEAK);
    spec.insecure = true;
    assert_int_equal(macaw_keyring_add(other, &spec, NULL), MACAW_OK);
    macaw_keyring_free(other);
    macaw_keyring_free(ring);
}

static void nothing_twice(void **state)
{
    (void)state;
    refused(RING(KEY("a", K1, ""), KEY("a", K2, "")), MACAW_EEXIST, "keys[1] \"a\": kid");
    refused(RING(KEY("a", K1, ""), KEY("b", K2, ""), KEY("c", K1, "")), MACAW_EEXIST,
            "keys[2] \"c\": k: is the secret of \"a\"");
    /* whatever the purpose, the state or the algorithm */
    refused(RING(KEY("a", K1, ",\"use\":\"x\""), KEY("b", K1, ",\"state\":\"retired\"")),
            MACAW_EEXIST, "keys[1] \"b\": k");
    refused(RING(KEY("a", K1, "") ",{\"kty\":\"oct\",\"kid\":\"b\",\"alg\":\"hmac-sha512\","
                                  "\"k\":\"" K1 "\"}"),
            MACAW_EEXIST, "keys[1] \"b\": k");
    macaw_keyring_free(ring_of(RING(KEY("a", K1, ""), KEY("A", K2, ""))));
}

/* HMAC pads a key with zeros: K and K || 00 are one key, for any block size. */
static void zero_padded_is_the_same_secret(void **state)
{
    uint8_t secret[200] = {0xc3, 0x71, 0x0b, 0x9e, 0x55, 0x42, 0xd0, 0x17,
                           0x8a, 0x3c, 0xee, 0x61, 0x04, 0xb9, 0x2f, 0x76};
    static const size_t lens[] = {17, 18, 63, 64, 65, 127, 128, 200};
    macaw_keyring *ring;

    (void)state;
    assert_int_equal(macaw_keyring_new(&ring), MACAW_OK);
    add_secret(ring, "a", secret, 16, false, MACAW_OK);
    for (size_t i = 0; i < sizeof lens / sizeof *lens; i++) {
        add_secret(ring, "b", secret, lens[i], false, MACAW_EEXIST);
    }
    secret[16] = 1;
    add_secret(ring, "b", secret, 17, false, MACAW_OK);
    macaw_keyring_free(ring);
}

static void fingerprints_identify_secrets(void **state)
{
    (void)state;
    macaw_keyring *a = ring_of(RING(KEY("a", K1, "")));
    macaw_keyring *b = ring_of(RING(KEY("x", K2, ""), KEY("y", K1, ",\"use\":\"other\"")));
    const uint8_t *print = macaw_keyring_at(a, 0)->fingerprint;

    assert_memory_equal(print, macaw_keyring_at(b, 1)->fingerprint, MACAW_FINGERPRINT_LEN);
    assert_memory_not_equal(print, macaw_keyring_at(b, 0)->fingerprint, MACAW_FINGERPRINT_LEN);
    macaw_keyring_free(a);
    macaw_keyring_free(b);
}

/* ---- states ---- */

static void state_names(void **state)
{
    (void)state;
    assert_string_equal(macaw_key_state_name(MACAW_PENDING), "pending");
    assert_string_equal(macaw_key_state_name(MACAW_ACTIVE), "active");
    assert_string_equal(macaw_key_state_name(MACAW_VERIFY), "verify");
    assert_string_equal(macaw_key_state_name(MACAW_RETIRED), "retired");
    assert_non_null(macaw_key_state_name((macaw_key_state)99));
}

static void judge(const char *members, int64_t now, macaw_key_state want)
{
    char json[512];

    (void)snprintf(json, sizeof json, RING(KEY("a", K1, "%s")), members);
    macaw_keyring *ring = ring_of(json);
    macaw_key_state got = macaw_entry_state(macaw_keyring_at(ring, 0), now);
    if (got != want) {
        fail_msg("%s at %lld: %s", members, (long long)now, macaw_key_state_name(got));
    }
    macaw_keyring_free(ring);
}

static void states_by_the_second(void **state)
{
#define DATES ",\"nbf\":100,\"sign_until\":200,\"exp\":300"
    static const struct {
        int64_t now;
        macaw_key_state begun; /* pending or active as written */
    } at[] = {{INT64_MIN, MACAW_PENDING}, {0, MACAW_PENDING},        {99, MACAW_PENDING},
              {100, MACAW_ACTIVE},        {101, MACAW_ACTIVE},       {199, MACAW_ACTIVE},
              {200, MACAW_VERIFY},        {299, MACAW_VERIFY},       {300, MACAW_RETIRED},
              {301, MACAW_RETIRED},       {INT64_MAX, MACAW_RETIRED}};

    (void)state;
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        macaw_key_state verify = at[i].now < 300 ? MACAW_VERIFY : MACAW_RETIRED;
        judge(DATES, at[i].now, at[i].begun);
        judge(DATES ",\"state\":\"active\"", at[i].now, at[i].begun);
        judge(DATES ",\"state\":\"pending\"", at[i].now, at[i].begun);
        judge(DATES ",\"state\":\"verify\"", at[i].now, verify);
        judge(DATES ",\"state\":\"retired\"", at[i].now, MACAW_RETIRED);
    }
}

static void states_without_dates(void **state)
{
    static const int64_t times[] = {INT64_MIN, -1, 0, 1, 1711662980, INT64_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        judge("", times[i], MACAW_ACTIVE);
        judge(",\"state\":\"pending\"", times[i], MACAW_PENDING);
        judge(",\"state\":\"verify\"", times[i], MACAW_VERIFY);
        judge(",\"state\":\"retired\"", times[i], MACAW_RETIRED);
    }
    /* sign_until does not start a pending key */
    judge(",\"state\":\"pending\",\"sign_until\":10", 20, MACAW_PENDING);
    judge(",\"state\":\"pending\",\"exp\":10", 10, MACAW_RETIRED);
    judge(",\"sign_until\":10", 9, MACAW_ACTIVE);
    judge(",\"sign_until\":10", 10, MACAW_VERIFY);
    judge(",\"exp\":10", 9, MACAW_ACTIVE);
    judge(",\"exp\":10", 10, MACAW_RETIRED);
}

/* ---- lookups ---- */

static void finds_by_kid(void **state)
{
    (void)state;
    macaw_keyring *ring =
        ring_of(RING(KEY("m", K1, ""), KEY("z", K2, ""), KEY("a", K3, ""), KEY("ab", K4, "")));

    assert_ptr_equal(macaw_keyring_find(ring, "m", 1), macaw_keyring_at(ring, 0));
    assert_ptr_equal(macaw_keyring_find(ring, "z", 1), macaw_keyring_at(ring, 1));
    assert_ptr_equal(macaw_keyring_find(ring, "a", 1), macaw_keyring_at(ring, 2));
    assert_ptr_equal(macaw_keyring_find(ring, "ab", 2), macaw_keyring_at(ring, 3));
    assert_ptr_equal(macaw_keyring_find(ring, "abc", 1), macaw_keyring_at(ring, 2));
    assert_null(macaw_keyring_find(ring, "abc", 3));
    assert_null(macaw_keyring_find(ring, "a\0", 2));
    assert_null(macaw_keyring_find(ring, "", 0));
    assert_null(macaw_keyring_find(ring, NULL, 0));
    assert_null(macaw_keyring_find(ring, "M", 1));
    char longest[8192];
    memset(longest, 'a', sizeof longest);
    assert_null(macaw_keyring_find(ring, longest, MACAW_KID_MAX));
    assert_null(macaw_keyring_find(ring, longest, MACAW_KID_MAX + 1));
    assert_null(macaw_keyring_find(ring, longest, sizeof longest));
    macaw_keyring_free(ring);
}

static void finds_every_one_of_many(void **state)
{
    macaw_keyring *ring;
    char kid[16];

    (void)state;
    assert_int_equal(macaw_keyring_new(&ring), MACAW_OK);
    for (unsigned i = 0; i < MACAW_KEYRING_KEYS_MAX; i++) {
        uint8_t secret[16] = {9, 3, 77, 1};
        memcpy(secret + 8, &i, sizeof i);
        secret[15] = 1;
        (void)snprintf(kid, sizeof kid, "k%u", i * 2654435761u); /* no order */
        add_secret(ring, kid, secret, sizeof secret, false, MACAW_OK);
    }
    for (unsigned i = 0; i < MACAW_KEYRING_KEYS_MAX; i++) {
        (void)snprintf(kid, sizeof kid, "k%u", i * 2654435761u);
        assert_ptr_equal(macaw_keyring_find(ring, kid, strlen(kid)), macaw_keyring_at(ring, i));
    }
    add_secret(ring, "one-more", "Zx81nLr0pQs2tUvW3yAa", 20, false, MACAW_ELIMIT);
    macaw_keyring_free(ring);
}

static void expect(const macaw_keyring *ring, const char *use, int64_t now, int status,
                   const char *kids)
{
    const macaw_entry *out[1 + MACAW_KEYRING_VERIFY_MAX], *signer = NULL;
    char got[256] = "";

    size_t n = macaw_keyring_candidates(ring, use, now, out);
    for (size_t i = 0; i < n; i++) {
        strcat(got, i == 0 ? "" : " ");
        strcat(got, out[i]->kid);
    }
    assert_string_equal(got, kids);
    assert_int_equal(macaw_keyring_signer(ring, use, now, &signer), status);
    if (status == MACAW_OK) {
        assert_ptr_equal(signer, out[0]);
    } else {
        assert_null(signer);
    }
}

static void signer_is_the_only_active(void **state)
{
    (void)state;
    macaw_keyring *ring = ring_of(RING(
        KEY("a", K1, ",\"use\":\"one\""), KEY("b", K2, ",\"use\":\"two\""),
        KEY("c", K3, ",\"use\":\"two\""), KEY("d", K4, ",\"use\":\"three\",\"state\":\"verify\"")));

    expect(ring, "one", 0, MACAW_OK, "a");
    expect(ring, "two", 0, MACAW_EEXIST, "");
    expect(ring, "three", 0, MACAW_ENOTFOUND, "d");
    expect(ring, "four", 0, MACAW_ENOTFOUND, "");
    expect(ring, "on", 0, MACAW_ENOTFOUND, "");
    expect(ring, "", 0, MACAW_ENOTFOUND, "");
    macaw_keyring_free(ring);
}

static void candidates_are_the_newest_four(void **state)
{
    (void)state;
#define V(kid, k, iat) KEY(kid, k, ",\"state\":\"verify\",\"iat\":" iat)
    macaw_keyring *ring =
        ring_of(RING(V("v3", K1, "3"), V("v5", K2, "5"), KEY("now", K3, ",\"iat\":1"),
                     V("v1", K4, "1"), V("v4", K5, "4"), V("v2", K6, "2")));
    expect(ring, "http", 0, MACAW_OK, "now v5 v4 v3 v2");
    macaw_keyring_free(ring);

    ring = ring_of(RING(V("v1", K1, "7"), V("v2", K2, "7"), KEY("v3", K3, ",\"state\":\"verify\""),
                        KEY("v4", K4, ",\"state\":\"verify\"")));
    expect(ring, "http", 0, MACAW_ENOTFOUND, "v2 v1 v4 v3");
    macaw_keyring_free(ring);
}

static void two_active_leave_the_verifying(void **state)
{
    (void)state;
    macaw_keyring *ring = ring_of(RING(KEY("a", K1, ""), KEY("b", K2, ""), V("v", K3, "1"),
                                       KEY("p", K4, ",\"state\":\"pending\""),
                                       KEY("r", K5, ",\"state\":\"retired\"")));
    expect(ring, "http", 0, MACAW_EEXIST, "v");
    macaw_keyring_free(ring);
}

/* Whatever their age, and even where two newer ones are active. */
static void keys_past_sign_until_verify(void **state)
{
    (void)state;
    macaw_keyring *ring =
        ring_of(RING(KEY("x", K5, ",\"iat\":7"), KEY("a", K1, ",\"iat\":9"),
                     KEY("b", K2, ",\"iat\":8"), KEY("c", K3, ",\"iat\":1,\"sign_until\":10"),
                     KEY("d", K4, ",\"iat\":2,\"state\":\"pending\",\"nbf\":5,\"sign_until\":10")));
    expect(ring, "http", 9, MACAW_EEXIST, "");
    expect(ring, "http", 10, MACAW_EEXIST, "d c");
    macaw_keyring_free(ring);

    ring = ring_of(RING(KEY("a", K1, ",\"iat\":9,\"sign_until\":100"),
                        KEY("b", K2, ",\"iat\":8,\"sign_until\":100"), V("v", K3, "1")));
    expect(ring, "http", 10, MACAW_EEXIST, "v");
    macaw_keyring_free(ring);
}

/* A rotation by dates alone: new starts at 100, old stops signing then. */
static void rotation_by_the_second(void **state)
{
    (void)state;
    macaw_keyring *ring = ring_of(
        RING(KEY("old", K1, ",\"iat\":1,\"sign_until\":100,\"exp\":200"),
             KEY("new", K2, ",\"iat\":50,\"state\":\"pending\",\"nbf\":100,\"sign_until\":300")));

    expect(ring, "http", 99, MACAW_OK, "old");
    expect(ring, "http", 100, MACAW_OK, "new old");
    expect(ring, "http", 199, MACAW_OK, "new old");
    expect(ring, "http", 200, MACAW_OK, "new");
    expect(ring, "http", 300, MACAW_ENOTFOUND, "new");
    macaw_keyring_free(ring);
}

/* ---- editing ---- */

static void check_print(const macaw_keyring *ring, const char *want)
{
    char *text;
    size_t len;

    assert_int_equal(macaw_ring_print(ring, &text, &len), MACAW_OK);
    json_t *got = json_loadb(text, len, 0, NULL);
    json_t *wanted = json_loads(want, 0, NULL);
    assert_non_null(got);
    assert_non_null(wanted);
    char *a = json_dumps(got, JSON_COMPACT), *b = json_dumps(wanted, JSON_COMPACT);
    assert_string_equal(a, b); /* order included */
    assert_int_equal(text[len - 1], '\n');
    free(a);
    free(b);
    json_decref(got);
    json_decref(wanted);
    free(text);
}

static void added_keys_print(void **state)
{
    static const uint8_t secret[] = {0xab, 0xcd, 0xef, 0x12, 0x34, 0x56, 0x78, 0x90,
                                     0xab, 0xcd, 0xef, 0x12, 0x34, 0x56, 0x78, 0x91};
    macaw_entry_spec spec = {.kid = "a",
                             .use = "cookie",
                             .alg = macaw_alg_find("hmac-sha512"),
                             .secret = secret,
                             .secret_len = sizeof secret,
                             .state = MACAW_PENDING,
                             .iat = 10,
                             .nbf = 20,
                             .sign_until = 30,
                             .exp = 40};
    macaw_keyring *ring;

    (void)state;
    assert_int_equal(macaw_keyring_new(&ring), MACAW_OK);
    check_print(ring, "{\"keys\":[]}");
    assert_int_equal(macaw_keyring_add(ring, &spec, NULL), MACAW_OK);
    check_print(ring,
                RING("{\"kty\":\"oct\",\"kid\":\"a\",\"use\":\"cookie\",\"alg\":\"hmac-sha512\","
                     "\"k\":\"q83vEjRWeJCrze8SNFZ4kQ\",\"iat\":10,\"nbf\":20,\"state\":"
                     "\"pending\",\"sign_until\":30,\"exp\":40}"));
    add_secret(ring, "b", "hunter2", 7, true, MACAW_OK);
    check_print(ring,
                RING("{\"kty\":\"oct\",\"kid\":\"a\",\"use\":\"cookie\",\"alg\":\"hmac-sha512\","
                     "\"k\":\"q83vEjRWeJCrze8SNFZ4kQ\",\"iat\":10,\"nbf\":20,\"state\":"
                     "\"pending\",\"sign_until\":30,\"exp\":40},"
                     "{\"kty\":\"oct\",\"kid\":\"b\",\"use\":\"http\",\"alg\":\"hmac-sha256\","
                     "\"k\":\"aHVudGVyMg\",\"state\":\"active\",\"insecure\":true}"));
    macaw_keyring_free(ring);
}

static void add_refused(macaw_keyring *ring, macaw_entry_spec spec, int status, const char *words)
{
    macaw_error err = {0};
    size_t size = macaw_keyring_size(ring);

    assert_int_equal(macaw_keyring_add(ring, &spec, &err), status);
    if (strstr(err.text, words) == NULL) {
        fail_msg("%s; want %s", err.text, words);
    }
    assert_null(strstr(err.text, "Marker"));
    assert_int_equal(macaw_keyring_size(ring), size);
    assert_int_equal(macaw_keyring_add(ring, &spec, NULL), status);
}

static void add_refuses_what_a_file_may_not(void **state)
{
    (void)state;
    const macaw_entry_spec good = {.kid = "b",
                                   .alg = macaw_alg_find("hmac-sha256"),
                                   .secret = "MarkerMarkerMarker7",
                                   .secret_len = 19,
                                   .state = MACAW_ACTIVE};
    macaw_keyring *ring = ring_of(RING(KEY("a", K1, "") ",{\"kty\":\"EC\"}"));
    macaw_entry_spec spec;
#define WITH(change) (spec = good, spec.change, spec)
    add_refused(ring, WITH(kid = NULL), MACAW_EFORMAT, "keys[2]: kid");
    add_refused(ring, WITH(kid = "MarkerMarker7/"), MACAW_EFORMAT, "keys[2]: kid");
    add_refused(ring, WITH(kid = "a"), MACAW_EEXIST, "keys[2] \"a\": kid");
    add_refused(ring, WITH(use = "HTTP"), MACAW_EFORMAT, "keys[2] \"b\": use");
    add_refused(ring, WITH(alg = NULL), MACAW_EFORMAT, "\"b\": alg");
    add_refused(ring, WITH(secret_len = 6), MACAW_EWEAK, "\"b\": k");
    add_refused(ring, WITH(secret_len = 0), MACAW_EFORMAT, "\"b\": k");
    add_refused(ring, WITH(state = (macaw_key_state)4), MACAW_EFORMAT, "\"b\": state");
    add_refused(ring, WITH(iat = -1), MACAW_EFORMAT, "\"b\": iat");
    add_refused(ring, WITH(nbf = INT64_MAX), MACAW_EFORMAT, "\"b\": nbf");
    spec = good;
    spec.nbf = 10;
    spec.exp = 9;
    add_refused(ring, spec, MACAW_EFORMAT, "\"b\": exp");
    check_print(ring, RING(KEY("a", K1, "") ",{\"kty\":\"EC\"}"));
    assert_int_equal(macaw_keyring_add(ring, &good, NULL), MACAW_OK);
    add_refused(ring, WITH(kid = "c"), MACAW_EEXIST, "keys[3] \"c\": k: is the secret of \"b\"");
    macaw_keyring_free(ring);
}

static void change_moves_states_and_dates(void **state)
{
    (void)state;
    macaw_keyring *ring = ring_of(
        RING("{\"kty\":\"RSA\"}," KEY("a", K1, ",\"exp\":90,\"note\":\"x\""), KEY("b", K2, "")));
    const macaw_entry *entry = macaw_keyring_find(ring, "a", 1);

    expect(ring, "http", 50, MACAW_EEXIST, "");
    assert_int_equal(macaw_keyring_change(ring, "a", MACAW_ACTIVE, 60, 0), MACAW_OK);
    assert_ptr_equal(macaw_keyring_find(ring, "a", 1), entry);
    assert_true(entry->sign_until == 60 && entry->exp == 0);
    expect(ring, "http", 60, MACAW_OK, "b a");
    check_print(ring, RING("{\"kty\":\"RSA\"}," KEY("a", K1,
                                                    ",\"note\":\"x\",\"state\":\"active\","
                                                    "\"sign_until\":60"),
                           KEY("b", K2, "")));
    assert_int_equal(macaw_keyring_change(ring, "b", MACAW_RETIRED, 0, 0), MACAW_OK);
    expect(ring, "http", 50, MACAW_OK, "a");
    assert_int_equal(macaw_keyring_change(ring, "b", MACAW_VERIFY, 0, 70), MACAW_OK);
    expect(ring, "http", 50, MACAW_OK, "a b");
    expect(ring, "http", 70, MACAW_ENOTFOUND, "a");
    macaw_keyring_free(ring);
}

static void change_refuses(void **state)
{
    (void)state;
    const char *json = RING(KEY("a", K1, ",\"nbf\":100"));
    macaw_keyring *ring = ring_of(json);

    assert_int_equal(macaw_keyring_change(ring, "b", MACAW_ACTIVE, 0, 0), MACAW_ENOTFOUND);
    assert_int_equal(macaw_keyring_change(ring, "", MACAW_ACTIVE, 0, 0), MACAW_ENOTFOUND);
    assert_int_equal(macaw_keyring_change(ring, "a", (macaw_key_state)4, 0, 0), MACAW_EARG);
    assert_int_equal(macaw_keyring_change(ring, "a", MACAW_ACTIVE, 99, 0), MACAW_EARG);
    assert_int_equal(macaw_keyring_change(ring, "a", MACAW_ACTIVE, 0, 99), MACAW_EARG);
    assert_int_equal(macaw_keyring_change(ring, "a", MACAW_ACTIVE, -1, 0), MACAW_EARG);
    check_print(ring, json);
    assert_int_equal(macaw_keyring_change(ring, "a", MACAW_ACTIVE, 100, 100), MACAW_OK);
    macaw_keyring_free(ring);
}

static void unknown_members_and_types_stay(void **state)
{
    static const char json[] =
        "{\"issuer\":\"me\",\"keys\":[{\"kty\":\"OKP\",\"kid\":\"a\",\"x\":\"AQ\"},{\"z\":[1,{"
        "\"y\":"
        "null}],\"kty\":\"oct\",\"kid\":\"a\",\"alg\":\"hmac-sha256\",\"k\":\"" K1
        "\",\"note\":\"\u00fc\",\"r\":0.1},{\"kty\":\"RSA\",\"kid\":\"a\",\"state\":7}],\"last\":{}"
        "}";

    (void)state;
    macaw_keyring *ring = ring_of(json);
    assert_int_equal(macaw_keyring_size(ring), 1);
    check_print(ring, json);
    macaw_keyring_free(ring);
}

/* ---- memory ---- */

static int allocations_left = -1; /* negative: any number */

static void *scarce_malloc(size_t n)
{
    if (allocations_left == 0) {
        return NULL;
    }
    allocations_left -= allocations_left > 0;
    return malloc(n);
}

/* With so many allocations for the document: all of it works, or the step that
 * does not says so and changes nothing. */
static bool works_with(int allocations)
{
    const char *json = RING(KEY("a", K1, ",\"note\":[1.5]"), KEY("b", K2, ""));
    const macaw_entry_spec spec = {.kid = "c",
                                   .alg = macaw_alg_find("hmac-sha256"),
                                   .secret = "MarkerMarkerMarker7",
                                   .secret_len = 19,
                                   .state = MACAW_ACTIVE,
                                   .exp = 9};
    macaw_keyring *ring = NULL;
    macaw_error err = {0};

    allocations_left = allocations;
    int parsed = macaw_keyring_parse(&ring, json, strlen(json), &err);
    if (parsed != MACAW_OK) {
        allocations_left = -1;
        assert_null(ring);
        /* jansson's scanner calls a failed allocation an invalid token. */
        assert_true(parsed == MACAW_ENOMEM || (parsed == MACAW_EFORMAT && allocations > 0));
        assert_int_equal(err.status, parsed);
        return false;
    }
    int added = macaw_keyring_add(ring, &spec, NULL);
    int changed = macaw_keyring_change(ring, "a", MACAW_VERIFY, 7, 8);
    allocations_left = -1;
    assert_true(added == MACAW_OK || added == MACAW_ENOMEM);
    assert_true(changed == MACAW_OK || changed == MACAW_ENOMEM);
    assert_int_equal(macaw_keyring_size(ring), added == MACAW_OK ? 3 : 2);
    assert_int_equal(json_array_size(ring->keys), added == MACAW_OK ? 3 : 2);
    assert_int_equal(macaw_keyring_find(ring, "a", 1)->exp, changed == MACAW_OK ? 8 : 0);
    if (changed != MACAW_OK) {
        assert_int_equal(json_object_size(json_array_get(ring->keys, 0)), 5); /* as it was */
    }
    macaw_keyring_free(ring);
    return added == MACAW_OK && changed == MACAW_OK;
}

static void survives_every_failed_allocation(void **state)
{
    int allocations = 0;

    (void)state;
    json_set_alloc_funcs(scarce_malloc, free);
    while (!works_with(allocations)) {
        allocations++;
    }
    json_set_alloc_funcs(malloc, free);
    assert_in_range(allocations, 10, 1000);
}

/* A document may be shared; ours must not keep a secret after the ring is gone. */
static void free_wipes_the_document(void **state)
{
    static const uint8_t zeros[sizeof K1 - 1];

    (void)state;
    macaw_keyring *ring = ring_of(RING("{\"kty\":\"RSA\",\"d\":\"" K2 "\"}," KEY("a", K1, "")));
    json_t *k = json_incref(json_object_get(json_array_get(ring->keys, 1), "k"));
    json_t *d = json_incref(json_object_get(json_array_get(ring->keys, 0), "d"));
    assert_string_equal(json_string_value(k), K1);
    macaw_keyring_free(ring);
    assert_memory_equal(json_string_value(k), zeros, sizeof zeros);
    assert_memory_equal(json_string_value(d), zeros, sizeof zeros);
    json_decref(k);
    json_decref(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_member),
        cmocka_unit_test(defaults_of_absent_members),
        cmocka_unit_test(key_is_the_decoded_secret),
        cmocka_unit_test(refuses_what_is_no_set),
        cmocka_unit_test(syntax_errors_have_an_offset),
        cmocka_unit_test(refuses_wrong_members),
        cmocka_unit_test(spelling_of_names),
        cmocka_unit_test(spelling_of_secrets),
        cmocka_unit_test(spelling_of_dates),
        cmocka_unit_test(limits),
        cmocka_unit_test(refuses_short_secrets),
        cmocka_unit_test(refuses_long_secrets),
        cmocka_unit_test(knows_published_texts),
        cmocka_unit_test(knows_published_bytes),
        cmocka_unit_test(knows_no_other),
        cmocka_unit_test(refuses_published_secrets),
        cmocka_unit_test(unsound_algorithms_need_the_mark),
        cmocka_unit_test(nothing_twice),
        cmocka_unit_test(zero_padded_is_the_same_secret),
        cmocka_unit_test(fingerprints_identify_secrets),
        cmocka_unit_test(state_names),
        cmocka_unit_test(states_by_the_second),
        cmocka_unit_test(states_without_dates),
        cmocka_unit_test(finds_by_kid),
        cmocka_unit_test(finds_every_one_of_many),
        cmocka_unit_test(signer_is_the_only_active),
        cmocka_unit_test(candidates_are_the_newest_four),
        cmocka_unit_test(two_active_leave_the_verifying),
        cmocka_unit_test(keys_past_sign_until_verify),
        cmocka_unit_test(rotation_by_the_second),
        cmocka_unit_test(added_keys_print),
        cmocka_unit_test(add_refuses_what_a_file_may_not),
        cmocka_unit_test(change_moves_states_and_dates),
        cmocka_unit_test(change_refuses),
        cmocka_unit_test(unknown_members_and_types_stay),
        cmocka_unit_test(survives_every_failed_allocation),
        cmocka_unit_test(free_wipes_the_document),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
