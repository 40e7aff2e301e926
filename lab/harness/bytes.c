#include "harness/bytes.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

lab_bytes lab_text(const char *text)
{
    return (lab_bytes){(const uint8_t *)text, strlen(text)};
}

bool lab_bytes_equal(lab_bytes a, lab_bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static bool cut_at(lab_bytes text, size_t at, lab_bytes *before, lab_bytes *behind)
{
    *before = (lab_bytes){text.data, at};
    *behind = (lab_bytes){text.data + at + 1, text.len - at - 1};
    return true;
}

bool lab_cut(lab_bytes text, char separator, lab_bytes *before, lab_bytes *behind)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == (uint8_t)separator) {
            return cut_at(text, i, before, behind);
        }
    }
    return false;
}

bool lab_cut_last(lab_bytes text, char separator, lab_bytes *before, lab_bytes *behind)
{
    for (size_t i = text.len; i-- > 0;) {
        if (text.data[i] == (uint8_t)separator) {
            return cut_at(text, i, before, behind);
        }
    }
    return false;
}

void lab_xor(uint8_t *out, const uint8_t *a, const uint8_t *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = a[i] ^ b[i];
    }
}

uint8_t *lab_buf_extend(lab_buf *buf, size_t len)
{
    if (!buf->failed && buf->cap - buf->len < len) {
        size_t cap = 2 * buf->cap + len + 64;
        uint8_t *data = realloc(buf->data, cap);
        if (data == NULL) {
            buf->failed = true;
        } else {
            buf->data = data;
            buf->cap = cap;
        }
    }
    if (buf->failed) {
        return NULL;
    }
    if (len > 0) {
        memset(buf->data + buf->len, 0, len);
    }
    buf->len += len;
    return buf->data + buf->len - len;
}

void lab_buf_add(lab_buf *buf, const void *data, size_t len)
{
    uint8_t *to = lab_buf_extend(buf, len);

    if (to != NULL && len > 0) {
        memcpy(to, data, len);
    }
}

void lab_buf_free(lab_buf *buf)
{
    free(buf->data);
    *buf = (lab_buf){0};
}

lab_bytes lab_buf_bytes(const lab_buf *buf)
{
    return (lab_bytes){buf->data, buf->len};
}

void lab_put_number(lab_buf *buf, uint64_t number)
{
    uint8_t wire[8];

    macaw_store_le64(wire, number);
    lab_buf_add(buf, wire, sizeof wire);
}

void lab_put_bytes(lab_buf *buf, lab_bytes bytes)
{
    lab_put_number(buf, bytes.len);
    lab_buf_add(buf, bytes.data, bytes.len);
}

static lab_bytes take(lab_reader *reader, uint64_t len)
{
    lab_bytes ret = {reader->rest.data, (size_t)len};

    if (!reader->good || len > reader->rest.len) {
        reader->good = false;
        return (lab_bytes){NULL, 0};
    }
    reader->rest.data += len;
    reader->rest.len -= (size_t)len;
    return ret;
}

uint64_t lab_get_number(lab_reader *reader)
{
    lab_bytes wire = take(reader, 8);

    return wire.len == 8 ? macaw_load_le64(wire.data) : 0;
}

lab_bytes lab_get_bytes(lab_reader *reader)
{
    return take(reader, lab_get_number(reader));
}
