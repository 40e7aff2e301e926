/* Tosses of coins: n bits, and less where a coin is biased. */
#include "cli.h"
#include "distribution.h"
#include "entropy.h"
#include "json_out.h"
#include "save.h"
#include "show.h"

static int draw_coins(const char *dir, size_t tosses)
{
    enum { POINTS = 201 };
    double p[POINTS], h[POINTS];
    double counts[ENTROPY_COINS_MAX], bits[ENTROPY_COINS_MAX];
    plot_series line = {.mark = PLOT_LINE_POINTS, .count = tosses, .x = counts, .y = bits};
    plot_series curve = {.mark = PLOT_LINE, .count = POINTS, .x = p, .y = h};
    plot_figure coins = {
        .id = "coins",
        .title = "n tosses of a fair coin",
        .about = "n tosses have n bits.",
        .x = {.label = "tosses n", .whole = true},
        .y = {.label = "entropy, bits"},
        .series = &line,
        .series_count = 1,
    };
    plot_figure bias = {
        .id = "bias",
        .title = "One toss of a biased coin",
        .about = "The entropy of one toss against the chance of heads: 1 bit at one half.",
        .x = {.label = "chance of heads"},
        .y = {.label = "entropy, bits"},
        .series = &curve,
        .series_count = 1,
    };
    int status = save_folder(dir);

    for (size_t i = 0; i < tosses; i++) {
        exact sum = {.terms = NULL};
        counts[i] = (double)i + 1;
        coins_entropy((unsigned)i + 1, &sum);
        bits[i] = exact_value(&sum);
        exact_clear(&sum);
    }
    for (size_t i = 0; i < POINTS; i++) {
        p[i] = (double)i / (POINTS - 1);
        h[i] = entropy_part(p[i]) + entropy_part(1 - p[i]);
    }
    status = status == CLI_DONE ? save_figure(&(save_place){.dir = dir}, &coins) : status;
    return status == CLI_DONE ? save_figure(&(save_place){.dir = dir}, &bias) : status;
}

int entropy_of_coins(const entropy_request *r)
{
    exact h = {.terms = NULL};
    int status = CLI_DONE;

    coins_entropy((unsigned)r->coins, &h);
    if (r->json) {
        status = cli_print_json(
            json_pack("{s:I, s:o}", "coins", (json_int_t)r->coins, "H", show_exact(&h)));
    } else {
        entropy_print("H", &h);
    }
    exact_clear(&h);
    return status == CLI_DONE && r->svg != NULL ? draw_coins(r->svg, (size_t)r->coins) : status;
}
