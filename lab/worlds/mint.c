/* Worlds of a site that also signs texts that its users choose, such as links.
 * Handed in: a session cookie of the library's scheme plain. Wronged: it is alice's, who
 * never logs in here.
 *   mint-shared    links are signed under the cookies' key
 *   mint-labelled  under a key of its own, derived with a label */
#include <macaw/kdf.h>

#include "base/ct.h"
#include "worlds/site.h"

typedef struct mint_state {
    lab_site site;
    macaw_key *links;
} mint_state;

static bool mint_setup(void *state, const lab_target *self, lab_env *env)
{
    mint_state *s = state;
    const macaw_alg *alg = macaw_alg_find("hmac-sha256");
    uint8_t key[32];
    bool done;

    if (!lab_site_open(&s->site, env, "plain", NULL)) {
        return false;
    }
    memcpy(key, s->site.key, sizeof key);
    done = (self->param == NULL || macaw_hkdf(alg, NULL, 0, s->site.key, sizeof key, self->param,
                                              key, sizeof key) == MACAW_OK) &&
           macaw_key_new(&s->links, alg, key, sizeof key, NULL) == MACAW_OK;
    macaw_wipe(key, sizeof key);
    return done;
}

static bool sign_link(void *state, lab_bytes text, lab_buf *out)
{
    char mac[LAB_HEX_TAG];

    lab_world_mac(((mint_state *)state)->links, text, mac);
    lab_buf_add(out, mac, sizeof mac);
    return true;
}

static bool mint_verify(void *state, const lab_input *in, lab_bytes tag)
{
    (void)tag;
    return lab_site_is(&((mint_state *)state)->site, in->message, LAB_VICTIM);
}

static void mint_clear(void *state)
{
    mint_state *s = state;

    lab_site_close(&s->site);
    macaw_key_free(s->links);
}

static const lab_action actions[] = {{"sign-link", sign_link}, {NULL, NULL}};

extern const lab_target lab_mint_shared, lab_mint_labelled;

const lab_target lab_mint_shared = {
    .name = "mint-shared",
    .title = "cookies and signed links under one key",
    .advice = "a key for each purpose, derived with macaw_hkdf and a label",
    .actions = actions,
    LAB_WORLD_OF(mint),
};

const lab_target lab_mint_labelled = {
    .name = "mint-labelled",
    .title = "cookies and signed links under keys derived with labels",
    .param = "signed links",
    .actions = actions,
    LAB_WORLD_OF(mint),
};
