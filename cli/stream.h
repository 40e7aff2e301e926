/* Files of any size through a MAC, in constant memory. */
#ifndef MACAW_CLI_STREAM_H
#define MACAW_CLI_STREAM_H

#include <stdbool.h>

#include <macaw/mac.h>

/* Read the file ("-": standard input) to its end into ctx, which is started.
 * Shows progress where stderr is a terminal. CLI_DONE or the error, printed. */
int cli_stream_file(const char *name, macaw_ctx *ctx);

/* Print name as sha256sum does: newline, carriage return and backslash escaped. */
void cli_print_escaped(const char *name);

/* Whether cli_print_escaped changes it; the line then begins with a backslash. */
bool cli_needs_escape(const char *name);

#endif
