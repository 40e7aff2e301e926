/* A card: one attack, what it breaks and what resists it. One file in lab/attacks,
 * one line in lab/attacks/cards.c. */
#ifndef MACAW_LAB_CARD_H
#define MACAW_LAB_CARD_H

#include "harness/oracle.h"
#include "harness/plots.h"

/* What an attacker may ask (computation resistance is always relative to this). */
enum lab_mode {
    LAB_IMPERSONATION, /* no pair */
    LAB_SUBSTITUTION,  /* exactly one pair, given */
    LAB_KNOWN_TEXT,    /* pairs of messages that the challenger drew */
    LAB_CHOSEN_TEXT,   /* one batch, fixed before the first answer, then `adaptive` more */
    LAB_ADAPTIVE,      /* each query may depend on all answers before */
    LAB_MODES
};

typedef struct lab_budget {
    enum lab_mode mode;
    uint64_t tags;          /* tag queries, or pairs given */
    uint64_t adaptive;      /* LAB_CHOSEN_TEXT: queries behind the batch, not in tags */
    uint64_t verifications; /* messages handed in; also guesses of the key */
    uint64_t actions;       /* of a world */
} lab_budget;

enum lab_case_role {
    LAB_BREAKS, /* a target: the attack must succeed */
    LAB_HOLDS,  /* a control: the same attack must fail */
    LAB_CURVE,  /* measured beside its prediction only: a point of a plot */
};

typedef struct lab_case {
    enum lab_case_role role;
    const char *construction; /* of lab/naive, or of the library */
    const char *note;         /* NULL, or why it holds, or what is special */
    double predicted;         /* success rate, where the card has no predict */
    double chance;            /* a control may lose so often; 0: the card's */
    lab_setting settings[8];  /* fixed for this case; ends with a NULL name */
    unsigned repeats;         /* 0: the card's */
} lab_case;

typedef struct lab_card {
    const char *name;
    const char *number;        /* in the list of attacks: "4", "5b" */
    const char *title;         /* one line */
    const char *items;         /* of the sources: "D11, B44" */
    const char *about;         /* a few sentences: what happens, why it works, what helps */
    const lab_option *options; /* ends with a NULL name; may be NULL */
    const lab_case *cases;     /* ends with a NULL construction; the first target and the */
                               /* first control are the pair that is reported first */
    lab_budget budget;
    /* NULL, or what is wrong with options that are right one by one; NULL: nothing is. */
    const char *(*refuses)(const lab_settings *settings);
    void (*plan)(const lab_settings *settings, lab_budget *budget); /* NULL: budget as it is */
    void (*attack)(lab_oracle *o);
    double (*predict)(const lab_settings *settings, const lab_case *one); /* may be NULL */
    double chance;    /* success rate without any skill: 0, or 1/2 for telling two apart */
    unsigned repeats; /* default */
    unsigned seconds; /* a repeat that takes longer is an error; 0: 60 */
    /* NULL where the attack can be tried on a construction with these properties, else
     * why not. A NULL function: the matrix has no row for it. */
    const char *(*applies)(uint32_t properties);
    /* How the matrix tries it on a construction: set the settings of one, and its
     * construction too where that is a world around it. NULL: as the first case that
     * names the construction, else with the options' defaults. */
    void (*cell)(const char *construction, lab_case *one);
    bool bound; /* what it breaks, it breaks at the construction's birthday bound only */
    const lab_plot *plots; /* ends with a NULL id; may be NULL */
} lab_card;

/* The card of that name, or NULL; the i-th, NULL past the end. */
const lab_card *lab_card_find(const char *name);
const lab_card *lab_card_at(size_t i);

#endif
