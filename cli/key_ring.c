#include "key_ring.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/ct.h"
#include "base/random.h"

enum { NEW_SECRET_LEN = 32, NEW_SECRET_MAX = 256 };

static int take(void *wish, int code, const cli_args *args)
{
    key_args *ret = wish;

    switch (code) {
    case OPTION_KEYRING:
        return cli_option_once(args, &ret->keyring);
    case OPTION_KID:
        return cli_option_once(args, &ret->kid);
    case OPTION_ALG:
        return cli_option_once(args, &ret->alg);
    case OPTION_USE:
        return cli_option_once(args, &ret->use);
    case OPTION_SECRET_FILE:
        return cli_option_once(args, &ret->secret_file);
    case OPTION_PUBLIC:
        return cli_option_once(args, &ret->public_ring);
    case OPTION_PUBLIC_KEY:
        return cli_option_once(args, &ret->public_key);
    case OPTION_FROM:
        return cli_option_once(args, &ret->from);
    case OPTION_OVERLAP:
        return cli_option_duration(args, &ret->overlap);
    case OPTION_INSECURE:
        ret->insecure = true;
        return CLI_DONE;
    case OPTION_SECRET:
        ret->secret = true;
        return CLI_DONE;
    default:
        ret->json = true;
        return CLI_DONE;
    }
}

static int check(const key_args *ret, const cli_args *args, bool need_kid)
{
    if (ret->keyring == NULL) {
        return cli_fail(CLI_WRONG, "--keyring", "missing; name the keyring's file");
    }
    if (need_kid && ret->kid == NULL) {
        return cli_fail(CLI_WRONG, "--kid", "missing; name the key");
    }
    return cli_check_operands(args, 0, 0, "");
}

bool key_args_parse(const cli_usage *usage, int argc, char **argv, bool need_kid, key_args *ret,
                    int *status)
{
    cli_args args = {.usage = usage, .argc = argc, .argv = argv};
    bool taken = cli_take_options(&args, take, ret);

    *status = taken ? check(ret, &args, need_kid) : args.status;
    return taken && *status == CLI_DONE;
}

int key_edit_begin(key_edit *edit, const char *path, bool create)
{
    macaw_error err;
    int status;

    *edit = (key_edit){.path = path, .now = time(NULL)};
    if (macaw_keyring_lock(&edit->lock, path, &err) != MACAW_OK) {
        return cli_fail_detail(path, &err);
    }
    edit->created = create && access(path, F_OK) != 0 && errno == ENOENT;
    if (edit->created) {
        status = macaw_keyring_new(&edit->ring);
        status = status == MACAW_OK ? CLI_DONE : cli_fail_status(path, status);
    } else {
        status = macaw_keyring_load(&edit->ring, path, &err);
        status = status == MACAW_OK ? CLI_DONE : cli_fail_detail(path, &err);
    }
    if (status != CLI_DONE) {
        macaw_keyring_unlock(edit->lock);
    }
    return status;
}

int key_edit_end(key_edit *edit, int status)
{
    macaw_error err;

    if (status == CLI_DONE && macaw_keyring_save(edit->ring, edit->path, &err) != MACAW_OK) {
        status = cli_fail_detail(edit->path, &err);
    }
    macaw_keyring_free(edit->ring);
    macaw_keyring_unlock(edit->lock);
    return status;
}

int key_find(const macaw_keyring *ring, const char *label, const char *kid, key_found *ret)
{
    *ret = (key_found){
        .entry = macaw_keyring_find(ring, kid, strlen(kid)),
        .jwk = macaw_keyring_jwk_find(ring, kid, strlen(kid)),
    };
    if (ret->entry == NULL && ret->jwk == NULL) {
        return cli_fail(CLI_WRONG, label, "the keyring has no key %s", kid);
    }
    return CLI_DONE;
}

int key_signer(const macaw_keyring *ring, const char *use, int64_t now, key_found *ret)
{
    key_found found = {0};
    int mac = macaw_keyring_signer(ring, use, now, &found.entry);
    int jwk = macaw_keyring_jwk_signer(ring, use, now, &found.jwk);

    if (mac == MACAW_EEXIST || jwk == MACAW_EEXIST || (mac == MACAW_OK && jwk == MACAW_OK)) {
        return MACAW_EEXIST;
    }
    if (mac == MACAW_OK || jwk == MACAW_OK) {
        *ret = found;
        return MACAW_OK;
    }
    return MACAW_ENOTFOUND;
}

static int add(key_edit *edit, const macaw_entry_spec *spec)
{
    macaw_error err;

    if (macaw_keyring_add(edit->ring, spec, &err) != MACAW_OK) {
        return cli_fail_detail("--kid", &err);
    }
    return CLI_DONE;
}

int key_add(key_edit *edit, macaw_entry_spec *spec)
{
    uint8_t fresh[NEW_SECRET_MAX];
    size_t len = NEW_SECRET_LEN;
    int status;

    if (spec->secret != NULL) {
        return add(edit, spec);
    }
    len = len < spec->alg->key_min ? spec->alg->key_min : len;
    len = len > spec->alg->key_max ? spec->alg->key_max : len;
    if (len > sizeof fresh || macaw_random(fresh, len) != MACAW_OK) {
        return cli_fail(CLI_FAILED, "random numbers", "the system gave none");
    }
    spec->secret = fresh;
    spec->secret_len = len;
    status = add(edit, spec);
    spec->secret = NULL;
    macaw_wipe(fresh, sizeof fresh);
    return status;
}

int key_add_jwk(key_edit *edit, const macaw_jwk_spec *spec)
{
    macaw_error err;

    if (macaw_keyring_add_jwk(edit->ring, spec, &err) != MACAW_OK) {
        return cli_fail_detail("--kid", &err);
    }
    return CLI_DONE;
}

/* Whether a purpose has a key that could sign, whatever its state: where there are
 * only public keys and cipher keys, nothing is amiss. */
static bool has_signers(const macaw_keyring *ring, const char *use)
{
    const macaw_entry *entry;
    const macaw_jwk *jwk;

    for (size_t i = 0; (entry = macaw_keyring_at(ring, i)) != NULL; i++) {
        if (strcmp(entry->use, use) == 0) {
            return true;
        }
    }
    for (size_t i = 0; (jwk = macaw_keyring_jwk_at(ring, i)) != NULL; i++) {
        if (strcmp(jwk->use, use) == 0 && jwk->has_private && !jwk->is_secret) {
            return true;
        }
    }
    return false;
}

void key_warn_signer(const key_edit *edit, const char *use)
{
    key_found signer;
    int status = key_signer(edit->ring, use, edit->now, &signer);

    if (status == MACAW_ENOTFOUND && has_signers(edit->ring, use)) {
        cli_warn(edit->path, "no key for %s is active now", use);
    } else if (status == MACAW_EEXIST) {
        cli_warn(edit->path, "more than one key for %s is active: messages must name their key",
                 use);
    }
}

void cli_iso_time(int64_t time, char out[ISO_TIME_SIZE])
{
    struct tm tm;
    time_t seconds = (time_t)time;

    if (time == 0 || gmtime_r(&seconds, &tm) == NULL ||
        strftime(out, ISO_TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0) {
        snprintf(out, ISO_TIME_SIZE, "-");
    }
}
