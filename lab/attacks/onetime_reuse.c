/* Card 10: two messages under a one-time key, and the key is known. */
#include <stdio.h>
#include <string.h>

#include "harness/card.h"
#include "naive/residue.h"

enum { BLOCK = MACAW_POLY_BLOCK, BLOCKS_MAX = 15, TEXT_MAX = BLOCKS_MAX * BLOCK };
enum { ROOTS_SHOWN = 6 };

/* The user's text in so many blocks, filled with spaces. */
static lab_bytes blocks_of(lab_oracle *o, const char *option, size_t blocks)
{
    lab_bytes text = lab_option_bytes(o, option);
    uint8_t *ret = lab_alloc(o, blocks * BLOCK);

    memset(ret, ' ', blocks * BLOCK);
    memcpy(ret, text.data, text.len < blocks * BLOCK ? text.len : blocks * BLOCK);
    return (lab_bytes){ret, blocks * BLOCK};
}

/* (m[L] - m'[L]) x^L + .. + (m[1] - m'[1]) x - (t - t'): k1 is a root. */
static lab_polynomial difference(lab_bytes m, lab_bytes m2, lab_residue t, lab_residue t2)
{
    int degree = (int)(m.len / BLOCK);
    lab_polynomial ret = {.degree = -1};

    ret.c[0] = lab_residue_minus(t2, t);
    for (int i = 0; i < degree; i++) {
        ret.c[i + 1] = lab_residue_minus(lab_residue_load(m.data + i * BLOCK, BLOCK),
                                         lab_residue_load(m2.data + i * BLOCK, BLOCK));
    }
    lab_polynomial_trim(&ret, degree);
    return ret;
}

/* Block by block: what k1 is a root of. */
static void draw_polynomial(lab_oracle *o, lab_bytes m, lab_bytes m2, const uint8_t *t,
                            const uint8_t *t2, const lab_polynomial *f)
{
    static const char *const columns[] = {"first", "second", "coefficient"};
    size_t blocks = m.len / BLOCK;
    uint8_t coefficients[BLOCKS_MAX + 1][LAB_RESIDUE];
    char names[BLOCKS_MAX + 1][24];
    const char *rows[BLOCKS_MAX + 1];
    lab_value cells[3 * (BLOCKS_MAX + 1)];

    for (size_t i = 0; i <= blocks; i++) {
        const lab_bytes one = {m.data + i * BLOCK, BLOCK}, two = {m2.data + i * BLOCK, BLOCK};
        size_t power = i < blocks ? i + 1 : 0;
        lab_residue_store(f->degree >= (int)power ? f->c[power] : lab_residue_of(0),
                          coefficients[i]);
        snprintf(names[i], sizeof names[i], i < blocks ? "block %zu, times x^%zu" : "tags", i + 1,
                 i + 1);
        rows[i] = names[i];
        cells[3 * i] = (lab_value){i < blocks ? "m" : "t", i < blocks ? LAB_CHOSEN : LAB_ANSWER,
                                   i < blocks ? one : (lab_bytes){t, LAB_RESIDUE}};
        cells[3 * i + 1] =
            (lab_value){i < blocks ? "m'" : "t'", i < blocks ? LAB_CHOSEN : LAB_ANSWER,
                        i < blocks ? two : (lab_bytes){t2, LAB_RESIDUE}};
        cells[3 * i + 2] = (lab_value){
            i < blocks ? "m - m'" : "t' - t", LAB_DERIVED, {coefficients[i], LAB_RESIDUE}};
    }
    lab_draw(o, &(lab_figure){"table", "A polynomial modulo q that has k1 as a root", rows,
                              blocks + 1, columns, 3, cells});
}

/* What a root comes to. */
typedef struct attempt {
    uint8_t k1[LAB_RESIDUE], k2[LAB_RESIDUE], tag[LAB_RESIDUE];
    bool tried, accepted;
} attempt;

static void draw_roots(lab_oracle *o, const attempt *attempts, size_t n)
{
    static const char *const columns[] = {"k1, the root", "k2 = t - P(m, k1)", "tag of the third",
                                          "handed in"};
    char names[ROOTS_SHOWN][24];
    const char *rows[ROOTS_SHOWN];
    lab_value cells[4 * ROOTS_SHOWN];

    n = n < ROOTS_SHOWN ? n : ROOTS_SHOWN;
    for (size_t i = 0; i < n; i++) {
        const attempt *one = &attempts[i];
        snprintf(names[i], sizeof names[i], "root %zu of f", i + 1);
        rows[i] = names[i];
        cells[4 * i] = (lab_value){"k1", LAB_DERIVED, {one->k1, LAB_RESIDUE}};
        cells[4 * i + 1] = (lab_value){"k2", LAB_DERIVED, {one->k2, LAB_RESIDUE}};
        cells[4 * i + 2] =
            (lab_value){"t3", one->accepted ? LAB_FORGED : LAB_DERIVED, {one->tag, LAB_RESIDUE}};
        cells[4 * i + 3] = (lab_value){one->accepted ? "accepted"
                                       : one->tried  ? "refused"
                                                     : "not tried",
                                       one->accepted ? LAB_FORGED : LAB_PLAIN,
                                       {NULL, 0}};
    }
    lab_draw(o, &(lab_figure){"table", "The roots, and the key that each stands for", rows, n,
                              columns, 4, cells});
}

static void solve(attempt *ret, lab_residue k1, lab_bytes m, lab_residue t, lab_bytes third)
{
    lab_residue k2 = lab_residue_minus(t, lab_message_at(m, k1));

    lab_residue_store(k1, ret->k1);
    lab_residue_store(k2, ret->k2);
    lab_residue_store(lab_residue_plus(lab_message_at(third, k1), k2), ret->tag);
}

/* Whether this k1 was it: a third message with the tag that follows, then the key. */
static bool try_root(lab_oracle *o, attempt *one, lab_bytes third)
{
    lab_show_one(o, "k1", LAB_DERIVED, one->k1, LAB_RESIDUE);
    lab_show_one(o, "k2 = t - P(m, k1)", LAB_DERIVED, one->k2, LAB_RESIDUE);
    one->tried = true;
    one->accepted = lab_submit(o, "A third message under the key that this root stands for.",
                               third.data, third.len, one->tag, sizeof one->tag);
    return one->accepted;
}

static void submit_key(lab_oracle *o, const attempt *one)
{
    uint8_t whole[2 * BLOCK];

    memcpy(whole, one->k1 + 1, BLOCK);
    memcpy(whole + BLOCK, one->k2 + 1, BLOCK);
    lab_submit_key(o, "It was accepted: this is the key, k1 || k2.",
                   (lab_bytes){whole, sizeof whole});
}

static void attack(lab_oracle *o)
{
    size_t blocks = (size_t)lab_option_number(o, "blocks"), n;
    lab_bytes first = blocks_of(o, "first", blocks), second = blocks_of(o, "second", blocks);
    lab_bytes third = blocks_of(o, "third", blocks);
    uint8_t t1[LAB_TAG_MAX], t2[LAB_TAG_MAX];
    lab_residue roots[LAB_DEGREE_MAX], t;
    lab_polynomial f;
    attempt *attempts = lab_alloc(o, LAB_DEGREE_MAX * sizeof *attempts);

    lab_commit(o, third);
    if (!lab_ask(o, "One message under the key: nothing is known of other tags yet.", first.data,
                 first.len, t1) ||
        !lab_ask(o, "Another one under the same key.", second.data, second.len, t2) ||
        lab_number(o, "tag") != LAB_RESIDUE) {
        lab_say(o, "There are no two such tags under one key.");
        return;
    }
    t = lab_residue_load(t1, LAB_RESIDUE);
    f = difference(first, second, t, lab_residue_load(t2, LAB_RESIDUE));
    draw_polynomial(o, first, second, t1, t2, &f);
    n = lab_roots(&f, lab_coins(o), roots);
    lab_measure(o, "candidates", (double)n);
    lab_say(o,
            "P(first, x) - P(second, x) - (t1 - t2) has degree %d; gcd with x^q - x leaves %zu "
            "root%s.",
            f.degree, n, n == 1 ? "" : "s");
    for (size_t i = 0; i < n; i++) {
        solve(&attempts[i], roots[i], first, t, third);
    }
    for (size_t i = 0; i < n; i++) {
        if (try_root(o, &attempts[i], third)) {
            submit_key(o, &attempts[i]);
            break;
        }
    }
    if (n > 0) {
        draw_roots(o, attempts, n);
    }
}

static const char *applies(uint32_t properties)
{
    return (properties & LAB_ONE_TIME) == 0 ? "its keys are for many messages" : NULL;
}

static const lab_option options[] = {
    {"blocks", LAB_NUMBER, "4", "blocks of 16 bytes of each message", 1, BLOCKS_MAX, NULL, false},
    {"first", LAB_BYTES, "Pay 100 to Bob for the new roof", "a message, filled with spaces", 0,
     TEXT_MAX, NULL, false},
    {"second", LAB_BYTES, "Ship 3 boxes to Carol, by train", "another one that differs", 0,
     TEXT_MAX, NULL, false},
    {"third", LAB_BYTES, "Pay 9,999 to Eve", "what to forge", 0, TEXT_MAX, NULL, false},
    {"key", LAB_BYTES, NULL, "k1 || k2 instead of 32 random bytes", 0, 0, NULL, true},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

/* Different from the default of first in each block. */
#define LONG_TEXT                                                                                  \
    "Ship 3 boxes to Carol, by train, and not before the roof of the house at the river is new "   \
    "and the men who put it up have gone home; send the bill to the office in town, where Dave "   \
    "pays what there is to pay."

#define POINT(length, times)                                                                       \
    {                                                                                              \
        .role = LAB_CURVE, .construction = "onetime-reused", .predicted = 1,                       \
        .settings = {{"blocks", length}, {"second", LONG_TEXT}}, .repeats = (times)                \
    }

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "onetime-reused", .predicted = 1},
    {.role = LAB_BREAKS,
     .construction = "onetime-reused",
     .predicted = 1,
     .settings = {{"blocks", "1"}},
     .note = "k1 = (t1 - t2) / (m1 - m2)"},
    {.role = LAB_BREAKS,
     .construction = "onetime-reused",
     .predicted = 1,
     .settings = {{"blocks", "15"}, {"second", LONG_TEXT}}},
    {.role = LAB_HOLDS,
     .construction = "poly-onetime",
     .note = "a key that refuses to tag a second message"},
    {.role = LAB_HOLDS,
     .construction = "cw-aes128",
     .note = "the same polynomial behind a mask that is new for each message"},
    POINT("1", 20),
    POINT("2", 40),
    POINT("3", 60),
    POINT("5", 60),
    POINT("8", 60),
    POINT("12", 60),
    {.construction = NULL},
};

/* A polynomial of degree L at a random place takes a value that it takes once more
 * elsewhere, on average. */
static double roots_expected(double length, double parameter)
{
    (void)parameter;
    return length < 2 ? length : 2;
}

static double roots_most(double length, double parameter)
{
    (void)parameter;
    return length;
}

static const lab_plot plots[] = {
    {.id = "onetime-reuse-candidates",
     .title = "Two tags under one key leave about two candidates",
     .about = "The key is a root of a polynomial of degree L. It may have L roots and has two on "
              "average, however long the messages are: each is tried, and that is all.",
     .kind = LAB_LINES,
     .over = "blocks",
     .x = {.label = "blocks of the messages L", .min = 0, .max = 16},
     .y = {.label = "candidates for the key, mean", .min = 0, .max = 6},
     .series = (const lab_plot_series[]){{.label = "measured, with 95 % interval",
                                          .role = "curve",
                                          .quantity = LAB_MEAN,
                                          .measure = "candidates"},
                                         {.label = NULL}},
     .theory =
         (const lab_theory[]){
             {.label = "expected: 1 for L = 1, else 2", .at = roots_expected},
             {.label = "never more than L", .at = roots_most, .dashed = true, .colour = 6},
             {.label = NULL}}},
    {.id = NULL},
};

const lab_card lab_card_onetime_reuse = {
    .name = "onetime-reuse",
    .number = "10",
    .title = "A one-time key used twice is known",
    .items = "D35, D37",
    .about =
        "S(k, m) = P(m, k1) + k2 hides everything while a key makes one tag. Two tags take k2 "
        "out:\n"
        "t1 - t2 = P(m1, k1) - P(m2, k1) is an equation of degree L for k1, and all its roots\n"
        "modulo q = 2^128 + 51 come out of gcd(x^q - x, f) and a few random splittings. There\n"
        "are one or two; each gives k2 and is tried on a third message. It helps to have a new\n"
        "key for each message (poly-onetime) or a mask (Carter-Wegman). Use HMAC.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_ADAPTIVE, .tags = 2, .verifications = LAB_DEGREE_MAX},
    .attack = attack,
    .repeats = 20,
    .applies = applies,
    .plots = plots,
};
