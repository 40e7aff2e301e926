#include "json_out.h"

#include <stdio.h>

#include "cli.h"

static int print(json_t *document, size_t layout)
{
    if (document == NULL) {
        return cli_fail(CLI_FAILED, "JSON", "out of memory");
    }
    json_dumpf(document, stdout, layout | JSON_ENSURE_ASCII); /* main checks stdout */
    putchar('\n');
    json_decref(document);
    return CLI_DONE;
}

int cli_print_json(json_t *document)
{
    return print(document, JSON_INDENT(2));
}

int cli_print_json_line(json_t *document)
{
    return print(document, 0);
}
