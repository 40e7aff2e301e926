/* Whether time can depend on secrets, by the method of ctgrind: secret bytes are
 * marked as undefined, so valgrind's memcheck reports every branch and every
 * address that depends on them. Runs under memcheck only.
 *
 * Memcheck counts the reports of a call. A tag costs none. A decoder costs one at
 * most, whether the whole text is well-formed, and a verification one, whether the
 * tag is right: that much is meant to come out. Planted leaks show that the method
 * sees what it is for. Memcheck knows no AVX-512 and no SHA extensions, so kernels
 * that need them are not looked at here. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <valgrind/memcheck.h>

#include <macaw/mac.h>

#include "base/codec.h"
#include "base/ct.h"

#define MESSAGE_LEN 300
#define SECRET_LEN  32

static void hide(const void *p, size_t n)
{
    (void)VALGRIND_MAKE_MEM_UNDEFINED(p, n);
}

static void reveal(const void *p, size_t n)
{
    (void)VALGRIND_MAKE_MEM_DEFINED(p, n);
}

static unsigned reports(void)
{
    return (unsigned)VALGRIND_COUNT_ERRORS;
}

/* ---- authentication codes ---- */

/* DES looks up tables by secret bytes: nobody has it otherwise. */
static bool is_table_driven(const macaw_alg *alg)
{
    return strstr(alg->name, "des") != NULL;
}

typedef struct trial {
    const macaw_alg *alg;
    const char *kernel;
    unsigned char secret[64];
    unsigned char nonce[64];
    unsigned char message[MESSAGE_LEN];
    size_t len;
} trial;

static macaw_key *hidden_key(trial *t)
{
    const macaw_key_opts opts = {.kernel = t->kernel};
    size_t len = t->alg->key_max < SECRET_LEN   ? t->alg->key_max
                 : t->alg->key_min > SECRET_LEN ? t->alg->key_min
                                                : SECRET_LEN;
    macaw_key *key = NULL;
    int status;

    assert_true(len <= sizeof t->secret);
    hide(t->secret, len);
    status = macaw_key_new(&key, t->alg, t->secret, len, &opts);
    reveal(&status, sizeof status);
    reveal(t->secret, sizeof t->secret);
    assert_true(status == MACAW_OK || status == MACAW_EUNAVAILABLE);
    return status == MACAW_OK ? key : NULL;
}

/* Every call with a key of its own: some are good for one message only. */
static bool tag_once(trial *t, unsigned char *tag)
{
    macaw_key *key = hidden_key(t);
    const macaw_msg msg = {.nonce = t->nonce, .data = t->message, .len = t->len};
    int status;

    if (key == NULL) {
        return false;
    }
    hide(t->message, sizeof t->message);
    status = macaw_tag(key, &msg, tag, t->alg->tag_len);
    reveal(&status, sizeof status);
    reveal(t->message, sizeof t->message);
    assert_int_equal(status, MACAW_OK);
    macaw_key_free(key);
    return true;
}

static void verify_once(trial *t, const unsigned char *tag, int expected)
{
    macaw_key *key = hidden_key(t);
    const macaw_msg msg = {.nonce = t->nonce, .data = t->message, .len = t->len};
    int status;

    assert_non_null(key);
    hide(t->message, sizeof t->message);
    status = macaw_verify(key, &msg, tag, t->alg->tag_len);
    reveal(&status, sizeof status);
    reveal(t->message, sizeof t->message);
    assert_int_equal(status, expected);
    macaw_key_free(key);
}

static void check_kernel(trial *t)
{
    unsigned char tag[MACAW_TAG_MAX];
    unsigned before = reports();

    if (!tag_once(t, tag)) {
        return;
    }
    if (is_table_driven(t->alg)) {
        assert_true(reports() > before || t->len == 0);
        return;
    }
    if (reports() != before) {
        fail_msg("%s (%s), %zu bytes: %u branches or addresses from secrets", t->alg->name,
                 t->kernel, t->len, reports() - before);
    }
    reveal(tag, sizeof tag);
    for (size_t wrong = 0; wrong <= t->alg->tag_len; wrong++) {
        unsigned char other[MACAW_TAG_MAX];
        memcpy(other, tag, sizeof other);
        if (wrong < t->alg->tag_len) {
            other[wrong] ^= 1;
        }
        before = reports();
        verify_once(t, other, wrong < t->alg->tag_len ? MACAW_EFORGED : MACAW_OK);
        if (reports() - before > 1) {
            fail_msg("%s (%s): verifying depends on secrets in %u places", t->alg->name, t->kernel,
                     reports() - before);
        }
    }
}

static void test_codes(void **state)
{
    static const size_t lengths[] = {0, 1, 16, 55, 64, MESSAGE_LEN};
    trial t;

    (void)state;
    memset(&t, 0x5a, sizeof t);
    for (size_t a = 0; (t.alg = macaw_alg_at(a)) != NULL; a++) {
        for (size_t k = 0; (t.kernel = macaw_alg_kernel(t.alg, k)) != NULL; k++) {
            for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
                t.len = t.alg->msg_len > 0 ? t.alg->msg_len : lengths[l];
                if (t.len <= MESSAGE_LEN) {
                    check_kernel(&t);
                }
            }
        }
    }
}

/* ---- helpers that see secrets ---- */

static void test_equal(void **state)
{
    unsigned char a[SECRET_LEN + 3] = {0}, b[SECRET_LEN + 3] = {0};

    (void)state;
    for (size_t n = 0; n <= sizeof a; n++) {
        unsigned before = reports();
        hide(a, sizeof a);
        bool same = macaw_ct_equal(a, b, n);
        reveal(&same, sizeof same);
        assert_true(same);
        assert_in_range(reports() - before, 0, 1);
    }
}

static void test_hex(void **state)
{
    unsigned char bytes[SECRET_LEN + 3] = "a secret of 35 bytes, so they say!";
    unsigned char back[sizeof bytes];
    char text[MACAW_HEX_LEN(sizeof bytes)];

    (void)state;
    for (size_t n = 0; n <= sizeof bytes; n++) {
        unsigned before = reports();
        hide(bytes, sizeof bytes);
        macaw_hex_encode(text, bytes, n);
        assert_int_equal(reports() - before, 0);
        int status = macaw_hex_decode(back, text, MACAW_HEX_LEN(n), NULL);
        assert_in_range(reports() - before, 0, 1);
        reveal(&status, sizeof status);
        reveal(back, sizeof back);
        reveal(bytes, sizeof bytes);
        assert_int_equal(status, MACAW_OK);
        assert_memory_equal(back, bytes, n);
    }
}

static void check_base64(macaw_base64_kind kind)
{
    unsigned char bytes[SECRET_LEN + 3] = "a secret of 35 bytes, so they say!";
    unsigned char back[MACAW_BASE64_LEN(sizeof bytes)];
    char text[MACAW_BASE64_LEN(sizeof bytes)];

    for (size_t n = 0; n <= sizeof bytes; n++) {
        size_t len, back_len = 0;
        unsigned before = reports();
        hide(bytes, sizeof bytes);
        len = macaw_base64_encode(kind, text, bytes, n);
        assert_int_equal(reports() - before, 0);
        /* That a text is padded is no secret, but only these bytes say so. */
        reveal(text + (len > 2 ? len - 2 : 0), kind == MACAW_BASE64 ? 2 : 0);
        before = reports();
        int status = macaw_base64_decode(kind, back, &back_len, text, len, NULL);
        assert_in_range(reports() - before, 0, 1);
        reveal(&status, sizeof status);
        reveal(back, sizeof back);
        reveal(bytes, sizeof bytes);
        assert_int_equal(status, MACAW_OK);
        assert_int_equal(back_len, n);
        assert_memory_equal(back, bytes, n);
    }
}

static void test_base64(void **state)
{
    (void)state;
    check_base64(MACAW_BASE64);
    check_base64(MACAW_BASE64URL);
}

/* ---- planted leaks ---- */

/* Not for the optimiser to see through. */
static volatile unsigned sink;
static volatile size_t leak_len = SECRET_LEN;

static void leak_by_branch(const unsigned char *a, const unsigned char *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (a[i] != b[i]) {
            sink = 1;
            return;
        }
    }
}

static void leak_by_address(const unsigned char *a, const unsigned char *b, size_t n)
{
    static const unsigned char table[256] = {1, 2, 3};

    (void)b;
    for (size_t i = 0; i < n; i++) {
        sink = table[a[i]];
    }
}

static void leak_by_memcmp(const unsigned char *a, const unsigned char *b, size_t n)
{
    sink = (unsigned)(memcmp(a, b, n) == 0);
}

static void test_leaks_are_seen(void **state)
{
    static void (*const leaks[])(const unsigned char *, const unsigned char *,
                                 size_t) = {leak_by_branch, leak_by_address, leak_by_memcmp};
    unsigned char a[SECRET_LEN] = {0}, b[SECRET_LEN] = {0};

    (void)state;
    for (size_t i = 0; i < sizeof leaks / sizeof *leaks; i++) {
        unsigned before = reports();
        hide(a, sizeof a);
        leaks[i](a, b, leak_len);
        reveal(a, sizeof a);
        if (reports() - before < 2) {
            fail_msg("planted leak %zu was not seen", i);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_leaks_are_seen),
        cmocka_unit_test(test_equal),
        cmocka_unit_test(test_hex),
        cmocka_unit_test(test_base64),
        cmocka_unit_test(test_codes),
    };

    if (!RUNNING_ON_VALGRIND) {
        fprintf(stderr, "test_ct: runs under valgrind only\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
