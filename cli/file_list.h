/* The files that a command is to work on: operands, what is in folders, lists. */
#ifndef MACAW_CLI_FILE_LIST_H
#define MACAW_CLI_FILE_LIST_H

#include <macaw/table.h>

#include "file_tags.h"

typedef struct file_list {
    file_job *jobs;
    size_t count;
    size_t room;
    macaw_table *names; /* each is taken once */
    int status;         /* of the command: the worst of what was printed */
} file_list;

int file_list_start(file_list *list);
void file_list_free(file_list *list);

/* A file that was named, "-" for standard input; with recurse, a folder stands for
 * the regular files in it, in the order of their names. Folders that cannot be read
 * are reported and left out. CLI_DONE, or an error that ends the work. */
int file_list_add(file_list *list, const char *name, bool recurse);

/* The names in a file ("-": standard input), each ended by a newline, or by a zero
 * byte with zero. */
int file_list_read(file_list *list, const char *path, bool zero, bool recurse);

#endif
