#include "report/page.h"

#include <string.h>

#include "harness/print_parts.h"
#include "report/diagram.h"
#include "report/html.h"

const json_t *page_find_card(const json_t *cards, const char *name)
{
    json_t *card;
    size_t i;

    json_array_foreach(cards, i, card)
    {
        if (strcmp(lab_json_text(card, "card"), name) == 0) {
            return card;
        }
    }
    return NULL;
}

void page_settings(const json_t *fixed, char *ret, size_t size)
{
    const char *name;
    json_t *value;

    ret[0] = '\0';
    json_object_foreach((json_t *)fixed, name, value)
    {
        size_t used = strlen(ret);
        snprintf(ret + used, size - used, "%s%s=%s", used > 0 ? " " : "", name,
                 json_string_value(value));
    }
}

/* ---- head and start ---- */

static void write_head(FILE *out)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<link rel=\"icon\" href=\"data:,\">\n"
          "<title>Attacks on message authentication codes, measured</title>\n<style>\n",
          out);
    plot_write_style(out);
    fputs(diagram_css, out);
    fputs(page_css, out);
    fputs("</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n",
          out);
}

static void write_contents(FILE *out, const json_t *cards)
{
    json_t *card;
    size_t i;

    fputs("<nav class=\"cards\" aria-label=\"Attacks\"><ul>\n", out);
    json_array_foreach(cards, i, card)
    {
        html_write(out, "<li><a href=\"#card-%s\">%s. %s</a></li>\n", lab_json_text(card, "card"),
                   lab_json_text(card, "number"), lab_json_text(card, "title"));
    }
    fputs("</ul></nav>\n", out);
}

static void write_start(FILE *out, const report *r)
{
    const json_t *cards = json_object_get(r->results, "cards");
    size_t ok = 0, i;
    json_t *card;

    json_array_foreach(cards, i, card)
    {
        ok += json_is_true(json_object_get(card, "ok")) ? 1u : 0u;
    }
    fputs("<header><h1>Attacks on message authentication codes</h1>\n"
          "<p class=\"lead\">Each attack is played by the same code against a construction that "
          "breaks and one that holds; the challenger, in a process of its own, holds the key and "
          "judges with the construction’s own verifier.</p>\n"
          "<nav aria-label=\"Parts of the report\"><ul>",
          out);
    if (json_is_object(json_object_get(r->results, "matrix"))) {
        fputs("<li><a href=\"#matrix\">The matrix</a></li>", out);
    }
    fputs("<li><a href=\"#attacks\">The attacks</a></li>"
          "<li><a href=\"#families\">Information theory</a></li>"
          "<li><a href=\"#costs\">Costs and limits</a></li>"
          "<li><a href=\"#corrections\">63 corrections</a></li></ul></nav></header>\n"
          "<main id=\"main\">\n",
          out);
    html_write(out,
               "<p>%zu of %zu attacks went as they must: every target broke, every control held. "
               "Seed %.0f.</p>\n",
               ok, json_array_size(cards), lab_json_number(r->results, "seed"));
}

void page_write(FILE *out, const report *r)
{
    const json_t *cards = json_object_get(r->results, "cards");
    const json_t *matrix = json_object_get(r->results, "matrix");

    write_head(out);
    write_start(out, r);
    if (json_is_object(matrix)) {
        page_matrix(out, matrix);
    }
    fputs("<section aria-labelledby=\"attacks\"><h2 id=\"attacks\">The attacks</h2>\n"
          "<p>Bytes are coloured by where they come from, and outlined so that it shows without "
          "colour: <code class=\"chosen\">chosen</code> by the attacker (solid), <code "
          "class=\"answer\">answered</code> by the oracle (dashed), <code "
          "class=\"derived\">computed</code> from those (dotted), <code "
          "class=\"glue\">padding</code> that nobody wrote (dash and dot), <code "
          "class=\"forged\">forged</code> (heavy). In the tables a dot is the measured rate, the "
          "line its exact 95 % interval, the angle what theory predicts.</p>\n",
          out);
    write_contents(out, cards);
    page_cards(out, cards);
    fputs("</section>\n", out);
    page_families(out, r->threads);
    page_costs(out);
    page_corrections(out, cards);
    fputs("</main>\n<footer><p>Written by <code>macaw lab report</code>. The same seed gives the "
          "same page; only attacks on running time measure the machine.</p></footer>\n"
          "</body>\n</html>\n",
          out);
}
