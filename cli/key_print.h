/* A key for people and for programs, without its secret. */
#ifndef MACAW_CLI_KEY_PRINT_H
#define MACAW_CLI_KEY_PRINT_H

#include <jansson.h>

#include <macaw/keyring.h>

enum { FINGERPRINT_SHOWN = 6, FINGERPRINT_TEXT = 2 * FINGERPRINT_SHOWN + 1 };

/* The first bytes of the fingerprint in hexadecimal. */
void key_fingerprint(const macaw_entry *entry, char out[FINGERPRINT_TEXT]);

void key_print_row(const macaw_entry *entry, int64_t now);
json_t *key_json(const macaw_entry *entry, int64_t now);

#endif
