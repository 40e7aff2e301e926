/* What cards about protocols share: figures of who sends what, and texts. */
#ifndef MACAW_LAB_STEPS_H
#define MACAW_LAB_STEPS_H

#include "harness/card.h"

enum { LAB_STEPS_MAX = 16, LAB_PARTIES_MAX = 5 };

/* A message from one party to another, or, where both are the same, something that
 * happens there. Parties are numbers from 0. */
typedef struct lab_step {
    unsigned from, to;
    lab_value message;
} lab_step;

/* A "sequence" figure; parties ends with NULL. */
void lab_draw_steps(lab_oracle *o, const char *title, const char *const *parties,
                    const lab_step *steps, size_t n);

/* A text that lives until the attack returns. */
lab_bytes lab_print(lab_oracle *o, const char *format, ...) MACAW_PRINTF(2, 3);
/* Those pieces behind one another, likewise. */
lab_bytes lab_join(lab_oracle *o, const lab_bytes *pieces, size_t n);

/* A clock, in seconds since some time ago. */
double lab_seconds(void);

/* Hand a world its message; true: the world was wronged. */
bool lab_hand_in(lab_oracle *o, const char *why, lab_bytes message);

#endif
