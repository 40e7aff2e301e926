/* Byte strings, and a buffer that grows. */
#ifndef MACAW_LAB_BYTES_H
#define MACAW_LAB_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed: whoever made it says how long it lives. data may be NULL where len is 0. */
typedef struct lab_bytes {
    const uint8_t *data;
    size_t len;
} lab_bytes;

/* Of a C string, without its end. */
lab_bytes lab_text(const char *text);
bool lab_bytes_equal(lab_bytes a, lab_bytes b);
/* text = before, separator, behind, at the first or the last separator; false: none. */
bool lab_cut(lab_bytes text, char separator, lab_bytes *before, lab_bytes *behind);
bool lab_cut_last(lab_bytes text, char separator, lab_bytes *before, lab_bytes *behind);

/* out = a xor b; out may be one of them. */
void lab_xor(uint8_t *out, const uint8_t *a, const uint8_t *b, size_t n);

/* Zero-initialise; after a failed allocation it swallows what follows and stays failed. */
typedef struct lab_buf {
    uint8_t *data;
    size_t len, cap;
    bool failed;
} lab_buf;

void lab_buf_add(lab_buf *buf, const void *data, size_t len);
/* len zeroes more; where they are, NULL when it failed. */
uint8_t *lab_buf_extend(lab_buf *buf, size_t len);
void lab_buf_free(lab_buf *buf);
lab_bytes lab_buf_bytes(const lab_buf *buf);

/* ---- fields of a frame: each with its length before it ---- */

void lab_put_number(lab_buf *buf, uint64_t number);
void lab_put_bytes(lab_buf *buf, lab_bytes bytes);

/* What is left to read; good becomes false at the first field that is not there. */
typedef struct lab_reader {
    lab_bytes rest;
    bool good;
} lab_reader;

uint64_t lab_get_number(lab_reader *reader);
lab_bytes lab_get_bytes(lab_reader *reader); /* borrowed from the frame */

#endif
