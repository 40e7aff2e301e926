/* The parts of the report's page, from results that are written here. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "report/html.h"
#include "report/page.h"

typedef struct writing {
    char *text;
    size_t len;
    FILE *out;
} writing;

static void begin(writing *w)
{
    w->out = open_memstream(&w->text, &w->len);
    assert_non_null(w->out);
}

/* What stands there in this order. */
static void assert_has(writing *w, const char *const *parts)
{
    const char *at;

    assert_int_equal(fclose(w->out), 0);
    at = w->text;
    for (; *parts != NULL; parts++) {
        at = strstr(at, *parts);
        if (at == NULL) {
            print_error("%s\n", w->text);
            fail_msg("not there, or before: %s", *parts);
        }
    }
}

static void what_is_written_into_markup_is_escaped(void **state)
{
    writing w;

    (void)state;
    begin(&w);
    html_write(w.out, "<b>%s</b>%zu %d %.2f 5 %%%c", "<&\"'>", (size_t)7, -3, 0.125, '<');
    assert_has(&w, (const char *const[]){"<b>&lt;&amp;&quot;&#39;&gt;</b>7 -3 0.12 5 %&lt;", NULL});
    free(w.text);
}

/* ---- plots ---- */

static void a_plot_has_a_caption_and_its_numbers(void **state)
{
    static const double x[] = {1, 2}, y[] = {0.5, NAN}, low[] = {0.25, NAN}, high[] = {0.75, NAN};
    plot_series line = {.label = "a < b",
                        .mark = PLOT_POINTS,
                        .count = 2,
                        .x = x,
                        .y = y,
                        .low = low,
                        .high = high};
    plot_figure figure = {.id = "t",
                          .title = "Title",
                          .about = "About & more.",
                          .x = {.label = "x axis"},
                          .series = &line,
                          .series_count = 1};
    writing w;

    (void)state;
    begin(&w);
    page_plot(w.out, &figure);
    assert_has(&w, (const char *const[]){
                       "<figure>", "<svg class=\"macaw-plot\"", "</svg>",
                       "<figcaption>About &amp; more.</figcaption>", "<table><caption>a &lt; b",
                       "<th scope=\"col\">x axis</th>",
                       "<th scope=\"row\">1</th><td class=\"n\">0.5</td><td class=\"n\">0.25</td>",
                       "<th scope=\"row\">2</th><td></td><td></td><td></td></tr>", NULL});
    assert_null(strstr(w.text, "nan"));
    free(w.text);
}

static void long_curves_have_short_tables(void **state)
{
    static double y[1000];
    plot_series line = {.mark = PLOT_LINE, .count = 1000, .y = y};
    plot_figure figure = {
        .id = "t", .title = "t", .about = "a", .series = &line, .series_count = 1};
    writing w;
    size_t rows = 0;

    (void)state;
    begin(&w);
    page_plot_table(w.out, &figure);
    assert_int_equal(fclose(w.out), 0);
    for (const char *at = w.text; (at = strstr(at, "<tr><th scope=\"row\">")) != NULL; at++) {
        rows++;
    }
    assert_in_range(rows, 40, 48);
    free(w.text);
}

/* ---- cards ---- */

#define CASE(role, name, more)                                                                     \
    "{\"role\": \"" role "\", \"construction\": \"" name "\", \"fixed\": {\"hash\": \"<md5>\"}, "  \
    "\"settings\": {}, \"trace\": [], " more "}"
#define RATE(verdict, successes, agrees)                                                           \
    "\"verdict\": \"" verdict "\", \"successes\": " #successes ", \"repeats\": 20, "               \
    "\"success\": 0.5, \"interval\": [0.25, 0.75], \"predicted\": 0.9, \"agrees\": " #agrees       \
    ", \"queries\": 3, \"level\": \"selective\", \"mode\": \"known text\", \"note\": \"why & "     \
    "how\""

static void write_cards(FILE *out, const char *ok, const char *cases)
{
    char text[4000];
    json_error_t error;

    snprintf(text, sizeof text,
             "[{\"card\": \"cbc-two-block\", \"number\": \"4\", \"title\": \"<i>\", \"items\": "
             "\"D11\", \"ok\": %s, \"cases\": [%s]}]",
             ok, cases);
    json_t *cards = json_loads(text, 0, &error);
    assert_non_null(cards);
    page_cards(out, cards);
    json_decref(cards);
}

static void a_card_shows_rates_beside_theory(void **state)
{
    writing w;

    (void)state;
    begin(&w);
    write_cards(
        w.out, "true",
        CASE("target", "cbc-raw", RATE("broken", 10, false)) "," CASE(
            "control", "cmac-aes128", RATE("resists", 0, true)) "," CASE("curve", "cbc-small",
                                                                         RATE("broken", 5, true)));
    assert_has(&w,
               (const char *const[]){
                   "id=\"card-cbc-two-block\">4. &lt;i&gt;</h3>",
                   "<span class=\"verdict resists\">every target broke, every control held",
                   "The target: <code>cbc-raw</code> hash=&lt;md5&gt;", "why &amp; how",
                   "Forged: selective.", "The control: <code>cmac-aes128</code>", "Not forged.",
                   "<span class=\"verdict broken\">broken</span>",
                   "10 of 20</td><td class=\"n\">0.2500 – 0.7500", "0.9000 (outside)",
                   "cx=\"72.0\"", "<span class=\"verdict resists\">resists</span>", "0.9000</td>",
                   "<summary>Points of curves</summary>", "<code>cbc-small</code>", NULL});
    free(w.text);
}

static void what_went_wrong_is_said(void **state)
{
    writing w;

    (void)state;
    begin(&w);
    write_cards(w.out, "false",
                CASE("target", "cbc-raw", "\"verdict\": \"error\", \"error\": \"no <key>\""));
    assert_has(&w, (const char *const[]){
                       "NOT as it must be",
                       "<span class=\"verdict error\">error</span> no &lt;key&gt;", NULL});
    assert_null(strstr(w.text, "Points of curves"));
    free(w.text);
}

/* ---- the matrix ---- */

static void a_cell_that_was_not_expected_has_a_note(void **state)
{
    json_error_t error;
    json_t *matrix = json_loads(
        "{\"columns\": [\"CRC\", \"HMAC\"], \"rows\": [{\"attack\": \"guess\", \"cells\": ["
        "{\"column\": \"CRC\", \"cell\": \"x\", \"expected\": \"-\", \"agrees\": false, "
        "\"correction\": \"because\", \"runs\": []}, {\"column\": \"HMAC\", \"cell\": \"b\", "
        "\"expected\": \"b\", \"agrees\": true, \"runs\": []}]}]}",
        0, &error);
    writing w;

    (void)state;
    begin(&w);
    assert_non_null(matrix);
    page_matrix(w.out, matrix);
    assert_has(&w, (const char *const[]){"<td class=\"cell-broken\">", "href=\"#note-1\"",
                                         "<td class=\"cell-bound\">", "below its bound",
                                         "<li id=\"note-1\">guess on CRC: run “broken”, expected "
                                         "“resists”. because",
                                         NULL});
    assert_null(strstr(w.text, "#note-2"));
    json_decref(matrix);
    free(w.text);
}

/* ---- traces ---- */

/* n questions, each with its answer; a figure behind the middle one. */
static json_t *trace_of(int n)
{
    json_t *trace = json_array();

    for (int i = 0; i < n; i++) {
        char why[16];
        snprintf(why, sizeof why, "why %d.", i);
        json_array_append_new(trace, json_pack("{s:s, s:s, s:s, s:i}", "event", "ask", "kind",
                                               "tag", "why", why, "count", 1));
        json_array_append_new(trace, json_pack("{s:s, s:b}", "event", "answer", "accepted", 0));
        if (i == n / 2) {
            json_array_append_new(trace,
                                  json_pack("{s:s, s:s, s:s, s:[s], s:[s], s:[[n]]}", "event",
                                            "figure", "kind", "table", "title", "In between",
                                            "rows", "r", "columns", "c", "cells"));
        }
    }
    return trace;
}

static void a_long_trace_is_cut_before_a_question(void **state)
{
    json_t *trace = trace_of(30);
    writing w;

    (void)state;
    begin(&w);
    page_trace(w.out, trace, "t");
    assert_has(&w,
               (const char *const[]){"why 3.", "refused", "… 41 more steps …", "In between",
                                     "why 24.", "refused", "why 29.", "refused", "</ol>", NULL});
    assert_null(strstr(w.text, "why 4."));
    assert_null(strstr(w.text, "why 23."));
    json_decref(trace);
    free(w.text);
}

static void a_short_trace_is_whole(void **state)
{
    json_t *trace = trace_of(13);
    writing w;

    (void)state;
    begin(&w);
    page_trace(w.out, trace, "t");
    assert_has(&w, (const char *const[]){"why 0.", "why 6.", "In between", "why 7.", "why 12.",
                                         "</ol>", NULL});
    assert_null(strstr(w.text, "more steps"));
    json_decref(trace);
    free(w.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_into_markup_is_escaped),
        cmocka_unit_test(a_plot_has_a_caption_and_its_numbers),
        cmocka_unit_test(long_curves_have_short_tables),
        cmocka_unit_test(a_card_shows_rates_beside_theory),
        cmocka_unit_test(what_went_wrong_is_said),
        cmocka_unit_test(a_cell_that_was_not_expected_has_a_note),
        cmocka_unit_test(a_long_trace_is_cut_before_a_question),
        cmocka_unit_test(a_short_trace_is_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
