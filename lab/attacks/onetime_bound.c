/* Card 10, second part: one pair under a one-time key gives L chances in q, no more. */
#include <string.h>

#include "harness/card.h"

enum { LENGTH_MAX = 16 };

/* coefficients = product of x - r for r = 1 .. n, modulo q. */
static void product(unsigned q, size_t n, unsigned *coefficients)
{
    memset(coefficients, 0, (LENGTH_MAX + 1) * sizeof *coefficients);
    coefficients[0] = 1;
    for (unsigned r = 1; r <= n; r++) {
        for (size_t i = r; i > 0; i--) {
            coefficients[i] = (coefficients[i - 1] + (q - r) * coefficients[i]) % q;
        }
        coefficients[0] = (q - r) * coefficients[0] % q;
    }
}

/* The best there is: a difference that the L values 1 .. L of k1 turn into one number. */
static void attack(lab_oracle *o)
{
    unsigned q = (unsigned)lab_number(o, "q"), c[LENGTH_MAX + 1];
    size_t n = (size_t)lab_option_number(o, "blocks");
    uint8_t m[LENGTH_MAX], forged[LENGTH_MAX] = {0}, t[LAB_TAG_MAX], tag[LAB_TAG_MAX];

    for (size_t i = 0; i < n; i++) {
        m[i] = (uint8_t)lab_rng_below(lab_coins(o), q > 0 ? q : 256);
    }
    if (!lab_ask(o, "The one message that the key is for.", m, n, t)) {
        return;
    }
    memcpy(forged, m, n);
    memcpy(tag, t, sizeof tag);
    if (q > 0) {
        product(q, n, c);
        for (size_t i = 0; i < n; i++) {
            forged[i] = (uint8_t)((m[i] + c[i + 1]) % q);
        }
        tag[0] = (uint8_t)((t[0] + q - c[0]) % q);
    } else {
        forged[0] ^= 1;
    }
    lab_say(o,
            "m' - m has the coefficients of (x - 1) .. (x - %zu), t' - t its constant one, "
            "negative: right where k1 is one of 1 .. %zu.",
            n, n);
    lab_submit(o, "No other pair is right for more keys.", forged, n, tag, lab_number(o, "tag"));
}

static double predict(const lab_settings *settings, const lab_case *one)
{
    return strcmp(one->construction, "onetime-small") == 0
               ? (double)lab_settings_number(settings, "blocks", 0) / 101
               : 0;
}

static const lab_option options[] = {
    {"blocks", LAB_NUMBER, "16", "numbers modulo 101 of a message: L", 1, LENGTH_MAX, NULL, false},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

#define POINT(length)                                                                              \
    {                                                                                              \
        .role = LAB_CURVE, .construction = "onetime-small", .settings = { {"blocks", length} }     \
    }

static const lab_case cases[] = {
    {.role = LAB_BREAKS,
     .construction = "onetime-small",
     .note = "what is left with q = 101; with q = 2^128 + 51 it is 2^-124"},
    {.role = LAB_HOLDS, .construction = "hmac-sha256"},
    POINT("1"),
    POINT("2"),
    POINT("4"),
    POINT("8"),
    POINT("12"),
    {.construction = NULL},
};

static double bound(double length, double q)
{
    return length / q;
}

static const lab_plot plots[] = {
    {.id = "onetime-bound-rate",
     .title = "One pair under a one-time key is worth L chances in q",
     .about = "The best attacker meets L/q, a straight line: here with q = 101 to be seen at all; "
              "with q = 2^128 + 51 it is below 2^−124.",
     .kind = LAB_LINES,
     .over = "blocks",
     .x = {.label = "blocks of the message L", .min = 0, .max = 17},
     .y = {.label = "rate of forgeries", .zero = true},
     .series = (const lab_plot_series[]){{.label = "measured, with 95 % interval",
                                          .construction = "onetime-small"},
                                         {.label = "HMAC", .construction = "hmac-sha256"},
                                         {.label = NULL}},
     .theory = (const lab_theory[]){{.label = "L / q, q = 101", .at = bound, .parameter = 101},
                                    {.label = NULL}}},
    {.id = NULL},
};

const lab_card lab_card_onetime_bound = {
    .name = "onetime-bound",
    .number = "10",
    .title = "A one-time key used once: L chances in q",
    .items = "D35, D36, D37",
    .about =
        "After one pair of message and tag, k1 is as unknown as before. Another message is right\n"
        "where a polynomial of degree L, chosen by the attacker, is 0 at k1: for L of the q "
        "values\n"
        "at most, and the attack here meets L / q exactly. Two messages under one key are not\n"
        "hard to tell apart, as it is said: one tag says nothing of another message's tag.\n"
        "(macaw lab family poly:q=5,len=2 counts the same exactly.)",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_ADAPTIVE, .tags = 1, .verifications = 1},
    .attack = attack,
    .predict = predict,
    .repeats = 400,
    .plots = plots,
};
