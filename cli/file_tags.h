/* Tags of many files by several threads, reported in the order of the files.
 *
 * A thread takes a file at a time; a large one is cut into pieces that all threads
 * share, where the algorithm can be. Files are read, never mapped, so that one that
 * shrinks meanwhile is an error and not a signal. Memory does not depend on the
 * size of files. */
#ifndef MACAW_CLI_FILE_TAGS_H
#define MACAW_CLI_FILE_TAGS_H

#include <stdbool.h>
#include <stddef.h>

#include <macaw/mac.h>

#include "progress.h"

enum { FILE_THREADS_MAX = 256 };

/* What a name may lead to. "-" is standard input. */
enum file_kind {
    FILE_ANY,     /* whatever can be read to its end */
    FILE_LASTING, /* a regular file or a block device: nothing that could keep us waiting */
};

typedef struct file_job {
    const char *name;
    enum file_kind kind;
    /* The outcome. */
    bool done;
    bool missing;    /* there is no such file */
    int status;      /* of the command; CLI_DONE: tag is set */
    const char *why; /* in place of a tag; NULL: what error says */
    int error;       /* errno */
    uint8_t tag[MACAW_TAG_MAX];
} file_job;

typedef struct file_tags {
    const macaw_key *key;
    file_job *jobs;
    size_t count;
    unsigned threads; /* 1..FILE_THREADS_MAX */
    /* Called for each job in order, by one thread at a time. */
    void (*report)(void *arg, const file_job *job);
    void *arg;
    cli_progress *progress;
} file_tags;

/* CLI_DONE once every job is reported, or the error, printed. */
int file_tags_run(const file_tags *tags);

/* Print why there is no tag; returns job->status. */
int file_job_fail(const file_job *job);

/* The sizes of all regular files together, for the progress bar; 0 where there is none. */
uint64_t file_jobs_bytes(const file_job *jobs, size_t count);

#endif
