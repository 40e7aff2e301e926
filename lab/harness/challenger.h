/* The challenger: holds the key, answers, counts, and judges. */
#ifndef MACAW_LAB_CHALLENGER_H
#define MACAW_LAB_CHALLENGER_H

#include "harness/card.h"

/* In ascending order of damage. */
enum lab_level {
    LAB_NOTHING,
    LAB_EXISTENTIAL, /* some message */
    LAB_SELECTIVE,   /* one that the attacker chose before its first query */
    LAB_UNIVERSAL,   /* one that the challenger chose */
    LAB_TOTAL_BREAK, /* the key */
    LAB_LEVELS
};

const char *lab_level_name(enum lab_level level);
const char *lab_mode_name(enum lab_mode mode);

typedef struct lab_result {
    enum lab_level level;
    uint64_t tags, verifications, actions, work;
    bool ended;      /* the attack came to its end */
    char wrong[160]; /* what went wrong: a foul, a construction that cannot be set up */
} lab_result;

/* Play one game over fd until the attacker leaves. */
void lab_challenger_run(int fd, const lab_card *card, const lab_case *one,
                        const lab_settings *settings, const uint8_t seed[LAB_SEED_LEN],
                        lab_result *ret);

#endif
