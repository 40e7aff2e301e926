/* What the library's algorithms cost, counted, and how much a key may authenticate. */
#include <math.h>

#include <macaw/mac.h>

#include "report/counted.h"
#include "report/html.h"
#include "report/page.h"

/* ---- calls of the cipher ---- */

static const size_t lengths[] = {0, 1, 15, 16, 17, 31, 32, 33, 47, 48, 49, 64};
static const char *const length_names[] = {"0",  "1",  "15", "16", "17", "31",
                                           "32", "33", "47", "48", "49", "64"};
enum { LENGTHS = sizeof lengths / sizeof *lengths };

static void draw_calls(const plot_taker *taker)
{
    static const char *const algs[] = {"cbc-mac-aes128", "cmac-aes128", "pmac-aes128",
                                       "pmac-counter-aes128", "ecbc-aes128"};
    enum { ALGS = sizeof algs / sizeof *algs };
    double y[ALGS][LENGTHS], blocks[LENGTHS];
    plot_series series[ALGS + 1];

    for (size_t a = 0; a < ALGS; a++) {
        for (size_t i = 0; i < LENGTHS; i++) {
            y[a][i] = (double)counted_tag(algs[a], lengths[i]);
        }
        series[a] = (plot_series){.label = algs[a], .mark = PLOT_BARS, .count = LENGTHS, .y = y[a]};
    }
    for (size_t i = 0; i < LENGTHS; i++) {
        blocks[i] = fmax(1, ceil((double)lengths[i] / 16));
    }
    series[ALGS] = (plot_series){.label = "blocks of the message: the least",
                                 .mark = PLOT_POINTS,
                                 .count = LENGTHS,
                                 .y = blocks,
                                 .colour = 8};
    taker->take(taker->context,
                &(plot_figure){.id = "costs-calls",
                               .title = "Calls of the cipher, counted around whole blocks",
                               .about = "CMAC and PMAC call AES once for each block of the "
                                        "message, as raw CBC-MAC does; ECBC once more, and twice "
                                        "more where the message is whole and is padded all the "
                                        "same.",
                               .x = {.label = "length of the message in bytes",
                                     .names = length_names,
                                     .name_count = LENGTHS},
                               .y = {.label = "calls of AES"},
                               .series = series,
                               .series_count = ALGS + 1});
}

/* ---- one block changes ---- */

enum { SIZES = 13 };

static void draw_changes(const plot_taker *taker)
{
    double blocks[SIZES], changed[SIZES], anew[SIZES];

    for (size_t i = 0; i < SIZES; i++) {
        size_t n = (size_t)2 << i;
        blocks[i] = (double)n;
        changed[i] = (double)counted_change("pmac-aes128", n, 0);
        anew[i] = (double)counted_tag("cmac-aes128", 16 * n);
    }
    plot_series series[] = {
        {.label = "cmac-aes128, begun anew: n",
         .mark = PLOT_LINE_POINTS,
         .count = SIZES,
         .x = blocks,
         .y = anew,
         .colour = 2},
        {.label = "pmac-aes128, from the old tag: 4",
         .mark = PLOT_LINE_POINTS,
         .count = SIZES,
         .x = blocks,
         .y = changed,
         .colour = 1},
    };
    taker->take(taker->context,
                &(plot_figure){.id = "costs-change",
                               .title = "One block of a message changes: what the new tag takes",
                               .about = "A PMAC takes the old block out of its sum and puts the "
                                        "new one in, four calls of AES in a message of any "
                                        "length; a chain begins anew.",
                               .x = {.label = "blocks of the message n", .scale = PLOT_LOG2},
                               .y = {.label = "calls of AES, counted", .scale = PLOT_LOG2},
                               .series = series,
                               .series_count = 2});
}

/* ---- how much is too much ---- */

enum { STEPS = 27, LEAST = 4 };
#define LOG2_ADVANTAGE (-32.0)

static void draw_limits(const plot_taker *taker)
{
    static const char *const algs[] = {"hmac-sha256", "cw-aes128",   "ecbc-aes128",
                                       "cmac-aes128", "gmac-aes128", "cmac-des3"};
    enum { ALGS = sizeof algs / sizeof *algs };
    double x[STEPS], y[ALGS][STEPS];
    plot_series series[ALGS];

    for (size_t a = 0; a < ALGS; a++) {
        const macaw_alg *alg = macaw_alg_find(algs[a]);
        for (size_t i = 0; i < STEPS; i++) {
            double limit = macaw_alg_limit(alg, LOG2_ADVANTAGE, UINT64_C(1) << (LEAST + i));
            x[i] = exp2((double)(LEAST + i));
            y[a][i] = limit >= 0 ? exp2(limit) : NAN;
        }
        series[a] = (plot_series){.label = algs[a],
                                  .mark = PLOT_LINE,
                                  .count = STEPS,
                                  .x = x,
                                  .y = y[a],
                                  .dashed = a % 2 == 1};
    }
    taker->take(taker->context,
                &(plot_figure){.id = "costs-limits",
                               .title = "When to change a key: messages at an advantage of 2^−32",
                               .about = "What macaw algorithms --limits computes: with blocks of "
                                        "64 bits (cmac-des3) a key lasts for few messages, with "
                                        "AES for 2^32 to 2^48, with HMAC-SHA-256 for as many as "
                                        "anybody sends. A line ends where one message is too many.",
                               .x = {.label = "bytes of each message", .scale = PLOT_LOG2},
                               .y = {.label = "messages under one key", .scale = PLOT_LOG2},
                               .series = series,
                               .series_count = ALGS});
}

/* ---- all ---- */

void costs_plots(const plot_taker *taker)
{
    draw_calls(taker);
    draw_changes(taker);
    draw_limits(taker);
}

static void take_plot(void *context, const plot_figure *figure)
{
    page_plot(context, figure);
}

void page_costs(FILE *out)
{
    fputs("<section aria-labelledby=\"costs\"><h2 id=\"costs\">Costs and limits</h2>\n"
          "<p>Calls of the block cipher are counted in the library’s own code, over a cipher with "
          "a counter; limits are those of the published bounds. <code>make bench</code> measures "
          "throughput.</p>\n<div class=\"plots\">\n",
          out);
    costs_plots(&(plot_taker){take_plot, out});
    fputs("</div></section>\n", out);
}
