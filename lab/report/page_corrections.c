#include <string.h>

#include "harness/print_parts.h"
#include "report/corrections.h"
#include "report/html.h"
#include "report/page.h"

/* The runs on this page that show it. */
static bool write_cards(FILE *out, const json_t *cards, const char *names)
{
    bool any = false;

    while (*names != '\0') {
        char name[32];
        size_t n = strcspn(names, " ");
        snprintf(name, sizeof name, "%.*s", (int)n, names);
        const json_t *card = page_find_card(cards, name);
        if (card != NULL) {
            html_write(out, "%s<a href=\"#card-%s\">%s. %s</a>", any ? "; " : "", name,
                       lab_json_text(card, "number"), lab_json_text(card, "title"));
            any = true;
        }
        names += n;
        names += *names == ' ' ? 1 : 0;
    }
    return any;
}

static void write_one(FILE *out, const json_t *cards, const correction *c, size_t number)
{
    char class[12];

    snprintf(class, sizeof class, "%.*s", (int)strcspn(c->kind, ","), c->kind);
    html_write(out,
               "<li id=\"correction-%zu\"><span class=\"no\">%zu</span><div><p>"
               "<span class=\"tag %s\">%s</span> %s</p><p class=\"says\">Said: %s</p>"
               "<p>Right: %s</p><p>Shown by: ",
               number, number, class, c->kind, c->items, c->says, c->right);
    bool any = write_cards(out, cards, c->cards);
    if (c->shown != NULL) {
        html_write(out, "%s<code>%s</code>", any ? "; " : "", c->shown);
    }
    html_write(out, "%sdocs/%s</p></div></li>\n", any || c->shown != NULL ? "; " : "", c->doc);
}

void page_corrections(FILE *out, const json_t *cards)
{
    fputs("<section aria-labelledby=\"corrections\"><h2 id=\"corrections\">63 corrections</h2>\n"
          "<p>Where the five source texts are wrong, imprecise or dangerous: what is said, what is "
          "right, and the run or test that shows it. A letter is a text, the number a row of "
          "docs/coverage.md: A an introduction to MACs and cookies, B a chapter on MACs and their "
          "attacks, C the description of a signing example, D a survey of constructions, E a "
          "discussion of session cookies.</p>\n<ol class=\"corrections\">\n",
          out);
    for (size_t i = 0; i < CORRECTIONS; i++) {
        write_one(out, cards, &corrections[i], i + 1);
    }
    fputs("</ol></section>\n", out);
}
