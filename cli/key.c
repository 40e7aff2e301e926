/* macaw key: a table of commands of its own. */
#include "key_ring.h"

static const cli_command commands[] = {
    {"new", cli_key_new, "add a key, fresh or from a file; makes the keyring if there is none"},
    {"list", cli_key_list, "list the keys, their states and dates, never a secret"},
    {"show", cli_key_show, "show one key; its secret only with --secret"},
    {"rotate", cli_key_rotate, "put a fresh key in the place of the active one"},
    {"retire", cli_key_retire, "take a key out of use at once"},
    {"public", cli_key_public, "write the public parts of keys for signatures to a keyring"},
    {"derive", cli_key_derive, "derive a key for one purpose from another key"},
    {"audit", cli_key_audit, "look for weak, published and forgotten keys"},
    {NULL, NULL, NULL},
};

static const cli_group group = {
    .name = "key",
    .about = "A keyring is a JWK Set file of mode 0640 or tighter.",
    .commands = commands,
};

int cli_key(int argc, char **argv)
{
    return cli_run_group(&group, argc, argv);
}
