/* Mistakes people make with the key and the context of a token, one at a time. */
#ifndef MACAW_CLI_COOKIE_TWEAK_H
#define MACAW_CLI_COOKIE_TWEAK_H

#include "cookie/inspect.h"

typedef enum cookie_tweak_kind {
    KEY_WITHOUT_NEWLINE,
    KEY_FROM_HEX,
    KEY_FROM_BASE64,
    KEY_FORM,
    ALGORITHM,
    NAME,
    PURPOSE,
    AUDIENCE,
    BINDING,
    SALT,
} cookie_tweak_kind;

typedef struct cookie_tweak {
    cookie_tweak_kind kind;
    const char *value; /* static, or in names */
} cookie_tweak;

enum { COOKIE_TWEAKS_MAX = 64, COOKIE_NAME_ROOM = 264 };

/* Those that make sense for a scheme, beside the options given. */
typedef struct cookie_tweaks {
    cookie_tweak at[COOKIE_TWEAKS_MAX];
    size_t count;
    char names[3][COOKIE_NAME_ROOM];
} cookie_tweaks;

void cookie_tweaks_collect(const cookie_args *args, const macaw_session_scheme *scheme,
                           cookie_tweaks *ret);

/* Options and key as given, but for the tweaks. */
typedef struct cookie_trial {
    cookie_args args;
    cookie_key key;
    uint8_t *bytes; /* of the key: a copy to change */
} cookie_trial;

/* False where it changes nothing, or cannot be. */
bool cookie_tweak_apply(cookie_trial *trial, const cookie_tweak *tweak);

/* A sentence about what it changed. */
void cookie_tweak_describe(const cookie_args *args, const cookie_key *key,
                           const cookie_tweak *tweak, char *out, size_t size);

#endif
