/* macaw tag --update: the tag of a changed message from the tag before. */
#ifndef MACAW_CLI_TAG_UPDATE_H
#define MACAW_CLI_TAG_UPDATE_H

#include "cli.h"

#include <macaw/mac.h>

enum { OPTION_UPDATE = 300, OPTION_LENGTH, OPTION_OFFSET, OPTION_OLD, OPTION_NEW };

/* Rows of an option table. */
/* clang-format off */
#define TAG_UPDATE_OPTIONS                                                                         \
    {OPTION_UPDATE, "update", "TAG", "instead: the tag after a change, from that before"},         \
    {OPTION_LENGTH, "length", "BYTES", "of the message, before and after the change"},             \
    {OPTION_OFFSET, "offset", "BYTES", "where in the message the change begins"},                  \
    {OPTION_OLD, "old", "FILE", "what the message held there"},                                    \
    {OPTION_NEW, "new", "FILE", "what it holds there now, as many bytes"}
/* clang-format on */

typedef struct tag_update {
    char *tag_hex; /* --update; NULL: none wanted */
    char *length_text, *offset_text, *old_name, *new_name;
    int64_t length, offset;
} tag_update;

/* Take the option just returned; CLI_DONE or the error, printed. */
int tag_update_take(tag_update *update, int code, const cli_args *args);

/* Whether the options fit together. */
int tag_update_check(const tag_update *update);

/* The new tag, full length. */
int tag_update_run(const tag_update *update, const macaw_key *key, uint8_t *tag);

#endif
