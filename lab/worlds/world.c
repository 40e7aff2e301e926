#include "worlds/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "base/ct.h"

bool lab_world_tag(void *state, const lab_input *in, lab_output *ret)
{
    (void)state;
    (void)in;
    (void)ret;
    return false;
}

macaw_key *lab_world_key(lab_env *env)
{
    uint8_t secret[32];
    macaw_key *key = NULL;

    lab_draw_key(env, secret, sizeof secret);
    if (macaw_key_new(&key, macaw_alg_find("hmac-sha256"), secret, sizeof secret, NULL) !=
        MACAW_OK) {
        env->wrong = "out of memory";
    }
    macaw_wipe(secret, sizeof secret);
    return key;
}

void lab_world_mac(const macaw_key *key, lab_bytes text, char ret[LAB_HEX_TAG])
{
    uint8_t tag[LAB_HEX_TAG / 2] = {0};
    const macaw_msg msg = {NULL, text.data, text.len};

    if (macaw_tag(key, &msg, tag, sizeof tag) != MACAW_OK) {
        memset(tag, 0, sizeof tag);
    }
    macaw_hex_encode(ret, tag, sizeof tag);
}

bool lab_world_mac_is(const macaw_key *key, lab_bytes text, lab_bytes hex)
{
    uint8_t tag[LAB_HEX_TAG / 2];
    const macaw_msg msg = {NULL, text.data, text.len};

    return hex.len == LAB_HEX_TAG &&
           macaw_hex_decode(tag, (const char *)hex.data, hex.len, NULL) == MACAW_OK &&
           macaw_verify(key, &msg, tag, sizeof tag) == MACAW_OK;
}

void lab_world_put(lab_buf *out, const char *format, ...)
{
    va_list args;
    char text[1024];
    int len;

    va_start(args, format);
    len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    lab_buf_add(out, text, (size_t)len < sizeof text ? (size_t)len : sizeof text - 1);
}

bool lab_world_number(lab_bytes text, int64_t *ret)
{
    int64_t number = 0;

    if (text.len == 0 || text.len > 18) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        number = number * 10 + (text.data[i] - '0');
    }
    *ret = number;
    return true;
}
