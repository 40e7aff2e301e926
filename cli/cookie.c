/* macaw cookie: a table of commands of its own. */
#include "cookie/cookie.h"

static const cli_command commands[] = {
    {"issue", cli_cookie_issue, "print a session token"},
    {"verify", cli_cookie_verify, "verify a session token and print what it says"},
    {"inspect", cli_cookie_inspect, "recognise a token; explain why it is refused"},
    {"schemes", cli_cookie_schemes, "list the schemes and what is weak about each"},
    {"guess", cli_cookie_guess, "how likely it is to guess a random session id"},
    {"password", cli_cookie_password, "print a row of the password table of murdoch"},
    {NULL, NULL, NULL},
};

static const cli_group group = {
    .name = "cookie",
    .about = "Session tokens: macaw's own, those of the literature, and those of web frameworks.",
    .commands = commands,
};

int cli_cookie(int argc, char **argv)
{
    return cli_run_group(&group, argc, argv);
}
