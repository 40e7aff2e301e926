/* Files of a report: whole under their name, or not there at all. */
#ifndef MACAW_LAB_REPORT_FILE_H
#define MACAW_LAB_REPORT_FILE_H

#include <stdio.h>

enum { REPORT_PATH_MAX = 4096 };

typedef struct report_file {
    FILE *stream;
    char path[REPORT_PATH_MAX];
    char temporary[REPORT_PATH_MAX + 32]; /* "": path is a device or a link, written in place */
} report_file;

/* Exit statuses; errors are printed. After close nothing is left open, and after a
 * failure path is as it was. */
int report_file_open(report_file *ret, const char *path);
int report_file_close(report_file *file);

/* Whether a file could be made there: nothing is left, and a device is not touched. */
int report_file_try(const char *path);

#endif
