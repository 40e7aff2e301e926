/* A URL taken apart without changing a byte: what is signed is what is sent. */
#ifndef MACAW_CLI_URL_H
#define MACAW_CLI_URL_H

#include <stdbool.h>

typedef struct cli_url {
    char *origin; /* "http://host:port/" */
    char *target; /* path and query as given; "/" for an empty path; no fragment */
} cli_url;

/* http and https, printable ASCII without spaces, no user name; label names it
 * in errors. cli_url_free releases it. */
int cli_url_parse(const char *label, const char *text, cli_url *ret);
void cli_url_free(cli_url *url);

/* Warn where curl sends another target than the one signed unless it is told not to. */
void cli_url_warn_curl(const char *label, const cli_url *url);

#endif
