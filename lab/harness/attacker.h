/* The attacker's process: the oracle from inside. */
#ifndef MACAW_LAB_ATTACKER_H
#define MACAW_LAB_ATTACKER_H

#include <jansson.h>

#include "harness/card.h"

/* How such a process ends. */
enum { LAB_EXIT_DONE = 0, LAB_EXIT_FOUL = 10, LAB_EXIT_FAILED = 11 };

struct lab_oracle {
    int fd;       /* to the challenger */
    int trace_fd; /* to whoever listens */
    bool tracing;
    unsigned asks; /* calls that were shown */
    bool stepping; /* wait for a byte from trace_fd before each query */
    const lab_settings *settings;
    lab_buf publics; /* frame */
    lab_rng coins;
    struct lab_chunk *chunks; /* of lab_alloc */
    lab_buf out, in;
    uint64_t work;
};

typedef struct lab_attacker {
    int fd, trace_fd;
    bool tracing, stepping;
    const uint8_t *seed; /* LAB_SEED_LEN */
} lab_attacker;

/* Attack, and end the process. */
_Noreturn void lab_attacker_run(const lab_attacker *attacker, const lab_card *card,
                                lab_settings *settings);

/* Release event and send it, one line. */
void lab_emit(lab_oracle *o, json_t *event);
json_t *lab_value_json(const lab_value *value);
_Noreturn void lab_attacker_fail(void);

#endif
