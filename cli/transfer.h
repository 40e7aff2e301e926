/* One HTTP exchange through libcurl: the target exactly as given, no redirect
 * followed, the answer's content on disk. */
#ifndef MACAW_CLI_TRANSFER_H
#define MACAW_CLI_TRANSFER_H

#include <stdio.h>

#include <macaw/signing.h>

#include "http_args.h"

enum { TRANSFER_FIELDS_MAX = 256, TRANSFER_HEADER_BYTES_MAX = 256 * 1024 };

typedef struct transfer_options {
    const char *cacert;   /* NULL: the system's */
    const char *socket;   /* Unix socket to connect to whatever the URL says; NULL: none */
    int64_t max_time;     /* seconds; 0: no limit */
    int64_t max_filesize; /* of the answer's content */
    char *const *headers; /* of the user, "Name: value" */
    size_t header_count;
    bool verbose;
} transfer_options;

/* An answer. Header and trailer fields are views into lines. */
typedef struct transfer_answer {
    long status;
    int version; /* 10, 11, 20 */
    char *lines[TRANSFER_FIELDS_MAX];
    macaw_field fields[TRANSFER_FIELDS_MAX];
    size_t field_count;
    size_t header_bytes;
    FILE *content;
    int64_t content_size;
} transfer_answer;

/* Send. CLI_DONE: there is an answer, whatever its status. The answer is to be
 * released in every case. */
int transfer_send(const http_args *http, const macaw_signed *lines, const transfer_options *options,
                  transfer_answer *ret);
void transfer_release(transfer_answer *answer);

/* The value of the only field of that name; false: there is none, or several. */
bool transfer_field(const transfer_answer *answer, const char *name, macaw_str *ret);

#endif
