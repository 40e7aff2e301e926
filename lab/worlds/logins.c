/* The same with signed tokens that only a login makes: the scheme sc1-handle. */
#include "worlds/site.h"

typedef struct login_state {
    lab_site site;
} login_state;

static bool login_setup(void *state, const lab_target *self, lab_env *env)
{
    return lab_site_open(&((login_state *)state)->site, env, self->param, NULL);
}

/* A visitor gets a token of his own, for nobody who has logged in. */
static bool visit(void *state, lab_bytes cookie, lab_buf *out)
{
    (void)cookie;
    return lab_site_issue(&((login_state *)state)->site, lab_text("visitor"), 3600, 0,
                          (lab_bytes){NULL, 0}, out);
}

/* Whatever cookie the browser has: alice gets a new token, which nobody else sees. */
static bool victim_logs_in(void *state, lab_bytes planted, lab_buf *out)
{
    lab_buf token = {0};
    bool done = lab_site_issue(&((login_state *)state)->site, lab_text(LAB_VICTIM), 3600, 0,
                               (lab_bytes){NULL, 0}, &token);

    (void)planted;
    (void)out;
    lab_buf_free(&token);
    return done;
}

static bool login_verify(void *state, const lab_input *in, lab_bytes tag)
{
    (void)tag;
    return lab_site_is(&((login_state *)state)->site, in->message, LAB_VICTIM);
}

static void login_clear(void *state)
{
    lab_site_close(&((login_state *)state)->site);
}

static const lab_action actions[] = {
    {"visit", visit}, {"victim-logs-in", victim_logs_in}, {NULL, NULL}};

extern const lab_target lab_fixation_sc1;
const lab_target lab_fixation_sc1 = {
    .name = "fixation-sc1",
    .title = "tokens that a login makes: the library's scheme sc1-mac",
    .param = "sc1-mac",
    .actions = actions,
    LAB_WORLD_OF(login),
};
