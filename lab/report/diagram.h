/* The figures of a trace (harness/trace.h) as SVG, with the run's own bytes. */
#ifndef MACAW_LAB_REPORT_DIAGRAM_H
#define MACAW_LAB_REPORT_DIAGRAM_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

/* Draw a "figure" event. id is unique in the page. inlined: part of an HTML page, which
 * has the rules of diagram.css once; else a file that stands alone. */
void diagram_draw(FILE *out, const json_t *figure, const char *id, bool inlined);

/* The same as a table, for who reads instead of looking. */
void diagram_table(FILE *out, const json_t *figure);

/* The bytes of a value: readable text in quotes, else hex; cut so that it has `most`
 * characters with what says that it was. */
typedef struct diagram_text {
    char text[400];
    size_t len;
} diagram_text;
diagram_text diagram_value(const json_t *value, size_t most);

/* The ends of an arrow. */
typedef struct diagram_link {
    size_t row, column, to_row, to_column;
} diagram_link;
diagram_link diagram_link_of(const json_t *link);

extern const char diagram_css[];

#endif
