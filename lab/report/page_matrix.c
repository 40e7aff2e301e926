/* The matrix of attacks and constructions. */
#include <string.h>

#include "harness/print_parts.h"
#include "report/html.h"
#include "report/page.h"

typedef struct look {
    char letter;
    const char *class, *sign, *word;
} look;

static const look *look_of(const json_t *cell, const char *member)
{
    static const look looks[] = {
        {'x', "broken", "✗", "broken"},         {'-', "resists", "✓", "resists"},
        {'b', "bound", "≈", "below its bound"}, {'.', "none", "·", "not applicable"},
        {'?', "missing", "?", "not there"},     {'!', "error", "!", "went wrong"},
    };
    char letter = lab_json_text(cell, member)[0];
    size_t i = 0;

    while (i + 1 < sizeof looks / sizeof *looks && looks[i].letter != letter) {
        i++;
    }
    return &looks[i];
}

static bool differs(const json_t *cell)
{
    return look_of(cell, "cell")->letter != '?' && !json_is_true(json_object_get(cell, "agrees"));
}

static void write_cell(FILE *out, const json_t *cell, size_t *note)
{
    const look *is = look_of(cell, "cell");

    html_write(out, "<td class=\"cell-%s\"><b aria-hidden=\"true\">%s</b><span>%s</span>",
               is->class, is->sign, is->word);
    if (differs(cell)) {
        ++*note;
        html_write(out, "<sup><a href=\"#note-%zu\" aria-label=\"note %zu\">%zu</a></sup>", *note,
                   *note, *note);
    }
    fputs("</td>", out);
}

static void write_notes(FILE *out, const json_t *rows)
{
    size_t note = 0, i, j;
    json_t *row, *cell;

    json_array_foreach(rows, i, row)
    {
        json_array_foreach(json_object_get(row, "cells"), j, cell)
        {
            if (!differs(cell)) {
                continue;
            }
            fputs(note++ == 0 ? "<h3>Other than expected</h3>\n<ol>\n" : "", out);
            html_write(out, "<li id=\"note-%zu\">%s on %s: run “%s”, expected “%s”. %s</li>\n",
                       note, lab_json_text(row, "attack"), lab_json_text(cell, "column"),
                       look_of(cell, "cell")->word, look_of(cell, "expected")->word,
                       lab_json_text(cell, "correction"));
        }
    }
    fputs(note > 0 ? "</ol>\n" : "<p>Every cell is as the literature lets expect.</p>\n", out);
}

static void write_run(FILE *out, const json_t *cell, const json_t *one)
{
    const char *reason = lab_json_text(one, "reason");
    char settings[300];

    page_settings(json_object_get(one, "fixed"), settings, sizeof settings);
    html_write(out, "<tr><td>%s</td><td>%s</td><td><code>%s</code> %s</td>",
               lab_json_text(cell, "column"), lab_json_text(one, "card"),
               lab_json_text(one, "construction"), settings);
    if (reason[0] != '\0') {
        html_write(out, "<td>not applicable: %s</td></tr>\n", reason);
    } else {
        html_write(out, "<td><span class=\"verdict %s\">%s</span>, %.0f of %.0f</td></tr>\n",
                   lab_json_text(one, "verdict"), lab_json_text(one, "verdict"),
                   lab_json_number(one, "successes"), lab_json_number(one, "repeats"));
    }
}

static void write_runs(FILE *out, const json_t *row)
{
    size_t i, j;
    json_t *cell, *one;

    html_write(out,
               "<details><summary>What was run: %s</summary><div class=\"scroll\" tabindex=\"0\" "
               "role=\"group\" aria-label=\"Runs of %s\"><table><caption>%s</caption><thead><tr>"
               "<th scope=\"col\">kind</th><th scope=\"col\">attack</th><th scope=\"col\">"
               "construction</th><th scope=\"col\">outcome</th></tr></thead><tbody>\n",
               lab_json_text(row, "attack"), lab_json_text(row, "attack"),
               lab_json_text(row, "attack"));
    json_array_foreach(json_object_get(row, "cells"), i, cell)
    {
        json_array_foreach(json_object_get(cell, "runs"), j, one)
        {
            write_run(out, cell, one);
        }
    }
    fputs("</tbody></table></div></details>\n", out);
}

void page_matrix(FILE *out, const json_t *matrix)
{
    const json_t *rows = json_object_get(matrix, "rows");
    size_t note = 0, i, j;
    json_t *row, *cell, *column;

    fputs("<section aria-labelledby=\"matrix\"><h2 id=\"matrix\">The matrix</h2>\n"
          "<p>Every attack on every kind of construction, weak variants and sound ones; each cell "
          "was run and shows the worst that happened. “Below its bound” means that the attack "
          "succeeds only once the number of messages reaches the square root of the number of "
          "states: no step at the end cures that, only larger blocks or fewer messages do.</p>\n"
          "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Matrix of attacks and "
          "constructions\"><table class=\"matrix\"><caption>✗ broken, ✓ resists, ≈ resists below "
          "its bound, · not applicable</caption><thead><tr><th scope=\"col\">attack</th>",
          out);
    json_array_foreach(json_object_get(matrix, "columns"), i, column)
    {
        html_write(out, "<th scope=\"col\">%s</th>", json_string_value(column));
    }
    fputs("</tr></thead><tbody>\n", out);
    json_array_foreach(rows, i, row)
    {
        html_write(out, "<tr><th scope=\"row\">%s</th>", lab_json_text(row, "attack"));
        json_array_foreach(json_object_get(row, "cells"), j, cell)
        {
            write_cell(out, cell, &note);
        }
        fputs("</tr>\n", out);
    }
    fputs("</tbody></table></div>\n", out);
    write_notes(out, rows);
    json_array_foreach(rows, i, row)
    {
        write_runs(out, row);
    }
    fputs("</section>\n", out);
}
