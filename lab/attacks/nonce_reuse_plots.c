/* The plots of card 11. */
#include <math.h>

#include "harness/plots.h"

extern const lab_plot lab_nonce_reuse_plots[];

/* That two of q random numbers of so many bits are equal. */
static double meet(double q, double bits)
{
    return -expm1(-q * (q - 1) / exp2(bits + 1));
}

#define MEASURED(bits, number)                                                                     \
    {                                                                                              \
        .label = bits " bits, measured", .where = {{"nonce", "random" bits}}, .colour = (number)   \
    }
#define THEORY(bits, number)                                                                       \
    {                                                                                              \
        .label = #bits " bits", .at = meet, .parameter = bits, .colour = (number)                  \
    }

const lab_plot lab_nonce_reuse_plots[] = {
    {.id = "nonce-reuse-rate",
     .title = "When random nonces repeat, and with them the key is known",
     .about = "Nonces of n bits that are drawn at random repeat with one half at 1.18 · 2^(n/2) "
              "messages, measured for n up to 32: 96 bits and more take as long as anybody likes, "
              "a counter never repeats.",
     .kind = LAB_LINES,
     .over = "q",
     .x = {.label = "messages under one key q", .scale = LAB_SCALE_LOG2, .min = 2, .max = 0x1p70},
     .y = {.label = "rate of forgeries", .min = 0, .max = 1.02},
     .series = (const lab_plot_series[]){MEASURED("8", 1),
                                         MEASURED("16", 2),
                                         MEASURED("24", 3),
                                         MEASURED("32", 4),
                                         {.label = NULL}},
     .theory = (const lab_theory[]){THEORY(8, 1),
                                    THEORY(16, 2),
                                    THEORY(24, 3),
                                    THEORY(32, 4),
                                    THEORY(64, 5),
                                    THEORY(128, 6),
                                    {.label = NULL}},
     .rules = (const lab_plot_rule[]){{"one half", false, 0.5}, {.label = NULL}}},
    {.id = NULL},
};
