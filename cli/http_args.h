/* What sign and request share: the options and the signed request. */
#ifndef MACAW_CLI_HTTP_ARGS_H
#define MACAW_CLI_HTTP_ARGS_H

#include <stdio.h>

#include <macaw/signing.h>

#include "cli.h"
#include "url.h"

enum {
    OPTION_SCHEME = 256,
    OPTION_NOW,
    OPTION_ALLOW_UNCOVERED,
    OPTION_NO_KEY_ID,
    OPTION_HTTP_LAST,
};

/* Rows of an option table. */
/* clang-format off */
#define HTTP_OPTIONS                                                                               \
    {OPTION_SCHEME, "scheme", "S", "how to sign: x-authorization"},                                \
    {'k', "key", "KID@FILE", "the key, in a keyring"},                                             \
    {'X', "request", "METHOD", "GET unless given, POST with -d"},                                  \
    {'d', "data", "DATA", "body; @FILE: the bytes of a file exactly, @-: standard input"},         \
    {OPTION_NOW, "now", "UNIX", "sign for this time instead of now"},                              \
    {OPTION_ALLOW_UNCOVERED, "allow-uncovered", NULL,                                              \
     "sign although the scheme leaves out the method or body"},                                    \
    {OPTION_NO_KEY_ID, "no-key-id", NULL, "do not send the key's id"}
/* clang-format on */

typedef struct http_args {
    char *scheme_name;
    char *key;
    char *method;
    char *data;
    int64_t now; /* 0: the clock's */
    bool allow_uncovered;
    bool no_key_id;
    const char *use; /* purpose of the key; NULL: http */

    /* after http_args_open */
    const macaw_scheme *scheme;
    macaw_keyring *ring;
    const macaw_entry *entry;
    cli_url url;
    FILE *body; /* NULL: none; seekable */
    int64_t body_size;
} http_args;

/* Take the option just returned; CLI_DONE or the error, printed. */
int http_args_take(http_args *args, int code, const cli_args *options);

/* Check the scheme and open the key. */
int http_args_open_key(http_args *args);

/* Check everything and open key, URL and body. */
int http_args_open(http_args *args, const cli_args *options);
void http_args_close(http_args *args);

/* Sign for a time. */
int http_args_sign(const http_args *args, int64_t now, macaw_signed *ret);

#endif
