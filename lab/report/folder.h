#ifndef MACAW_LAB_REPORT_FOLDER_H
#define MACAW_LAB_REPORT_FOLDER_H

#include "report/page.h"

/* Make the folder where it is not there yet; an exit status. */
int folder_make(const char *dir);

/* Write DIR/index.html, results.json, attacks.csv, matrix.csv, families.csv,
 * corrections.csv, and each plot and diagram as a file; an exit status. */
int folder_write(const char *dir, const report *r);

#endif
