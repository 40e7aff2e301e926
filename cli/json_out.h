#ifndef MACAW_CLI_JSON_OUT_H
#define MACAW_CLI_JSON_OUT_H

#include <jansson.h>

/* Print a document, indented, and release it. NULL is out of memory. */
int cli_print_json(json_t *document);

/* The same in a line. */
int cli_print_json_line(json_t *document);

#endif
