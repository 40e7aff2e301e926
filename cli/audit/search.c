/* Every construction over every message under one key, then the next key. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "audit.h"
#include "cli.h"

enum { SEPARATOR_MAX = 4, BATCH = 64 };

int audit_search_new(audit_search *ret, const audit_tag *tag, const audit_message *messages,
                     size_t count)
{
    size_t longest = 0;

    for (size_t i = 0; i < count; i++) {
        longest = messages[i].len > longest ? messages[i].len : longest;
    }
    *ret = (audit_search){
        .tag = tag,
        .messages = messages,
        .count = count,
        .scratch = malloc(longest + 2 * (AUDIT_KEY_MAX + 2 + SEPARATOR_MAX)),
        .tags = malloc(BATCH * MACAW_TAG_MAX),
    };
    if (ret->scratch == NULL || ret->tags == NULL) {
        audit_search_free(ret);
        return cli_fail(CLI_FAILED, "audit", "out of memory");
    }
    return CLI_DONE;
}

void audit_search_free(audit_search *search)
{
    free(search->scratch);
    free(search->tags);
    search->scratch = search->tags = NULL;
}

/* ---- plain hashes ---- */

static size_t lay_out(const audit_search *search, const audit_hit *hit, const uint8_t *key,
                      size_t key_len)
{
    uint8_t *p = search->scratch;

    for (const char *part = hit->pattern->parts; *part != '\0'; part++) {
        const void *data = *part == 'm'   ? (const void *)hit->message->data
                           : *part == 'k' ? (const void *)key
                                          : (const void *)hit->separator;
        size_t len = *part == 'm'   ? hit->message->len
                     : *part == 'k' ? key_len
                                    : strlen(hit->separator);
        if (len > 0) {
            memcpy(p, data, len);
            p += len;
        }
    }
    return (size_t)(p - search->scratch);
}

static bool try_hashes(const audit_search *search, const uint8_t *key, size_t key_len,
                       audit_hit *hit)
{
    size_t len = lay_out(search, hit, key, key_len);
    uint8_t digest[MACAW_MD_DIGEST_MAX];

    for (const audit_hash *hash = audit_hashes; hash->name != NULL; hash++) {
        if (!(search->thorough || hash->common) ||
            !audit_tag_fits(search->tag, hash->md->digest_len, search->thorough)) {
            continue;
        }
        macaw_md_hash(hash->md, macaw_md_pick(hash->md, NULL, NULL), search->scratch, len, digest);
        hit->reading = audit_tag_match(search->tag, digest, hash->md->digest_len);
        if (hit->reading != NULL) {
            hit->hash = hash;
            hit->full = hash->md->digest_len;
            return true;
        }
    }
    return false;
}

/* A separator is tried if the pattern has one and the message does not fix another. */
static bool separator_fits(const audit_pattern *pattern, const audit_message *message,
                           const char *separator)
{
    if (strchr(pattern->parts, 's') == NULL) {
        return separator[0] == '\0';
    }
    return separator[0] != '\0' &&
           (message->separator == NULL || strcmp(message->separator, separator) == 0);
}

static bool try_pattern(const audit_search *search, const uint8_t *key, size_t key_len,
                        audit_hit *hit)
{
    for (size_t i = 0; i < search->count; i++) {
        hit->message = &search->messages[i];
        for (size_t s = 0; audit_separators[s] != NULL; s++) {
            hit->separator = audit_separators[s];
            if (separator_fits(hit->pattern, hit->message, hit->separator) &&
                try_hashes(search, key, key_len, hit)) {
                return true;
            }
        }
    }
    return false;
}

static bool try_patterns(const audit_search *search, const uint8_t *key, size_t key_len,
                         audit_hit *hit)
{
    for (hit->pattern = audit_patterns; hit->pattern->parts != NULL; hit->pattern++) {
        bool keyed = strchr(hit->pattern->parts, 'k') != NULL;
        if (keyed == (key != NULL) && (search->thorough || hit->pattern->common) &&
            try_pattern(search, key, key_len, hit)) {
            return true;
        }
    }
    hit->pattern = NULL;
    return false;
}

/* ---- the registry ---- */

static bool is_common(const macaw_alg *alg)
{
    for (size_t i = 0; audit_common_macs[i] != NULL; i++) {
        if (strcmp(audit_common_macs[i], alg->name) == 0) {
            return true;
        }
    }
    return false;
}

static bool fits(const audit_search *search, const macaw_alg *alg, size_t key_len)
{
    return (alg->flags & MACAW_ALG_NONCE) == 0 && key_len >= alg->key_min &&
           key_len <= alg->key_max && audit_tag_fits(search->tag, alg->tag_len, search->thorough) &&
           (search->thorough || is_common(alg));
}

static bool match_tags(const audit_search *search, const macaw_alg *alg, size_t first, size_t n,
                       audit_hit *hit)
{
    for (size_t i = 0; i < n; i++) {
        hit->reading = audit_tag_match(search->tag, search->tags + i * alg->tag_len, alg->tag_len);
        if (hit->reading != NULL) {
            hit->message = &search->messages[first + i];
            hit->alg = alg;
            hit->full = alg->tag_len;
            return true;
        }
    }
    return false;
}

/* n messages from number first on, at once. */
static bool try_some(const audit_search *search, const macaw_alg *alg, const macaw_key *mac,
                     size_t first, size_t n, audit_hit *hit)
{
    macaw_msg msgs[BATCH];

    for (size_t i = 0; i < n; i++) {
        msgs[i] =
            (macaw_msg){NULL, search->messages[first + i].data, search->messages[first + i].len};
    }
    return macaw_tag_many(mac, msgs, n, search->tags, alg->tag_len) == MACAW_OK &&
           match_tags(search, alg, first, n, hit);
}

/* A key of one message or one length is made anew for each. */
static bool try_alg(const audit_search *search, const macaw_alg *alg, const uint8_t *key,
                    size_t key_len, audit_hit *hit)
{
    bool single = (alg->flags & (MACAW_ALG_ONE_TIME | MACAW_ALG_FIXED)) != 0;
    macaw_key *mac = NULL;
    bool found = false;

    for (size_t i = 0, n; i < search->count && !found; i += n) {
        n = single ? 1 : search->count - i < BATCH ? search->count - i : BATCH;
        if (mac == NULL && macaw_key_new(&mac, alg, key, key_len, NULL) != MACAW_OK) {
            return false;
        }
        found = try_some(search, alg, mac, i, n, hit);
        if (single) {
            macaw_key_free(mac);
            mac = NULL;
        }
    }
    macaw_key_free(mac);
    return found;
}

/* HMAC(message, key), which two libraries with opposite orders invite. */
static bool try_swapped(const audit_search *search, const macaw_alg *alg, const uint8_t *key,
                        size_t key_len, audit_hit *hit)
{
    macaw_msg msg = {NULL, key, key_len};

    for (size_t i = 0; i < search->count; i++) {
        macaw_key *mac = NULL;
        const audit_message *message = &search->messages[i];
        bool made = message->len <= alg->key_max &&
                    macaw_key_new(&mac, alg, message->data, message->len, NULL) == MACAW_OK &&
                    macaw_tag(mac, &msg, search->tags, alg->tag_len) == MACAW_OK;
        macaw_key_free(mac);
        if (made && match_tags(search, alg, i, 1, hit)) {
            hit->swapped = true;
            return true;
        }
    }
    return false;
}

static bool try_registry(const audit_search *search, const uint8_t *key, size_t key_len,
                         audit_hit *hit)
{
    const macaw_alg *alg;

    for (size_t i = 0; (alg = macaw_alg_at(i)) != NULL; i++) {
        if (!fits(search, alg, key_len)) {
            continue;
        }
        if (try_alg(search, alg, key, key_len, hit) ||
            (search->thorough && alg->key_min == 0 &&
             try_swapped(search, alg, key, key_len, hit))) {
            return true;
        }
    }
    return false;
}

bool audit_search_key(const audit_search *search, const uint8_t *key, size_t len, audit_hit *ret)
{
    *ret = (audit_hit){0};
    return try_patterns(search, key, len, ret) ||
           (key != NULL && try_registry(search, key, len, ret));
}

/* ---- many keys ---- */

static void show_progress(const audit_words *words, time_t start, time_t *shown)
{
    time_t now = time(NULL);

    if (isatty(STDERR_FILENO) && now > start + 1 && now != *shown) {
        *shown = now;
        fprintf(stderr, "\r%zu keys tried", words->line);
    }
}

int audit_search_words(const audit_search *search, audit_words *words, audit_hit *ret, int *status)
{
    time_t start = time(NULL), shown = 0;
    int more;
    bool found = false;

    while (!found && (more = audit_words_next(words, status)) > 0) {
        found = audit_search_key(search, words->key, words->key_len, ret);
        show_progress(words, start, &shown);
    }
    if (shown != 0) {
        fprintf(stderr, "\r\033[K");
    }
    return found ? 1 : more;
}
