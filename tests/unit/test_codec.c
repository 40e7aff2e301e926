/* Hex, base64 and base64url: one spelling for each byte string. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/codec.h"
#include "base/swar.h"

#define UNTOUCHED 0xa5

static const macaw_base64_kind kinds[] = {MACAW_BASE64, MACAW_BASE64URL};

/* ---- eight bytes at once ---- */

/* Every byte value in every place, between neighbours that could carry over. */
static void swar_every_byte(void **state)
{
    static const struct {
        uint8_t lo, hi;
    } ranges[] = {{'0', '9'}, {'a', 'f'}, {'A', 'Z'}, {1, 1}, {1, 126}, {126, 126}};
    static const uint64_t around[] = {0, UINT64_MAX, MACAW_SWAR(0x80), MACAW_SWAR(0x7f)};

    (void)state;
    for (size_t r = 0; r < sizeof ranges / sizeof *ranges; r++) {
        for (size_t i = 0; i < sizeof around / sizeof *around; i++) {
            for (uint64_t v = 0; v < 256; v++) {
                for (unsigned at = 0; at < 64; at += 8) {
                    uint64_t mask = UINT64_C(0xff) << at;
                    uint64_t x = (around[i] & ~mask) | v << at;
                    uint64_t got = macaw_swar_in_range(x, ranges[r].lo, ranges[r].hi);
                    bool in = v >= ranges[r].lo && v <= ranges[r].hi;
                    assert_int_equal((got & mask) >> at, in ? 0x80 : 0);
                    assert_int_equal(got & ~MACAW_SWAR(0x80), 0);
                }
            }
        }
    }
}

/* ---- hex ---- */

static void refuse_hex(const char *text, size_t n, size_t offset)
{
    uint8_t out[64];
    size_t bad = SIZE_MAX;

    assert_int_equal(macaw_hex_decode(out, text, n, &bad), MACAW_EFORMAT);
    assert_int_equal(bad, offset);
    assert_int_equal(macaw_hex_decode(out, text, n, NULL), MACAW_EFORMAT);
    assert_int_equal(macaw_hex_decode(NULL, text, n, NULL), MACAW_EFORMAT);
}

static void hex_every_byte(void **state)
{
    (void)state;
    for (int v = 0; v < 256; v++) {
        uint8_t in = (uint8_t)v, out = (uint8_t)~v;
        char text[2];
        macaw_hex_encode(text, &in, 1);
        assert_int_equal(text[0], "0123456789abcdef"[v >> 4]);
        assert_int_equal(text[1], "0123456789abcdef"[v & 15]);
        assert_int_equal(macaw_hex_decode(&out, text, 2, NULL), MACAW_OK);
        assert_int_equal(out, in);
    }
}

static void hex_every_character(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        for (size_t at = 0; at < 4; at++) {
            char text[4] = {'0', '1', '2', '3'};
            text[at] = (char)c;
            if (digit) {
                assert_int_equal(macaw_hex_decode(NULL, text, 4, NULL), MACAW_OK);
            } else {
                refuse_hex(text, 4, at);
            }
        }
    }
}

/* The same across whole words and the rest, with the bytes that come out. */
static void hex_every_character_of_a_long_text(void **state)
{
    (void)state;
    static const char digits[] = "0123456789abcdef";
    char text[19] = "0123456789abcdef01";
    uint8_t out[9];

    for (size_t at = 0; at < 18; at++) {
        char was = text[at];
        for (int c = 0; c < 256; c++) {
            const char *digit = c != 0 ? strchr(digits, c) : NULL;
            text[at] = (char)c;
            if (digit == NULL) {
                refuse_hex(text, 18, at);
                continue;
            }
            assert_int_equal(macaw_hex_decode(out, text, 18, NULL), MACAW_OK);
            for (size_t i = 0; i < 9; i++) {
                long high = strchr(digits, text[2 * i]) - digits;
                long low = strchr(digits, text[2 * i + 1]) - digits;
                assert_int_equal(out[i], 16 * high + low);
            }
        }
        text[at] = was;
        refuse_hex(text, at / 2 * 2 + 1, at / 2 * 2 + 1);
    }
}

static void hex_lengths_and_offsets(void **state)
{
    (void)state;
    assert_int_equal(macaw_hex_decode(NULL, NULL, 0, NULL), MACAW_OK);
    refuse_hex("0", 1, 1);
    refuse_hex("012", 3, 3);
    refuse_hex("01234", 5, 5);
    refuse_hex("0g2", 3, 1); /* the first wrong character comes before the length */
    refuse_hex("00 0", 4, 2);
    refuse_hex("0x12", 4, 1);
    refuse_hex("zzAB", 4, 0);
    refuse_hex("00\n", 3, 2);
}

/* ---- base64 ---- */

static void accept(macaw_base64_kind kind, const char *text, const void *bytes, size_t n)
{
    uint8_t out[64];
    char again[128];
    size_t len = SIZE_MAX, bad = SIZE_MAX;
    size_t chars = strlen(text);

    memset(out, UNTOUCHED, sizeof out);
    assert_int_equal(macaw_base64_decode(kind, out, &len, text, chars, &bad), MACAW_OK);
    assert_int_equal(len, n);
    assert_memory_equal(out, bytes, n);
    assert_int_equal(out[chars * 3 / 4], UNTOUCHED);
    assert_int_equal(bad, SIZE_MAX);
    memset(again, UNTOUCHED, sizeof again);
    assert_int_equal(macaw_base64_encode(kind, again, bytes, n), chars);
    assert_memory_equal(again, text, chars);
    assert_int_equal((uint8_t)again[chars], UNTOUCHED);
}

static void refuse(macaw_base64_kind kind, const char *text, size_t n, size_t offset)
{
    uint8_t out[64];
    size_t len = SIZE_MAX, bad = SIZE_MAX;

    assert_int_equal(macaw_base64_decode(kind, out, &len, text, n, &bad), MACAW_EFORMAT);
    assert_int_equal(len, SIZE_MAX);
    assert_int_equal(bad, offset);
    assert_int_equal(macaw_base64_decode(kind, out, &len, text, n, NULL), MACAW_EFORMAT);
}

/* RFC 4648 section 10. */
static void base64_vectors(void **state)
{
    static const char *const padded[] = {"",         "Zg==",     "Zm8=",    "Zm9v",
                                         "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    static const char *const bare[] = {"", "Zg", "Zm8", "Zm9v", "Zm9vYg", "Zm9vYmE", "Zm9vYmFy"};

    (void)state;
    for (size_t n = 0; n <= 6; n++) {
        accept(MACAW_BASE64, padded[n], "foobar", n);
        accept(MACAW_BASE64URL, bare[n], "foobar", n);
        assert_int_equal(strlen(padded[n]), MACAW_BASE64_LEN(n));
        assert_int_equal(strlen(bare[n]), MACAW_BASE64URL_LEN(n));
    }
    accept(MACAW_BASE64, "+/+/", "\xfb\xff\xbf", 3);
    accept(MACAW_BASE64URL, "-_-_", "\xfb\xff\xbf", 3);
}

static void base64_every_byte(void **state)
{
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        for (int v = 0; v < 256; v++) {
            for (size_t at = 0; at < 5; at++) {
                uint8_t in[5] = {0x11, 0x22, 0x33, 0x44, 0x55}, out[8];
                char text[8];
                size_t len;
                in[at] = (uint8_t)v;
                size_t chars = macaw_base64_encode(kinds[k], text, in, 5);
                assert_int_equal(macaw_base64_decode(kinds[k], out, &len, text, chars, NULL),
                                 MACAW_OK);
                assert_int_equal(len, 5);
                assert_memory_equal(out, in, 5);
            }
        }
    }
}

static void base64_every_character(void **state)
{
    static const char *const alphabets[] = {
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"};

    (void)state;
    for (size_t k = 0; k < 2; k++) {
        for (int c = 0; c < 256; c++) {
            const char *where = c == 0 ? NULL : strchr(alphabets[k], c);
            uint8_t out[6];
            size_t len;
            char text[8] = {'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A'};
            text[1] = (char)c; /* away from the end, where "=" may be */
            if (where == NULL) {
                refuse(kinds[k], text, 8, 1);
                continue;
            }
            size_t v = (size_t)(where - alphabets[k]);
            assert_int_equal(macaw_base64_decode(kinds[k], out, &len, text, 8, NULL), MACAW_OK);
            assert_int_equal((size_t)out[0] << 8 | out[1], v << 4);
        }
    }
}

/* A longer text is decoded eight characters at a time: the same verdict and value as
 * in a group of four alone, and nothing else moves. */
static void base64_every_place(void **state)
{
    static const char text[] = "Abcd0123EFGH4567mnopWXYZ89zZ";
    const size_t chars = sizeof text - 1;

    (void)state;
    for (size_t i = 0; i < 2 * (chars - 2) * 256; i++) {
        macaw_base64_kind kind = kinds[i % 2];
        size_t at = i / 2 % (chars - 2); /* away from the end, where "=" may be */
        size_t group = at / 4 * 4, len;
        uint8_t alone[3], out[21];
        char changed[sizeof text], again[sizeof text];
        memcpy(changed, text, sizeof text);
        changed[at] = (char)(i / 2 / (chars - 2));
        if (changed[at] == '=' ||
            macaw_base64_decode(kind, alone, &len, changed + group, 4, NULL) != MACAW_OK) {
            refuse(kind, changed, chars, at);
            continue;
        }
        assert_int_equal(macaw_base64_decode(kind, out, &len, changed, chars, NULL), MACAW_OK);
        assert_memory_equal(out + group / 4 * 3, alone, 3);
        assert_int_equal(macaw_base64_encode(kind, again, out, len), chars);
        assert_memory_equal(again, changed, chars);
    }
}

/* The unused low bits of the last character must be zero. */
static void base64_spare_bits(void **state)
{
    static const char url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    (void)state;
    for (size_t v = 0; v < 64; v++) {
        uint8_t out[3];
        size_t len;
        char two[] = {'A', url[v]}, three[] = {'A', 'A', url[v]};
        int status = macaw_base64_decode(MACAW_BASE64URL, out, &len, two, 2, NULL);
        assert_int_equal(status, v % 16 == 0 ? MACAW_OK : MACAW_EFORMAT);
        status = macaw_base64_decode(MACAW_BASE64URL, out, &len, three, 3, NULL);
        assert_int_equal(status, v % 4 == 0 ? MACAW_OK : MACAW_EFORMAT);
    }
    refuse(MACAW_BASE64URL, "Zh", 2, 1);
    refuse(MACAW_BASE64URL, "Zm9", 3, 2);
    refuse(MACAW_BASE64, "Zh==", 4, 1);
    refuse(MACAW_BASE64, "Zm9=", 4, 2);
}

static void base64_padding(void **state)
{
    (void)state;
    refuse(MACAW_BASE64URL, "Zg==", 4, 2);
    refuse(MACAW_BASE64URL, "Zm8=", 4, 3);
    refuse(MACAW_BASE64, "Zg", 2, 2);
    refuse(MACAW_BASE64, "Zm8", 3, 3);
    refuse(MACAW_BASE64, "Zg=", 3, 2);
    refuse(MACAW_BASE64, "Z===", 4, 1);
    refuse(MACAW_BASE64, "====", 4, 0);
    refuse(MACAW_BASE64, "Zg==Zg==", 8, 2);
    refuse(MACAW_BASE64, "Zg=v", 4, 2);
    refuse(MACAW_BASE64, "Zm9v====", 8, 4);
    refuse(MACAW_BASE64, "Zm9v=", 5, 4);
}

static void base64_lengths_and_offsets(void **state)
{
    uint8_t out[1];
    size_t len = SIZE_MAX;

    (void)state;
    for (size_t k = 0; k < 2; k++) {
        assert_int_equal(macaw_base64_decode(kinds[k], out, &len, NULL, 0, NULL), MACAW_OK);
        assert_int_equal(len, 0);
        refuse(kinds[k], "Z", 1, 1);
        refuse(kinds[k], "Zm9vZ", 5, 5);
        refuse(kinds[k], "Zm9v\n", 5, 4);
        refuse(kinds[k], " Zm9", 4, 0);
        refuse(kinds[k], "Zm\0v", 4, 2);
    }
    refuse(MACAW_BASE64, "-_-_", 4, 0);
    refuse(MACAW_BASE64URL, "+/+/", 4, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(swar_every_byte),
        cmocka_unit_test(hex_every_byte),
        cmocka_unit_test(hex_every_character),
        cmocka_unit_test(hex_every_character_of_a_long_text),
        cmocka_unit_test(hex_lengths_and_offsets),
        cmocka_unit_test(base64_vectors),
        cmocka_unit_test(base64_every_byte),
        cmocka_unit_test(base64_every_character),
        cmocka_unit_test(base64_every_place),
        cmocka_unit_test(base64_spare_bits),
        cmocka_unit_test(base64_padding),
        cmocka_unit_test(base64_lengths_and_offsets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
