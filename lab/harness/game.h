/* One repeat: the attacker is split off first, then the challenger, which draws the
 * key; this process holds none and only watches. */
#ifndef MACAW_LAB_GAME_H
#define MACAW_LAB_GAME_H

#include <jansson.h>

#include "harness/challenger.h"

typedef struct lab_game {
    const lab_card *card;
    const lab_case *one;
    const lab_settings *settings;
    const lab_setting *users; /* what the settings come from; may be NULL */
    uint64_t seed;
    unsigned repeat;
    bool tracing;
    /* For each event of the trace, borrowed. pause, where it is not NULL, is called
     * behind an "ask", before the query is made. */
    void (*event)(void *context, const json_t *event);
    void (*pause)(void *context);
    void *context;
} lab_game;

typedef struct lab_outcome {
    lab_result result;
    double seconds;
    char error[240]; /* empty: the game was played to its end */
} lab_outcome;

void lab_game_play(const lab_game *game, lab_outcome *ret);

#endif
