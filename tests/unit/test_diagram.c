/* Figures of the lab: that they are drawn as they are told, value by value. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "report/diagram.h"

static char *write_with(void (*write)(FILE *out, const json_t *figure), const char *text)
{
    json_t *figure = json_loads(text, 0, NULL);
    char *ret = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&ret, &len);

    assert_non_null(figure);
    assert_non_null(out);
    write(out, figure);
    assert_int_equal(fclose(out), 0);
    json_decref(figure);
    return ret;
}

static void svg(FILE *out, const json_t *figure)
{
    diagram_draw(out, figure, "x", true);
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;

    for (; (text = strstr(text, part)) != NULL; text++) {
        n++;
    }
    return n;
}

static diagram_text value_of(const char *role, const char *hex, int length, size_t most)
{
    json_t *value =
        json_pack("{s:s, s:s, s:s, s:i}", "name", "v", "role", role, "hex", hex, "length", length);
    diagram_text ret = diagram_value(value, most);

    json_decref(value);
    return ret;
}

static void values_are_cut_to_what_fits_and_say_so(void **state)
{
    static const char digits[] = "00112233445566778899aabbccddeeff";

    (void)state;
    assert_string_equal(value_of("plain", "616263", 3, 20).text, "\"abc\"");
    assert_string_equal(value_of("plain", "6162", 2, 20).text, "6162");
    assert_string_equal(value_of("plain", "616200", 3, 20).text, "616200");
    assert_string_equal(value_of("plain", digits, 16, 32).text, digits);
    assert_string_equal(value_of("plain", digits, 16, 31).text, "001122334455667788… (16 bytes)");
    assert_string_equal(
        value_of("plain", "6162636465666768696a6b6c6d6e6f707172737475767778797a", 26, 24).text,
        "\"abcdefghij…\" (26 bytes)");
    assert_string_equal(value_of("hidden", "", 0, 20).text, "not known");
    assert_int_equal(value_of("plain", "", 0, 20).len, 0);
}

#define VALUE(name, role, hex, length)                                                             \
    "{\"name\":\"" name "\",\"role\":\"" role "\",\"hex\":\"" hex "\",\"length\":" length "}"
#define BLOCKS(links)                                                                              \
    "{\"kind\":\"blocks\",\"title\":\"T\",\"rows\":[\"one\",\"two\"],\"columns\":[\"a\",\"b\"],"   \
    "\"cells\":[[" VALUE("m", "chosen", "00ff", "2") ",null],[" VALUE(                             \
        "k", "hidden", "", "0") "," VALUE("t", "forged", "1234", "2") "]],\"links\":[" links "]}"
#define LINK(from, to, label) "{\"from\":[" from "],\"to\":[" to "],\"label\":\"" label "\"}"

/* The place of a box is that of its rectangle: x of the column, y of the row. */
static void boxes_and_arrows(void **state)
{
    char *text = write_with(svg, BLOCKS(LINK("0,0", "1,0", "E") "," LINK(
                                     "1,0", "1,1", "F") "," LINK("0,0", "1,1", "")));

    (void)state;
    assert_int_equal(count(text, "class=\"box\""), 3);
    assert_int_equal(count(text, "<g class="), 3);
    assert_int_equal(count(text, "class=\"link\""), 3);
    assert_int_equal(count(text, "marker-end=\"url(#x-m)\""), 3);
    assert_non_null(strstr(text, ">00ff<"));
    assert_non_null(strstr(text, ">1234<"));
    assert_non_null(strstr(text, ">not known<"));
    assert_non_null(strstr(text, ">E</text>"));
    assert_non_null(strstr(text, "role-hidden"));
    free(text);
}

/* An arrow comes with the box that it leads to, and that one behind what it is made of. */
static void boxes_come_behind_what_they_are_made_of(void **state)
{
    char *text = write_with(svg, BLOCKS(LINK("1,1", "0,0", "")));

    (void)state;
    assert_true(strstr(text, ">1234<") < strstr(text, ">00ff<"));
    assert_true(strstr(text, ">1234<") < strstr(text, "class=\"link\""));
    assert_true(strstr(text, "class=\"link\"") < strstr(text, ">00ff<"));
    free(text);
}

/* In a circle no box is first, but all are there. */
static void circles_are_drawn(void **state)
{
    char *text = write_with(svg, BLOCKS(LINK("1,1", "0,0", "") "," LINK("0,0", "1,1", "")));

    (void)state;
    assert_int_equal(count(text, "class=\"box\""), 3);
    assert_int_equal(count(text, "class=\"link\""), 2);
    free(text);
}

static void arrows_of_empty_places_are_none(void **state)
{
    char *text = write_with(svg, BLOCKS(LINK("0,1", "1,1", "") "," LINK("0,0", "0,1", "")));

    (void)state;
    assert_int_equal(count(text, "class=\"box\""), 3);
    assert_int_equal(count(text, "class=\"link\""), 0);
    free(text);
}

static void the_table_has_the_values_and_the_arrows(void **state)
{
    char *text =
        write_with(diagram_table, BLOCKS(LINK("0,0", "1,1", "E") "," LINK("1,0", "1,1", "")));

    (void)state;
    assert_non_null(strstr(text, "<caption>T</caption>"));
    assert_non_null(strstr(text, "<td>m <code>00ff</code></td><td></td>"));
    assert_non_null(strstr(text, "<td>k <code>not known</code></td>"));
    assert_non_null(strstr(text, "<td>t <code>1234</code> (from m, k)</td>"));
    free(text);
}

static void bits_are_marked_where_they_are(void **state)
{
    char *text = write_with(
        svg, "{\"kind\":\"bits\",\"title\":\"T\",\"rows\":[\"one\",\"two\"],\"columns\":[\"a\"],"
             "\"cells\":[[" VALUE("m", "chosen", "81c0", "2") "],[" VALUE("n", "plain", "0000",
                                                                          "2") "]]}");
    int x[3], y[3], width[3];
    const char *path = strstr(text, "class=\"ones\" d=\"");

    (void)state;
    assert_non_null(path);
    assert_int_equal(sscanf(path + 16, "M%d %dh%dM%d %dh%dM%d %dh%d", x, y, width, x + 1, y + 1,
                            width + 1, x + 2, y + 2, width + 2),
                     9);
    assert_int_equal(width[0], 8); /* bits are 9 wide, with a gap of 1 behind */
    assert_int_equal(width[1], 8);
    assert_int_equal(width[2], 17); /* the next byte's two: bits 8 and 9 are apart from bit 7 */
    assert_int_equal(x[1] - x[0], 7 * 9);
    assert_int_equal(x[2] - x[0], 8 * 9 + 2);
    assert_true(y[0] == y[1] && y[1] == y[2]);
    assert_non_null(strstr(text, ">4/16<"));
    assert_non_null(strstr(text, ">0/16<"));
    assert_non_null(strstr(text, "class=\"ones\" d=\"\""));
    free(text);
}

static void what_is_wide_is_marked(void **state)
{
    char *narrow = write_with(svg, BLOCKS("")), *wide;
    char text[800] = "{\"kind\":\"table\",\"title\":\"T\",\"rows\":[\"one\"],\"columns\":[";

    (void)state;
    strcat(text, "\"a\",\"b\",\"c\",\"d\",\"e\"],\"cells\":[[");
    for (int i = 0; i < 5; i++) {
        strcat(text, i > 0 ? "," VALUE("m", "plain", "00", "1") : VALUE("m", "plain", "00", "1"));
    }
    strcat(text, "]]}");
    wide = write_with(svg, text);
    assert_non_null(strstr(narrow, "<svg class=\"diagram\""));
    assert_non_null(strstr(wide, "<svg class=\"diagram wide\""));
    free(narrow);
    free(wide);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_cut_to_what_fits_and_say_so),
        cmocka_unit_test(boxes_and_arrows),
        cmocka_unit_test(boxes_come_behind_what_they_are_made_of),
        cmocka_unit_test(circles_are_drawn),
        cmocka_unit_test(arrows_of_empty_places_are_none),
        cmocka_unit_test(the_table_has_the_values_and_the_arrows),
        cmocka_unit_test(bits_are_marked_where_they_are),
        cmocka_unit_test(what_is_wide_is_marked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
