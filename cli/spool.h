/* A temporary file without a name, on disk rather than in memory. */
#ifndef MACAW_CLI_SPOOL_H
#define MACAW_CLI_SPOOL_H

#include <stdio.h>

/* In $TMPDIR, else /var/tmp. NULL and errno on failure; fclose ends it. */
FILE *cli_spool_open(void);

#endif
