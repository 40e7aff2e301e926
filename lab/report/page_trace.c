/* The steps of a game. */
#include <string.h>

#include "harness/print_parts.h"
#include "report/diagram.h"
#include "report/html.h"
#include "report/page.h"

enum { STEPS_MAX = 28, FIRST = 8, LAST = 12, CHARS = 128 };

static void write_value(FILE *out, const json_t *value)
{
    diagram_text text = diagram_value(value, CHARS);

    html_write(out, "<dt>%s</dt><dd><code class=\"%s\">%s</code>", lab_json_text(value, "name"),
               lab_json_text(value, "role"), text.len > 0 ? text.text : "(empty)");
    if (text.text[0] == '"' && lab_json_number(value, "length") <= 16) {
        html_write(out, " <code>%s</code>", lab_json_text(value, "hex"));
    }
    fputs("</dd>", out);
}

static void write_values(FILE *out, const json_t *values)
{
    json_t *one;
    size_t i;

    if (json_array_size(values) == 0) {
        return;
    }
    fputs("<dl>", out);
    json_array_foreach(values, i, one)
    {
        write_value(out, one);
    }
    fputs("</dl>", out);
}

static void write_ask(FILE *out, const json_t *event, const char *id)
{
    double count = lab_json_number(event, "count");

    (void)id;
    html_write(out, "<li class=\"ask\"><p><span class=\"kind\">%s", lab_json_text(event, "kind"));
    if (count != 1) {
        html_write(out, " of %.0f", count);
    }
    html_write(out, ":</span> %s</p>", lab_json_text(event, "why"));
    write_values(out, json_object_get(event, "values"));
    fputs("</li>\n", out);
}

static void write_answer(FILE *out, const json_t *event, const char *id)
{
    const json_t *values = json_object_get(event, "values");
    bool accepted = json_is_true(json_object_get(event, "accepted"));

    (void)id;
    fputs("<li>", out);
    write_values(out, values);
    if (json_array_size(values) == 0) {
        fputs(accepted ? "<p class=\"accepted\">→ accepted</p>"
                       : "<p class=\"refused\">→ refused</p>",
              out);
    }
    fputs("</li>\n", out);
}

static void write_show(FILE *out, const json_t *event, const char *id)
{
    const json_t *pieces = json_object_get(event, "pieces");

    (void)id;
    fputs("<li>", out);
    if (json_array_size(pieces) != 1) {
        html_write(out, "<p>%s =</p>", lab_json_text(event, "name"));
    }
    write_values(out, pieces);
    fputs("</li>\n", out);
}

static void write_equation(FILE *out, const json_t *event, const char *id)
{
    const json_t *result = json_object_get(event, "result");
    json_t *one;
    size_t i;

    (void)id;
    html_write(out, "<li><p>%s =", lab_json_text(result, "name"));
    json_array_foreach(json_object_get(event, "terms"), i, one)
    {
        html_write(out, " %s %s", i > 0 ? lab_json_text(event, "sign") : "",
                   lab_json_text(one, "name"));
    }
    fputs("</p>", out);
    write_values(out, json_object_get(event, "terms"));
    fputs("<dl>", out);
    write_value(out, result);
    fputs("</dl></li>\n", out);
}

static void write_say(FILE *out, const json_t *event, const char *id)
{
    (void)id;
    html_write(out, "<li><p>%s</p></li>\n", lab_json_text(event, "text"));
}

static void write_figure(FILE *out, const json_t *event, const char *id)
{
    html_write(out,
               "<li><figure><div class=\"scroll\" tabindex=\"0\" role=\"group\" "
               "aria-label=\"Diagram: %s\">",
               lab_json_text(event, "title"));
    diagram_draw(out, event, id, true);
    html_write(out,
               "</div><details><summary>The diagram as a table</summary><div class=\"scroll\" "
               "tabindex=\"0\" role=\"group\" aria-label=\"Table: %s\">",
               lab_json_text(event, "title"));
    diagram_table(out, event);
    fputs("</div></details></figure></li>\n", out);
}

static void write_event(FILE *out, const json_t *event, const char *id)
{
    static const struct writer {
        const char *event;
        void (*write)(FILE *out, const json_t *event, const char *id);
    } writers[] = {{"ask", write_ask},           {"answer", write_answer}, {"show", write_show},
                   {"equation", write_equation}, {"figure", write_figure}, {"say", write_say}};

    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
        if (strcmp(writers[i].event, lab_json_text(event, "event")) == 0) {
            writers[i].write(out, event, id);
        }
    }
}

/* The next question from number i on: a trace is cut there, so that answers stay with
 * their questions. */
static size_t next_ask(const json_t *trace, size_t i)
{
    size_t n = json_array_size(trace);

    while (i < n && strcmp(lab_json_text(json_array_get(trace, i), "event"), "ask") != 0) {
        i++;
    }
    return i;
}

/* Of a long trace the beginning and the end, and all figures. */
void page_trace(FILE *out, const json_t *trace, const char *id)
{
    size_t n = json_array_size(trace), i;
    bool cut = n > STEPS_MAX;
    size_t from = cut ? next_ask(trace, FIRST) : n, to = cut ? next_ask(trace, n - LAST) : n;

    json_t *event;

    to = to == n && cut ? n - LAST : to;
    fputs("<ol class=\"trace\">\n", out);
    json_array_foreach(trace, i, event)
    {
        char own[100];
        if (i == from && from < to) {
            html_write(out, "<li><p>… %zu more steps …</p></li>\n", to - from);
        }
        snprintf(own, sizeof own, "%s-%zu", id, i);
        if (i < from || i >= to || strcmp(lab_json_text(event, "event"), "figure") == 0) {
            write_event(out, event, own);
        }
    }
    fputs("</ol>\n", out);
}
