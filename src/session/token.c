/* What the readers of tokens share: memory, strict decoding, splitting. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "session/scheme.h"

#define DIGITS_MAX 15

void *macaw_session_take(macaw_session_room *room, size_t len)
{
    uint8_t *taken = room->next;

    if (len > room->left) {
        return NULL;
    }
    room->next += len;
    room->left -= len;
    return taken;
}

macaw_session_reason macaw_session_refuse(macaw_session_attempt *a, macaw_session_reason reason,
                                          const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(a->claims->detail, MACAW_SESSION_DETAIL_MAX, fmt, args);
    va_end(args);
    return reason;
}

macaw_session_reason macaw_session_mac_matches(const macaw_session_attempt *a, const macaw_key *mac)
{
    const macaw_session_frame *frame = &a->frame;
    macaw_ctx ctx;
    int status;

    if (frame->under_count == 1) {
        const macaw_msg msg = {.data = frame->under[0].data, .len = frame->under[0].len};
        status = macaw_verify(mac, &msg, frame->mac, frame->mac_len);
    } else {
        status = macaw_start(&ctx, mac, NULL, 0);
        for (size_t i = 0; i < frame->under_count && status == MACAW_OK; i++) {
            status = macaw_update(&ctx, frame->under[i].data, frame->under[i].len);
        }
        if (status == MACAW_OK) {
            status = macaw_finish_verify(&ctx, frame->mac, frame->mac_len);
        }
    }
    if (status == MACAW_OK) {
        return MACAW_SESSION_OK;
    }
    return status == MACAW_EFORGED ? MACAW_SESSION_MISMATCH : MACAW_SESSION_INTERNAL;
}

static bool decode(macaw_session_attempt *a, macaw_base64_kind kind, macaw_str text, macaw_str *ret)
{
    char *out = macaw_session_take(&a->room, text.len * 3 / 4 + 1);
    size_t len;

    if (out == NULL ||
        macaw_base64_decode(kind, (uint8_t *)out, &len, text.data, text.len, NULL) != MACAW_OK) {
        return false;
    }
    *ret = (macaw_str){out, len};
    return true;
}

bool macaw_session_decode_b64u(macaw_session_attempt *a, macaw_str text, macaw_str *ret)
{
    return decode(a, MACAW_BASE64URL, text, ret);
}

bool macaw_session_decode_b64(macaw_session_attempt *a, macaw_str text, macaw_str *ret)
{
    return decode(a, MACAW_BASE64, text, ret);
}

bool macaw_session_decode_b64u_padded(macaw_session_attempt *a, macaw_str text, macaw_str *ret)
{
    macaw_str bare = text;

    while (bare.len > 0 && text.len - bare.len < 2 && bare.data[bare.len - 1] == '=') {
        bare.len--;
    }
    return text.len % 4 == 0 && macaw_session_decode_b64u(a, bare, ret);
}

bool macaw_session_mac_hex(macaw_session_frame *frame, macaw_str text)
{
    if (text.len == 0 || text.len / 2 > sizeof frame->mac ||
        macaw_hex_decode(frame->mac, text.data, text.len, NULL) != MACAW_OK) {
        return false;
    }
    frame->mac_len = text.len / 2;
    return true;
}

bool macaw_session_mac_b64u(macaw_session_frame *frame, macaw_str text)
{
    return text.len > 0 && text.len * 3 / 4 <= sizeof frame->mac &&
           macaw_base64_decode(MACAW_BASE64URL, frame->mac, &frame->mac_len, text.data, text.len,
                               NULL) == MACAW_OK;
}

bool macaw_session_decimal(macaw_str text, int64_t *ret)
{
    int64_t value = 0;

    if (text.len == 0 || text.len > DIGITS_MAX || (text.len > 1 && text.data[0] == '0')) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        value = value * 10 + (text.data[i] - '0');
    }
    *ret = value;
    return true;
}

static bool split_at(macaw_str text, const char *at, macaw_str *head, macaw_str *tail)
{
    if (at == NULL) {
        return false;
    }
    size_t before = (size_t)(at - text.data);
    *head = (macaw_str){text.data, before};
    *tail = (macaw_str){at + 1, text.len - before - 1};
    return true;
}

bool macaw_session_split(macaw_str text, char c, macaw_str *head, macaw_str *tail)
{
    return text.len > 0 && split_at(text, memchr(text.data, c, text.len), head, tail);
}

bool macaw_session_rsplit(macaw_str text, char c, macaw_str *head, macaw_str *tail)
{
    return text.len > 0 && split_at(text, memrchr(text.data, c, text.len), head, tail);
}

void macaw_session_under(macaw_session_frame *frame, const void *data, size_t len)
{
    frame->under[frame->under_count++] = (macaw_part){data, len};
}
