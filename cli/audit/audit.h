/* macaw audit: which construction and key made a tag. One file a concern: the tag's
 * spelling, the constructions, the keys, the search, messages in HTTP text, the
 * report. */
#ifndef MACAW_CLI_AUDIT_H
#define MACAW_CLI_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <macaw/mac.h>

#include "prim/md.h"

enum {
    AUDIT_TEXT_MAX = 4 * MACAW_TAG_MAX, /* characters of a tag */
    AUDIT_RAW_MIN = 4,                  /* bytes of a tag: under that anything matches */
    AUDIT_RAW_SURE = 8,                 /* under that a match may be chance */
    AUDIT_ENCODINGS = 8,
    AUDIT_KEY_MAX = 4096, /* bytes of a key */
    AUDIT_MESSAGE_MAX = 16 << 20,
    AUDIT_NAME_MAX = 160,
};

/* ---- encoding.c: how a tag may be spelled ---- */

typedef struct audit_encoding {
    const char *name;
    /* Decode the longest prefix of whole bytes; false if a character is foreign. */
    bool (*decode)(const char *text, size_t len, uint8_t *raw, size_t *raw_len);
    size_t (*encode)(const uint8_t *raw, size_t len, char *text);
} audit_encoding;

typedef struct audit_reading {
    const audit_encoding *encoding;
    uint8_t raw[AUDIT_TEXT_MAX];
    size_t len;
} audit_reading;

/* A tag as it is spelled, and what its characters may stand for. */
typedef struct audit_tag {
    const char *text;
    size_t text_len;
    audit_reading readings[AUDIT_ENCODINGS];
    size_t count;
} audit_tag;

/* Keep the readings of raw_min bytes or more; false if there is none. */
bool audit_tag_read(audit_tag *ret, const char *text, size_t len, size_t raw_min);

/* Whether a tag of full bytes, perhaps cut, can be this one. */
bool audit_tag_fits(const audit_tag *tag, size_t full, bool cut);

/* The reading of which the tag is computed, whole or cut to its left part, or NULL. */
const audit_reading *audit_tag_match(const audit_tag *tag, const uint8_t *full, size_t len);

/* ---- construction.c: what may have made it ---- */

typedef struct audit_hash {
    const char *name;
    const macaw_md *md;
    bool common; /* what a search that is not thorough is content with */
} audit_hash;

extern const audit_hash audit_hashes[];       /* ends with a NULL name */
extern const char *const audit_common_macs[]; /* of the registry; ends with NULL */

/* A hash over parts: m the message, k the key, s a separator. */
typedef struct audit_pattern {
    const char *parts;
    const char *verdict;
    const char *reason; /* and who says so */
    bool common;
} audit_pattern;

extern const audit_pattern audit_patterns[]; /* ends with NULL parts */
extern const char *const audit_separators[]; /* ends with NULL; the first is empty */
extern const char audit_swapped[];           /* what is wrong with HMAC(message, key) */

/* ---- words.c: the keys to try ---- */

typedef struct audit_words {
    FILE *file;       /* NULL: the bundled list */
    const char *name; /* of the file */
    bool variants;    /* also each word's decodings and line ends */
    size_t line;      /* of the word, from 1 */
    char *text;
    size_t room, len;
    size_t variant;
    uint8_t key[AUDIT_KEY_MAX + 2];
    size_t key_len;
    const char *how; /* the variant, NULL: the word as it is */
} audit_words;

/* NULL: the bundled list, with variants. CLI_DONE or the error, printed. */
int audit_words_open(audit_words *ret, const char *path, bool variants);

/* The next key in key; 1, 0 at the end, -1 with *status after an error, printed. */
int audit_words_next(audit_words *words, int *status);

/* Wipes the last key. */
void audit_words_close(audit_words *words);

/* ---- search.c ---- */

/* A message that the tag may be of. */
typedef struct audit_message {
    char name[AUDIT_NAME_MAX]; /* message, or target || timestamp */
    const uint8_t *data;
    size_t len;
    const char *separator; /* to try before a key beside none; NULL: try all */
    const char *covers;    /* letters of layout.c */
} audit_message;

typedef struct audit_hit {
    const audit_message *message;
    const audit_reading *reading;
    const audit_hash *hash; /* NULL: alg made it */
    const audit_pattern *pattern;
    const char *separator;
    const macaw_alg *alg;
    bool swapped; /* alg with message and key exchanged */
    size_t full;  /* bytes of the whole tag */
} audit_hit;

typedef struct audit_search {
    const audit_tag *tag;
    const audit_message *messages;
    size_t count;
    bool thorough;    /* cut tags, rare constructions, every algorithm of the registry */
    uint8_t *scratch; /* the longest message, two keys, separators */
    uint8_t *tags;    /* a batch of full tags */
} audit_search;

/* CLI_DONE or the error, printed. */
int audit_search_new(audit_search *ret, const audit_tag *tag, const audit_message *messages,
                     size_t count);
void audit_search_free(audit_search *search);

/* Whether the key, or, where it is NULL, no key at all, makes the tag. */
bool audit_search_key(const audit_search *search, const uint8_t *key, size_t len, audit_hit *ret);

/* All words; 1 with the word left in words, 0 not found, -1 with *status. */
int audit_search_words(const audit_search *search, audit_words *words, audit_hit *ret, int *status);

/* ---- http.c: requests and responses in a text ---- */

enum { AUDIT_FIELDS = 64 };

typedef struct audit_str {
    const char *data;
    size_t len;
} audit_str;

typedef struct audit_http {
    bool response;
    audit_str method, target, status;
    struct {
        audit_str name, value;
    } fields[AUDIT_FIELDS];
    size_t field_count;
    audit_str body;
} audit_http;

/* The next message at or after *at, which moves behind it; false: no more. */
bool audit_http_next(const char *text, size_t len, size_t *at, audit_http *ret);

/* The value of a field by its name in any case, or NULL. */
const audit_str *audit_http_field(const audit_http *http, const char *name);

/* The field, from number *i on, that looks like a MAC: read into tag. */
bool audit_http_tag(const audit_http *http, size_t *i, audit_tag *tag);

/* The time stamp that a program put there, in digits, or NULL. */
const audit_str *audit_http_stamp(const audit_http *http);

/* ---- layout.c: what of a message may lie under the MAC ---- */

enum { AUDIT_LAYOUTS = 640 };

typedef struct audit_layouts {
    audit_message messages[AUDIT_LAYOUTS];
    size_t count;
    uint8_t *bytes; /* of all messages */
} audit_layouts;

/* request is the one before a response, or NULL. False: out of memory. */
bool audit_layouts_new(audit_layouts *ret, const audit_http *http, const audit_http *request);
void audit_layouts_free(audit_layouts *layouts);

/* Names of parts that a message has and a layout leaves out, "method, body"; "" if none. */
void audit_layout_gaps(const audit_http *http, const char *covers, char out[AUDIT_NAME_MAX]);

/* ---- report.c ---- */

typedef struct audit_report {
    bool json, show_key;
    void *list; /* json_t: findings so far */
} audit_report;

/* where: "message", "request: X-Signature"; http may be NULL. */
void audit_report_hit(audit_report *report, const char *where, const audit_hit *hit,
                      const audit_words *words, const audit_http *http);
void audit_report_miss(audit_report *report, const char *where, size_t keys);

/* Date against time stamp, where a message has both and they are over a minute apart. */
void audit_report_clock(audit_report *report, const char *where, const audit_http *http);

/* Prints the list as JSON where asked for and nothing failed, and releases it; returns
 * status. */
int audit_report_end(audit_report *report, int status);

#endif
