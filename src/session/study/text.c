#include "session/study/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "base/ct.h"

void macaw_text_put(macaw_text *text, const void *data, size_t len)
{
    if (text->len + len > MACAW_SESSION_TOKEN_MAX) {
        text->len = MACAW_SESSION_TOKEN_MAX + 1;
        return;
    }
    if (len > 0) {
        memcpy(text->out + text->len, data, len);
    }
    text->len += len;
}

void macaw_text_format(macaw_text *text, const char *fmt, ...)
{
    char line[128];
    va_list args;

    va_start(args, fmt);
    int n = vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    macaw_text_put(text, line, n > 0 && (size_t)n < sizeof line ? (size_t)n : 0);
}

void macaw_text_hex(macaw_text *text, const void *data, size_t len)
{
    char hex[MACAW_HEX_LEN(MACAW_TAG_MAX)];

    macaw_hex_encode(hex, data, len);
    macaw_text_put(text, hex, MACAW_HEX_LEN(len));
}

static bool is_unreserved(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != '\0' && strchr(MACAW_TEXT_KEEP, c) != NULL);
}

void macaw_text_escape(macaw_text *text, macaw_str raw)
{
    for (size_t i = 0; i < raw.len; i++) {
        if (is_unreserved(raw.data[i])) {
            macaw_text_put(text, &raw.data[i], 1);
        } else {
            macaw_text_format(text, "%%%02X", (unsigned char)raw.data[i]);
        }
    }
}

int macaw_text_mac(macaw_text *text, const macaw_key *mac, size_t covered)
{
    uint8_t tag[MACAW_TAG_MAX];
    size_t tag_len = macaw_key_tag_len(mac);
    const macaw_msg msg = {.data = text->out, .len = covered};

    if (text->len > MACAW_SESSION_TOKEN_MAX) {
        return MACAW_ELIMIT;
    }
    int status = macaw_tag(mac, &msg, tag, tag_len);
    if (status == MACAW_OK) {
        macaw_text_hex(text, tag, tag_len);
    }
    macaw_wipe(tag, sizeof tag);
    return status;
}

int macaw_text_end(macaw_text *text, size_t *out_len)
{
    if (text->len > MACAW_SESSION_TOKEN_MAX) {
        return MACAW_ELIMIT;
    }
    text->out[text->len] = '\0';
    *out_len = text->len;
    return MACAW_OK;
}

bool macaw_text_is_field(macaw_str field, const char *separators)
{
    for (size_t i = 0; i < field.len; i++) {
        char c = field.data[i];
        if (c <= ' ' || c >= 0x7f || strchr("\",;\\", c) != NULL || strchr(separators, c) != NULL) {
            return false;
        }
    }
    return field.len > 0;
}

int64_t macaw_text_expiry(const macaw_session_grant *grant)
{
    int64_t idle = grant->issued + grant->ttl, cap = grant->login + grant->lifetime;

    return grant->lifetime != 0 && cap < idle ? cap : idle;
}
