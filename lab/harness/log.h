/* What has been tagged: a set that says whether a message is fresh. */
#ifndef MACAW_LAB_LOG_H
#define MACAW_LAB_LOG_H

#include "harness/target.h"

typedef struct lab_log {
    uint8_t (*entries)[32]; /* open addressing; all zero: free */
    size_t count, size;     /* size is a power of two */
    bool failed;
} lab_log;

/* With a nonce, message, nonce and tag count together; else the message alone. */
void lab_log_add(lab_log *log, const lab_input *in, lab_bytes tag, bool with_nonce);
bool lab_log_has(const lab_log *log, const lab_input *in, lab_bytes tag, bool with_nonce);
void lab_log_free(lab_log *log);

#endif
