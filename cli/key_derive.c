/* macaw key derive: a key for one purpose from another key. */
#include <string.h>

#include <macaw/kdf.h>

#include "base/codec.h"
#include "base/ct.h"
#include "key_derive.h"

enum {
    OPTION_DERIVE_FROM = 512,
    OPTION_LABEL,
    OPTION_PRF,
    OPTION_LENGTH,
    OPTION_SALT,
    OPTION_KDF,
    OPTION_HEX,
    OPTION_KEY_ALG,
    OPTION_FOR,
    OPTION_COOKIE,
};

static const cli_option options[] = {
    {OPTION_DERIVE_FROM, "from", "KEY",
     "the key to derive from: a file, hex:DIGITS or KID@KEYRING"},
    {OPTION_LABEL, "label", "LABEL", "the purpose of the new key; another label, another key"},
    {OPTION_FOR, "for", "SCHEME", "the key of a framework's cookies: flask, django, rails, …"},
    {OPTION_PRF, "alg", "ALG", "the PRF; hmac-sha256, or the cookie's own, unless given"},
    {OPTION_KDF, "kdf", "KDF", "hkdf, or kbkdf for counter mode; of rails sha256 or sha1"},
    {OPTION_SALT, "salt", "SALT", "of hkdf hex:DIGITS; of a cookie as text, the framework's own"},
    {OPTION_COOKIE, "name", "COOKIE", "of django-cookie, the cookie's name"},
    {OPTION_LENGTH, "length", "BYTES", "how many; without it as the new key's algorithm wants"},
    {'o', "output", "FILE", "write the bytes to a new file of mode 0600"},
    {OPTION_HEX, "hex", NULL, "print the bytes in hexadecimal"},
    {OPTION_KEYRING, "keyring", "FILE", "add an active key to this keyring"},
    {OPTION_KID, "kid", "ID", "its name there"},
    {OPTION_KEY_ALG, "key-alg", "ALG", "its algorithm there; hmac-sha256 unless given"},
    {OPTION_USE, "use", "USE", "its purpose there; http, or of a cookie session, unless given"},
    LAST_ROW,
};

static const cli_usage usage = {
    "key derive",
    "--from KEY (--label LABEL | --for SCHEME) (-o FILE | --hex | --keyring FILE)",
    "Derive a key for one purpose. The same key, label, salt and length give the same\n"
    "bytes; from these follows nothing about the key they come from. With --for, the key\n"
    "that a web framework derives for its cookies, so that a gateway need not hold more.",
    options,
};

static char **slot_of(derive_args *ret, int code)
{
    switch (code) {
    case OPTION_DERIVE_FROM:
        return &ret->from;
    case OPTION_LABEL:
        return &ret->label;
    case OPTION_PRF:
        return &ret->prf;
    case OPTION_KDF:
        return &ret->kdf;
    case OPTION_SALT:
        return &ret->salt;
    case 'o':
        return &ret->output;
    case OPTION_KEYRING:
        return &ret->keyring;
    case OPTION_KID:
        return &ret->kid;
    case OPTION_KEY_ALG:
        return &ret->key_alg;
    case OPTION_FOR:
        return &ret->scheme;
    case OPTION_COOKIE:
        return &ret->name;
    default:
        return &ret->use;
    }
}

static int take(void *wish, int code, const cli_args *args)
{
    derive_args *ret = wish;

    if (code == OPTION_HEX) {
        ret->hex = true;
        return CLI_DONE;
    }
    return code == OPTION_LENGTH ? cli_option_number(args, 1, DERIVE_OUT_MAX, &ret->length)
                                 : cli_option_once(args, slot_of(ret, code));
}

static bool is_kbkdf(const derive_args *args)
{
    return args->kdf != NULL && strcmp(args->kdf, "kbkdf") == 0;
}

static int find_alg(const char *label, const char *name, const macaw_alg **ret)
{
    *ret = macaw_alg_find(name != NULL ? name : "hmac-sha256");
    return *ret != NULL
               ? CLI_DONE
               : cli_fail(CLI_WRONG, label, "unknown algorithm %s; see macaw algorithms", name);
}

static int read_salt(derive_args *args)
{
    static const char prefix[] = "hex:";
    size_t skip = strlen(prefix);

    if (args->salt == NULL) {
        return CLI_DONE;
    }
    if (is_kbkdf(args)) {
        return cli_fail(CLI_WRONG, "--salt", "kbkdf takes none");
    }
    size_t len = strlen(args->salt);
    if (strncmp(args->salt, prefix, skip) != 0 || len - skip > (size_t)2 * DERIVE_SALT_MAX ||
        macaw_hex_decode(args->salt_bytes, args->salt + skip, len - skip, NULL) != MACAW_OK) {
        return cli_fail(CLI_WRONG, "--salt",
                        "expected hex: and up to %d pairs of the digits 0-9a-f", DERIVE_SALT_MAX);
    }
    args->salt_len = (len - skip) / 2;
    return CLI_DONE;
}

static int check_output(const derive_args *args)
{
    int outputs = (args->output != NULL) + args->hex + (args->keyring != NULL);

    if (outputs != 1) {
        return cli_fail(CLI_WRONG, "-o", "give one of -o, --hex and --keyring");
    }
    if ((args->keyring == NULL) != (args->kid == NULL)) {
        return cli_fail(CLI_WRONG, "--kid", "goes with --keyring");
    }
    if (args->keyring == NULL && (args->use != NULL || args->key_alg != NULL)) {
        return cli_fail(CLI_WRONG, args->use != NULL ? "--use" : "--key-alg",
                        "goes with --keyring");
    }
    return CLI_DONE;
}

static int check_kdf(derive_args *args)
{
    if (args->label == NULL || args->label[0] == '\0') {
        return cli_fail(CLI_WRONG, "--label", "missing; name the purpose of the new key");
    }
    if (args->kdf != NULL && !is_kbkdf(args) && strcmp(args->kdf, "hkdf") != 0) {
        return cli_fail(CLI_WRONG, "--kdf", "expected hkdf or kbkdf");
    }
    if (args->name != NULL) {
        return cli_fail(CLI_WRONG, "--name", "goes with --for");
    }
    int status = read_salt(args);
    status = status == CLI_DONE ? find_alg("--alg", args->prf, &args->alg) : status;
    return status == CLI_DONE ? find_alg("--key-alg", args->key_alg, &args->target) : status;
}

static int check(derive_args *args)
{
    if (args->from == NULL) {
        return cli_fail(CLI_WRONG, "--from", "missing; name the key to derive from");
    }
    int status = check_output(args);
    if (status != CLI_DONE) {
        return status;
    }
    return args->scheme != NULL ? key_derive_for_check(args) : check_kdf(args);
}

/* ---- deriving ---- */

static size_t length_of(const derive_args *args)
{
    const macaw_alg *target = args->target;
    size_t len = 32;

    if (args->length != 0) {
        return (size_t)args->length;
    }
    len = len < target->key_min ? target->key_min : len;
    return len > target->key_max ? target->key_max : len;
}

/* A MAC key tags what its peers ask for, and a tag of the right message is a key
 * that kbkdf derives: the key must be kept for deriving. */
static int check_source(const derive_args *args, const cli_loaded_key *key)
{
    if (!is_kbkdf(args)) {
        return CLI_DONE;
    }
    if (key->alg != NULL) {
        cli_warn("--from",
                 "a key that kbkdf derives from must make no tags; hkdf keeps them apart");
    }
    if (key->secret.len < args->alg->key_min || key->secret.len > args->alg->key_max) {
        return cli_fail(CLI_WRONG, "--from", "%zu bytes of key; %s takes %u to %u", key->secret.len,
                        args->alg->name, args->alg->key_min, args->alg->key_max);
    }
    return CLI_DONE;
}

static int derive(const derive_args *args, const cli_secret *from, uint8_t *out, size_t *ret_len)
{
    const macaw_alg *alg = args->alg;
    const size_t len = length_of(args);
    int rc = is_kbkdf(args) ? macaw_kbkdf_counter(alg, from->data, from->len, args->label,
                                                  strlen(args->label), NULL, 0, out, len)
                            : macaw_hkdf(alg, args->salt_bytes, args->salt_len, from->data,
                                         from->len, args->label, out, len);

    *ret_len = len;
    if (rc == MACAW_EARG && !is_kbkdf(args) && len > (size_t)255 * alg->tag_len) {
        return cli_fail(CLI_WRONG, "--length", "hkdf over %s gives at most %u bytes", alg->name,
                        255 * alg->tag_len);
    }
    if (rc == MACAW_EARG) {
        return cli_fail(CLI_WRONG, "--alg", "%s",
                        is_kbkdf(args) ? "kbkdf needs a PRF on messages of any length"
                                       : "hkdf needs an HMAC");
    }
    return rc == MACAW_OK ? CLI_DONE : cli_fail_status("--from", rc);
}

static int run(const derive_args *args)
{
    static uint8_t out[DERIVE_OUT_MAX];
    cli_key_request request = {.label = "--from", .text = args->from};
    cli_loaded_key from;
    size_t len = 0;
    int status = cli_key_load(&request, &from);

    if (status != CLI_DONE) {
        return status;
    }
    status = check_source(args, &from);
    if (status == CLI_DONE) {
        status = args->session != NULL ? key_derive_for(args, &from.secret, out, &len)
                                       : derive(args, &from.secret, out, &len);
    }
    cli_secret_free(&from.secret);
    if (status == CLI_DONE) {
        status = key_derive_give_out(args, out, len);
    }
    macaw_wipe(out, sizeof out);
    return status;
}

int cli_key_derive(int argc, char **argv)
{
    cli_args args = {.usage = &usage, .argc = argc, .argv = argv};
    derive_args derived = {0};

    if (!cli_take_options(&args, take, &derived)) {
        return args.status;
    }
    int status = cli_check_operands(&args, 0, 0, "");
    status = status == CLI_DONE ? check(&derived) : status;
    bool known = derived.session != NULL || derived.target != NULL;
    return status == CLI_DONE && known ? run(&derived) : status;
}
