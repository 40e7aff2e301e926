#include "key/secret.h"

#include <string.h>

#include "base/codec.h"
#include "key/ring.h"

int macaw_keyring_secret(const macaw_keyring *ring, const macaw_entry *entry, uint8_t *out,
                         size_t len)
{
    const macaw_ring_node *node = macaw_ring_find(ring, entry->kid, strlen(entry->kid));
    const json_t *jwk = node != NULL ? json_array_get(ring->keys, node->index) : NULL;
    const char *text = json_string_value(json_object_get(jwk, "k"));
    size_t decoded;

    if (text == NULL || strlen(text) != MACAW_BASE64URL_LEN(len)) {
        return MACAW_EARG;
    }
    return macaw_base64_decode(MACAW_BASE64URL, out, &decoded, text, strlen(text), NULL);
}
