/* A section for each attack. */
#include <string.h>

#include "harness/print_parts.h"
#include "report/html.h"
#include "report/page.h"

/* ---- rates ---- */

/* Dot, interval and prediction on a line from 0 to 1; the numbers are beside it. */
static void write_rate(FILE *out, const json_t *one)
{
    const json_t *interval = json_object_get(one, "interval");
    double low = 4 + 136 * json_number_value(json_array_get(interval, 0));
    double high = 4 + 136 * json_number_value(json_array_get(interval, 1));
    double at = 4 + 136 * lab_json_number(one, "success");
    double theory = 4 + 136 * lab_json_number(one, "predicted");

    html_write(out,
               "<td><svg class=\"rate\" viewBox=\"0 0 144 18\" aria-hidden=\"true\">"
               "<line class=\"axis\" x1=\"4\" x2=\"140\" y1=\"9\" y2=\"9\"/>"
               "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"9\" y2=\"9\"/>"
               "<path d=\"M%.1f 17L%.1f 11L%.1f 17\"/><circle cx=\"%.1f\" cy=\"9\" r=\"3.2\"/>"
               "</svg></td>",
               low, high, theory - 4, theory, theory + 4, at);
}

static void write_case(FILE *out, const json_t *one)
{
    const json_t *interval = json_object_get(one, "interval");
    char settings[300];

    page_settings(json_object_get(one, "fixed"), settings, sizeof settings);
    html_write(out, "<tr><td>%s</td><th scope=\"row\"><code>%s</code> %s</th>",
               lab_json_text(one, "role"), lab_json_text(one, "construction"), settings);
    if (interval == NULL) {
        html_write(out,
                   "<td colspan=\"7\"><span class=\"verdict error\">error</span> %s</td></tr>\n",
                   lab_json_text(one, "error"));
        return;
    }
    html_write(out, "<td><span class=\"verdict %s\">%s</span></td>", lab_json_text(one, "verdict"),
               lab_json_text(one, "verdict"));
    html_write(out, "<td class=\"n\">%.0f of %.0f</td><td class=\"n\">%.4f – %.4f</td>",
               lab_json_number(one, "successes"), lab_json_number(one, "repeats"),
               json_number_value(json_array_get(interval, 0)),
               json_number_value(json_array_get(interval, 1)));
    html_write(out, "<td class=\"n\">%.4f%s</td>", lab_json_number(one, "predicted"),
               json_is_true(json_object_get(one, "agrees")) ? "" : " (outside)");
    write_rate(out, one);
    html_write(out, "<td class=\"n\">%.0f</td><td>%s</td></tr>\n", lab_json_number(one, "queries"),
               lab_json_text(one, "note"));
}

static bool is_point(const json_t *one)
{
    return strcmp(lab_json_text(one, "role"), "curve") == 0;
}

static void write_table(FILE *out, const json_t *result, bool points)
{
    json_t *one;
    size_t i;

    html_write(out,
               "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"%s of %s\">"
               "<table><caption>How often each construction was forged</caption><thead><tr>"
               "<th scope=\"col\">role</th><th scope=\"col\">construction</th>"
               "<th scope=\"col\">verdict</th><th scope=\"col\">forged</th>"
               "<th scope=\"col\">95 %% interval</th><th scope=\"col\">predicted</th>"
               "<th scope=\"col\">rate from 0 to 1</th><th scope=\"col\">queries</th>"
               "<th scope=\"col\">why</th></tr></thead><tbody>\n",
               points ? "Points of curves" : "Rates", lab_json_text(result, "card"));
    json_array_foreach(json_object_get(result, "cases"), i, one)
    {
        if (is_point(one) == points) {
            write_case(out, one);
        }
    }
    fputs("</tbody></table></div>\n", out);
}

static void write_rates(FILE *out, const json_t *result)
{
    bool points = false;
    json_t *one;
    size_t i;

    fputs("<h4>Theory beside measurement</h4>\n", out);
    write_table(out, result, false);
    json_array_foreach(json_object_get(result, "cases"), i, one)
    {
        points = points || is_point(one);
    }
    if (points) {
        fputs("<details><summary>Points of curves</summary>\n", out);
        write_table(out, result, true);
        fputs("</details>\n", out);
    }
}

/* ---- the games ---- */

static void write_outcome(FILE *out, const json_t *one)
{
    if (lab_json_number(one, "successes") > 0) {
        html_write(out, "<p class=\"accepted\">Forged: %s.</p>\n", lab_json_text(one, "level"));
    } else {
        fputs("<p class=\"refused\">Not forged.</p>\n", out);
    }
}

static void write_game(FILE *out, const json_t *result, const json_t *one, size_t number)
{
    char id[100], settings[300];

    page_settings(json_object_get(one, "fixed"), settings, sizeof settings);
    snprintf(id, sizeof id, "game-%s-%zu", lab_json_text(result, "card"), number);
    html_write(
        out,
        "<div role=\"group\" aria-labelledby=\"%s\"><h4 id=\"%s\">%s: <code>%s</code> %s</h4>\n"
        "<p class=\"meta\">%s</p>\n",
        id, id, strcmp(lab_json_text(one, "role"), "target") == 0 ? "The target" : "The control",
        lab_json_text(one, "construction"), settings, lab_json_text(one, "note"));
    page_trace(out, json_object_get(one, "trace"), id);
    write_outcome(out, one);
    fputs("</div>\n", out);
}

/* The first pair side by side, and what else broke folded away. */
static void write_games(FILE *out, const json_t *result)
{
    const json_t *cases = json_object_get(result, "cases");
    bool target = false, control = false, more = false;
    json_t *one;
    size_t i;

    fputs("<h4>A game of each, with its bytes</h4><div class=\"pair\">\n", out);
    json_array_foreach(cases, i, one)
    {
        const char *role = lab_json_text(one, "role");
        bool *seen = strcmp(role, "target") == 0    ? &target
                     : strcmp(role, "control") == 0 ? &control
                                                    : NULL;
        if (seen != NULL && !*seen) {
            *seen = true;
            write_game(out, result, one, i);
        } else if (seen == &target && json_object_get(one, "trace") != NULL) {
            more = true;
        }
    }
    fputs("</div>\n", out);
    if (!more) {
        return;
    }
    fputs("<details><summary>The other targets</summary><div class=\"pair\">\n", out);
    target = false;
    json_array_foreach(cases, i, one)
    {
        bool is = strcmp(lab_json_text(one, "role"), "target") == 0;
        if (is && target) {
            write_game(out, result, one, i);
        }
        target = target || is;
    }
    fputs("</div></details>\n", out);
}

static void take_plot(void *context, const plot_figure *figure)
{
    page_plot(context, figure);
}

static void write_card(FILE *out, const json_t *result)
{
    const char *name = lab_json_text(result, "card");
    const lab_card *card = lab_card_find(name);
    bool ok = json_is_true(json_object_get(result, "ok"));

    html_write(out,
               "<article aria-labelledby=\"card-%s\"><h3 id=\"card-%s\">%s. %s</h3>\n"
               "<p class=\"meta\"><code>macaw lab run %s</code> · rows %s of docs/coverage.md · "
               "%s · <span class=\"verdict %s\">%s</span></p>\n",
               name, name, lab_json_text(result, "number"), lab_json_text(result, "title"), name,
               lab_json_text(result, "items"),
               lab_json_text(json_array_get(json_object_get(result, "cases"), 0), "mode"),
               ok ? "resists" : "broken",
               ok ? "every target broke, every control held" : "NOT as it must be");
    html_write(out, "<p>%s</p>\n", card != NULL ? card->about : "");
    write_games(out, result);
    write_rates(out, result);
    fputs("<div class=\"plots\">\n", out);
    card_plots(result, &(plot_taker){take_plot, out});
    fputs("</div></article>\n", out);
}

void page_cards(FILE *out, const json_t *cards)
{
    json_t *card;
    size_t i;

    json_array_foreach(cards, i, card)
    {
        write_card(out, card);
    }
}
