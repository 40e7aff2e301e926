/* The options that say what a token is bound to. */
#include <string.h>
#include <time.h>

#include "cookie/cookie.h"

static char **slot_of(cookie_args *args, int code)
{
    char **const slots[] = {
        [COOKIE_SCHEME - COOKIE_SCHEME] = &args->scheme,
        [COOKIE_KID - COOKIE_SCHEME] = &args->kid,
        [COOKIE_NAME - COOKIE_SCHEME] = &args->name,
        [COOKIE_PURPOSE - COOKIE_SCHEME] = &args->purpose,
        [COOKIE_AUDIENCE - COOKIE_SCHEME] = &args->audience,
        [COOKIE_ISSUER - COOKIE_SCHEME] = &args->issuer,
        [COOKIE_SALT - COOKIE_SCHEME] = &args->salt,
        [COOKIE_KDF - COOKIE_SCHEME] = &args->kdf,
        [COOKIE_ALG - COOKIE_SCHEME] = &args->alg,
        [COOKIE_DIGEST - COOKIE_SCHEME] = &args->digest,
        [COOKIE_BLOCK_KEY - COOKIE_SCHEME] = &args->block_key,
        [COOKIE_BIND - COOKIE_SCHEME] = &args->bind,
        [COOKIE_POINTER - COOKIE_SCHEME] = &args->pointer,
        [COOKIE_TABLE - COOKIE_SCHEME] = &args->table,
        [COOKIE_SIGNATURE - COOKIE_SCHEME] = &args->signature,
    };

    return code == 'k' ? &args->key : slots[code - COOKIE_SCHEME];
}

int cookie_take(cookie_args *ret, int code, const cli_args *args)
{
    switch (code) {
    case COOKIE_DERIVED:
        ret->derived = true;
        return CLI_DONE;
    case COOKIE_NO_EXPIRY:
        ret->no_expiry = true;
        return CLI_DONE;
    case COOKIE_LEEWAY:
        return cli_option_number(args, 0, 300, &ret->leeway);
    case COOKIE_NOW:
        return cli_option_number(args, 1, INT64_C(253402300799), &ret->now); /* year 9999 */
    case COOKIE_MAX_AGE:
        if (strcmp(args->value, "off") == 0) {
            ret->max_age = -1;
            return CLI_DONE;
        }
        return cli_option_number(args, 1, INT64_C(1) << 40, &ret->max_age);
    default:
        return cli_option_once(args, slot_of(ret, code));
    }
}

void cookie_settle(cookie_args *args)
{
    if (args->now == 0) {
        args->now = time(NULL);
    }
}

int cookie_scheme(const cookie_args *args, const macaw_session_scheme **ret)
{
    if (args->scheme == NULL) {
        return cli_fail(CLI_WRONG, "--scheme", "missing; see macaw cookie schemes");
    }
    *ret = macaw_session_scheme_find(args->scheme);
    if (*ret == NULL) {
        return cli_fail(CLI_WRONG, "--scheme", "unknown scheme %s; see macaw cookie schemes",
                        args->scheme);
    }
    if (args->max_age > 0 && (macaw_session_scheme_flags(*ret) & MACAW_SESSION_DATED) == 0) {
        return cli_fail(CLI_WRONG, "--max-age", "%s says no time of issue", args->scheme);
    }
    return CLI_DONE;
}
