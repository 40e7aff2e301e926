#include "harness/log.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "prim/md.h"

/* false: no memory. */
static bool name_of(const lab_input *in, lab_bytes tag, bool with_nonce, uint8_t ret[32])
{
    lab_buf text = {0};

    lab_put_bytes(&text, in->message);
    if (with_nonce) {
        lab_put_bytes(&text, in->nonce);
        lab_put_bytes(&text, tag);
    }
    if (!text.failed) {
        macaw_md_hash(&macaw_sha256, macaw_md_pick(&macaw_sha256, NULL, NULL), text.data, text.len,
                      ret);
    }
    lab_buf_free(&text);
    return !text.failed;
}

/* Where it is, or the free place where it belongs. */
static uint8_t *place(const lab_log *log, const uint8_t name[32])
{
    static const uint8_t none[32];
    size_t at = (size_t)macaw_load_le64(name) & (log->size - 1);

    while (memcmp(log->entries[at], none, 32) != 0 && memcmp(log->entries[at], name, 32) != 0) {
        at = (at + 1) & (log->size - 1);
    }
    return log->entries[at];
}

static bool grow(lab_log *log)
{
    static const uint8_t none[32];
    lab_log wide = {.size = log->size > 0 ? 2 * log->size : 64, .count = log->count};

    wide.entries = calloc(wide.size, 32);
    if (wide.entries == NULL) {
        return false;
    }
    for (size_t i = 0; i < log->size; i++) {
        if (memcmp(log->entries[i], none, 32) != 0) {
            memcpy(place(&wide, log->entries[i]), log->entries[i], 32);
        }
    }
    free(log->entries);
    *log = wide;
    return true;
}

void lab_log_add(lab_log *log, const lab_input *in, lab_bytes tag, bool with_nonce)
{
    uint8_t name[32];

    if ((2 * log->count >= log->size && !grow(log)) || !name_of(in, tag, with_nonce, name)) {
        log->failed = true;
        return;
    }
    uint8_t *to = place(log, name);
    log->count += memcmp(to, name, 32) != 0 ? 1 : 0;
    memcpy(to, name, 32);
}

bool lab_log_has(const lab_log *log, const lab_input *in, lab_bytes tag, bool with_nonce)
{
    uint8_t name[32];

    /* In doubt it is not fresh. */
    if (log->failed || !name_of(in, tag, with_nonce, name)) {
        return true;
    }
    return log->size > 0 && memcmp(place(log, name), name, 32) == 0;
}

void lab_log_free(lab_log *log)
{
    free(log->entries);
    *log = (lab_log){0};
}
