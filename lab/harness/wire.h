/* Frames between challenger and attacker: a kind, a length, fields. */
#ifndef MACAW_LAB_WIRE_H
#define MACAW_LAB_WIRE_H

#include "harness/target.h"

enum lab_frame_kind {
    LAB_CALL_BATCH = 1, /* count, then inputs: tag queries */
    LAB_CALL_GIVEN,     /* count, length */
    LAB_CALL_ACT,       /* name, bytes */
    LAB_CALL_COMMIT,    /* message */
    LAB_CALL_CHALLENGE, /* length */
    LAB_CALL_SUBMIT,    /* input, tag */
    LAB_CALL_KEY,       /* key */
    LAB_CALL_BYE,       /* work */
    LAB_REPLY,
    LAB_FOUL, /* text: the call was against the rules */
};

#define LAB_FRAME_MAX (256u << 20)

/* false: the other side is gone, or there is no memory. */
bool lab_frame_send(int fd, enum lab_frame_kind kind, const lab_buf *fields);
/* Into buf, which it clears first; the kind, or 0. */
int lab_frame_receive(int fd, lab_buf *buf);

void lab_put_input(lab_buf *buf, const lab_input *in);
lab_input lab_get_input(lab_reader *reader);
void lab_put_output(lab_buf *buf, const lab_output *out);
lab_output lab_get_output(lab_reader *reader);

/* Whole buffers through a descriptor; read_all is false at its end too. */
bool lab_write_all(int fd, const void *data, size_t len);
bool lab_read_all(int fd, void *data, size_t len);

#endif
