/* How much a secret can be worth, judged by its bytes alone. */
#ifndef MACAW_CLI_KEY_QUALITY_H
#define MACAW_CLI_KEY_QUALITY_H

#include <stddef.h>
#include <stdint.h>

typedef struct key_quality {
    unsigned bits;    /* an upper estimate: nobody can tell random bytes from others */
    const char *kind; /* what the bytes look like */
    size_t distinct;  /* byte values */
    size_t most;      /* how often the most frequent one occurs */
    const char *note; /* NULL, or how the secret may have been misread */
} key_quality;

key_quality key_quality_of(const uint8_t *secret, size_t len);

#endif
