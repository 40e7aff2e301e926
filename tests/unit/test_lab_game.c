/* The rules of the game: what an attacker may do, and what counts. */
#include <stdlib.h>
#include <string.h>

#include "harness/log.h"
#include "unit/lab_play.h"

static const lab_case gmac = {.construction = "gmac-aes128"};

static void expect_level(lab_card card, const lab_case *one, enum lab_level level)
{
    lab_outcome got = play(card, one);

    assert_string_equal(got.error, "");
    assert_string_equal(lab_level_name(got.result.level), lab_level_name(level));
}

/* ---- moves ---- */

static void ask_twice(lab_oracle *o)
{
    ask_once(o);
    ask_once(o);
}

static void batch_of_two(lab_oracle *o)
{
    lab_input in[2] = {{.message = {zeros, 16}}, {.message = {zeros, 32}}};
    lab_output out[2];

    lab_batch(o, "", in, 2, out);
}

static void batch_and_ask(lab_oracle *o)
{
    batch_of_two(o);
    ask_once(o);
}

static void batch_and_ask_twice(lab_oracle *o)
{
    batch_of_two(o);
    ask_twice(o);
}

static void take_one(lab_oracle *o)
{
    (void)lab_given(o, "", 1, 16);
}

static void take_two(lab_oracle *o)
{
    (void)lab_given(o, "", 2, 16);
}

static void submit_twice(lab_oracle *o)
{
    (void)lab_submit(o, "", zeros, 16, zeros, 16);
    (void)lab_submit(o, "", zeros, 16, zeros, 16);
}

/* ---- modes and budgets ---- */

static void queries_have_a_budget(void **state)
{
    const lab_budget one = {.mode = LAB_ADAPTIVE, .tags = 1};

    (void)state;
    expect_level((lab_card){.attack = ask_once, .budget = one}, &raw, LAB_NOTHING);
    expect_foul((lab_card){.attack = ask_twice, .budget = one}, &raw, "more tag queries");
    expect_foul((lab_card){.attack = batch_of_two, .budget = one}, &raw, "more tag queries");
}

static void chosen_text_is_fixed_before(void **state)
{
    const lab_budget two = {.mode = LAB_CHOSEN_TEXT, .tags = 2};
    const lab_budget and_one = {.mode = LAB_CHOSEN_TEXT, .tags = 2, .adaptive = 1};

    (void)state;
    expect_level((lab_card){.attack = batch_of_two, .budget = two}, &raw, LAB_NOTHING);
    expect_foul((lab_card){.attack = ask_twice, .budget = two}, &raw, "after an answer");
    expect_foul((lab_card){.attack = batch_and_ask, .budget = two}, &raw, "after an answer");
    expect_level((lab_card){.attack = batch_and_ask, .budget = and_one}, &raw, LAB_NOTHING);
    expect_foul((lab_card){.attack = batch_and_ask_twice, .budget = and_one}, &raw,
                "after an answer");
}

static void pairs_are_given_where_they_are(void **state)
{
    static const enum lab_mode none[] = {LAB_IMPERSONATION, LAB_CHOSEN_TEXT, LAB_ADAPTIVE};
    static const enum lab_mode no_query[] = {LAB_IMPERSONATION, LAB_SUBSTITUTION, LAB_KNOWN_TEXT};
    const lab_budget one = {.mode = LAB_SUBSTITUTION, .tags = 9};
    const lab_budget two = {.mode = LAB_KNOWN_TEXT, .tags = 2};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        lab_budget budget = {.mode = none[i], .tags = 9};
        expect_foul((lab_card){.attack = take_one, .budget = budget}, &raw, "pairs are given");
        budget.mode = no_query[i];
        expect_foul((lab_card){.attack = ask_once, .budget = budget}, &raw, "none of the attacker");
    }
    expect_level((lab_card){.attack = take_one, .budget = one}, &raw, LAB_NOTHING);
    expect_foul((lab_card){.attack = take_two, .budget = one}, &raw, "exactly one pair");
    expect_level((lab_card){.attack = take_two, .budget = two}, &raw, LAB_NOTHING);
    expect_foul((lab_card){.attack = take_two, .budget = {.mode = LAB_KNOWN_TEXT, .tags = 1}}, &raw,
                "more pairs");
}

static void verifications_have_a_budget(void **state)
{
    (void)state;
    expect_level((lab_card){.attack = submit_twice,
                            .budget = {.mode = LAB_IMPERSONATION, .verifications = 2}},
                 &raw, LAB_NOTHING);
    expect_foul((lab_card){.attack = submit_twice,
                           .budget = {.mode = LAB_IMPERSONATION, .verifications = 1}},
                &raw, "more verifications");
}

static void act(lab_oracle *o)
{
    lab_bytes answer;

    (void)lab_act(o, "", "login", (lab_bytes){NULL, 0}, &answer);
}

static void actions_are_the_worlds(void **state)
{
    (void)state;
    expect_foul((lab_card){.attack = act}, &raw, "more actions");
    expect_foul((lab_card){.attack = act, .budget = {.actions = 1}}, &raw, "does not have");
}

/* ---- what counts ---- */

static void repeat_a_query(lab_oracle *o)
{
    uint8_t tag[LAB_TAG_MAX];

    if (!lab_ask(o, "", zeros, 16, tag) || !lab_submit(o, "", zeros, 16, tag, 16)) {
        abort(); /* the verifier accepts, but that is no forgery */
    }
}

static void repeat_with_nonces(lab_oracle *o)
{
    lab_input in = {.message = {zeros, 16}};
    lab_output out;

    for (int i = 0; i < 2; i++) {
        if (!lab_query(o, "", &in, &out)) {
            abort();
        }
        lab_input again = {{out.nonce, out.nonce_len}, in.message};
        if (!lab_submit_input(o, "", &again, (lab_bytes){out.tag, out.tag_len})) {
            abort();
        }
    }
}

static void a_queried_message_is_no_forgery(void **state)
{
    const lab_budget budget = {.mode = LAB_ADAPTIVE, .tags = 2, .verifications = 2};

    (void)state;
    expect_level((lab_card){.attack = repeat_a_query, .budget = budget}, &raw, LAB_NOTHING);
    expect_level((lab_card){.attack = repeat_with_nonces, .budget = budget}, &gmac, LAB_NOTHING);
}

/* The two-block forgery, of whichever message the test wants. */
static void two_block(lab_oracle *o, const uint8_t *m)
{
    uint8_t forged[32], t[LAB_TAG_MAX];

    memcpy(forged, m, 16);
    if (lab_ask(o, "", m, 16, t)) {
        lab_xor(forged + 16, t, m, 16);
        (void)lab_submit(o, "", forged, 32, t, 16);
    }
}

static void forge_some(lab_oracle *o)
{
    two_block(o, zeros);
}

/* h(x || y) for any x || y, by splicing. */
static void splice(lab_oracle *o, const uint8_t *message)
{
    uint8_t bridge[16], z[LAB_TAG_MAX], tag[LAB_TAG_MAX];

    if (lab_ask(o, "", message, 16, z)) {
        lab_xor(bridge, message + 16, z, 16);
        if (lab_ask(o, "", bridge, 16, tag)) {
            (void)lab_submit(o, "", message, 32, tag, 16);
        }
    }
}

static void forge_chosen(lab_oracle *o)
{
    lab_commit(o, (lab_bytes){zeros, 32});
    splice(o, zeros);
}

static void forge_another(lab_oracle *o)
{
    lab_commit(o, (lab_bytes){zeros, 16});
    splice(o, zeros);
}

static void forge_theirs(lab_oracle *o)
{
    splice(o, lab_challenge(o, 32).data);
}

static void commit_late(lab_oracle *o)
{
    ask_once(o);
    lab_commit(o, (lab_bytes){zeros, 32});
}

static void submit_key(lab_oracle *o)
{
    if (lab_submit_key(o, "", (lab_bytes){zeros, 16})) {
        abort();
    }
    (void)lab_submit_key(o, "", lab_option_bytes(o, "known"));
}

static void damage_is_judged_not_claimed(void **state)
{
    const lab_budget budget = {.mode = LAB_ADAPTIVE, .tags = 2, .verifications = 2};
    static const char key[] = "hex:000102030405060708090a0b0c0d0e0f";
    const lab_case keyed = {.construction = "hmac-sha256",
                            .settings = {{"key", key}, {"known", key}}};

    (void)state;
    expect_level((lab_card){.attack = forge_some, .budget = budget}, &raw, LAB_EXISTENTIAL);
    expect_level((lab_card){.attack = forge_another, .budget = budget}, &raw, LAB_EXISTENTIAL);
    expect_level((lab_card){.attack = forge_chosen, .budget = budget}, &raw, LAB_SELECTIVE);
    expect_level((lab_card){.attack = forge_theirs, .budget = budget}, &raw, LAB_UNIVERSAL);
    expect_level((lab_card){.attack = submit_key, .budget = budget}, &keyed, LAB_TOTAL_BREAK);
    expect_foul((lab_card){.attack = commit_late, .budget = budget}, &raw, "before the first");
}

/* Without a nonce the message counts, with one the three of them together. */
static void what_is_fresh(void **state)
{
    const lab_bytes m = lab_text("m"), t = lab_text("t"), u = lab_text("u");
    const lab_input plain = {{NULL, 0}, m}, first = {lab_text("1"), m}, second = {lab_text("2"), m};
    lab_log log = {0};

    (void)state;
    assert_false(lab_log_has(&log, &plain, t, false));
    lab_log_add(&log, &plain, t, false);
    assert_true(lab_log_has(&log, &plain, u, false));
    assert_false(lab_log_has(&log, &first, t, true));
    lab_log_add(&log, &first, t, true);
    assert_true(lab_log_has(&log, &first, t, true));
    assert_false(lab_log_has(&log, &first, u, true));
    assert_false(lab_log_has(&log, &second, t, true));
    for (uint32_t i = 0; i < 1000; i++) { /* it grows, and loses nothing */
        lab_input many = {{NULL, 0}, {(const uint8_t *)&i, sizeof i}};
        lab_log_add(&log, &many, t, false);
    }
    assert_int_equal(log.count, 1002);
    for (uint32_t i = 0; i < 1001; i++) {
        lab_input many = {{NULL, 0}, {(const uint8_t *)&i, sizeof i}};
        assert_int_equal(lab_log_has(&log, &many, t, false), i < 1000);
    }
    lab_log_free(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queries_have_a_budget),
        cmocka_unit_test(chosen_text_is_fixed_before),
        cmocka_unit_test(pairs_are_given_where_they_are),
        cmocka_unit_test(verifications_have_a_budget),
        cmocka_unit_test(actions_are_the_worlds),
        cmocka_unit_test(a_queried_message_is_no_forgery),
        cmocka_unit_test(what_is_fresh),
        cmocka_unit_test(damage_is_judged_not_claimed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
