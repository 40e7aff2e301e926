/* macaw key new: add a key, fresh or imported. */
#include "key_arg.h"
#include "key_ring.h"
#include "mac/registry.h"

static const cli_option options[] = {
    KEYRING_ROW,
    KID_ROW,
    {OPTION_ALG, "alg", "ALG", "its algorithm; hmac-sha256 unless given"},
    {OPTION_USE, "use", "USE", "its purpose; http unless given"},
    {OPTION_SECRET_FILE, "secret-file", "FILE", "take the file's bytes; otherwise 32 random ones"},
    {OPTION_INSECURE, "insecure", NULL, "accept a short or published secret, marked as such"},
    LAST_ROW,
};

static const cli_usage usage = {
    "key new",
    "--keyring FILE --kid ID [--alg ALG] [--use USE] [--secret-file FILE]",
    "Add an active key. A keyring that does not exist is made with mode 0600.",
    options,
};

/* The algorithm of a forgeable scheme is found only for a key marked as insecure. */
static const macaw_alg *find_alg(const key_args *args)
{
    const char *name = args->alg != NULL ? args->alg : "hmac-sha256";
    const macaw_alg *alg = macaw_alg_find(name);

    return alg == NULL && args->insecure ? macaw_alg_find_insecure(name) : alg;
}

static int add_key(key_edit *edit, const key_args *args, const cli_secret *secret)
{
    macaw_entry_spec spec = {
        .kid = args->kid,
        .use = args->use != NULL ? args->use : "http",
        .alg = find_alg(args),
        .secret = secret->data,
        .secret_len = secret->len,
        .state = MACAW_ACTIVE,
        .iat = edit->now,
        .insecure = args->insecure,
    };
    int status;

    if (spec.alg == NULL) {
        return cli_fail(CLI_WRONG, "--alg", "unknown algorithm %s; see macaw algorithms",
                        args->alg);
    }
    status = key_add(edit, &spec);
    if (status == CLI_DONE) {
        key_warn_signer(edit, spec.use);
    }
    return status;
}

int cli_key_new(int argc, char **argv)
{
    key_args args = {0};
    cli_secret secret = {0};
    key_edit edit;
    int status;

    if (!key_args_parse(&usage, argc, argv, true, &args, &status)) {
        return status;
    }
    if (args.secret_file != NULL) {
        status = cli_secret_read("--secret-file", args.secret_file, &secret);
    }
    if (status == CLI_DONE) {
        status = key_edit_begin(&edit, args.keyring, true);
        if (status == CLI_DONE) {
            status = key_edit_end(&edit, add_key(&edit, &args, &secret));
        }
    }
    cli_secret_free(&secret);
    return status;
}
