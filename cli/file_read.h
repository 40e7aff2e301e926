/* Files that are watched while they are read. */
#ifndef MACAW_CLI_FILE_READ_H
#define MACAW_CLI_FILE_READ_H

#include <sys/stat.h>

#include "file_tags.h"

enum { FILE_BUFFER = 256 * 1024 }; /* bytes read at once: fits the second-level cache */

typedef struct file_source {
    int fd;
    struct stat before;
} file_source;

/* Open job's file and look at it. False: job says why. */
bool file_open(file_job *job, file_source *ret);

/* Whether the file is as it was; false: job says that it changed. */
bool file_unchanged(file_job *job, const file_source *source);

void file_close(const file_source *source);

/* The tag of a file from its beginning to its end, into job. */
void file_tag_whole(const macaw_key *key, file_job *job, const file_source *source,
                    uint8_t *buffer, cli_progress *progress);

/* n bytes at offset; false: job says why there are fewer. */
bool file_read_at(file_job *job, const file_source *source, uint64_t offset, uint8_t *buffer,
                  size_t n);

#endif
