/* Worlds of requests TEXT|TIME|MAC that shall be carried out once. Time is what the
 * client's clock says, or a number of the request. Wronged: one is carried out again. */
#include <stdlib.h>
#include <string.h>

#include <macaw/replay.h>

#include "base/codec.h"
#include "worlds/world.h"

enum { WINDOW = 300, TABLE = 1 << 16, SEEN_MAX = 64 };

typedef struct memory {
    int64_t window; /* seconds on both sides; 0: dates are not looked at */
    int64_t life;   /* seconds that a MAC's text is remembered; 0: it is not */
    bool any_case;  /* of hexadecimal digits */
    bool table;     /* the library's */
    bool counter;   /* the library's, instead of dates */
} memory;

typedef struct replay_state {
    const memory *memory;
    macaw_key *key;
    macaw_replay *table;
    void *mem;
    macaw_counter counter;
    int64_t now, ahead;
    struct text {
        int64_t until;
        uint8_t mac[LAB_HEX_TAG];
    } seen[SEEN_MAX];
    size_t seen_count;
} replay_state;

static bool replay_setup(void *state, const lab_target *self, lab_env *env)
{
    replay_state *s = state;

    s->memory = self->param;
    s->now = LAB_WORLD_START;
    s->ahead = lab_settings_number(env->settings, "ahead", 0);
    s->key = lab_world_key(env);
    s->mem = aligned_alloc(64, TABLE);
    if (s->key == NULL || s->mem == NULL) {
        return false;
    }
    memset(s->mem, 0, TABLE);
    lab_publish_number(env->publics, "window", WINDOW);
    return macaw_replay_init(&s->table, s->mem, TABLE, WINDOW, 0) == MACAW_OK;
}

/* ---- the memory ---- */

static bool first_by_text(replay_state *s, lab_bytes mac)
{
    if (s->memory->life == 0) {
        return true;
    }
    for (size_t i = 0; i < s->seen_count; i++) {
        if (s->now <= s->seen[i].until && memcmp(s->seen[i].mac, mac.data, LAB_HEX_TAG) == 0) {
            return false;
        }
    }
    struct text *new = &s->seen[s->seen_count < SEEN_MAX ? s->seen_count++ : SEEN_MAX - 1];
    memcpy(new->mac, mac.data, LAB_HEX_TAG);
    new->until = s->now + s->memory->life;
    return true;
}

static bool first_by_table(replay_state *s, const uint8_t *raw, size_t len, int64_t when)
{
    const macaw_claim_id id = {.part = {{raw, len}}, .parts = 1, .timestamp = (uint32_t)when};

    return macaw_replay_claim(s->table, &id, (uint32_t)s->now) == MACAW_CLAIM_NEW;
}

static bool is_first(replay_state *s, lab_bytes mac, const uint8_t raw[LAB_HEX_TAG / 2],
                     int64_t when)
{
    if (s->memory->counter) {
        return macaw_counter_claim(&s->counter, (uint64_t)when) == MACAW_CLAIM_NEW;
    }
    return s->memory->table ? first_by_table(s, raw, LAB_HEX_TAG / 2, when) : first_by_text(s, mac);
}

/* ---- requests ---- */

/* The digits of a MAC; upper-case ones become lower-case where any do. */
static bool read_mac(const replay_state *s, lab_bytes mac, uint8_t raw[LAB_HEX_TAG / 2])
{
    char lower[LAB_HEX_TAG];

    for (size_t i = 0; i < mac.len && i < sizeof lower; i++) {
        bool upper = mac.data[i] >= 'A' && mac.data[i] <= 'F';
        lower[i] = (char)(upper && s->memory->any_case ? mac.data[i] - 'A' + 'a' : mac.data[i]);
    }
    return mac.len == sizeof lower && macaw_hex_decode(raw, lower, sizeof lower, NULL) == MACAW_OK;
}

static bool carry_out(replay_state *s, lab_bytes request)
{
    lab_bytes text, mac, words, time;
    uint8_t raw[LAB_HEX_TAG / 2];
    int64_t when;

    if (!lab_cut_last(request, '|', &text, &mac) || !lab_cut_last(text, '|', &words, &time) ||
        !read_mac(s, mac, raw) || !lab_world_number(time, &when)) {
        return false;
    }
    const macaw_msg msg = {NULL, text.data, text.len};
    return macaw_verify(s->key, &msg, raw, sizeof raw) == MACAW_OK &&
           (s->memory->window == 0 || llabs(s->now - when) <= s->memory->window) &&
           is_first(s, mac, raw, when);
}

/* A client's request, which is carried out, and which somebody on the way sees. */
static bool capture(void *state, lab_bytes in, lab_buf *out)
{
    replay_state *s = state;
    long long stamp = s->memory->counter ? 1 : s->now + s->ahead;
    char mac[LAB_HEX_TAG];

    (void)in;
    lab_world_put(out, "POST /pay?to=bob&amount=100|%lld", stamp);
    lab_world_mac(s->key, lab_buf_bytes(out), mac);
    lab_world_put(out, "|%.*s", LAB_HEX_TAG, mac);
    return carry_out(s, lab_buf_bytes(out));
}

static bool wait_for(void *state, lab_bytes in, lab_buf *out)
{
    replay_state *s = state;
    int64_t seconds;

    (void)out;
    if (!lab_world_number(in, &seconds) || seconds > 1000000) {
        return false;
    }
    s->now += seconds;
    return true;
}

static bool replay_verify(void *state, const lab_input *in, lab_bytes tag)
{
    (void)tag;
    return carry_out(state, in->message);
}

static void replay_clear(void *state)
{
    replay_state *s = state;

    macaw_key_free(s->key);
    macaw_replay_detach(s->table);
    free(s->mem);
}

static const lab_action actions[] = {{"capture", capture}, {"wait", wait_for}, {NULL, NULL}};

#define REPLAY(id, spelled, words, better, ...)                                                    \
    static const memory memory_##id = {__VA_ARGS__};                                               \
    extern const lab_target lab_replay_##id;                                                       \
    const lab_target lab_replay_##id = {                                                           \
        .name = "replay-" spelled,                                                                 \
        .title = words,                                                                            \
        .advice = better,                                                                          \
        .param = &memory_##id,                                                                     \
        .actions = actions,                                                                        \
        LAB_WORLD_OF(replay),                                                                      \
    };

#define ADVICE "a replay table over the whole window: macaw_replay, macaw_replay_zone in nginx"
REPLAY(naive, "naive", "requests with a MAC, and nothing else", ADVICE, .window = 0)
REPLAY(window, "window", "requests with a MAC and a date, accepted for 300 s", ADVICE,
       .window = WINDOW)
REPLAY(short, "short-cache", "accepted for 300 s, remembered for 60 s", ADVICE, .window = WINDOW,
       .life = 60)
REPLAY(cache, "cache", "accepted for 300 s either side, remembered for 300 s from arrival", ADVICE,
       .window = WINDOW, .life = WINDOW)
REPLAY(spelling, "spelling", "remembered by the text of the MAC, whose digits have two spellings",
       ADVICE, .window = WINDOW, .life = 1000000, .any_case = true)
REPLAY(table, "table", "the library's replay table", NULL, .window = WINDOW, .table = true,
       .any_case = true)
REPLAY(counter, "counter", "numbered requests, the library's window of a counter", NULL,
       .window = 0, .counter = true)
