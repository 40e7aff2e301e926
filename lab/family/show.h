/* The measures of a family as text, as JSON, and its tables as CSV, to a stream. */
#ifndef MACAW_LAB_FAMILY_SHOW_H
#define MACAW_LAB_FAMILY_SHOW_H

#include <stdio.h>

#include <jansson.h>

#include "measures.h"

void show_text(FILE *out, const char *spec, const measures *m);

/* message,tag,alpha,beta: alpha(x,y) and beta(x,y) as fractions. */
void show_table(FILE *out, const measures *m);

/* NULL: out of memory. */
json_t *show_json(const char *spec, const measures *m);

/* {"decimal": 4.64, "exact": "2*log2(5)"} */
json_t *show_exact(const exact *sum);

/* How a tag is called. Static or the family's storage; text is room for a number. */
const char *show_tag(const family *f, uint32_t tag, char text[16]);

#endif
