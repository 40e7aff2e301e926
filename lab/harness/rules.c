#include "harness/rules.h"

const char *lab_may_query(lab_rules *r, uint64_t n)
{
    switch (r->budget.mode) {
    case LAB_ADAPTIVE:
        r->result->tags += n;
        return r->result->tags <= r->budget.tags ? NULL : "more tag queries than the budget allows";
    case LAB_CHOSEN_TEXT:
        r->result->tags += n;
        if (!r->batched) {
            r->batched = true;
            return n <= r->budget.tags ? NULL : "more tag queries than the budget allows";
        }
        r->adaptive += n;
        return r->adaptive <= r->budget.adaptive
                   ? NULL
                   : "a query after an answer, in a game where queries are fixed before";
    default:
        return "a tag query in a game that has none of the attacker's choice";
    }
}

const char *lab_may_be_given(lab_rules *r, uint64_t n)
{
    r->result->tags += n;
    if (r->budget.mode != LAB_SUBSTITUTION && r->budget.mode != LAB_KNOWN_TEXT) {
        return "pairs are given in substitution and known-text games only";
    }
    if (r->budget.mode == LAB_SUBSTITUTION && r->result->tags != 1) {
        return "substitution gives exactly one pair";
    }
    return r->result->tags <= r->budget.tags ? NULL : "more pairs than the budget allows";
}

const char *lab_may_verify(lab_rules *r)
{
    return ++r->result->verifications <= r->budget.verifications
               ? NULL
               : "more verifications than the budget allows";
}

const char *lab_may_act(lab_rules *r)
{
    return ++r->result->actions <= r->budget.actions ? NULL : "more actions than the budget allows";
}
