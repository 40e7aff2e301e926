/* Worlds of a site whose server can be read: its MAC key and its table of users.
 * Handed in: a cookie. Wronged: it is alice's. Actions:
 *   leak       the key, 32 bytes, and, of the scheme murdoch, alice's row: 32 bytes
 *   old-token  where an old cookie of hers went astray: it, long expired */
#include <string.h>

#include "session/scheme.h"
#include "worlds/site.h"

enum { ROUNDS = 16, AUTH_LEN = 32 };

typedef struct leak_kind {
    const char *scheme;
    bool murdoch, astray;
} leak_kind;

typedef struct leak_state {
    const leak_kind *kind;
    lab_site site;
    uint8_t auth[AUTH_LEN]; /* a_n: in alice's cookies, and nowhere on the server */
    uint8_t row[AUTH_LEN];  /* its hash */
} leak_state;

static bool row_of(void *data, const char *user, size_t len, uint8_t v[32])
{
    const leak_state *s = data;

    memcpy(v, s->row, AUTH_LEN);
    return len == strlen(LAB_VICTIM) && memcmp(user, LAB_VICTIM, len) == 0;
}

static bool leak_setup(void *state, const lab_target *self, lab_env *env)
{
    leak_state *s = state;
    const macaw_session_config config = {.verifier = row_of, .verifier_data = s};
    uint8_t salt[16], password[20];

    s->kind = self->param;
    lab_rng_bytes(env->rng, salt, sizeof salt);
    lab_rng_bytes(env->rng, password, sizeof password);
    if (macaw_murdoch_chain(salt, sizeof salt, password, sizeof password, ROUNDS, s->auth) !=
        MACAW_OK) {
        return false;
    }
    macaw_murdoch_verifier(s->auth, s->row);
    return lab_site_open(&s->site, env, s->kind->scheme, s->kind->murdoch ? &config : NULL);
}

static bool leak(void *state, lab_bytes in, lab_buf *out)
{
    const leak_state *s = state;

    (void)in;
    lab_buf_add(out, s->site.key, sizeof s->site.key);
    lab_buf_add(out, s->row, s->kind->murdoch ? sizeof s->row : 0);
    return true;
}

static bool old_token(void *state, lab_bytes in, lab_buf *out)
{
    leak_state *s = state;
    const lab_bytes auth = {s->auth, s->kind->murdoch ? AUTH_LEN : 0};
    bool done =
        s->kind->astray && lab_site_issue(&s->site, lab_text(LAB_VICTIM), 3600, 0, auth, out);

    (void)in;
    s->site.now += 1000000;
    return done;
}

static bool leak_verify(void *state, const lab_input *in, lab_bytes tag)
{
    (void)tag;
    return lab_site_is(&((leak_state *)state)->site, in->message, LAB_VICTIM);
}

static void leak_clear(void *state)
{
    lab_site_close(&((leak_state *)state)->site);
}

static const lab_action actions[] = {{"leak", leak}, {"old-token", old_token}, {NULL, NULL}};

#define LEAK(id, spelled, words, better, ...)                                                      \
    static const leak_kind kind_##id = {__VA_ARGS__};                                              \
    extern const lab_target lab_leak_##id;                                                         \
    const lab_target lab_leak_##id = {                                                             \
        .name = "leak-" spelled,                                                                   \
        .title = words,                                                                            \
        .advice = better,                                                                          \
        .param = &kind_##id,                                                                       \
        .actions = actions,                                                                        \
        LAB_WORLD_OF(leak),                                                                        \
    };

LEAK(plain, "plain", "USER|EXPIRY|MAC, and a server that was read",
     "sc1-ed25519: verifiers hold no key that signs", .scheme = "plain")
LEAK(old, "murdoch-old", "hardened cookies, a server that was read, and an old cookie of hers",
     "sc1-ed25519, whose tokens carry nothing that makes new ones", .scheme = "murdoch",
     .murdoch = true, .astray = true)
LEAK(murdoch, "murdoch", "hardened cookies (scheme murdoch), and a server that was read", NULL,
     .scheme = "murdoch", .murdoch = true)
