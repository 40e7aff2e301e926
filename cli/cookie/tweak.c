#include "cookie/tweak.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "session/scheme.h"

static bool trim_newline(cookie_trial *t)
{
    size_t len = t->key.secret.len;

    while (len > 0 && (t->bytes[len - 1] == '\n' || t->bytes[len - 1] == '\r')) {
        len--;
    }
    bool changed = len < t->key.secret.len && len > 0;
    t->key.secret.len = len;
    return changed;
}

static bool decode_hex(cookie_trial *t)
{
    (void)trim_newline(t);
    size_t len = t->key.secret.len;
    if (len < 2 || macaw_hex_decode(t->bytes, (const char *)t->bytes, len, NULL) != MACAW_OK) {
        return false;
    }
    t->key.secret.len = len / 2;
    return true;
}

static bool decode_base64(cookie_trial *t)
{
    uint8_t *out = malloc(t->key.secret.len + 1);
    bool done = false;

    (void)trim_newline(t);
    for (int kind = MACAW_BASE64; out != NULL && !done && kind <= MACAW_BASE64URL; kind++) {
        size_t n;
        done = macaw_base64_decode((macaw_base64_kind)kind, out, &n, (const char *)t->bytes,
                                   t->key.secret.len, NULL) == MACAW_OK &&
               n > 0;
        if (done) {
            memcpy(t->bytes, out, n);
            t->key.secret.len = n;
        }
    }
    free(out);
    return done;
}

static bool set(char **slot, const char *value)
{
    bool changed = *slot == NULL ? value[0] != '\0' : strcmp(*slot, value) != 0;

    *slot = (char *)(uintptr_t)value;
    return changed;
}

bool cookie_tweak_apply(cookie_trial *t, const cookie_tweak *one)
{
    switch (one->kind) {
    case KEY_WITHOUT_NEWLINE:
        return trim_newline(t);
    case KEY_FROM_HEX:
        return decode_hex(t);
    case KEY_FROM_BASE64:
        return decode_base64(t);
    case KEY_FORM:
        t->args.derived = !t->args.derived;
        t->key.alg = NULL;
        return true;
    case ALGORITHM:
        t->key.alg = NULL;
        t->args.digest = NULL;
        return set(&t->args.alg, one->value);
    case NAME:
        return set(&t->args.name, one->value);
    case PURPOSE:
        return set(&t->args.purpose, one->value);
    case AUDIENCE:
        return set(&t->args.audience, one->value);
    case BINDING:
        return set(&t->args.bind, one->value);
    default:
        return set(&t->args.salt, one->value);
    }
}

void cookie_tweak_describe(const cookie_args *args, const cookie_key *key, const cookie_tweak *one,
                           char *out, size_t size)
{
    switch (one->kind) {
    case KEY_WITHOUT_NEWLINE:
        (void)snprintf(out, size, "the key file ends with a newline that is not part of the key");
        break;
    case KEY_FROM_HEX:
        (void)snprintf(out, size, "the key file holds hexadecimal digits, the key is their bytes");
        break;
    case KEY_FROM_BASE64:
        (void)snprintf(out, size, "the key file holds base64, the key is what it stands for");
        break;
    case KEY_FORM:
        (void)snprintf(out, size, "the key is %s",
                       args->derived || key->alg != NULL
                           ? "the application's secret, not a derived key"
                           : "a derived key (--derived), not the application's secret");
        break;
    case ALGORITHM:
        (void)snprintf(out, size, "the algorithm is %s (--alg)", one->value);
        break;
    case NAME:
        (void)snprintf(out, size, "it was made for a cookie of the name %s (--name)", one->value);
        break;
    case PURPOSE:
        (void)snprintf(out, size, "it was made for the purpose %s (--purpose)", one->value);
        break;
    case AUDIENCE:
        (void)snprintf(out, size, "it was made for %s%s (--audience)",
                       one->value[0] != '\0' ? "the audience " : "no audience", one->value);
        break;
    case BINDING:
        (void)snprintf(out, size, "it is bound to no client (--bind)");
        break;
    case SALT:
        (void)snprintf(out, size, "the salt is \"%s\" (--salt)", one->value);
        break;
    }
}

static void add(cookie_tweaks *list, cookie_tweak_kind kind, const char *value)
{
    if (list->count < COOKIE_TWEAKS_MAX) {
        list->at[list->count++] = (cookie_tweak){kind, value};
    }
}

static void add_each(cookie_tweaks *list, cookie_tweak_kind kind, const char *const *values)
{
    for (; *values != NULL; values++) {
        add(list, kind, *values);
    }
}

/* With and without the prefixes that browsers know. */
static void add_names(const cookie_args *args, cookie_tweaks *list)
{
    static const char *const prefixes[] = {"", "__Host-", "__Secure-"};
    static const char *const usual[] = {"session",   "sid",         "macaw-session",
                                        "sessionid", "connect.sid", "_session_id",
                                        "auth",      "token",       NULL};
    const char *bare = args->name != NULL ? args->name : "macaw-session";

    for (size_t i = 1; i < 3; i++) {
        if (strncmp(bare, prefixes[i], strlen(prefixes[i])) == 0) {
            bare += strlen(prefixes[i]);
        }
    }
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(list->names[i], sizeof list->names[i], "%s%.250s", prefixes[i], bare);
        add(list, NAME, list->names[i]);
    }
    add_each(list, NAME, usual);
}

void cookie_tweaks_collect(const cookie_args *args, const macaw_session_scheme *scheme,
                           cookie_tweaks *list)
{
    static const char *const purposes[] = {"session", "login", "csrf", "envelope", NULL};
    static const char *const audiences[] = {"", "macaw-serve", NULL};
    static const char *const salts[] = {"itsdangerous.Signer",
                                        "itsdangerous",
                                        "cookie-session",
                                        "django.core.signing",
                                        "django.contrib.sessions.backends.signed_cookies",
                                        "signed cookie",
                                        "authenticated encrypted cookie",
                                        "signed encrypted cookie",
                                        "",
                                        NULL};

    list->count = 0;
    add(list, KEY_WITHOUT_NEWLINE, NULL);
    add(list, KEY_FROM_HEX, NULL);
    add(list, KEY_FROM_BASE64, NULL);
    if ((scheme->flags & MACAW_SESSION_DERIVES) != 0) {
        add(list, KEY_FORM, NULL);
        add_each(list, SALT, salts);
    }
    add_each(list, ALGORITHM, scheme->algs);
    add_names(args, list);
    if ((scheme->flags & MACAW_SESSION_NATIVE) != 0) {
        add_each(list, PURPOSE, purposes);
        add_each(list, AUDIENCE, audiences);
        add(list, BINDING, "");
    }
}
