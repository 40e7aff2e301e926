#include "json_out.h"

#include <stdio.h>

#include "cli.h"

int cli_print_json(json_t *document)
{
    if (document == NULL) {
        return cli_fail(CLI_FAILED, "--json", "out of memory");
    }
    json_dumpf(document, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII); /* main checks stdout */
    putchar('\n');
    json_decref(document);
    return CLI_DONE;
}
