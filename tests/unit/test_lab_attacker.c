/* An attacker that crashes, hangs or cheats is an error and never a construction that
 * resists; its memory does not hold the key; and a seed repeats a game. */
#include <signal.h>
#include <unistd.h>

#include "unit/lab_play.h"

static void keep_value(void *context, const json_t *event)
{
    *(double *)context = json_number_value(json_object_get(event, "value"));
}

/* What the attack measures in that repeat. */
static double measured_in(lab_card card, const lab_case *one, unsigned repeat, uint64_t seed)
{
    lab_settings settings;
    lab_outcome outcome;
    double value = -1;

    card.name = "test";
    assert_int_equal(lab_settings_fill(&settings, card.options, NULL, one->settings), 0);
    lab_game game = {.card = &card,
                     .one = one,
                     .settings = &settings,
                     .seed = seed,
                     .repeat = repeat,
                     .event = keep_value,
                     .context = &value};
    lab_game_play(&game, &outcome);
    lab_settings_free(&settings);
    assert_string_equal(outcome.error, "");
    return value;
}

static double measured(lab_card card, const lab_case *one)
{
    return measured_in(card, one, 0, 1);
}

static void crash(lab_oracle *o)
{
    (void)o;
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
}

static void hang(lab_oracle *o)
{
    (void)o;
    for (;;) {
        pause();
    }
}

static void leave(lab_oracle *o)
{
    (void)o;
    _exit(0);
}

static void misbehaviour_is_an_error(void **state)
{
    (void)state;
    expect_foul((lab_card){.attack = crash}, &raw, "signal");
    expect_foul((lab_card){.attack = hang, .seconds = 1}, &raw, "in time");
    expect_foul((lab_card){.attack = leave}, &raw, "left");
    expect_foul((lab_card){.attack = ask_once}, &(lab_case){.construction = "nothing"},
                "no such construction");
}

/* ---- the key ---- */

/* The end of the key, masked, so that the search does not find itself. (free()
 * writes into the beginning of what it is given.) */
enum { PART = 16 };
static const uint8_t mask = 0x5a;
static uint8_t masked[PART];

__attribute__((no_sanitize("address"))) static bool holds_key(const uint8_t *data, size_t len)
{
    for (size_t i = 0; i + PART <= len; i++) {
        size_t j = 0;
        while (j < PART && data[i + j] == (masked[j] ^ mask)) {
            j++;
        }
        if (j == PART) {
            return true;
        }
    }
    return false;
}

/* Look through the heap, where options are kept: what a key given by the user passed
 * through before, argv and the registers that copied it, is no part of the game. */
static bool memory_holds_key(void)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    unsigned long from, to;
    char line[512];
    bool found = false;

    while (maps != NULL && !found && fgets(line, sizeof line, maps) != NULL) {
        if (strstr(line, "[heap]") != NULL && sscanf(line, "%lx-%lx", &from, &to) == 2) {
            found = holds_key((const uint8_t *)from, to - from); /* NOLINT */
        }
    }
    if (maps != NULL) {
        fclose(maps);
    }
    return found;
}

static void look_for_key(lab_oracle *o)
{
    uint8_t t[LAB_TAG_MAX];

    (void)lab_ask(o, "", zeros, 16, t); /* the challenger has its key by now */
    lab_measure(o, "found", lab_settings_has(lab_options(o), "key") || memory_holds_key());
}

static void the_attacker_does_not_hold_the_key(void **state)
{
    static const lab_option options[] = {
        {"key", LAB_BYTES, NULL, "", 0, 0, NULL, true},
        {"known", LAB_BYTES, NULL, "", 0, 0, NULL, false},
        {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
    };
    static const char text[] = "tixlzwxuqaoyhubfdlphmrdshaxgnifymfyzcettoeeaagygffjkgrvugfwgmjal"
                               "nfeickjtsatvwkcjljpwkfppwfbiaxlmarznlmsaobwftgdyholqlqiyodsxyzlj";
    const lab_case secret = {.construction = "hmac-sha256", .settings = {{"key", text}}};
    const lab_case open = {.construction = "hmac-sha256",
                           .settings = {{"key", text}, {"known", text}}};
    lab_card card = {
        .attack = look_for_key, .options = options, .budget = {.mode = LAB_ADAPTIVE, .tags = 1}};

    (void)state;
    for (size_t i = 0; i < PART; i++) {
        masked[i] = (uint8_t)text[sizeof text - 1 - PART + i] ^ mask;
    }
    assert_true(measured(card, &secret) == 0);
#ifndef __SANITIZE_ADDRESS__                 /* which has a heap of its own */
    assert_true(measured(card, &open) == 1); /* known by another option, it is found */
#else
    (void)open;
#endif
}

/* ---- repeats ---- */

static void report_tag(lab_oracle *o)
{
    uint8_t t[LAB_TAG_MAX];

    if (lab_ask(o, "", zeros, 16, t)) {
        lab_measure(o, "tag", t[0] * 256 + t[1]);
    }
}

static double tag_of_repeat(unsigned repeat, uint64_t seed)
{
    lab_card card = {.attack = report_tag, .budget = {.mode = LAB_ADAPTIVE, .tags = 1}};

    return measured_in(card, &raw, repeat, seed);
}

static void seeds_repeat_and_repeats_differ(void **state)
{
    double first = tag_of_repeat(0, 1);

    (void)state;
    assert_true(first >= 0);
    assert_true(tag_of_repeat(0, 1) == first);
    assert_false(tag_of_repeat(1, 1) == first);
    assert_false(tag_of_repeat(0, 2) == first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(misbehaviour_is_an_error),
        cmocka_unit_test(the_attacker_does_not_hold_the_key),
        cmocka_unit_test(seeds_repeat_and_repeats_differ),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
