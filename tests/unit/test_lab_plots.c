/* From results to figures: what stands in the plots of cards. */
#include "support.h"

#include <math.h>
#include <string.h>

#include <jansson.h>

#include "harness/stats.h"
#include "report/counted.h"
#include "report/page.h"

static void assert_near(double got, double want, double off)
{
    if (!(fabs(got - want) <= off)) {
        fail_msg("%.12g is not %.12g", got, want);
    }
}

/* The figure of that id, checked by a function while it lives. */
typedef struct look {
    const char *id;
    void (*check)(const plot_figure *figure);
    unsigned seen;
} look;

static void take(void *context, const plot_figure *figure)
{
    look *l = context;

    if (strcmp(figure->id, l->id) == 0) {
        l->seen++;
        l->check(figure);
    }
}

/* How often the figure was drawn from results of a card with these cases. */
static unsigned drawn(const char *card, const char *cases, look l)
{
    json_error_t error;
    json_t *list = json_loads(cases, 0, &error);
    json_t *result = json_pack("{s:s, s:o?}", "card", card, "cases", list);

    assert_non_null(list);
    card_plots(result, &(plot_taker){take, &l});
    json_decref(result);
    return l.seen;
}

#define CASE(construction, settings, successes, repeats, more)                                     \
    "{\"construction\": \"" construction "\", \"role\": \"curve\", \"settings\": {" settings       \
    "}, \"interval\": [0, 1], \"predicted\": 0.5, \"successes\": " #successes                      \
    ", \"repeats\": " #repeats more "}"

static const plot_series *series_of(const plot_figure *figure, const char *label)
{
    for (size_t i = 0; i < figure->series_count; i++) {
        if (figure->series[i].label != NULL &&
            strncmp(figure->series[i].label, label, strlen(label)) == 0) {
            return &figure->series[i];
        }
    }
    fail_msg("no series %s", label);
    return NULL;
}

/* ---- lines ---- */

static void check_rates(const plot_figure *figure)
{
    const plot_series *s = series_of(figure, "measured");
    lab_interval interval = lab_clopper_pearson(30, 200);

    assert_int_equal(s->count, 2);
    assert_near(s->x[0], 2, 0); /* in the order of x */
    assert_near(s->x[1], 10, 0);
    assert_near(s->y[1], 0.15, 1e-12); /* two cases put together */
    assert_near(s->low[1], interval.low, 1e-12);
    assert_near(s->high[1], interval.high, 1e-12);
}

static void rates_of_equal_cases_are_put_together(void **state)
{
    (void)state;
    assert_int_equal(
        drawn(
            "onetime-bound",
            "[" CASE("onetime-small", "\"blocks\": \"10\"", 10, 100, "") "," CASE(
                "onetime-small", "\"blocks\": \"2\"", 1, 50,
                "") "," CASE("onetime-small", "\"blocks\": \"10\"", 20, 100,
                             "") ","
                                 "{\"construction\": \"onetime-small\", \"settings\": {\"blocks\": "
                                 "\"5\"}, \"verdict\": \"error\"}]",
            (look){"onetime-bound-rate", check_rates, 0}),
        1);
}

static void check_mean(const plot_figure *figure)
{
    const plot_series *s = series_of(figure, "measured");
    const plot_series *theory = series_of(figure, "slope 1: 2^b, times 0.5");

    assert_int_equal(s->count, 2);
    assert_near(s->y[0], 512, 1e-9);
    assert_near(s->low[0], 512 - 12.7062 * sqrt(2), 1e-3);
    assert_true(isnan(s->low[1])); /* nothing varies */
    for (size_t i = 0; i < theory->count; i++) {
        assert_near(theory->y[i] / exp2(theory->x[i]), 0.5, 1e-9);
    }
}

static void means_have_intervals_and_theory_is_fitted(void **state)
{
    (void)state;
    assert_int_equal(
        drawn("cookie-volume",
              "[" CASE("weak-short", "\"bits\": \"10\", \"cookies\": \"1\", \"nested\": \"0\"", 1,
                       2,
                       ", \"measures\": {\"seconds\": [510.5857864376269, "
                       "513.4142135623731]}") "," CASE("weak-short",
                                                       "\"bits\": \"12\", \"cookies\": "
                                                       "\"1\", \"nested\": \"0\"",
                                                       1, 2,
                                                       ", \"measures\": {\"seconds\": [2048, "
                                                       "2048]}") "," CASE("weak-short",
                                                                          "\"bits\": \"12\", "
                                                                          "\"cookies\": "
                                                                          "\"5\", "
                                                                          "\"nested\": \"0\"",
                                                                          1, 1,
                                                                          ", \"measures\": "
                                                                          "{\"seconds\": "
                                                                          "[1]}") "]",
              (look){"cookie-volume-bits", check_mean, 0}),
        1);
}

static void check_tries(const plot_figure *figure)
{
    const plot_series *s = series_of(figure, "random errors");

    assert_int_equal(s->count, 1);
    assert_near(s->x[0], 16, 0); /* the number behind "crc" */
    assert_near(s->y[0], 2.0 / 1000, 1e-12);
}

static void successes_are_counted_by_the_try(void **state)
{
    (void)state;
    assert_int_equal(drawn("crc-errors",
                           "[" CASE("crc-plain", "\"crc\": \"crc16\", \"errors\": \"random\"", 2, 3,
                                    ", \"measures\": {\"errors\": [300, 200, 500]}") "]",
                           (look){"crc-errors-missed", check_tries, 0}),
                     1);
}

static void never(const plot_figure *figure)
{
    fail_msg("%s was drawn", figure->id);
}

static void without_results_nothing_is_drawn(void **state)
{
    (void)state;
    assert_int_equal(drawn("onetime-reuse", "[]", (look){"onetime-reuse-candidates", never, 0}), 0);
    assert_int_equal(drawn("no-such-card", "[]", (look){"", never, 0}), 0);
    assert_int_equal(drawn("timing", "[" CASE("compare-early", "", 1, 1, "") "]",
                           (look){"timing-welch", never, 0}),
                     0);
}

/* ---- bars and maps ---- */

static void check_advantages(const plot_figure *figure)
{
    const plot_series *bars = series_of(figure, "measured"), *theory = series_of(figure, "theory");

    assert_int_equal(figure->x.name_count, 2);
    assert_string_equal(figure->x.names[0], "cbc-raw");
    assert_string_equal(figure->x.names[1], "cmac-aes128");
    assert_near(bars->y[0], 1, 1e-12);
    assert_near(bars->y[1], -0.2, 1e-12);
    assert_near(bars->high[0], 1, 1e-12);
    assert_near(theory->y[1], 0, 1e-12);
}

static void bars_stand_over_names_and_are_scaled(void **state)
{
    (void)state;
    assert_int_equal(drawn("prf-game",
                           "[" CASE("random-or-any", "\"of\": \"cbc-raw\"", 100, 100, "") "," CASE(
                               "random-or-any", "\"of\": \"cmac-aes128\"", 40, 100, "") "]",
                           (look){"prf-game-advantage", check_advantages, 0}),
                     1);
}

static void check_map(const plot_figure *figure)
{
    const plot_heat *heat = figure->heat;

    assert_non_null(heat);
    assert_int_equal(heat->rows, 1);
    assert_int_equal(heat->columns, 4);
    assert_near(heat->values[0], 1, 0);
    assert_string_equal(heat->texts[0], "1");
    assert_true(isnan(heat->values[1])); /* was not measured */
    assert_string_equal(heat->texts[1], "");
    assert_near(heat->values[2], 0.00390625, 1e-12);
    assert_string_equal(heat->texts[2], "2^-8.0");
}

static void maps_say_what_is_rare_in_powers_of_two(void **state)
{
    (void)state;
    assert_int_equal(
        drawn("verifier-zoo",
              "[" CASE(
                  "verifier-char", "\"tries\": \"4096\"", 1, 1,
                  ", \"measures\": {\"accepted-empty\": [1], \"rate-of-zeros\": [0.00390625]}") "]",
              (look){"verifier-zoo-map", check_map, 0}),
        1);
}

/* ---- histograms ---- */

static void check_shares(const plot_figure *figure)
{
    const plot_series *s = series_of(figure, "s = 16 bits");

    assert_int_equal(s->count, 16); /* of a quarter each, in units of 256 */
    assert_near(s->x[0], 0.125, 1e-12);
    assert_near(s->y[0], 0.25, 1e-12);
    assert_near(s->y[4], 0.5, 1e-12);
    assert_near(s->y[15], 0.25, 1e-12); /* what lies beyond the end */
}

static void samples_become_shares(void **state)
{
    (void)state;
    assert_int_equal(
        drawn("small-state",
              "[" CASE("suffix-small", "\"state-bits\": \"16\", \"search\": \"state\"", 4, 4,
                       ", \"measures\": {\"evaluations\": [63, 256, 319, 5000]}") "]",
              (look){"small-state-searches", check_shares, 0}),
        1);
}

/* ---- the cipher with a counter ---- */

static void calls_are_counted(void **state)
{
    (void)state;
    assert_int_equal(counted_tag("cmac-aes128", 33), 3);
    assert_int_equal(counted_tag("ecbc-aes128", 32), 4);
    assert_int_equal(counted_tag("pmac-aes128", 32), 2);
    assert_int_equal(counted_change("pmac-aes128", 100, 7), 4);
    assert_int_equal(counted_change("pmac-aes128", 100, 99), 2);
    assert_int_equal(counted_change("cmac-aes128", 100, 7), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_of_equal_cases_are_put_together),
        cmocka_unit_test(means_have_intervals_and_theory_is_fitted),
        cmocka_unit_test(successes_are_counted_by_the_try),
        cmocka_unit_test(without_results_nothing_is_drawn),
        cmocka_unit_test(bars_stand_over_names_and_are_scaled),
        cmocka_unit_test(maps_say_what_is_rare_in_powers_of_two),
        cmocka_unit_test(samples_become_shares),
        cmocka_unit_test(calls_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
