/* A web site whose sessions are the library's: for worlds that it protects, and for
 * those that use it wrongly. */
#ifndef MACAW_LAB_SITE_H
#define MACAW_LAB_SITE_H

#include <macaw/session.h>

#include "worlds/world.h"

typedef struct lab_site {
    macaw_session *session;
    lab_rng *rng; /* for session ids */
    uint8_t key[32];
    int64_t now;
    uint8_t *work;
} lab_site;

/* scheme: a name of macaw_session_scheme_find; more: NULL, or a definition whose
 * verifier is to be used. false: env->wrong says why. */
bool lab_site_open(lab_site *site, lab_env *env, const char *scheme,
                   const macaw_session_config *more);
void lab_site_close(lab_site *site);

/* A token for a user until now + ttl, of a generation (0 where the scheme has none);
 * auth as in macaw_session_grant. false: the scheme refuses to issue it. */
bool lab_site_issue(lab_site *site, lab_bytes user, int64_t ttl, uint16_t generation,
                    lab_bytes auth, lab_buf *out);

/* Judge a token at site->now; true: it is good. Views of ret live until the next call. */
bool lab_site_read(lab_site *site, lab_bytes token, macaw_session_claims *ret);
/* Whether a token is good and names that user. */
bool lab_site_is(lab_site *site, lab_bytes token, const char *user);

#endif
