/* macaw session: a table of commands of its own. */
#include "session/session.h"

static const cli_command commands[] = {
    {"revoke", cli_session_revoke, "end a session, all sessions of a user, or all under a key"},
    {"list", cli_session_list, "list what is revoked"},
    {"show", cli_session_show, "show whether something is revoked, or the state of the store"},
    {NULL, NULL, NULL},
};

static const cli_group group = {
    .name = "session",
    .about = "Sessions that a running gateway no longer accepts, in all its workers at once.",
    .commands = commands,
};

int cli_session(int argc, char **argv)
{
    return cli_run_group(&group, argc, argv);
}
