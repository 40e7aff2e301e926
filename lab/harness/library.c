#include "harness/library.h"

#include <stdlib.h>
#include <string.h>

#include <macaw/mac.h>

#include "base/bytes.h"
#include "base/ct.h"

/* Of the constructions by the beginning of their names; an algorithm's own flags add
 * LAB_NONCE, LAB_ONE_TIME and LAB_ANY_LENGTH. */
static const struct kind {
    const char *prefix, *family;
    uint32_t properties;
} kinds[] = {
    {"hmac-sha3-", "hmac", 0},
    {"hmac-", "hmac", LAB_MD_HASH | LAB_ITERATED},
    {"nmac-", "nmac", LAB_MD_HASH | LAB_ITERATED | LAB_CASCADE},
    {"cbc-mac-", "cbc", LAB_CHAIN | LAB_TAG_IS_STATE | LAB_ITERATED},
    {"ecbc-", "ecbc", LAB_CHAIN | LAB_ITERATED},
    {"retail-mac-", "ecbc", LAB_CHAIN | LAB_ITERATED},
    {"cmac-", "cmac", LAB_CHAIN | LAB_ITERATED},
    {"xcbc-", "cmac", LAB_CHAIN | LAB_ITERATED},
    {"pmac", "pmac", LAB_MASKED_SUM | LAB_ITERATED},
    {"poly-onetime", "one-time", LAB_POLYNOMIAL},
    {"poly1305-aes", "cw", LAB_POLYNOMIAL},
    {"poly1305", "one-time", LAB_POLYNOMIAL},
    {"cw-", "cw", LAB_POLYNOMIAL},
    {"gmac-", "cw", LAB_POLYNOMIAL},
};

static const struct kind *kind_of(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strncmp(name, kinds[i].prefix, strlen(kinds[i].prefix)) == 0) {
            return &kinds[i];
        }
    }
    return NULL;
}

const char *lab_library_family(const char *name)
{
    const struct kind *kind = kind_of(name);

    return kind != NULL ? kind->family : NULL;
}

uint32_t lab_library_properties(const char *name)
{
    const macaw_alg *alg = macaw_alg_find(name);
    const struct kind *kind = kind_of(name);
    uint32_t ret = kind != NULL ? kind->properties : 0;

    ret |= (alg->flags & MACAW_ALG_NONCE) != 0 ? LAB_NONCE : 0;
    ret |= (alg->flags & MACAW_ALG_ONE_TIME) != 0 ? LAB_ONE_TIME : 0;
    ret |= (alg->flags & MACAW_ALG_FIXED) != 0 ? 0 : LAB_ANY_LENGTH;
    return ret;
}

/* A verified message is a use of a one-time key: each operation gets its own copy of
 * the key, and the first tag is the only one. */
typedef struct library_state {
    const macaw_alg *alg;
    macaw_key *key;
    macaw_key_opts opts;
    uint8_t *secret;
    size_t secret_len;
    uint64_t nonce; /* the last one used: a counter */
    bool spent;
} library_state;

static bool library_setup(void *state, const lab_target *self, lab_env *env)
{
    library_state *s = state;

    (void)self;
    s->alg = macaw_alg_find(env->name);
    s->secret_len = lab_settings_bytes(env->settings, "key", "").len;
    if (s->secret_len < s->alg->key_min || s->secret_len > s->alg->key_max ||
        !lab_settings_has(env->settings, "key")) {
        s->secret_len = s->alg->key_safe;
    }
    s->opts.tag_len = (size_t)lab_settings_number(env->settings, "tag-bytes", 0);
    s->opts.flags = MACAW_KEY_SHORT_TAG;
    s->secret = malloc(s->secret_len + 1);
    if (s->secret == NULL) {
        return false;
    }
    lab_draw_key(env, s->secret, s->secret_len);
    if (macaw_key_new(&s->key, s->alg, s->secret, s->secret_len, &s->opts) != MACAW_OK) {
        env->wrong = "the construction takes no such tag length";
        free(s->secret);
        return false;
    }
    lab_publish_number(env->publics, "tag", macaw_key_tag_len(s->key));
    lab_publish_number(env->publics, "nonce", s->alg->nonce_len);
    lab_publish_number(env->publics, "block", s->alg->block_len);
    return true;
}

/* A key for one operation: one-time keys are good for no second one. */
static macaw_key *borrow(library_state *s)
{
    macaw_key *key = s->key;

    if ((s->alg->flags & MACAW_ALG_ONE_TIME) != 0 &&
        macaw_key_new(&key, s->alg, s->secret, s->secret_len, &s->opts) != MACAW_OK) {
        return NULL;
    }
    return key;
}

static void give_back(const library_state *s, macaw_key *key)
{
    if (key != s->key) {
        macaw_key_free(key);
    }
}

static bool library_tag(void *state, const lab_input *in, lab_output *ret)
{
    library_state *s = state;
    macaw_msg msg = {ret->nonce, in->message.data, in->message.len};
    macaw_key *key;
    bool done;

    if ((s->alg->flags & MACAW_ALG_ONE_TIME) != 0 && s->spent) {
        return false;
    }
    s->spent = true;
    ret->nonce_len = s->alg->nonce_len;
    memset(ret->nonce, 0, sizeof ret->nonce);
    if (ret->nonce_len >= 8) {
        macaw_store_le64(ret->nonce, ++s->nonce);
    }
    ret->tag_len = macaw_key_tag_len(s->key);
    key = borrow(s);
    done = key != NULL && macaw_tag(key, &msg, ret->tag, ret->tag_len) == MACAW_OK;
    give_back(s, key);
    return done;
}

static bool library_verify(void *state, const lab_input *in, lab_bytes tag)
{
    library_state *s = state;
    macaw_msg msg = {in->nonce.data, in->message.data, in->message.len};
    macaw_key *key;
    bool good;

    if (in->nonce.len != s->alg->nonce_len) {
        return false;
    }
    key = borrow(s);
    good = key != NULL && macaw_verify(key, &msg, tag.data, tag.len) == MACAW_OK;
    give_back(s, key);
    return good;
}

static bool library_key_is(const void *state, lab_bytes guess)
{
    const library_state *s = state;

    return guess.len == s->secret_len && macaw_ct_equal(guess.data, s->secret, guess.len);
}

static void library_clear(void *state)
{
    library_state *s = state;

    macaw_key_free(s->key);
    macaw_wipe(s->secret, s->secret_len);
    free(s->secret);
}

const lab_target lab_library = {
    .name = "",
    .title = "a MAC of the library",
    .state_size = sizeof(library_state),
    .setup = library_setup,
    .tag = library_tag,
    .verify = library_verify,
    .key_is = library_key_is,
    .clear = library_clear,
};
