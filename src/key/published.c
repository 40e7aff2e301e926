#include "key/published.h"

#include <stdint.h>
#include <string.h>

#include "base/codec.h"
#include "base/ct.h"
#include "base/ct_ascii.h"

/* Each is compared with the secret, with its hexadecimal spelling and with its
 * base64url spelling, so that bytes are listed as their source prints them. */
static const char *const listed[] = {
    /* placeholders and habits */
    "your_secret_key", "your-secret-key", "your secret key", "yoursecretkey",
    "your_secret_key_here", "your-secret-key-here", "your_secret", "your-secret", "your_jwt_secret",
    "your-jwt-secret", "my_secret_key", "my-secret-key", "mysecretkey", "my_secret", "my-secret",
    "mysecret", "secret", "secret_key", "secret-key", "secret key", "secretkey", "super_secret",
    "super-secret", "super secret", "supersecret", "super_secret_key", "super-secret-key",
    "super secret key", "supersecretkey", "something-very-secret", "a-very-secret-key",
    "not-a-secret", "topsecret", "s3cr3t", "jwt_secret", "jwt-secret", "jwtsecret", "shared_secret",
    "shared-secret", "sharedsecret", "secret123", "changeme", "change_me", "change-me", "change me",
    "changeit", "changethis", "change_this", "change-this", "replaceme", "replace_me", "replace-me",
    "tobemodified", "password", "passw0rd", "p@ssw0rd", "password1", "password123",
    "password123456", "letmein", "qwerty", "admin", "root", "default", "example", "sample", "test",
    "testing", "test_secret", "test-secret", "test key", "test_key", "test-key", "testkey", "dummy",
    "foobar", "hello", "key", "dev", "development", "0123456789", "1234567890", "0123456789abcdef",
    "0123456789abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyz",
    "abcdefghijklmnopqrstuvwxyz0123456789", "deadbeef", "deadbeefcafebabe", "cafebabe",

    /* jwt.io */
    "your-256-bit-secret", "your-384-bit-secret", "your-512-bit-secret",
    "a-string-secret-at-least-256-bits-long",
    "a-valid-string-secret-that-is-at-least-384-bits-long",
    "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",

    /* manuals and templates of web frameworks */
    "_5#y2L\"F4Q8z\n\xec]/",                                            /* Flask */
    "A0Zr98j/3yX R~XHH!jmN]LWX/,?RT",                                   /* Flask, earlier */
    "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf", /* Flask, configuration */
    "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7", /* FastAPI */
    "keyboard cat",                                                     /* Express */
    "shhhhh",                                                           /* jsonwebtoken */
    "shhhhhhared-secret",                                               /* express-jwt */
    "SomeRandomString",                                                 /* Laravel 5 */
    "YourSecretKey!!!",                                                 /* Laravel 4 */
    "beegoserversessionkey",                                            /* Beego */

    /* defaults that products shipped with */
    "\x02\x01thisismyscretkey\x01\x02\\e\\y\\y\\h", /* Superset, CVE-2023-27524, this and 4 more */
    "CHANGE_ME_TO_A_COMPLEX_RANDOM_SECRET", "thisISaSECRET_1234",
    "YOUR_OWN_RANDOM_GENERATED_SECRET_KEY", "TEST_NON_DEV_SECRET",
    "SecretKey012345678901234567890123456789012345678901234567890123456789", /* Nacos */
    "SW2YcwTIb9zpOOhoPsMm",                                                  /* Grafana */
    "c292a0a3aa32397cdb050e233733900f",                                      /* Redash */
    "your-super-secret-jwt-token-with-at-least-32-characters-long",          /* Supabase */

    /* standards */
    "Jefe", /* RFC 2202, RFC 4231 */
    /* RFC 7515 A.1 and RFC 9421 B.1.5 */
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
    "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ",
    "hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg",                      /* RFC 7520 3.5 */
    "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",                      /* RFC 8032, RFC 8037 */
    "2b7e151628aed2a6abf7158809cf4f3c",                                 /* FIPS 197, RFC 4493 */
    "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",                 /* SP 800-38B */
    "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", /* SP 800-38B */
    "85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af0149f51b", /* RFC 8439 2.5.2 */
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",                         /* AWS signature examples */
};

static const char *const prefixes[] = {
    "django-insecure-",
};

static uint32_t fold(char c)
{
    uint32_t u = (unsigned char)c;

    return u | (macaw_in_range(u, 'A', 'Z') & 0x20);
}

/* Whether the n characters are word over and over; n is at least word_len. */
static bool repeats(const char *text, size_t n, const char *word, size_t word_len)
{
    uint32_t differ = 0;

    for (size_t i = 0, at = 0; i < n; i++) {
        differ |= fold(text[i]) ^ fold(word[at]);
        at = at + 1 < word_len ? at + 1 : 0;
    }
    return differ == 0;
}

static bool is_listed(const char *text, size_t n)
{
    for (size_t i = 0; i < sizeof listed / sizeof *listed; i++) {
        size_t len = strlen(listed[i]);
        if (n >= len && repeats(text, n, listed[i], len)) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        size_t len = strlen(prefixes[i]);
        if (n >= len && repeats(text, len, prefixes[i], len)) {
            return true;
        }
    }
    return false;
}

static bool is_progression(const uint8_t *p, size_t n)
{
    uint32_t differ = 0;

    for (size_t i = 2; i < n; i++) {
        differ |= (uint8_t)(p[i] - p[i - 1]) ^ (uint32_t)(uint8_t)(p[1] - p[0]);
    }
    return n > 2 && differ == 0;
}

#define SPELLED_MAX 64 /* the longest bytes in the list */

static bool is_listed_spelling(const uint8_t *p, size_t n)
{
    char text[MACAW_HEX_LEN(SPELLED_MAX)];

    if (n > SPELLED_MAX) {
        return false;
    }
    macaw_hex_encode(text, p, n);
    bool found = is_listed(text, MACAW_HEX_LEN(n));
    found |= is_listed(text, macaw_base64_encode(MACAW_BASE64URL, text, p, n));
    macaw_wipe(text, sizeof text);
    return found;
}

static bool is_published(const uint8_t *p, size_t n)
{
    return is_listed((const char *)p, n) || is_progression(p, n) || is_listed_spelling(p, n);
}

/* The length without one line end. */
static size_t trimmed(const uint8_t *p, size_t n)
{
    if (n > 0 && p[n - 1] == '\n') {
        n--;
        if (n > 0 && p[n - 1] == '\r') {
            n--;
        }
    }
    return n;
}

bool macaw_secret_published(const void *secret, size_t n)
{
    const uint8_t *p = secret;
    size_t line = trimmed(p, n);

    return is_published(p, n) || (line < n && is_published(p, line));
}

const char *macaw_published_at(size_t i)
{
    return i < sizeof listed / sizeof *listed ? listed[i] : NULL;
}
