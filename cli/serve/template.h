/* Text with values filled in.
 *
 * "@name@" becomes the value; where there is none of that name, or it is NULL,
 * nothing. The lines between "@if name@" and "@end@" stand only where name has a
 * value. No nesting, no escaping: a value must be fit for its place already. */
#ifndef MACAW_CLI_TEMPLATE_H
#define MACAW_CLI_TEMPLATE_H

#include <stdbool.h>
#include <stdio.h>

typedef struct template_value {
    const char *name; /* NULL ends a list */
    const char *value;
} template_value;

/* Errors are left in the stream. */
void template_write(FILE *out, const char *text, const template_value *values);

#endif
