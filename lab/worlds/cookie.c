/* Worlds of cookies USER|EXPIRY|MAC in which anybody may log in but as alice. Wronged:
 * a cookie is good for alice, or for longer than was granted.
 *   cookie-concat  the MAC is of USER || EXPIRY, and nothing between them
 *   cookie-pipe    it is of USER|EXPIRY, but names may hold a |, and the first two fields
 *                  are taken for name and date
 * Setting: nested, 1 for the MAC under a key that is a MAC itself. */
#include "base/ct.h"
#include "worlds/site.h"

enum { TTL = 3600 };

typedef struct cookie_state {
    bool piped, nested;
    macaw_key *key;
} cookie_state;

/* Of the text under the MAC. Nested: under a key that is the text's own MAC. */
static void mac_of(const cookie_state *s, lab_bytes text, char ret[LAB_HEX_TAG])
{
    macaw_key *inner = NULL;

    lab_world_mac(s->key, text, ret);
    if (s->nested &&
        macaw_key_new(&inner, macaw_alg_find("hmac-sha256"), ret, LAB_HEX_TAG, NULL) == MACAW_OK) {
        lab_world_mac(inner, text, ret);
        macaw_key_free(inner);
    }
}

static bool cookie_setup(void *state, const lab_target *self, lab_env *env)
{
    cookie_state *s = state;

    s->piped = self->param != NULL;
    s->nested = lab_settings_number(env->settings, "nested", 0) != 0;
    s->key = lab_world_key(env);
    return s->key != NULL;
}

static bool log_in(void *state, lab_bytes user, lab_buf *out)
{
    const cookie_state *s = state;
    const int64_t expiry = LAB_WORLD_START + TTL;
    char mac[LAB_HEX_TAG];

    if (lab_bytes_equal(user, lab_text(LAB_VICTIM))) {
        return false;
    }
    lab_buf_add(out, user.data, user.len);
    lab_world_put(out, s->piped ? "|%lld" : "%lld", (long long)expiry);
    mac_of(s, lab_buf_bytes(out), mac);
    out->len = 0;
    lab_buf_add(out, user.data, user.len);
    lab_world_put(out, "|%lld|%.*s", (long long)expiry, LAB_HEX_TAG, mac);
    return true;
}

static bool mac_is_good(const cookie_state *s, lab_bytes text, lab_bytes user, lab_bytes expiry,
                        lab_bytes mac)
{
    lab_buf under = {0};
    char own[LAB_HEX_TAG];

    if (s->piped) {
        lab_buf_add(&under, text.data, text.len);
    } else {
        lab_buf_add(&under, user.data, user.len);
        lab_buf_add(&under, expiry.data, expiry.len);
    }
    mac_of(s, lab_buf_bytes(&under), own);
    lab_buf_free(&under);
    return mac.len == sizeof own && macaw_ct_equal(own, mac.data, sizeof own);
}

static bool cookie_verify(void *state, const lab_input *in, lab_bytes tag)
{
    lab_bytes text, mac, user, expiry, rest;
    int64_t until;

    (void)tag;
    if (!lab_cut_last(in->message, '|', &text, &mac) || !lab_cut(text, '|', &user, &expiry)) {
        return false;
    }
    if (lab_cut(expiry, '|', &rest, &(lab_bytes){NULL, 0})) {
        expiry = rest;
    }
    return mac_is_good(state, text, user, expiry, mac) && lab_world_number(expiry, &until) &&
           until > LAB_WORLD_START &&
           (lab_bytes_equal(user, lab_text(LAB_VICTIM)) || until > LAB_WORLD_START + TTL);
}

static void cookie_clear(void *state)
{
    macaw_key_free(((cookie_state *)state)->key);
}

static const lab_action cookie_actions[] = {{"log-in", log_in}, {NULL, NULL}};

extern const lab_target lab_cookie_concat, lab_cookie_pipe, lab_cookie_plain, lab_cookie_nested,
    lab_cookie_sc1;

const lab_target lab_cookie_concat = {
    .name = "cookie-concat",
    .title = "USER|EXPIRY|MAC(USER || EXPIRY): nothing in the MAC says where the name ends",
    .advice = "the session scheme sc1-mac, whose fields have lengths",
    .actions = cookie_actions,
    LAB_WORLD_OF(cookie),
};

const lab_target lab_cookie_pipe = {
    .name = "cookie-pipe",
    .title = "USER|EXPIRY|MAC(USER|EXPIRY), and names may hold a |",
    .advice = "the session scheme sc1-mac, whose fields have lengths",
    .param = "|",
    .actions = cookie_actions,
    LAB_WORLD_OF(cookie),
};

/* ---- the same site with the library's schemes ---- */

typedef struct sound_state {
    lab_site site;
} sound_state;

static bool sound_setup(void *state, const lab_target *self, lab_env *env)
{
    return lab_site_open(&((sound_state *)state)->site, env, self->param, NULL);
}

static bool sound_log_in(void *state, lab_bytes user, lab_buf *out)
{
    return !lab_bytes_equal(user, lab_text(LAB_VICTIM)) &&
           lab_site_issue(&((sound_state *)state)->site, user, TTL, 0, (lab_bytes){NULL, 0}, out);
}

static bool sound_verify(void *state, const lab_input *in, lab_bytes tag)
{
    macaw_session_claims claims;
    lab_site *site = &((sound_state *)state)->site;

    (void)tag;
    return lab_site_read(site, in->message, &claims) &&
           (claims.expires > LAB_WORLD_START + TTL || lab_site_is(site, in->message, LAB_VICTIM));
}

static void sound_clear(void *state)
{
    lab_site_close(&((sound_state *)state)->site);
}

static const lab_action sound_actions[] = {{"log-in", sound_log_in}, {NULL, NULL}};

const lab_target lab_cookie_plain = {
    .name = "cookie-plain",
    .title = "the library's scheme plain: USER|EXPIRY|MAC(USER|EXPIRY), no | in a name",
    .param = "plain",
    .actions = sound_actions,
    LAB_WORLD_OF(sound),
};

const lab_target lab_cookie_nested = {
    .name = "cookie-nested",
    .title = "the library's scheme nested-php: the same with the nested MAC",
    .param = "nested-php",
    .actions = sound_actions,
    LAB_WORLD_OF(sound),
};

const lab_target lab_cookie_sc1 = {
    .name = "cookie-sc1",
    .title = "the library's scheme sc1-mac: each field has its length",
    .param = "sc1-mac",
    .actions = sound_actions,
    LAB_WORLD_OF(sound),
};
