/* Keyrings as text for tests, and what a refusal must look like. */
#ifndef MACAW_TESTS_KEYRING_WORLD_H
#define MACAW_TESTS_KEYRING_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <macaw/keyring.h>

/* Secrets of 32 bytes in base64url; none may ever occur in an error. */
#define K1 "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQERERERERESI"
#define K2 "Q-p1GJ0kd5y3rXfNvT8sL2mZbWcHhUoE9aRtYi7uPqA"
#define K3 "xvZ0_8bQkLmN1oPrS2tUvW3yXzA4B5C6D7E8F9GhIjI"
#define K4 "5Jt2yH9kLq0wErTyUiOpAsDfGhJkLzXcVbNmQ1W2E3Q"
#define K5 "b7VcXz1aSdFgHjKl9PoIuYtReWqM8nBvC5xZlKj3hGc"
#define K6 "mN4bVcXzLkJhGfDsApOiUyTrEwQ1a2S3d4F5g6H7j8M"

/* One member of "keys"; more is '' or starts with a comma. */
#define KEY(kid, k, more)                                                                          \
    "{\"kty\":\"oct\",\"kid\":\"" kid "\",\"alg\":\"hmac-sha256\",\"k\":\"" k "\"" more "}"

/* A set of up to six of them. */
#define RING(...)                                                                                  \
    "{\"keys\":[" NTH(__VA_ARGS__, JOIN6, JOIN5, JOIN4, JOIN3, JOIN2, JOIN1, )(__VA_ARGS__) "]}"
#define NTH(a, b, c, d, e, f, join, ...) join
#define JOIN1(a)                         a
#define JOIN2(a, ...)                    a "," JOIN1(__VA_ARGS__)
#define JOIN3(a, ...)                    a "," JOIN2(__VA_ARGS__)
#define JOIN4(a, ...)                    a "," JOIN3(__VA_ARGS__)
#define JOIN5(a, ...)                    a "," JOIN4(__VA_ARGS__)
#define JOIN6(a, ...)                    a "," JOIN5(__VA_ARGS__)

static inline macaw_keyring *ring_of(const char *json)
{
    macaw_keyring *ring = NULL;
    macaw_error err = {0};

    if (macaw_keyring_parse(&ring, json, strlen(json), &err) != MACAW_OK) {
        fail_msg("%s: %s", json, err.text);
    }
    assert_int_equal(err.status, MACAW_OK);
    return ring;
}

/* No part of the secrets above, in any run of 6 characters, is in text. */
static inline void assert_no_secret(const char *text)
{
    static const char *const secrets[] = {K1, K2, K3, K4, K5, K6};

    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        for (size_t at = 0; at + 6 <= strlen(secrets[i]); at++) {
            char run[7] = {0};
            memcpy(run, secrets[i] + at, 6);
            if (strstr(text, run) != NULL) {
                fail_msg("secret in: %s", text);
            }
        }
    }
}

/* Refused with a status and a text that contains words, without a secret. */
static inline void refused(const char *json, int status, const char *words)
{
    macaw_keyring *ring = NULL;
    macaw_error err = {0};
    int got = macaw_keyring_parse(&ring, json, strlen(json), &err);

    if (got != status || err.status != status || strstr(err.text, words) == NULL) {
        fail_msg("%s:\n status %d, \"%s\"; want %d, \"%s\"", json, got, err.text, status, words);
    }
    assert_null(ring);
    assert_null(strchr(err.text, '\n'));
    assert_no_secret(err.text);
    assert_int_equal(macaw_keyring_parse(&ring, json, strlen(json), NULL), status);
}

#endif
