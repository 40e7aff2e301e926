/* A keyring that parses prints to a file that parses to the same keys; one that
 * does not has a status, a line of text and no ring. */
#include <string.h>

#include <macaw/keyring.h>

#include "fuzz.h"
#include "key/ring.h"

static void check_refusal(int status, const macaw_error *err)
{
    CHECK(status < 0 && err->status == status);
    CHECK(err->text[0] != '\0' && strchr(err->text, '\n') == NULL);
    CHECK(memchr(err->text, '\0', sizeof err->text) != NULL);
}

static void check_entry(const macaw_keyring *ring, const macaw_entry *entry)
{
    static const int64_t times[] = {INT64_MIN, 0, 1, 1711662980, INT64_MAX};
    const macaw_entry *out[1 + MACAW_KEYRING_VERIFY_MAX];

    CHECK(macaw_keyring_find(ring, entry->kid, strlen(entry->kid)) == entry);
    CHECK(entry->alg != NULL && entry->key != NULL && entry->secret_len > 0);
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        size_t n = macaw_keyring_candidates(ring, entry->use, times[i], out);
        CHECK(n <= 1 + MACAW_KEYRING_VERIFY_MAX);
        for (size_t j = 0; j < n; j++) {
            macaw_key_state state = macaw_entry_state(out[j], times[i]);
            CHECK(strcmp(out[j]->use, entry->use) == 0);
            CHECK(state == MACAW_VERIFY || (state == MACAW_ACTIVE && j == 0));
        }
    }
}

static void check_jwk(const macaw_keyring *ring, const macaw_jwk *jwk)
{
    uint8_t bytes[MACAW_JWK_BYTES_MAX];
    size_t len = 0;

    CHECK(macaw_keyring_jwk_find(ring, jwk->kid, strlen(jwk->kid)) == jwk);
    CHECK(macaw_keyring_find(ring, jwk->kid, strlen(jwk->kid)) == NULL);
    CHECK(macaw_keyring_jwk_bytes(ring, jwk, jwk->has_private, bytes, &len) == MACAW_OK);
    CHECK(len > 0 && len <= sizeof bytes);
}

static void check_same_jwks(const macaw_keyring *a, const macaw_keyring *b)
{
    CHECK(macaw_keyring_jwk_size(a) == macaw_keyring_jwk_size(b));
    CHECK(macaw_keyring_ignored(a) == macaw_keyring_ignored(b));
    for (size_t i = 0; i < macaw_keyring_jwk_size(a); i++) {
        const macaw_jwk *x = macaw_keyring_jwk_at(a, i), *y = macaw_keyring_jwk_at(b, i);
        CHECK(memcmp(x, y, sizeof *x) == 0);
        check_jwk(a, x);
    }
}

static void check_same(const macaw_keyring *a, const macaw_keyring *b)
{
    CHECK(macaw_keyring_size(a) == macaw_keyring_size(b));
    check_same_jwks(a, b);
    for (size_t i = 0; i < macaw_keyring_size(a); i++) {
        const macaw_entry *x = macaw_keyring_at(a, i), *y = macaw_keyring_at(b, i);
        CHECK(strcmp(x->kid, y->kid) == 0 && strcmp(x->use, y->use) == 0 && x->alg == y->alg);
        CHECK(x->state == y->state && x->insecure == y->insecure && x->iat == y->iat);
        CHECK(x->nbf == y->nbf && x->sign_until == y->sign_until && x->exp == y->exp);
        CHECK(memcmp(x->fingerprint, y->fingerprint, MACAW_FINGERPRINT_LEN) == 0);
        check_entry(a, x);
    }
}

static void check_print(const macaw_keyring *ring)
{
    macaw_keyring *again = NULL;
    char *text = NULL;
    size_t len;
    int status = macaw_ring_print(ring, &text, &len);

    if (status == MACAW_ELIMIT) { /* deep nesting, grown by its indentation */
        return;
    }
    CHECK(status == MACAW_OK);
    CHECK(macaw_keyring_parse(&again, text, len, NULL) == MACAW_OK);
    check_same(ring, again);
    macaw_keyring_free(again);
    free(text);
}

/* Retire and revive every key, then compare with what the document says. */
static void check_change(macaw_keyring *ring)
{
    for (size_t i = 0; i < macaw_keyring_size(ring); i++) {
        const macaw_entry *entry = macaw_keyring_at(ring, i);
        int64_t later = entry->nbf + 1;
        CHECK(macaw_keyring_change(ring, entry->kid, MACAW_RETIRED, 0, 0) == MACAW_OK);
        int status = macaw_keyring_change(ring, entry->kid, MACAW_ACTIVE, later, later);
        CHECK(status == MACAW_OK || status == MACAW_EARG); /* nbf may be the last second */
    }
    for (size_t i = 0; i < macaw_keyring_jwk_size(ring); i++) {
        const macaw_jwk *jwk = macaw_keyring_jwk_at(ring, i);
        CHECK(macaw_keyring_change(ring, jwk->kid, MACAW_RETIRED, 0, 0) == MACAW_OK);
    }
    check_print(ring);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    macaw_error err = {0};
    macaw_keyring *ring = NULL;
    int status = macaw_keyring_parse(&ring, (const char *)data, size, &err);

    if (status != MACAW_OK) {
        CHECK(ring == NULL);
        check_refusal(status, &err);
        return 0;
    }
    check_print(ring);
    check_change(ring);
    macaw_keyring_free(ring);
    return 0;
}
