/* What the text schemes of the literature share: fields, and a MAC behind them. */
#ifndef MACAW_SESSION_STUDY_TEXT_H
#define MACAW_SESSION_STUDY_TEXT_H

#include "session/scheme.h"

/* A text under construction in the buffer of an issue function; len over
 * MACAW_SESSION_TOKEN_MAX means that it did not fit. */
typedef struct macaw_text {
    char *out;
    size_t len;
} macaw_text;

void macaw_text_put(macaw_text *text, const void *data, size_t len);
void macaw_text_format(macaw_text *text, const char *fmt, ...) MACAW_PRINTF(2, 3);
void macaw_text_hex(macaw_text *text, const void *data, size_t len);

/* Every byte but letters, digits and these as %XX; macaw_session_percent reads it. */
#define MACAW_TEXT_KEEP "-._~"
void macaw_text_escape(macaw_text *text, macaw_str raw);

/* Append the MAC of text[0..covered) in lower-case hex. */
int macaw_text_mac(macaw_text *text, const macaw_key *mac, size_t covered) MACAW_MUST_USE;

/* End the text with NUL: MACAW_ELIMIT where it did not fit. */
int macaw_text_end(macaw_text *text, size_t *out_len) MACAW_MUST_USE;

/* Whether a subject can stand between separators in a cookie: not empty, visible
 * ASCII that a cookie value may have, and none of the separators. */
bool macaw_text_is_field(macaw_str field, const char *separators);

/* The earlier of idle time and cap. */
int64_t macaw_text_expiry(const macaw_session_grant *grant);

#endif
