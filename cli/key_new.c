/* macaw key new: add a key, fresh or imported. */
#include "key/kind.h"
#include "key_arg.h"
#include "key_ring.h"
#include "mac/registry.h"

static const cli_option options[] = {
    KEYRING_ROW,
    KID_ROW,
    {OPTION_ALG, "alg", "ALG", "its algorithm; hmac-sha256 unless given"},
    {OPTION_USE, "use", "USE", "its purpose; http unless given, session for EdDSA and its like"},
    {OPTION_SECRET_FILE, "secret-file", "FILE", "take the file's bytes; otherwise 32 random ones"},
    {OPTION_PUBLIC_KEY, "public-key", "FILE", "a public key of EdDSA, ES256 or RS256, in PEM"},
    PUBLIC_ROW,
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

static int add_mac(key_edit *edit, const key_args *args, const cli_secret *secret)
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

static int add_jwk(key_edit *edit, const key_args *args, const cli_secret *secret)
{
    macaw_jwk_spec spec = {
        .kid = args->kid,
        .use = args->use != NULL ? args->use : "session",
        .alg = args->alg,
        .bytes = secret->data,
        .bytes_len = secret->len,
        .private_part = args->public_key == NULL,
        .state = MACAW_ACTIVE,
        .iat = edit->now,
        .insecure = args->insecure,
    };
    int status = key_add_jwk(edit, &spec);

    if (status == CLI_DONE) {
        key_warn_signer(edit, spec.use);
    }
    return status;
}

static bool is_jwk_alg(const char *alg)
{
    return alg != NULL && macaw_jwk_kind_find(alg) != NULL;
}

/* The bytes given, of a secret or of a public key. */
static int read_bytes(const key_args *args, cli_secret *ret)
{
    if (args->public_key != NULL) {
        return cli_secret_read("--public-key", args->public_key, ret);
    }
    return args->secret_file != NULL ? cli_secret_read("--secret-file", args->secret_file, ret)
                                     : CLI_DONE;
}

static int check(const key_args *args)
{
    if (is_jwk_alg(args->alg)) {
        return args->public_key == NULL || args->secret_file == NULL
                   ? CLI_DONE
                   : cli_fail(CLI_WRONG, "--public-key", "not together with --secret-file");
    }
    if (args->public_key != NULL) {
        return cli_fail(CLI_WRONG, "--public-key", "a MAC has none; name the algorithm with --alg");
    }
    return args->public_ring != NULL
               ? cli_fail(CLI_WRONG, "--public", "a MAC has no public key to write there")
               : CLI_DONE;
}

static int add_key(const key_args *args, const cli_secret *secret)
{
    key_edit edit;
    int status = key_edit_begin(&edit, args->keyring, true);

    if (status != CLI_DONE) {
        return status;
    }
    status = key_edit_end(&edit, is_jwk_alg(args->alg) ? add_jwk(&edit, args, secret)
                                                       : add_mac(&edit, args, secret));
    return status == CLI_DONE ? key_publish(args->keyring, args->public_ring, NULL) : status;
}

int cli_key_new(int argc, char **argv)
{
    key_args args = {0};
    cli_secret secret = {0};
    int status;

    if (!key_args_parse(&usage, argc, argv, true, &args, &status)) {
        return status;
    }
    status = check(&args);
    if (status == CLI_DONE) {
        status = read_bytes(&args, &secret);
    }
    if (status == CLI_DONE) {
        status = add_key(&args, &secret);
    }
    cli_secret_free(&secret);
    return status;
}
