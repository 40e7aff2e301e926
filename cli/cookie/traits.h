/* What one has to know about a scheme before one relies on it. */
#ifndef MACAW_CLI_COOKIE_TRAITS_H
#define MACAW_CLI_COOKIE_TRAITS_H

#include <jansson.h>

#include <macaw/session.h>

typedef struct cookie_traits {
    const char *scheme;
    int likely; /* how far its shape alone says that a token is of it: 0 to 100 */
    int size;   /* characters for a user of 17 bytes without content; 0: depends on content */
    const char *revocable;
    const char *state; /* what the server keeps */
    const char *weak;
} cookie_traits;

/* Those of a scheme; every scheme has some. */
const cookie_traits *cookie_traits_of(const macaw_session_scheme *scheme);

/* Add them to a report. */
void cookie_traits_json(json_t *report, const macaw_session_scheme *scheme);

#endif
