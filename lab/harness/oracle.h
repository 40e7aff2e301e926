/* All that an attacker sees. Behind it is another process, which drew the key after
 * this one had been split off.
 *
 * Calls that would break the rules of the game (a query too many, or of a kind that
 * the mode forbids) do not return: they end the process, and the run is an error.
 * Calls that the construction itself refuses return false. Memory that the oracle
 * hands out lives until the attack returns. */
#ifndef MACAW_LAB_ORACLE_H
#define MACAW_LAB_ORACLE_H

#include "harness/rng.h"
#include "harness/target.h"
#include "harness/trace.h"

/* ---- what is public ---- */

/* Published by the construction; 0 or empty if it is not. */
size_t lab_number(const lab_oracle *o, const char *name);
lab_bytes lab_public(const lab_oracle *o, const char *name);
/* Options of the card. */
const lab_settings *lab_options(const lab_oracle *o);
lab_bytes lab_option_bytes(const lab_oracle *o, const char *name);
int64_t lab_option_number(const lab_oracle *o, const char *name);

/* Zeroed memory; never NULL. */
void *lab_alloc(lab_oracle *o, size_t n);
/* The attacker's own coins. */
lab_rng *lab_coins(lab_oracle *o);
/* Count n evaluations of a primitive done without the oracle. */
void lab_work(lab_oracle *o, uint64_t n);

/* ---- queries; why is the reason, one sentence, that a step stops at ---- */

/* The tag of one message: lab_number(o, "tag") bytes. */
bool lab_ask(lab_oracle *o, const char *why, const uint8_t *message, size_t len, uint8_t *tag);
bool lab_query(lab_oracle *o, const char *why, const lab_input *in, lab_output *ret);
/* n at once, none chosen after an answer was seen. A refused one has tag_len 0. */
void lab_batch(lab_oracle *o, const char *why, const lab_input *in, size_t n, lab_output *ret);

typedef struct lab_pair {
    lab_input in; /* with the nonce that was used */
    lab_bytes tag;
} lab_pair;

/* n pairs that others made, of messages of len bytes where they are random: all that
 * LAB_SUBSTITUTION (n is 1; the message is the option "message" where there is one)
 * and LAB_KNOWN_TEXT give. */
lab_pair *lab_given(lab_oracle *o, const char *why, size_t n, size_t len);

/* An action of a world; false: refused. */
bool lab_act(lab_oracle *o, const char *why, const char *action, lab_bytes in, lab_bytes *ret);

/* ---- forgeries ---- */

/* Before the first query: forging this message will be selective. */
void lab_commit(lab_oracle *o, lab_bytes message);
/* Have a message of len bytes drawn: forging it will be universal. */
lab_bytes lab_challenge(lab_oracle *o, size_t len);

/* Hand in a message with a tag: a verification query. True: the construction's
 * verifier accepted. It is a forgery if the message is fresh too. tag is NULL where a
 * world is handed a message that contains whatever it needs. */
bool lab_submit(lab_oracle *o, const char *why, const uint8_t *message, size_t len,
                const uint8_t *tag, size_t tag_len);
bool lab_submit_input(lab_oracle *o, const char *why, const lab_input *in, lab_bytes tag);
/* Hand in the key: a total break. */
bool lab_submit_key(lab_oracle *o, const char *why, lab_bytes key);

#endif
