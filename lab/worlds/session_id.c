/* Worlds of sessions on the server, named by random ids. Wronged: a request with the
 * id that is handed in is answered as alice's.
 *   fixation-kept     the id stays what it was when somebody logs in
 *   fixation-adopted  an id that the server never made is taken as a new one's
 *   fixation-renewed  login makes a new id; unknown ones are not taken */
#include <string.h>

#include "base/codec.h"
#include "worlds/world.h"

enum { IDS_MAX = 8, ID_BYTES = 16, ID_LEN = 2 * ID_BYTES };

/* Whose mistake it is. */
enum policy { KEPT, ADOPTED, RENEWED };

typedef struct session_state {
    enum policy policy;
    lab_rng *rng;
    char ids[IDS_MAX][ID_LEN];
    bool victims[IDS_MAX];
    size_t count;
} session_state;

static bool session_setup(void *state, const lab_target *self, lab_env *env)
{
    session_state *s = state;

    s->policy = *(const enum policy *)self->param;
    s->rng = env->rng;
    return true;
}

static size_t new_id(session_state *s)
{
    uint8_t raw[ID_BYTES];
    size_t i = s->count < IDS_MAX ? s->count++ : IDS_MAX - 1;

    lab_rng_bytes(s->rng, raw, sizeof raw);
    macaw_hex_encode(s->ids[i], raw, sizeof raw);
    s->victims[i] = false;
    return i;
}

static bool find(const session_state *s, lab_bytes id, size_t *ret)
{
    for (size_t i = 0; i < s->count; i++) {
        if (lab_bytes_equal(id, (lab_bytes){(const uint8_t *)s->ids[i], ID_LEN})) {
            *ret = i;
            return true;
        }
    }
    return false;
}

/* The session of a request that sends this cookie. */
static size_t session_of(session_state *s, lab_bytes cookie)
{
    size_t i;

    if (find(s, cookie, &i)) {
        return i;
    }
    i = new_id(s);
    if (s->policy == ADOPTED && cookie.len == ID_LEN) {
        memcpy(s->ids[i], cookie.data, ID_LEN);
    }
    return i;
}

static bool visit(void *state, lab_bytes cookie, lab_buf *out)
{
    session_state *s = state;

    lab_buf_add(out, s->ids[session_of(s, cookie)], ID_LEN);
    return true;
}

/* Alice's browser has the planted cookie, and she logs in. */
static bool victim_logs_in(void *state, lab_bytes planted, lab_buf *out)
{
    session_state *s = state;
    size_t i = session_of(s, planted);

    (void)out;
    if (s->policy != KEPT && s->policy != ADOPTED) {
        i = new_id(s);
    }
    s->victims[i] = true;
    return true;
}

static bool session_verify(void *state, const lab_input *in, lab_bytes tag)
{
    const session_state *s = state;
    size_t i;

    (void)tag;
    return find(s, in->message, &i) && s->victims[i];
}

static void session_clear(void *state)
{
    (void)state;
}

static const lab_action actions[] = {
    {"visit", visit}, {"victim-logs-in", victim_logs_in}, {NULL, NULL}};
static const enum policy kept = KEPT, adopted = ADOPTED, renewed = RENEWED;

extern const lab_target lab_fixation_kept, lab_fixation_adopted, lab_fixation_renewed;

const lab_target lab_fixation_kept = {
    .name = "fixation-kept",
    .title = "sessions on the server whose id survives the login",
    .advice = "a new id at each login: the session schemes sc1-mac and sc1-handle",
    .param = &kept,
    .actions = actions,
    LAB_WORLD_OF(session),
};

const lab_target lab_fixation_adopted = {
    .name = "fixation-adopted",
    .title = "sessions on the server that take any id for a new one's",
    .advice = "ids of the server's making only, new at each login: sc1-handle",
    .param = &adopted,
    .actions = actions,
    LAB_WORLD_OF(session),
};

const lab_target lab_fixation_renewed = {
    .name = "fixation-renewed",
    .title = "sessions on the server with a new id at each login",
    .param = &renewed,
    .actions = actions,
    LAB_WORLD_OF(session),
};
