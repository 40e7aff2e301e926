#include "key_arg.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/codec.h"
#include "base/ct.h"
#include "cli.h"
#include "key/published.h"
#include "key/secret.h"

enum { KEY_FILE_MAX = 1 << 20 };

static const char hex_prefix[] = "hex:";

void cli_secret_free(cli_secret *secret)
{
    macaw_wipe(secret->data, secret->len);
    free(secret->data);
    secret->data = NULL;
    secret->len = 0;
}

/* A JWK Set begins with { and names its keys; a random key has other things to do. */
static bool looks_like_keyring(const cli_secret *secret)
{
    size_t i = 0;

    while (i < secret->len && isspace(secret->data[i])) {
        i++;
    }
    return i < secret->len && secret->data[i] == '{' &&
           memmem(secret->data, secret->len, "\"keys\"", 6) != NULL;
}

static int read_all(const char *label, FILE *file, cli_secret *ret)
{
    cli_secret secret = {.data = malloc(KEY_FILE_MAX + 1)};
    uint8_t *fitted;

    if (secret.data == NULL) {
        return cli_fail_errno(label);
    }
    secret.len = fread(secret.data, 1, KEY_FILE_MAX + 1, file);
    if (ferror(file)) {
        int status = cli_fail(CLI_FAILED, label, "cannot read the file: %s", strerror(errno));
        cli_secret_free(&secret);
        return status;
    }
    if (secret.len > KEY_FILE_MAX) {
        cli_secret_free(&secret);
        return cli_fail(CLI_WRONG, label, "a key file has at most %d bytes", KEY_FILE_MAX);
    }
    fitted = malloc(secret.len + 1);
    if (fitted == NULL) {
        cli_secret_free(&secret);
        return cli_fail(CLI_FAILED, label, "out of memory");
    }
    memcpy(fitted, secret.data, secret.len);
    ret->data = fitted;
    ret->len = secret.len;
    cli_secret_free(&secret);
    return CLI_DONE;
}

/* Text, whose last line ends as lines do. */
static bool looks_like_pem(const cli_secret *secret)
{
    static const char begin[] = "-----BEGIN ";

    return secret->len >= sizeof begin - 1 && macaw_ct_equal(secret->data, begin, sizeof begin - 1);
}

/* Errors name the option and not its value, which may be a secret typed by mistake. */
static int read_file(const char *label, const char *path, cli_secret *ret)
{
    FILE *file = fopen(path, "rbe");
    int status;

    if (file == NULL && strcmp(path, "-") == 0) {
        return cli_fail(CLI_WRONG, label, "is not read from standard input; /dev/stdin names it");
    }
    if (file == NULL) {
        return cli_fail(CLI_FAILED, label, "cannot read the file: %s", strerror(errno));
    }
    setvbuf(file, NULL, _IONBF, 0); /* no copy of the key in a buffer that nobody wipes */
    status = read_all(label, file, ret);
    fclose(file);
    return status;
}

int cli_secret_read_line(const char *label, const char *path, cli_secret *ret)
{
    int status = read_file(label, path, ret);

    if (status == CLI_DONE && ret->len > 0 && ret->data[ret->len - 1] == '\n') {
        ret->len--;
    }
    return status;
}

int cli_secret_read(const char *label, const char *path, cli_secret *ret)
{
    int status = read_file(label, path, ret);

    if (status != CLI_DONE) {
        return status;
    }
    if (looks_like_keyring(ret)) {
        cli_secret_free(ret);
        return cli_fail(CLI_WRONG, label, "this file is a keyring; name a key of it as KID@FILE");
    }
    if (ret->len > 0 && ret->data[ret->len - 1] == '\n' && !looks_like_pem(ret)) {
        cli_warn(label, "the key file ends with a newline, which is part of the key");
    }
    return CLI_DONE;
}

static int read_hex(const char *label, char *digits, cli_secret *ret)
{
    size_t len = strlen(digits);
    size_t bad = 0;
    uint8_t *data = malloc(len / 2 + 1);

    if (data == NULL) {
        return cli_fail_errno(label);
    }
    if (macaw_hex_decode(data, digits, len, &bad) != MACAW_OK) {
        macaw_wipe(data, len / 2);
        free(data);
        return cli_fail(CLI_WRONG, label, "byte %zu: expected pairs of the digits 0-9a-f",
                        bad + strlen(hex_prefix));
    }
    memset(digits, 'x', len);
    *ret = (cli_secret){data, len / 2};
    return CLI_DONE;
}

static bool has_prefix(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool cli_is_keyring_key(const char *text)
{
    return !has_prefix(text, hex_prefix) && !has_prefix(text, "./") && text[0] != '/' &&
           strchr(text, '@') != NULL;
}

static bool is_kid(const char *text, size_t len)
{
    if (len == 0 || len > MACAW_KID_MAX) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (!isalnum((unsigned char)text[i]) && strchr("._-", text[i]) == NULL) {
            return false;
        }
    }
    return true;
}

int cli_keyring_open(const char *label, const char *text, macaw_keyring **ring, macaw_str *kid)
{
    const char *path = strchr(text, '@') + 1;
    macaw_error err;

    *kid = (macaw_str){text, (size_t)(path - 1 - text)};
    if (!is_kid(kid->data, kid->len)) {
        return cli_fail(
            CLI_WRONG, label,
            "a key id is 1 to %d of A-Za-z0-9._- before the @; begin a file name with ./",
            MACAW_KID_MAX);
    }
    return macaw_keyring_load(ring, path, &err) == MACAW_OK ? CLI_DONE
                                                            : cli_fail_detail(path, &err);
}

int cli_keyring_key(const char *label, const char *text, macaw_keyring **ring,
                    const macaw_entry **entry)
{
    const char *path = strchr(text, '@') + 1;
    macaw_str kid;
    int opened = cli_keyring_open(label, text, ring, &kid);
    size_t kid_len = kid.len;

    if (opened != CLI_DONE) {
        return opened;
    }
    *entry = macaw_keyring_find(*ring, text, kid_len);
    if (*entry == NULL) {
        const macaw_jwk *jwk = macaw_keyring_jwk_find(*ring, text, kid_len);
        int status =
            jwk != NULL ? cli_fail(CLI_WRONG, label, "key %s is for %s, which is no MAC", jwk->kid,
                                   jwk->alg)
                        : cli_fail(CLI_WRONG, label, "no key %.*s in %s", (int)kid_len, text, path);
        macaw_keyring_free(*ring);
        *ring = NULL;
        return status;
    }
    return CLI_DONE;
}

static int find_alg(const char *name, const macaw_alg **ret)
{
    *ret = macaw_alg_find(name);
    if (*ret == NULL) {
        return cli_fail(CLI_WRONG, "-a", "unknown algorithm %s; see macaw algorithms", name);
    }
    return CLI_DONE;
}

static void warn_weak(const macaw_alg *alg, const cli_secret *secret)
{
    if (secret->len < alg->key_safe) {
        cli_warn("-k", "%s needs a key of %u bytes to be safe, given %zu", alg->name, alg->key_safe,
                 secret->len);
    } else if (macaw_secret_published(secret->data, secret->len)) {
        cli_warn("-k", "this key is a published default, which attackers try first");
    }
}

static int make_key(const macaw_alg *alg, const cli_secret *secret, const macaw_key_opts *opts,
                    macaw_key **ret)
{
    if (secret->len < alg->key_min || secret->len > alg->key_max) {
        return alg->key_min == alg->key_max
                   ? cli_fail(CLI_WRONG, "-k", "%zu bytes of key; %s takes %u", secret->len,
                              alg->name, alg->key_min)
                   : cli_fail(CLI_WRONG, "-k", "%zu bytes of key; %s takes %u to %u", secret->len,
                              alg->name, alg->key_min, alg->key_max);
    }
    if (opts->tag_len > alg->tag_len) {
        return cli_fail(CLI_WRONG, "-l", "a tag of %s has at most %u bytes", alg->name,
                        alg->tag_len);
    }
    if (opts->tag_len != 0 && opts->tag_len < alg->tag_min &&
        (opts->flags & MACAW_KEY_SHORT_TAG) == 0) {
        return cli_fail(CLI_WRONG, "-l",
                        "a tag under %u bytes is easy to guess; --short-tag allows it",
                        alg->tag_min);
    }
    warn_weak(alg, secret);
    int status = macaw_key_new(ret, alg, secret->data, secret->len, opts);
    return status == MACAW_OK ? CLI_DONE : cli_fail_status("-k", status);
}

static const char *label_of(const cli_key_request *request)
{
    return request->label != NULL ? request->label : "-k";
}

static int load_secret(const cli_key_request *request, cli_loaded_key *ret)
{
    if (request->alg_name != NULL) {
        int status = find_alg(request->alg_name, &ret->alg);
        if (status != CLI_DONE) {
            return status;
        }
    }
    if (has_prefix(request->text, hex_prefix)) {
        return read_hex(label_of(request), request->text + strlen(hex_prefix), &ret->secret);
    }
    return cli_secret_read(label_of(request), request->text, &ret->secret);
}

/* Tags of files and signatures of requests are different purposes: a file can
 * hold exactly the bytes that a request's MAC is made of. */
static int check_entry(const cli_key_request *request, const macaw_entry *entry)
{
    macaw_key_state state = macaw_entry_state(entry, time(NULL));

    if (request->alg_name != NULL && strcmp(request->alg_name, entry->alg->name) != 0) {
        return cli_fail(CLI_WRONG, "-a", "key %s is for %s only", entry->kid, entry->alg->name);
    }
    if (state != MACAW_ACTIVE && (request->signing || state != MACAW_VERIFY)) {
        return cli_fail(CLI_WRONG, label_of(request), "key %s is %s", entry->kid,
                        macaw_key_state_name(state));
    }
    if (request->signing && strcmp(entry->use, "http") == 0) {
        cli_warn(label_of(request),
                 "key %s is for requests (use http): a tag made with it can serve as a "
                 "request's; give files a key made with --use file",
                 entry->kid);
    }
    return CLI_DONE;
}

static int copy_secret(const cli_key_request *request, const macaw_keyring *ring,
                       const macaw_entry *entry, cli_secret *ret)
{
    int status;

    ret->data = malloc(entry->secret_len + 1);
    if (ret->data == NULL) {
        return cli_fail_errno(label_of(request));
    }
    ret->len = entry->secret_len;
    status = macaw_keyring_secret(ring, entry, ret->data, ret->len);
    return status == MACAW_OK ? CLI_DONE : cli_fail_status(label_of(request), status);
}

static int load_entry(const cli_key_request *request, cli_loaded_key *ret)
{
    macaw_keyring *ring = NULL;
    const macaw_entry *entry = NULL;
    int status = cli_keyring_key(label_of(request), request->text, &ring, &entry);

    if (entry == NULL) {
        return status != CLI_DONE ? status : CLI_FAILED;
    }
    status = check_entry(request, entry);
    if (status == CLI_DONE) {
        ret->alg = entry->alg;
        status = copy_secret(request, ring, entry, &ret->secret);
    }
    macaw_keyring_free(ring);
    return status;
}

int cli_key_load(const cli_key_request *request, cli_loaded_key *ret)
{
    int status;

    *ret = (cli_loaded_key){0};
    if (request->text == NULL) {
        return cli_fail(CLI_WRONG, label_of(request),
                        "missing; give a file, hex:DIGITS or KID@KEYRING");
    }
    status =
        cli_is_keyring_key(request->text) ? load_entry(request, ret) : load_secret(request, ret);
    if (status != CLI_DONE) {
        cli_secret_free(&ret->secret);
    }
    return status;
}

int cli_key_make(const cli_loaded_key *loaded, const macaw_alg *alg, const macaw_key_opts *opts,
                 macaw_key **ret)
{
    int status = make_key(alg, &loaded->secret, opts, ret);

    if (status == CLI_DONE && alg->advice != NULL) {
        cli_warn(alg->name, "%s", alg->advice);
    }
    return status;
}

int cli_key_open(const cli_key_request *request, macaw_key **ret)
{
    cli_loaded_key loaded;
    int status;

    if (request->alg_name == NULL && request->text != NULL && !cli_is_keyring_key(request->text)) {
        return cli_fail(CLI_WRONG, "-a",
                        "missing; a file or hex: does not say what it is a key of");
    }
    status = cli_key_load(request, &loaded);
    if (status == CLI_DONE && loaded.alg != NULL) { /* it is, by now */
        status = cli_key_make(&loaded, loaded.alg, &request->opts, ret);
    }
    cli_secret_free(&loaded.secret);
    return status;
}
