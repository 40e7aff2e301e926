/* The plots of card 9. */
#include <math.h>

#include "harness/plots.h"

extern const lab_plot lab_birthday_plots[];

/* That two of q distinct blocks behind random ones meet. */
static double meet(double q, double bits)
{
    return -expm1(-q * q / exp2(bits + 1));
}

/* 1 - exp(-c^2/2) is one half here; q = c * 2^(t/2). */
#define HALF 1.17741

#define SIZE(words, name, units, aside, number)                                                    \
    {                                                                                              \
        .label = words, .construction = "cbc-raw", .where = {{"cipher", name}}, .role = "curve",   \
        .unit = (units), .shift = (aside), .colour = (number)                                      \
    }
#define CURVE(bits, name, units, number)                                                           \
    {                                                                                              \
        .id = "birthday-" #bits, .title = "Forgeries of CBC-MAC with blocks of " #bits " bits",    \
        .about = "The measured rate of success over the number of queries lies on the birthday "   \
                 "curve, one half at 1.1774 · 2^(t/2).",                                           \
        .kind = LAB_LINES, .over = "q",                                                            \
        .x = {.label = "queries q", .min = 0, .max = 2.7 * (units)},                               \
        .y = {.label = "rate of forgeries", .min = 0, .max = 1.02},                                \
        .series =                                                                                  \
            (const lab_plot_series[]){SIZE("measured, with 95 % interval", name, 1, 0, number),    \
                                      {.label = NULL}},                                            \
        .theory =                                                                                  \
            (const lab_theory[]){{.label = "1 − exp(−q²/2^(t+1))", .at = meet, .parameter = bits}, \
                                 {.label = NULL}},                                                 \
        .rules = (const lab_plot_rule[]){{"1.1774 · 2^(t/2)", true, HALF * (units)},               \
                                         {"one half", false, 0.5},                                 \
                                         {.label = NULL}},                                         \
    }

const lab_plot lab_birthday_plots[] = {
    {.id = "birthday-all",
     .title = "One curve for all block sizes",
     .about = "Over q divided by 2^(t/2) the measured rates of all block sizes fall on one curve; "
              "the sizes stand a little apart.",
     .kind = LAB_LINES,
     .over = "q",
     .x = {.label = "queries q, in units of 2^(t/2)", .min = 0, .max = 2.7},
     .y = {.label = "rate of forgeries", .min = 0, .max = 1.02},
     .series = (const lab_plot_series[]){SIZE("t = 16", "feistel16", 256, -0.03, 1),
                                         SIZE("t = 20", "feistel20", 1024, -0.01, 2),
                                         SIZE("t = 24", "feistel24", 4096, 0.01, 3),
                                         SIZE("t = 32", "speck32", 65536, 0.03, 4),
                                         {.label = NULL}},
     .theory = (const lab_theory[]){{.label = "1 − exp(−q²/2^(t+1))", .at = meet}, {.label = NULL}},
     .rules = (const lab_plot_rule[]){{"1.1774", true, HALF},
                                      {"one half", false, 0.5},
                                      {.label = NULL}}},
    CURVE(16, "feistel16", 256, 1),
    CURVE(20, "feistel20", 1024, 2),
    CURVE(24, "feistel24", 4096, 3),
    CURVE(32, "speck32", 65536, 4),
    {.id = NULL},
};
