/* The keys to try: a list of words, a line each, and what a word may stand for. */
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "base/codec.h"
#include "base/ct.h"
#include "cli.h"
#include "key/published.h"

/* Write the variant of a word; false if it has none. */
typedef bool variant_fn(const char *word, size_t len, uint8_t *key, size_t *key_len);

static bool as_it_is(const char *word, size_t len, uint8_t *key, size_t *key_len)
{
    memcpy(key, word, len);
    *key_len = len;
    return true;
}

static bool with_newline(const char *word, size_t len, uint8_t *key, size_t *key_len)
{
    memcpy(key, word, len);
    key[len] = '\n';
    *key_len = len + 1;
    return true;
}

static bool with_crlf(const char *word, size_t len, uint8_t *key, size_t *key_len)
{
    memcpy(key, word, len);
    memcpy(key + len, "\r\n", 2);
    *key_len = len + 2;
    return true;
}

static bool from_hex(const char *word, size_t len, uint8_t *key, size_t *key_len)
{
    char lower[AUDIT_KEY_MAX];

    for (size_t i = 0; i < len; i++) {
        lower[i] = word[i] >= 'A' && word[i] <= 'F' ? (char)(word[i] | 0x20) : word[i];
    }
    *key_len = len / 2;
    bool good = len > 0 && macaw_hex_decode(key, lower, len, NULL) == MACAW_OK;
    macaw_wipe(lower, sizeof lower);
    return good;
}

static bool from_base64(const char *word, size_t len, uint8_t *key, size_t *key_len)
{
    return len > 0 && macaw_base64_decode(MACAW_BASE64, key, key_len, word, len, NULL) == MACAW_OK;
}

static bool from_base64url(const char *word, size_t len, uint8_t *key, size_t *key_len)
{
    return len > 0 &&
           macaw_base64_decode(MACAW_BASE64URL, key, key_len, word, len, NULL) == MACAW_OK;
}

static const struct {
    const char *how;
    variant_fn *make;
} variants[] = {
    {NULL, as_it_is},
    {"with a newline at its end", with_newline},
    {"with CR LF at its end", with_crlf},
    {"decoded from hexadecimal", from_hex},
    {"decoded from base64", from_base64},
    {"decoded from base64url", from_base64url},
};

#define VARIANTS (sizeof variants / sizeof *variants)

int audit_words_open(audit_words *ret, const char *path, bool with_variants)
{
    *ret = (audit_words){.name = path, .variants = with_variants || path == NULL};
    ret->variant = VARIANTS;
    if (path == NULL) {
        return CLI_DONE;
    }
    ret->file = fopen(path, "rbe");
    if (ret->file == NULL) {
        return cli_fail_errno("--keys");
    }
    return CLI_DONE;
}

static int next_of_list(audit_words *words)
{
    const char *word = macaw_published_at(words->line);

    if (word == NULL) {
        return 0;
    }
    free(words->text);
    words->text = strdup(word);
    words->len = words->text != NULL ? strlen(word) : 0;
    words->line++;
    return 1;
}

static int next_line(audit_words *words, int *status)
{
    ssize_t got = getline(&words->text, &words->room, words->file);

    if (got < 0) {
        *status = ferror(words->file) ? cli_fail_errno("--keys") : CLI_DONE;
        return *status == CLI_DONE ? 0 : -1;
    }
    words->line++;
    words->len = (size_t)got;
    if (words->len > 0 && words->text[words->len - 1] == '\n') {
        words->len--;
    }
    if (words->len > AUDIT_KEY_MAX) {
        *status = cli_fail(CLI_WRONG, "--keys", "line %zu: a key has at most %d bytes", words->line,
                           AUDIT_KEY_MAX);
        return -1;
    }
    return 1;
}

int audit_words_next(audit_words *words, int *status)
{
    for (;;) {
        size_t count = words->variants ? VARIANTS : 1;
        while (words->variant < count) {
            size_t i = words->variant++;
            if (variants[i].make(words->text, words->len, words->key, &words->key_len)) {
                words->how = variants[i].how;
                return 1;
            }
        }
        int more = words->file != NULL ? next_line(words, status) : next_of_list(words);
        if (more <= 0) {
            return more;
        }
        words->variant = 0;
    }
}

void audit_words_close(audit_words *words)
{
    if (words->file != NULL) {
        fclose(words->file);
    }
    if (words->text != NULL) {
        macaw_wipe(words->text, words->len);
    }
    free(words->text);
    macaw_wipe(words->key, sizeof words->key);
}
