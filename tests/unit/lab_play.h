/* Games of a test's own cards. */
#ifndef MACAW_TEST_LAB_PLAY_H
#define MACAW_TEST_LAB_PLAY_H

#include <string.h>

#include "harness/game.h"
#include "unit/support.h"

static const lab_case raw = {.construction = "cbc-raw"};

static lab_outcome play(lab_card card, const lab_case *one)
{
    lab_settings settings;
    lab_outcome ret;

    card.name = "test";
    assert_int_equal(lab_settings_fill(&settings, card.options, NULL, one->settings), 0);
    lab_game game = {.card = &card, .one = one, .settings = &settings, .seed = 1};
    lab_game_play(&game, &ret);
    lab_settings_free(&settings);
    return ret;
}

static void expect_foul(lab_card card, const lab_case *one, const char *words)
{
    lab_outcome got = play(card, one);

    if (strstr(got.error, words) == NULL) {
        fail_msg("expected \"%s\", got \"%s\"", words, got.error);
    }
    assert_int_equal(got.result.level, LAB_NOTHING);
}

static const uint8_t zeros[64];

static void ask_once(lab_oracle *o)
{
    uint8_t tag[LAB_TAG_MAX];

    (void)lab_ask(o, "", zeros, 16, tag);
}

#endif
