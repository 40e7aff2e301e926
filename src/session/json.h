/* JSON (RFC 8259) where it lies: one pass checks the whole text and finds the value
 * that a JSON Pointer (RFC 6901) names. No memory is asked for, and a number stays
 * as it is written, so that neither depends on what a session holds besides. */
#ifndef MACAW_SESSION_JSON_H
#define MACAW_SESSION_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include <macaw/status.h>
#include <macaw/str.h>

#define MACAW_JSON_DEPTH_MAX 32 /* arrays and objects in one another */

typedef enum macaw_json_type {
    MACAW_JSON_NULL,
    MACAW_JSON_FALSE,
    MACAW_JSON_TRUE,
    MACAW_JSON_INTEGER, /* without fraction and exponent, of any length */
    MACAW_JSON_REAL,
    MACAW_JSON_STRING,
    MACAW_JSON_ARRAY,
    MACAW_JSON_OBJECT,
} macaw_json_type;

typedef struct macaw_json_value {
    macaw_json_type type;
    macaw_str text; /* as written; a string without its quotes, escapes in place */
} macaw_json_value;

/* "" or "/" and so on, "~" only as "~0" or "~1". */
bool macaw_json_is_pointer(const char *pointer);

/* pointer NULL only checks. MACAW_EFORMAT: no JSON in UTF-8, too deep, or a member on
 * the way that the pointer names occurs twice; MACAW_ENOTFOUND. */
int macaw_json_find(macaw_str text, const char *pointer, macaw_json_value *ret) MACAW_MUST_USE;

typedef struct macaw_json_member {
    macaw_str name; /* as written */
    macaw_json_value value;
} macaw_json_member;

/* The members of an object that was checked: their number, or SIZE_MAX if there are more
 * than max, or two of one name however it is spelled. */
size_t macaw_json_members(macaw_str object, macaw_json_member *ret, size_t max);

/* The value of the member of that name, or NULL. */
const macaw_json_value *macaw_json_get(const macaw_json_member *members, size_t count,
                                       const char *name);

/* The characters of a string (its text as found): never more bytes than it is written
 * with. MACAW_EFORMAT: half a surrogate pair. MACAW_ELIMIT. */
int macaw_json_unescape(macaw_str string, char *out, size_t size, size_t *out_len) MACAW_MUST_USE;

/* ---- parts of it ---- */

/* A string from its first quote on; *ret is what stands between the quotes. */
bool macaw_json_string(const char **at, const char *end, macaw_str *ret);

/* The character at *p, inside a string that was scanned, as UTF-8: its bytes, or 0 for
 * half a surrogate pair. */
size_t macaw_json_char(const char **p, const char *end, char out[4]);

/* Whether the first token of a pointer that begins with "/" is this name as written, or
 * this index (RFC 6901 section 4); *rest is then the pointer after it. */
bool macaw_json_names(const char *pointer, macaw_str name, const char **rest);
bool macaw_json_counts(const char *pointer, size_t index, const char **rest);

#endif
