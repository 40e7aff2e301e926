#include "worlds/site.h"

#include <stdlib.h>

bool lab_site_open(lab_site *site, lab_env *env, const char *scheme,
                   const macaw_session_config *more)
{
    macaw_session_config config = {.scheme = macaw_session_scheme_find(scheme)};
    bool ids = (macaw_session_scheme_flags(config.scheme) & MACAW_SESSION_KEY_IDS) != 0;
    macaw_session_key_spec spec = {.kid = ids ? "1" : NULL,
                                   .form = MACAW_SESSION_KEY_RAW,
                                   .secret = site->key,
                                   .secret_len = sizeof site->key,
                                   .state = MACAW_ACTIVE};

    if (more != NULL) {
        config.verifier = more->verifier;
        config.verifier_data = more->verifier_data;
    }
    site->rng = env->rng;
    site->now = LAB_WORLD_START;
    lab_draw_key(env, site->key, sizeof site->key);
    site->work = malloc(MACAW_SESSION_WORK);
    if (site->work == NULL || macaw_session_new(&site->session, &config, NULL) != MACAW_OK ||
        macaw_session_add_key(site->session, &spec, NULL) != MACAW_OK) {
        env->wrong = "the session scheme cannot be set up";
        lab_site_close(site);
        return false;
    }
    return true;
}

void lab_site_close(lab_site *site)
{
    macaw_session_free(site->session);
    site->session = NULL;
    free(site->work);
    site->work = NULL;
}

bool lab_site_issue(lab_site *site, lab_bytes user, int64_t ttl, uint16_t generation,
                    lab_bytes auth, lab_buf *out)
{
    uint8_t sid[MACAW_SESSION_SID_LEN], handle[MACAW_SESSION_HANDLE_LEN];
    char token[MACAW_SESSION_TOKEN_MAX + 1];
    size_t len;
    macaw_session_grant grant = {.subject = {(const char *)user.data, user.len},
                                 .issued = site->now,
                                 .ttl = ttl,
                                 .generation = generation,
                                 .sid = sid,
                                 .handle = handle,
                                 .auth = {(const char *)auth.data, auth.len}};

    lab_rng_bytes(site->rng, sid, sizeof sid);
    lab_rng_bytes(site->rng, handle, sizeof handle);
    if (macaw_session_issue(site->session, &grant, token, &len) != MACAW_OK) {
        return false;
    }
    lab_buf_add(out, token, len);
    return true;
}

bool lab_site_read(lab_site *site, lab_bytes token, macaw_session_claims *ret)
{
    const macaw_session_token one = {.text = {(const char *)token.data, token.len}};

    macaw_session_verify(site->session, &one, site->now, site->work, ret);
    return ret->reason == MACAW_SESSION_OK;
}

bool lab_site_is(lab_site *site, lab_bytes token, const char *user)
{
    macaw_session_claims claims;

    return lab_site_read(site, token, &claims) &&
           lab_bytes_equal((lab_bytes){(const uint8_t *)claims.subject.data, claims.subject.len},
                           lab_text(user));
}
