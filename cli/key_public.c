/* macaw key public: the public parts of keys for signatures, for those who verify. */
#include "key_ring.h"

static const cli_option options[] = {
    KEYRING_ROW,
    PUBLIC_ROW,
    {OPTION_USE, "use", "USE", "only keys for this purpose"},
    LAST_ROW,
};

static const cli_usage usage = {
    "key public",
    "--keyring FILE --public FILE [--use USE]",
    "Bring a keyring of public keys up to date with a keyring of private ones: new keys\n"
    "are added, states and dates follow, keys from elsewhere stay.",
    options,
};

static int publish(key_edit *edit, const macaw_keyring *from, const char *use)
{
    macaw_error err;

    if (macaw_keyring_publish(edit->ring, from, use, &err) != MACAW_OK) {
        return cli_fail_detail(edit->path, &err);
    }
    return CLI_DONE;
}

int key_publish(const char *path, const char *public_path, const char *use)
{
    macaw_keyring *from;
    macaw_error err;
    key_edit edit;
    int status;

    if (public_path == NULL) {
        return CLI_DONE;
    }
    if (macaw_keyring_load(&from, path, &err) != MACAW_OK) {
        return cli_fail_detail(path, &err);
    }
    status = key_edit_begin(&edit, public_path, true);
    if (status == CLI_DONE) {
        status = key_edit_end(&edit, publish(&edit, from, use));
    }
    macaw_keyring_free(from);
    return status;
}

int cli_key_public(int argc, char **argv)
{
    key_args args = {0};
    int status;

    if (!key_args_parse(&usage, argc, argv, false, &args, &status)) {
        return status;
    }
    if (args.public_ring == NULL) {
        return cli_fail(CLI_WRONG, "--public", "missing; name the keyring of public keys");
    }
    return key_publish(args.keyring, args.public_ring, args.use);
}
