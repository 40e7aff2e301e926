/* Header fields by name, each at most once, and how their values are spelled. */
#ifndef MACAW_SIGNING_FIELDS_H
#define MACAW_SIGNING_FIELDS_H

#include "signing/scheme.h"

#define MACAW_STR(literal)                                                                         \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }

typedef struct macaw_header {
    macaw_str name;  /* at least 8 bytes, NUL-terminated */
    macaw_str value; /* of the last one */
    unsigned count;  /* how often it is there */
} macaw_header;

/* Look for all wanted headers in one pass; their counts must be 0 before. */
void macaw_headers_find(macaw_header *wanted, size_t n, const macaw_field *fields, size_t count);

/* OK if the header is there exactly once, not empty and not longer than
 * MACAW_SIGNING_HEADER_MAX; else MALFORMED and why. */
macaw_reason macaw_header_check(const macaw_header *header, char *detail);

/* The same, and a MAC as lower-case hex. */
macaw_reason macaw_header_mac(const macaw_header *header, macaw_credentials *ret, char *detail);

/* The same, and a key id as a keyring spells it. */
macaw_reason macaw_header_kid(const macaw_header *header, macaw_credentials *ret, char *detail);

/* Write "NAME: " and a formatted text, and return MALFORMED. */
macaw_reason macaw_header_malformed(const macaw_header *header, char *detail, const char *fmt, ...)
    MACAW_PRINTF(3, 4);

#endif
