/* Options of a card, as its user, its cases and its defaults set them. */
#ifndef MACAW_LAB_SETTINGS_H
#define MACAW_LAB_SETTINGS_H

#include "harness/bytes.h"

enum lab_option_kind {
    LAB_BYTES,  /* text, or hex:DIGITS */
    LAB_NUMBER, /* min..max */
    LAB_CHOICE, /* one of the words in choices */
    LAB_FILE,   /* the name of a file, whose bytes are the value */
};

typedef struct lab_option {
    const char *name;
    enum lab_option_kind kind;
    const char *fallback; /* as the user would write it; NULL: not set */
    const char *help;
    int64_t min, max;    /* LAB_NUMBER: the number; the others: the length (max 0: 4096) */
    const char *choices; /* LAB_CHOICE: words with a space between them */
    bool secret;         /* for the challenger only: a key */
} lab_option;

typedef struct lab_setting {
    const char *name, *value; /* of users: in memory that may be written */
} lab_setting;

/* What one game runs with. */
#define LAB_SETTINGS_MAX 24
typedef struct lab_settings {
    size_t count;
    struct lab_set {
        const char *name;
        const lab_option *option; /* NULL: known to a construction only */
        lab_bytes bytes;          /* as text for numbers too; allocated */
    } list[LAB_SETTINGS_MAX];
} lab_settings;

/* Defaults, then users over them, then fixed (of a case) over both; the two lists end
 * with a NULL name. CLI_DONE, or the printed error: users must name options and keep to
 * their kinds. */
int lab_settings_fill(lab_settings *ret, const lab_option *options, const lab_setting *users,
                      const lab_setting *fixed);
void lab_settings_free(lab_settings *settings);
/* Wipe and take out what is the challenger's only. */
void lab_settings_hide(lab_settings *settings);
/* Wipe where users wrote such a value, on the command line. */
void lab_users_hide(const lab_option *options, const lab_setting *users);

bool lab_settings_has(const lab_settings *settings, const char *name);
/* The value, or the fallback where it is not set. */
lab_bytes lab_settings_bytes(const lab_settings *settings, const char *name, const char *fallback);
int64_t lab_settings_number(const lab_settings *settings, const char *name, int64_t fallback);
/* Whether it is set to exactly this word. */
bool lab_settings_is(const lab_settings *settings, const char *name, const char *word);

#endif
