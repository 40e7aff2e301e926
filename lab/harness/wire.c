#include "harness/wire.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"

bool lab_write_all(int fd, const void *data, size_t len)
{
    const uint8_t *from = data;

    while (len > 0) {
        ssize_t some = write(fd, from, len);
        if (some < 0 && errno == EINTR) {
            continue;
        }
        if (some <= 0) {
            return false;
        }
        from += some;
        len -= (size_t)some;
    }
    return true;
}

bool lab_read_all(int fd, void *data, size_t len)
{
    uint8_t *to = data;

    while (len > 0) {
        ssize_t some = read(fd, to, len);
        if (some < 0 && errno == EINTR) {
            continue;
        }
        if (some <= 0) {
            return false;
        }
        to += some;
        len -= (size_t)some;
    }
    return true;
}

bool lab_frame_send(int fd, enum lab_frame_kind kind, const lab_buf *fields)
{
    uint8_t head[8];

    if (fields->failed || fields->len > LAB_FRAME_MAX) {
        return false;
    }
    macaw_store_le32(head, (uint32_t)kind);
    macaw_store_le32(head + 4, (uint32_t)fields->len);
    return lab_write_all(fd, head, sizeof head) && lab_write_all(fd, fields->data, fields->len);
}

int lab_frame_receive(int fd, lab_buf *buf)
{
    uint8_t head[8];
    uint32_t len;

    buf->len = 0;
    if (!lab_read_all(fd, head, sizeof head)) {
        return 0;
    }
    len = macaw_load_le32(head + 4);
    if (len > LAB_FRAME_MAX) {
        return 0;
    }
    uint8_t *to = lab_buf_extend(buf, len);
    if (to == NULL && len > 0) {
        return 0;
    }
    return lab_read_all(fd, to, len) ? (int)macaw_load_le32(head) : 0;
}

void lab_put_input(lab_buf *buf, const lab_input *in)
{
    lab_put_bytes(buf, in->nonce);
    lab_put_bytes(buf, in->message);
}

lab_input lab_get_input(lab_reader *reader)
{
    lab_input ret;

    ret.nonce = lab_get_bytes(reader);
    ret.message = lab_get_bytes(reader);
    return ret;
}

void lab_put_output(lab_buf *buf, const lab_output *out)
{
    lab_put_bytes(buf, (lab_bytes){out->nonce, out->nonce_len});
    lab_put_bytes(buf, (lab_bytes){out->tag, out->tag_len});
}

static size_t get_field(lab_reader *reader, uint8_t *ret, size_t max)
{
    lab_bytes bytes = lab_get_bytes(reader);

    if (bytes.len > max) {
        reader->good = false;
        return 0;
    }
    if (bytes.len > 0) {
        memcpy(ret, bytes.data, bytes.len);
    }
    return bytes.len;
}

lab_output lab_get_output(lab_reader *reader)
{
    lab_output ret = {0};

    ret.nonce_len = get_field(reader, ret.nonce, sizeof ret.nonce);
    ret.tag_len = get_field(reader, ret.tag, sizeof ret.tag);
    return ret;
}
