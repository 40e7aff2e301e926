/* What a mode and its budget allow: each call counts, and returns NULL or what is
 * against the rules. */
#ifndef MACAW_LAB_RULES_H
#define MACAW_LAB_RULES_H

#include "harness/challenger.h"

typedef struct lab_rules {
    lab_budget budget;
    lab_result *result; /* where the counts are */
    bool batched;       /* LAB_CHOSEN_TEXT: the batch has been */
    uint64_t adaptive;  /* queries behind it */
} lab_rules;

const char *lab_may_query(lab_rules *r, uint64_t n);
const char *lab_may_be_given(lab_rules *r, uint64_t n);
const char *lab_may_verify(lab_rules *r);
const char *lab_may_act(lab_rules *r);

#endif
