/* What a strict decoder accepts is what the encoder writes, byte for byte; what
 * it refuses leaves the outputs alone and names an offset within the input. */
#include <string.h>

#include "base/codec.h"
#include "fuzz.h"

static void check_hex(const char *text, size_t n)
{
    size_t bad = SIZE_MAX;
    uint8_t *bytes = malloc(n / 2 + 1);
    char *again = malloc(n + 1);

    CHECK(bytes != NULL && again != NULL);
    if (macaw_hex_decode(bytes, text, n, &bad) == MACAW_OK) {
        macaw_hex_encode(again, bytes, n / 2);
        CHECK(n % 2 == 0 && bad == SIZE_MAX && memcmp(again, text, n) == 0);
        CHECK(macaw_hex_decode(NULL, text, n, NULL) == MACAW_OK);
    } else {
        CHECK(bad <= n && (bad < n || n % 2 != 0));
        CHECK(macaw_hex_decode(NULL, text, n, NULL) == MACAW_EFORMAT);
    }
    free(again);
    free(bytes);
}

static void check_base64(macaw_base64_kind kind, const char *text, size_t n)
{
    size_t bad = SIZE_MAX, len = SIZE_MAX;
    size_t room = n * 3 / 4;
    uint8_t *bytes = malloc(room > 0 ? room : 1); /* the room the contract asks for */
    char *again = malloc(n + 4);

    CHECK(bytes != NULL && again != NULL);
    if (macaw_base64_decode(kind, bytes, &len, text, n, &bad) == MACAW_OK) {
        CHECK(len <= room && bad == SIZE_MAX);
        CHECK(macaw_base64_encode(kind, again, bytes, len) == n);
        CHECK(memcmp(again, text, n) == 0);
    } else {
        CHECK(len == SIZE_MAX && bad <= n);
    }
    free(again);
    free(bytes);
}

/* Any bytes survive encoding and decoding. */
static void check_bytes(const uint8_t *data, size_t n)
{
    static const macaw_base64_kind kinds[] = {MACAW_BASE64, MACAW_BASE64URL};
    char *text = malloc(MACAW_HEX_LEN(n) + 4);
    uint8_t *again = malloc(2 * n + 4);
    size_t len;

    CHECK(text != NULL && again != NULL);
    macaw_hex_encode(text, data, n);
    CHECK(macaw_hex_decode(again, text, MACAW_HEX_LEN(n), NULL) == MACAW_OK);
    CHECK(n == 0 || memcmp(again, data, n) == 0);
    for (size_t i = 0; i < 2; i++) {
        size_t chars = macaw_base64_encode(kinds[i], text, data, n);
        CHECK(chars == (i == 0 ? MACAW_BASE64_LEN(n) : MACAW_BASE64URL_LEN(n)));
        CHECK(macaw_base64_decode(kinds[i], again, &len, text, chars, NULL) == MACAW_OK);
        CHECK(len == n && (n == 0 || memcmp(again, data, n) == 0));
    }
    free(again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;

    check_hex(text, size);
    check_base64(MACAW_BASE64, text, size);
    check_base64(MACAW_BASE64URL, text, size);
    check_bytes(data, size);
    return 0;
}
