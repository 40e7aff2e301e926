/* Files that appear whole or not at all. */
#ifndef MACAW_BASE_FILE_H
#define MACAW_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <macaw/status.h>

struct macaw_file {
    int fd;
    char *path; /* where it will appear */
    char *temp; /* where it is being written, same folder */
};

/* Begin a file of mode 0600 beside path. After success, commit or abort it. */
int macaw_file_begin(struct macaw_file *ret, const char *path, macaw_error *err) MACAW_MUST_USE;
/* The same under a name of its own, path with ".new", in place of what an earlier
 * writer left there: for callers that exclude each other. */
int macaw_file_begin_anew(struct macaw_file *ret, const char *path,
                          macaw_error *err) MACAW_MUST_USE;
int macaw_file_write(struct macaw_file *file, const void *data, size_t n,
                     macaw_error *err) MACAW_MUST_USE;
/* Make it durable under its name. replace: in place of a file that is there,
 * which else stays, and that is a success too. Ends the file in any case. */
int macaw_file_commit(struct macaw_file *file, bool replace, macaw_error *err) MACAW_MUST_USE;
void macaw_file_abort(struct macaw_file *file);

/* Remove what a killed writer may have left of macaw_file_begin_anew. */
void macaw_file_forget_anew(const char *path);

/* Make what was done to names in the folder of path durable. */
int macaw_file_sync_folder(const char *path, macaw_error *err) MACAW_MUST_USE;

/* Open a regular file that nobody but its owner can write; a link is not followed.
 * MACAW_ENOTFOUND where there is none, MACAW_EFORMAT where it is something else. */
int macaw_file_open(int *ret_fd, uint64_t *ret_size, const char *path, int flags,
                    macaw_error *err) MACAW_MUST_USE;

/* Remove a file for good. */
int macaw_file_remove(const char *path, macaw_error *err) MACAW_MUST_USE;

#endif
