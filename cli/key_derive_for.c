/* macaw key derive --for: the keys that web frameworks derive for their cookies. */
#include <string.h>

#include "key_derive.h"
#include "session/scheme.h"

static bool is_rails(const macaw_session_scheme *scheme)
{
    return strncmp(scheme->name, "rails-", 6) == 0;
}

/* Rails' sessions are encrypted unless somebody says otherwise. */
static const macaw_session_scheme *scheme_of(const char *name)
{
    return macaw_session_scheme_find(strcmp(name, "rails") == 0 ? "rails-encrypted" : name);
}

/* Those of one way to derive only. */
static int check_options(const derive_args *args)
{
    if (args->label != NULL || args->length != 0 || args->key_alg != NULL) {
        return cli_fail(CLI_WRONG,
                        args->label != NULL     ? "--label"
                        : args->key_alg != NULL ? "--key-alg"
                                                : "--length",
                        "not together with --for, which settles it");
    }
    if (args->kdf != NULL && !is_rails(args->session)) {
        return cli_fail(CLI_WRONG, "--kdf", "with --for it belongs to rails");
    }
    if (args->kdf != NULL && strcmp(args->kdf, "sha1") != 0 && strcmp(args->kdf, "sha256") != 0) {
        return cli_fail(CLI_WRONG, "--kdf", "expected sha1 or sha256");
    }
    if (args->name == NULL && strcmp(args->session->name, "django-cookie") == 0) {
        return cli_fail(CLI_WRONG, "--name", "missing; the cookie's name is part of its key");
    }
    return CLI_DONE;
}

static int choose_alg(derive_args *args)
{
    const char *const *algs = args->session->algs;
    const char *name = args->prf != NULL ? args->prf : algs[0];

    for (size_t i = 0; algs[i] != NULL; i++) {
        if (strcmp(algs[i], name) == 0) {
            args->target = macaw_alg_find(name);
            args->jwk_alg = name;
            return CLI_DONE;
        }
    }
    return cli_fail(CLI_WRONG, "--alg", "%s takes no keys of %s", args->session->name, name);
}

int key_derive_for_check(derive_args *args)
{
    args->session = scheme_of(args->scheme);
    if (args->session == NULL || (args->session->flags & MACAW_SESSION_DERIVES) == 0) {
        return cli_fail(CLI_WRONG, "--for",
                        "expected flask, starlette, itsdangerous, django, django-cookie, rails or "
                        "rails-signed: "
                        "%s derives no key",
                        args->scheme);
    }
    int status = check_options(args);
    return status == CLI_DONE ? choose_alg(args) : status;
}

int key_derive_for(const derive_args *args, const cli_secret *from, uint8_t *out, size_t *len)
{
    const bool sha1 = args->kdf != NULL && strcmp(args->kdf, "sha1") == 0;
    const macaw_session_config config = {
        .scheme = args->session,
        .cookie_name = args->name,
        .salt = args->salt,
        .kdf = macaw_alg_find(sha1 ? "hmac-sha1" : "hmac-sha256"),
    };
    macaw_session *session;
    macaw_error err;

    if (macaw_session_new(&session, &config, &err) != MACAW_OK) {
        return cli_fail_detail("--for", &err);
    }
    int rc = macaw_session_derive(session, args->jwk_alg, from->data, from->len, out, len);
    macaw_session_free(session);
    return rc == MACAW_OK ? CLI_DONE : cli_fail_status("--from", rc);
}
