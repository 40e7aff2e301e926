/* The drawings of the lab: what is written is XML with the right geometry. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plot.h"

static void assert_near(double got, double want, double off)
{
    if (!(fabs(got - want) <= off)) {
        fail_msg("%.12g is not %.12g", got, want);
    }
}

typedef struct drawing {
    char *text;
    size_t len;
    int status;
} drawing;

static drawing draw(int (*write)(FILE *, const plot_figure *), const plot_figure *figure)
{
    drawing d = {NULL, 0, 0};
    FILE *out = open_memstream(&d.text, &d.len);

    assert_non_null(out);
    d.status = write(out, figure);
    assert_int_equal(fclose(out), 0);
    return d;
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;

    for (; (text = strstr(text, part)) != NULL; text++) {
        n++;
    }
    return n;
}

static const double xs[] = {1, 2, 4, 8};
static const double ys[] = {0.25, NAN, 0.5, 1};

static void points_past_the_end_of_an_axis_are_not_drawn(void **state)
{
    plot_series points = {.mark = PLOT_POINTS, .count = 4, .x = xs, .y = (double[]){1, 1, 1, 1},
                          .low = (double[]){0, 0, 0, 0}, .high = (double[]){1, 1, 1, 1}};
    plot_figure figure = {.id = "t", .title = "t", .series = &points, .series_count = 1};
    figure.x.min = 1;
    figure.x.max = 4;
    drawing d = draw(plot_write_svg, &figure);

    (void)state;
    assert_int_equal(d.status, MACAW_OK);
    assert_int_equal(count(d.text, "<circle class=\"mp-dot\""), 3);
    assert_int_equal(count(d.text, "<path class=\"mp-interval\""), 3);
    free(d.text);
}

static void points_that_are_no_numbers_break_the_line(void **state)
{
    plot_series line = {.label = "a<b", .mark = PLOT_LINE, .count = 4, .x = xs, .y = ys};
    plot_figure figure = {.id = "t", .title = "T & U", .series = &line, .series_count = 1};
    drawing d = draw(plot_write_svg, &figure);
    const char *line_of_legend = strstr(d.text, "class=\"mp-line\" d=\"M");
    char path[128] = "";

    (void)state;
    assert_int_equal(d.status, MACAW_OK);
    assert_non_null(strstr(d.text, "<title id=\"t-title\">T &amp; U</title>"));
    assert_non_null(strstr(d.text, "a&lt;b"));
    assert_null(strstr(d.text, "nan"));
    assert_int_equal(
        sscanf(strstr(line_of_legend + 10, "mp-line"), "mp-line\" d=\"%127[^\"]", path), 1);
    assert_int_equal(count(path, "M"), 2);
    assert_int_equal(count(path, "L"), 1);
    free(d.text);
}

static void a_logarithmic_axis_leaves_out_zero_and_puts_powers_evenly(void **state)
{
    static const double values[] = {0, 1, 16};
    plot_series points = {.mark = PLOT_POINTS, .count = 3, .x = (double[]){1, 2, 3}, .y = values};
    plot_figure figure = {
        .id = "t", .title = "t", .y = {.scale = PLOT_LOG2}, .series = &points, .series_count = 1};
    drawing d = draw(plot_write_svg, &figure);

    (void)state;
    assert_int_equal(count(d.text, "<circle"), 2);
    assert_non_null(strstr(d.text, ">16</text>"));
    free(d.text);
}

static void figures_without_their_values_are_refused(void **state)
{
    plot_series line = {.mark = PLOT_LINE, .count = 4, .x = xs};
    plot_figure figure = {.id = "t", .title = "t", .series = &line, .series_count = 1};
    plot_figure spaced = {.id = "a b", .title = "t"};
    drawing d = draw(plot_write_svg, &figure);

    (void)state;
    assert_int_equal(d.status, MACAW_EARG);
    assert_int_equal(d.len, 0);
    free(d.text);
    d = draw(plot_write_svg, &spaced);
    assert_int_equal(d.status, MACAW_EARG);
    free(d.text);
}

static void an_inlined_figure_brings_no_style(void **state)
{
    plot_figure figure = {.id = "t", .title = "t", .inlined = true};
    drawing d = draw(plot_write_svg, &figure);

    (void)state;
    assert_null(strstr(d.text, "<style>"));
    free(d.text);
    figure.inlined = false;
    d = draw(plot_write_svg, &figure);
    assert_non_null(strstr(d.text, "prefers-color-scheme:dark"));
    assert_null(strstr(d.text, "@import"));
    assert_null(strstr(d.text, "url(h"));
    free(d.text);
}

/* The place and size of the n-th bar. */
static void bar_at(const char *text, size_t n, double *top, double *height)
{
    do {
        text = strstr(text + 1, "<rect class=\"mp-bar\" x=");
        assert_non_null(text);
    } while (n-- > 0);
    assert_int_equal(sscanf(strstr(text, " y="), " y=\"%lf\" width=\"%*f\" height=\"%lf\"", top,
                            height),
                     2);
}

static void stacked_bars_stand_on_one_another(void **state)
{
    static const char *const names[] = {"one"};
    double low = 1, high = 3, beside = 4;
    plot_series series[] = {{.mark = PLOT_BARS, .count = 1, .y = &low},
                            {.mark = PLOT_BARS, .count = 1, .y = &high, .stacked = true},
                            {.mark = PLOT_BARS, .count = 1, .y = &beside}};
    plot_figure figure = {.id = "t",
                          .title = "t",
                          .x = {.names = names, .name_count = 1},
                          .values = true,
                          .series = series,
                          .series_count = 3};
    drawing d = draw(plot_write_svg, &figure);
    double top[3], height[3];

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        bar_at(d.text, i, &top[i], &height[i]);
    }
    assert_near(top[1] + height[1], top[0], 0.02);
    assert_near(height[1], 3 * height[0], 0.05);
    assert_near(top[2], top[1], 0.02);
    assert_near(height[2], height[0] + height[1], 0.05);
    assert_null(strstr(d.text, ">1</text>\n<rect class=\"mp-bar\"")); /* it carries another */
    free(d.text);
}

static void csv_quotes_what_needs_it(void **state)
{
    plot_series line = {.label = "a,\"b\"", .mark = PLOT_LINE, .count = 1, .x = xs, .y = ys};
    plot_figure figure = {.id = "t", .title = "t", .series = &line, .series_count = 1};
    drawing d = draw(plot_write_csv, &figure);

    (void)state;
    assert_string_equal(d.text, "series,x,y,low,high\n\"a,\"\"b\"\"\",1,0.25,,\n");
    free(d.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_past_the_end_of_an_axis_are_not_drawn),
        cmocka_unit_test(points_that_are_no_numbers_break_the_line),
        cmocka_unit_test(a_logarithmic_axis_leaves_out_zero_and_puts_powers_evenly),
        cmocka_unit_test(figures_without_their_values_are_refused),
        cmocka_unit_test(an_inlined_figure_brings_no_style),
        cmocka_unit_test(csv_quotes_what_needs_it),
        cmocka_unit_test(stacked_bars_stand_on_one_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
