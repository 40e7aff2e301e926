/* The keyrings: for those who sign requests, and for sessions. */
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include <macaw/keyring.h>

#include "base/ct.h"
#include "base/random.h"
#include "serve/serve.h"

/* With one fresh key. */
static int make(const char *path, const char *kid, const char *use)
{
    uint8_t secret[32];
    macaw_entry_spec spec = {
        .kid = kid,
        .use = use,
        .alg = macaw_alg_find("hmac-sha256"),
        .secret = secret,
        .secret_len = sizeof secret,
        .state = MACAW_ACTIVE,
        .iat = time(NULL),
    };
    macaw_keyring *ring = NULL;
    macaw_error err = {.text = "out of memory", .status = MACAW_ENOMEM};
    int status = macaw_random(secret, sizeof secret);

    if (status == MACAW_OK) {
        status = macaw_keyring_new(&ring);
    }
    if (status == MACAW_OK) {
        status = macaw_keyring_add(ring, &spec, &err);
    }
    if (status == MACAW_OK) {
        status = macaw_keyring_save(ring, path, &err);
    }
    macaw_wipe(secret, sizeof secret);
    macaw_keyring_free(ring);
    return status == MACAW_OK ? CLI_DONE : cli_fail_detail(path, &err);
}

/* nginx checks more, and says so in more words. */
static int check(const char *path, const char *use)
{
    const macaw_entry *signer;
    macaw_keyring *ring;
    macaw_error err;

    if (macaw_keyring_load(&ring, path, &err) != MACAW_OK) {
        return cli_fail_detail(path, &err);
    }
    if (macaw_keyring_signer(ring, use, time(NULL), &signer) == MACAW_ENOTFOUND) {
        cli_warn(path, "no key for %s is active now: every request will be refused", use);
    }
    macaw_keyring_free(ring);
    return CLI_DONE;
}

static int ready(const char *path, bool own, const char *kid, const char *use)
{
    int status = CLI_DONE;

    if (own && access(path, F_OK) != 0 && errno == ENOENT) {
        status = make(path, kid, use);
    }
    return status == CLI_DONE ? check(path, use) : status;
}

int serve_make_keys(const serve_options *options)
{
    int status = CLI_DONE;

    if (!options->login) {
        status = ready(options->keys, options->own_keys, options->demo ? "demo" : "client", "http");
    }
    if (status == CLI_DONE && options->sessions) {
        status = ready(options->session_keys, options->own_session_keys, "1", "session");
    }
    return status;
}
