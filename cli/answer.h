/* An answer to a signed request: believed only if its MAC verifies. */
#ifndef MACAW_CLI_ANSWER_H
#define MACAW_CLI_ANSWER_H

#include "transfer.h"

typedef struct answer_options {
    char *output;   /* NULL or "-": standard output */
    bool include;   /* the header too */
    int64_t window; /* seconds */
} answer_options;

/* Whether its MAC is right and its time within the window. */
bool answer_is_genuine(const http_args *http, const answer_options *options,
                       const transfer_answer *answer);

/* Check the MAC and the time, report, and only then deliver the content. The exit
 * status of macaw request. */
int answer_finish(const http_args *http, const answer_options *options,
                  const transfer_answer *answer);

#endif
