/* The plots of card 13. */
#include "harness/plots.h"

extern const lab_plot lab_timing_plots[];

#define TIMES(spelled, heading, words, name)                                                       \
    {                                                                                              \
        .id = "timing-histogram-" spelled, .title = heading, .about = words,                       \
        .kind = LAB_HISTOGRAM, .over = "construction",                                             \
        .x = {.label = "nanoseconds of a measurement"},                                            \
        .y = {.label = "share of the measurements", .zero = true},                                 \
        .series = (const lab_plot_series[])                                                        \
        {                                                                                          \
            {.label = "first byte wrong",                                                          \
             .construction = name,                                                                 \
             .quantity = LAB_SERIES,                                                               \
             .measure = "first-byte-wrong"},                                                       \
                {.label = "last byte wrong",                                                       \
                 .construction = name,                                                             \
                 .quantity = LAB_SERIES,                                                           \
                 .measure = "last-byte-wrong"},                                                    \
            {                                                                                      \
                .label = NULL                                                                      \
            }                                                                                      \
        }                                                                                          \
    }

#define COMPARED(words, name, of, how)                                                             \
    {                                                                                              \
        .label = words, .construction = name, .quantity = LAB_SERIES, .measure = of, .mark = how   \
    }
#define ALL(of, how)                                                                               \
    (const lab_plot_series[])                                                                      \
    {                                                                                              \
        COMPARED("stops early", "compare-early", of, how),                                         \
            COMPARED("library", "compare-library", of, how),                                       \
            COMPARED("two HMACs", "compare-double-hmac", of, how),                                 \
            COMPARED("memcmp here", "compare-memcmp", of, how),                                    \
        {                                                                                          \
            .label = NULL                                                                          \
        }                                                                                          \
    }

const lab_plot lab_timing_plots[] = {
    TIMES("early", "A comparison that stops early: two heaps",
          "How long it takes where the first byte is wrong, and where only the last is: anybody "
          "who can time it tells them apart.",
          "compare-early"),
    TIMES("library", "The library’s comparison: one heap",
          "The same measurement: the two lie in each other, and the time says nothing of where "
          "the tags differ.",
          "compare-library"),
    {.id = "timing-welch",
     .title = "The more samples, the surer a leak",
     .about = "Welch’s t of the two heaps. Where there is a leak it grows with the root of the "
              "number of samples; where there is none it stays below 4.5, the usual threshold, "
              "however many there are.",
     .kind = LAB_LINES,
     .over = "construction",
     .x = {.label = "samples of each kind", .scale = LAB_SCALE_LOG10},
     .y = {.label = "|t|", .scale = LAB_SCALE_LOG10, .min = 0.001, .max = 10000},
     .series = ALL("welch-t", LAB_JOINED),
     .rules = (const lab_plot_rule[]){{"4.5: a leak", false, 4.5}, {.label = NULL}}},
    {.id = "timing-bytes",
     .title = "A tag recovered byte by byte",
     .about = "Bytes that are known after so many timings: the early stop gives all 16 away (the "
              "last one is tried, not timed), the others none.",
     .kind = LAB_LINES,
     .over = "construction",
     .x = {.label = "timings of a comparison"},
     .y = {.label = "bytes known", .min = -0.4, .max = 16},
     .series = ALL("bytes", LAB_STAIRS)},
    {.id = NULL},
};
