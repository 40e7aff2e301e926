/* macaw key rotate: a new active key; the old one verifies until it expires. */
#include "key_ring.h"

enum { DEFAULT_OVERLAP = 7 * 86400 };

static const cli_option options[] = {
    KEYRING_ROW,
    {OPTION_KID, "kid", "NEW", "the new key's name"},
    {OPTION_FROM, "from", "OLD", "the key to replace; without it the only active one"},
    {OPTION_USE, "use", "USE", "the purpose to look for it in; http unless given"},
    {OPTION_OVERLAP, "overlap", "TIME", "how long the old one still verifies; 7d unless given"},
    LAST_ROW,
};

static const cli_usage usage = {
    "key rotate",
    "--keyring FILE --kid NEW [--from OLD] [--overlap 7d]",
    "Add a fresh active key with the algorithm and purpose of the old one. The old\n"
    "key signs no more, and verifies until the overlap has passed.",
    options,
};

static int find_old(const key_edit *edit, const key_args *args, const macaw_entry **ret)
{
    const char *use = args->use != NULL ? args->use : "http";
    int status;

    if (args->from == NULL) {
        status = macaw_keyring_signer(edit->ring, use, edit->now, ret);
        if (status == MACAW_OK) {
            return CLI_DONE;
        }
        return cli_fail(CLI_WRONG, "--from",
                        status == MACAW_EEXIST ? "needed: more than one key for %s is active"
                                               : "needed: no key for %s is active",
                        use);
    }
    status = key_find(edit->ring, "--from", args->from, ret);
    if (status == CLI_DONE && macaw_entry_state(*ret, edit->now) != MACAW_ACTIVE) {
        return cli_fail(CLI_WRONG, "--from", "key %s is %s, not active", args->from,
                        macaw_key_state_name(macaw_entry_state(*ret, edit->now)));
    }
    return status;
}

static int rotate(key_edit *edit, const key_args *args)
{
    const macaw_entry *old;
    macaw_entry_spec spec = {.kid = args->kid, .state = MACAW_ACTIVE, .iat = edit->now};
    macaw_entry before;
    int status = find_old(edit, args, &old);

    if (status != CLI_DONE) {
        return status;
    }
    before = *old; /* adding may move the entries */
    spec.alg = before.alg;
    spec.use = before.use;
    status = key_add(edit, &spec);
    if (status != CLI_DONE) {
        return status;
    }
    status = macaw_keyring_change(edit->ring, before.kid, MACAW_VERIFY, before.sign_until,
                                  edit->now + args->overlap);
    if (status != MACAW_OK) {
        return cli_fail_status("--from", status);
    }
    key_warn_signer(edit, before.use);
    return CLI_DONE;
}

int cli_key_rotate(int argc, char **argv)
{
    key_args args = {.overlap = DEFAULT_OVERLAP};
    key_edit edit;
    int status;

    if (!key_args_parse(&usage, argc, argv, true, &args, &status)) {
        return status;
    }
    status = key_edit_begin(&edit, args.keyring, false);
    return status == CLI_DONE ? key_edit_end(&edit, rotate(&edit, &args)) : status;
}
