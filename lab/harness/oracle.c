#include "harness/oracle.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/attacker.h"
#include "harness/wire.h"

struct lab_chunk {
    struct lab_chunk *next;
    _Alignas(64) uint8_t data[];
};

_Noreturn void lab_attacker_fail(void)
{
    _exit(LAB_EXIT_FAILED);
}

/* ---- what is public ---- */

lab_bytes lab_public(const lab_oracle *o, const char *name)
{
    lab_reader reader = {lab_buf_bytes(&o->publics), true};

    while (reader.rest.len > 0 && reader.good) {
        lab_bytes one = lab_get_bytes(&reader);
        lab_bytes value = lab_get_bytes(&reader);
        if (lab_bytes_equal(one, lab_text(name))) {
            return value;
        }
    }
    return (lab_bytes){NULL, 0};
}

size_t lab_number(const lab_oracle *o, const char *name)
{
    lab_bytes digits = lab_public(o, name);
    size_t number = 0;

    for (size_t i = 0; i < digits.len; i++) {
        number = number * 10 + (size_t)(digits.data[i] - '0');
    }
    return number;
}

const lab_settings *lab_options(const lab_oracle *o)
{
    return o->settings;
}

lab_bytes lab_option_bytes(const lab_oracle *o, const char *name)
{
    return lab_settings_bytes(o->settings, name, "");
}

int64_t lab_option_number(const lab_oracle *o, const char *name)
{
    return lab_settings_number(o->settings, name, 0);
}

void *lab_alloc(lab_oracle *o, size_t n)
{
    size_t size = sizeof(struct lab_chunk) + n;
    struct lab_chunk *chunk = aligned_alloc(64, (size + 63) / 64 * 64);

    if (chunk != NULL) {
        memset(chunk->data, 0, n);
        chunk->next = o->chunks;
        o->chunks = chunk;
        return chunk->data;
    }
    lab_attacker_fail();
}

lab_rng *lab_coins(lab_oracle *o)
{
    return &o->coins;
}

void lab_work(lab_oracle *o, uint64_t n)
{
    o->work += n;
}

bool lab_tracing(const lab_oracle *o)
{
    return o->tracing;
}

/* ---- the process ---- */

_Noreturn void lab_attacker_run(const lab_attacker *attacker, const lab_card *card,
                                lab_settings *settings)
{
    lab_oracle o = {.fd = attacker->fd,
                    .trace_fd = attacker->trace_fd,
                    .tracing = attacker->tracing,
                    .stepping = attacker->stepping,
                    .settings = settings};

    lab_settings_hide(settings);
    lab_rng_init(&o.coins, attacker->seed);
    int first = lab_frame_receive(o.fd, &o.publics);
    if (first != LAB_REPLY) {
        _exit(first == LAB_FOUL ? LAB_EXIT_FOUL : LAB_EXIT_FAILED);
    }
    card->attack(&o);
    lab_put_number(&o.out, o.work);
    _exit(lab_frame_send(o.fd, LAB_CALL_BYE, &o.out) ? LAB_EXIT_DONE : LAB_EXIT_FAILED);
}
