/* Writing HTML and SVG: every string that is put in is escaped. */
#ifndef MACAW_LAB_REPORT_HTML_H
#define MACAW_LAB_REPORT_HTML_H

#include <stdio.h>

#include <macaw/status.h>

/* Like fprintf, for %s, %d, %zu, %c, %g and %.Nf; what stands for %s is escaped. */
void html_write(FILE *out, const char *markup, ...) MACAW_PRINTF(2, 3);

#endif
