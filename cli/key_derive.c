/* macaw key derive: a key for one purpose from another key. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <macaw/kdf.h>

#include "base/codec.h"
#include "base/ct.h"
#include "key_arg.h"
#include "key_ring.h"

enum {
    OPTION_DERIVE_FROM = 512,
    OPTION_LABEL,
    OPTION_PRF,
    OPTION_LENGTH,
    OPTION_SALT,
    OPTION_KDF,
    OPTION_HEX,
    OPTION_KEY_ALG,
    OUT_MAX = 1 << 16,
    SALT_MAX = 1024,
};

static const cli_option options[] = {
    {OPTION_DERIVE_FROM, "from", "KEY",
     "the key to derive from: a file, hex:DIGITS or KID@KEYRING"},
    {OPTION_LABEL, "label", "LABEL", "the purpose of the new key; another label, another key"},
    {OPTION_PRF, "alg", "ALG", "the PRF; hmac-sha256 unless given"},
    {OPTION_KDF, "kdf", "KDF", "hkdf, or kbkdf for counter mode; hkdf unless given"},
    {OPTION_SALT, "salt", "hex:DIGITS", "salt of hkdf"},
    {OPTION_LENGTH, "length", "BYTES", "how many; without it as the new key's algorithm wants"},
    {'o', "output", "FILE", "write the bytes to a new file of mode 0600"},
    {OPTION_HEX, "hex", NULL, "print the bytes in hexadecimal"},
    {OPTION_KEYRING, "keyring", "FILE", "add an active key to this keyring"},
    {OPTION_KID, "kid", "ID", "its name there"},
    {OPTION_KEY_ALG, "key-alg", "ALG", "its algorithm there; hmac-sha256 unless given"},
    {OPTION_USE, "use", "USE", "its purpose there; http unless given"},
    LAST_ROW,
};

static const cli_usage usage = {
    "key derive",
    "--from KEY --label LABEL (-o FILE | --hex | --keyring FILE --kid ID)",
    "Derive a key for one purpose. The same key, label, salt and length give the same\n"
    "bytes; from these follows nothing about the key they come from.",
    options,
};

typedef struct derive_args {
    char *from, *label, *prf, *kdf, *salt, *output, *keyring, *kid, *key_alg, *use;
    int64_t length; /* 0: not given */
    bool hex;

    const macaw_alg *alg;    /* of the PRF */
    const macaw_alg *target; /* of the new key */
    uint8_t salt_bytes[SALT_MAX];
    size_t salt_len;
} derive_args;

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
    default:
        return &ret->use;
    }
}

static int take(derive_args *ret, int code, const cli_args *args)
{
    if (code == OPTION_HEX) {
        ret->hex = true;
        return CLI_DONE;
    }
    return code == OPTION_LENGTH ? cli_option_number(args, 1, OUT_MAX, &ret->length)
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
    if (strncmp(args->salt, prefix, skip) != 0 || len - skip > (size_t)2 * SALT_MAX ||
        macaw_hex_decode(args->salt_bytes, args->salt + skip, len - skip, NULL) != MACAW_OK) {
        return cli_fail(CLI_WRONG, "--salt",
                        "expected hex: and up to %d pairs of the digits 0-9a-f", SALT_MAX);
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

static int check(derive_args *args)
{
    int status;

    if (args->from == NULL) {
        return cli_fail(CLI_WRONG, "--from", "missing; name the key to derive from");
    }
    if (args->label == NULL || args->label[0] == '\0') {
        return cli_fail(CLI_WRONG, "--label", "missing; name the purpose of the new key");
    }
    if (args->kdf != NULL && !is_kbkdf(args) && strcmp(args->kdf, "hkdf") != 0) {
        return cli_fail(CLI_WRONG, "--kdf", "expected hkdf or kbkdf");
    }
    status = check_output(args);
    status = status == CLI_DONE ? read_salt(args) : status;
    status = status == CLI_DONE ? find_alg("--alg", args->prf, &args->alg) : status;
    return status == CLI_DONE ? find_alg("--key-alg", args->key_alg, &args->target) : status;
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

static int derive(const derive_args *args, const cli_secret *from, uint8_t *out, size_t len)
{
    const macaw_alg *alg = args->alg;
    int rc = is_kbkdf(args) ? macaw_kbkdf_counter(alg, from->data, from->len, args->label,
                                                  strlen(args->label), NULL, 0, out, len)
                            : macaw_hkdf(alg, args->salt_bytes, args->salt_len, from->data,
                                         from->len, args->label, out, len);

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

/* ---- giving out ---- */

static int write_file(const char *path, const uint8_t *out, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    int status = CLI_DONE;

    if (fd < 0) {
        return errno == EEXIST
                   ? cli_fail(CLI_WRONG, "-o", "%s exists; a key file is never replaced", path)
                   : cli_fail_errno(path);
    }
    for (size_t done = 0; status == CLI_DONE && done < len;) {
        ssize_t n = write(fd, out + done, len - done);
        done += n > 0 ? (size_t)n : 0;
        status = n < 0 && errno != EINTR ? cli_fail_errno(path) : CLI_DONE;
    }
    if (close(fd) != 0 && status == CLI_DONE) {
        status = cli_fail_errno(path);
    }
    if (status != CLI_DONE) {
        unlink(path);
    }
    return status;
}

static void print_hex(const uint8_t *out, size_t len)
{
    char digits[2];

    setvbuf(stdout, NULL, _IONBF, 0); /* no copy of the key in a buffer that nobody wipes */
    for (size_t i = 0; i < len; i++) {
        macaw_hex_encode(digits, out + i, 1);
        printf("%.2s", digits);
    }
    putchar('\n');
}

static int add_to_keyring(const derive_args *args, const uint8_t *out, size_t len)
{
    key_edit edit;
    int status = key_edit_begin(&edit, args->keyring, true);

    if (status != CLI_DONE) {
        return status;
    }
    macaw_entry_spec spec = {
        .kid = args->kid,
        .use = args->use != NULL ? args->use : "http",
        .alg = args->target,
        .secret = out,
        .secret_len = len,
        .state = MACAW_ACTIVE,
        .iat = edit.now,
    };
    status = key_add(&edit, &spec);
    if (status == CLI_DONE) {
        key_warn_signer(&edit, spec.use);
    }
    return key_edit_end(&edit, status);
}

static int give_out(const derive_args *args, const uint8_t *out, size_t len)
{
    if (args->output != NULL) {
        return write_file(args->output, out, len);
    }
    if (args->keyring != NULL) {
        return add_to_keyring(args, out, len);
    }
    print_hex(out, len);
    return CLI_DONE;
}

static int run(const derive_args *args)
{
    static uint8_t out[OUT_MAX];
    cli_key_request request = {.label = "--from", .text = args->from};
    cli_loaded_key from;
    size_t len = length_of(args);
    int status = cli_key_load(&request, &from);

    if (status != CLI_DONE) {
        return status;
    }
    status = check_source(args, &from);
    if (status == CLI_DONE) {
        status = derive(args, &from.secret, out, len);
    }
    cli_secret_free(&from.secret);
    if (status == CLI_DONE) {
        status = give_out(args, out, len);
    }
    macaw_wipe(out, sizeof out);
    return status;
}

int cli_key_derive(int argc, char **argv)
{
    cli_args args = {.usage = &usage, .argc = argc, .argv = argv};
    derive_args derived = {0};
    int code;
    int status = CLI_DONE;

    while (status == CLI_DONE && (code = cli_next_option(&args)) > 0) {
        status = take(&derived, code, &args);
    }
    if (status == CLI_DONE && code < 0) {
        return args.status;
    }
    status = status == CLI_DONE ? cli_check_operands(&args, 0, 0, "") : status;
    status = status == CLI_DONE ? check(&derived) : status;
    return status == CLI_DONE && derived.target != NULL ? run(&derived) : status;
}
