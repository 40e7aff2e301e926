/* macaw key retire: out of use at once. */
#include <string.h>

#include "key_ring.h"

static const cli_option options[] = {
    KEYRING_ROW,
    KID_ROW,
    PUBLIC_ROW,
    LAST_ROW,
};

static const cli_usage usage = {
    "key retire",
    "--keyring FILE --kid ID [--public FILE]",
    "The key neither signs nor verifies any more. It stays in the file, so that its\n"
    "secret and its name are not used again.",
    options,
};

static int retire(key_edit *edit, const key_args *args)
{
    key_found key;
    char use[MACAW_USE_MAX + 1];
    int status = key_find(edit->ring, "--kid", args->kid, &key);

    if (status != CLI_DONE) {
        return status;
    }
    memcpy(use, key.entry != NULL ? key.entry->use : key.jwk->use, sizeof use);
    status = macaw_keyring_change(edit->ring, args->kid, MACAW_RETIRED,
                                  key.entry != NULL ? key.entry->sign_until : key.jwk->sign_until,
                                  edit->now);
    if (status != MACAW_OK) {
        return cli_fail_status("--kid", status);
    }
    key_warn_signer(edit, use);
    return CLI_DONE;
}

int cli_key_retire(int argc, char **argv)
{
    key_args args = {0};
    key_edit edit;
    int status;

    if (!key_args_parse(&usage, argc, argv, true, &args, &status)) {
        return status;
    }
    status = key_edit_begin(&edit, args.keyring, false);
    if (status == CLI_DONE) {
        status = key_edit_end(&edit, retire(&edit, &args));
    }
    return status == CLI_DONE ? key_publish(args.keyring, args.public_ring, NULL) : status;
}
