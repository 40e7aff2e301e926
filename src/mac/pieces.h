/* A message too large for memory, over several threads: each reads pieces of its
 * own and adds them up, and one ends the message. Only for constructions that are
 * a sum over blocks; the tag is that of macaw_tag. */
#ifndef MACAW_MAC_PIECES_H
#define MACAW_MAC_PIECES_H

#include <stdbool.h>

#include <macaw/mac.h>

/* A sum of pieces; all zeros is that of none. */
typedef struct macaw_pieces {
    uint8_t sum[MACAW_TAG_MAX];
} macaw_pieces;

/* Whether messages of this key can be cut into pieces. */
bool macaw_pieces_able(const macaw_key *key);

/* How many bytes of a message of len bytes are whole blocks before the last block. */
uint64_t macaw_pieces_body(const macaw_key *key, uint64_t len);

/* Add n bytes, whole blocks of the body, that begin at offset. */
void macaw_pieces_add(const macaw_key *key, macaw_pieces *pieces, uint64_t offset,
                      const uint8_t *data, size_t n);

/* sum += other, which is wiped. */
void macaw_pieces_join(macaw_pieces *sum, macaw_pieces *other);

/* End a message of len bytes: tail is what follows its body. Wipes pieces. */
int macaw_pieces_finish(const macaw_key *key, macaw_pieces *pieces, const uint8_t *tail,
                        uint64_t len, uint8_t *tag, size_t tag_len) MACAW_MUST_USE;

#endif
