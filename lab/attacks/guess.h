/* Guessing keys of hmac-sha256 away from the oracle. */
#ifndef MACAW_LAB_GUESS_H
#define MACAW_LAB_GUESS_H

#include "attacks/steps.h"

/* Whether a key makes the tag of a pair, perhaps by the nested MAC; counts its work. */
bool lab_guess_fits(lab_oracle *o, lab_bytes key, const lab_pair *pair, bool nested);

/* The key of those bits at the end of 32 bytes that fits the first of n pairs, and then
 * all of them, handed in; false: none. All keys are tried, so that times compare. */
bool lab_guess_short(lab_oracle *o, int64_t bits, const lab_pair *pairs, size_t n, bool nested);

/* A table of the first guesses and what they make; fits: the last one made the tag. */
enum { LAB_GUESSES_SHOWN = 4 };
void lab_draw_guesses(lab_oracle *o, const lab_pair *seen, bool nested, const lab_bytes *keys,
                      size_t n, bool fits);

#endif
