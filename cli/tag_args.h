/* The options that tag and verify share. */
#ifndef MACAW_CLI_TAG_ARGS_H
#define MACAW_CLI_TAG_ARGS_H

#include "cli.h"
#include "key_arg.h"

enum { OPTION_SHORT_TAG = 256, NONCE_MAX = 64 };

/* Rows of an option table. */
/* clang-format off */
#define TAG_OPTIONS                                                                                \
    {'a', "algorithm", "ALG", "algorithm; macaw algorithms lists them"},                           \
    {'k', "key", "KEY", "a file, hex:DIGITS or KID@KEYRING"},                                      \
    {'l', "tag-length", "BYTES", "length of the tag; without it the algorithm's"},                 \
    {'n', "nonce", "HEX", "nonce, for algorithms that take one"},                                  \
    {OPTION_SHORT_TAG, "short-tag", NULL, "allow a tag that is easy to guess"}
/* clang-format on */

typedef struct tag_args {
    char *alg;
    char *key;
    int64_t length;
    bool short_tag;
    char *nonce_hex;
    uint8_t nonce[NONCE_MAX];
    size_t nonce_len;
    bool draw_nonce; /* a new one for every message */
} tag_args;

/* Take the option just returned; CLI_DONE or the error, printed. */
int tag_args_take(tag_args *args, int code, const cli_args *options);

/* Open the key and check the nonce against it. Where one is needed and none was given,
 * signing draws them. */
int tag_args_open(tag_args *args, bool signing, macaw_key **ret);

/* Read a tag of the key's length, in hexadecimal, from the option label. */
int tag_args_read_tag(const char *label, const char *hex, const macaw_key *key, uint8_t *tag);

/* Start a message, with a new nonce where they are drawn. */
int tag_args_start(tag_args *args, const macaw_key *key, macaw_ctx *ctx);

/* Report a status of the library for one file. */
int tag_fail(const macaw_key *key, const char *name, int status);

#endif
