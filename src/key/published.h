/* Secrets that are no secrets: printed in standards, manuals and templates. */
#ifndef MACAW_KEY_PUBLISHED_H
#define MACAW_KEY_PUBLISHED_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a secret is
 *   - one of a bundled list, in any mixture of ASCII case, alone or repeated to
 *     fill a length (the last repetition may be cut), or the bytes that its
 *     hexadecimal or base64url digits stand for,
 *   - a listed prefix with anything behind it ("django-insecure-"), or
 *   - bytes of a constant difference: one byte repeated, 00 01 02, 01 23 45 67.
 * A line end after it makes no difference. The comparisons take the same time
 * wherever a secret begins to differ. */
bool macaw_secret_published(const void *secret, size_t n);

/* The i-th entry of the bundled list as its source prints it, NULL past the end. */
const char *macaw_published_at(size_t i);

#endif
