/* macaw key show: one key, its secret only when asked. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/codec.h"
#include "base/ct.h"
#include "json_out.h"
#include "key/secret.h"
#include "key_print.h"
#include "key_ring.h"

static const cli_option options[] = {
    KEYRING_ROW,
    KID_ROW,
    {OPTION_SECRET, "secret", NULL, "print the secret in base64url, and nothing else"},
    {OPTION_KEY_JSON, "json", NULL, "as JSON"},
    LAST_ROW,
};

static const cli_usage usage = {
    "key show",
    "--keyring FILE --kid ID [--secret | --json]",
    "Show one key. Without --secret the secret is not printed.",
    options,
};

static void print_date(const char *name, int64_t date)
{
    char text[ISO_TIME_SIZE];

    cli_iso_time(date, text);
    printf("%-13s%s\n", name, text);
}

static int print_fields(const key_view *key)
{
    char fingerprint[FINGERPRINT_TEXT];

    key_fingerprint(key, fingerprint);
    printf("%-13s%s\n%-13s%s\n%-13s%s\n%-13s%s\n%-13s%s\n%-13s%zu\n", "kid", key->kid, "alg",
           key->alg, "use", key->use, "state", macaw_key_state_name(key->state), "part", key->part,
           "bits", key->bits);
    print_date("created", key->iat);
    print_date("not before", key->nbf);
    print_date("signs until", key->sign_until);
    print_date("expires", key->exp);
    printf("%-13s%s\n%-13s%s\n", "fingerprint", fingerprint, "insecure",
           key->insecure ? "yes" : "no");
    return CLI_DONE;
}

static int print_base64url(const uint8_t *secret, size_t len)
{
    size_t room = MACAW_BASE64URL_LEN(len);
    char *text = malloc(room);

    if (text == NULL) {
        return cli_fail(CLI_FAILED, "--secret", "out of memory");
    }
    size_t n = macaw_base64_encode(MACAW_BASE64URL, text, secret, len);
    setvbuf(stdout, NULL, _IONBF, 0);
    printf("%.*s\n", (int)n, text);
    macaw_wipe(text, room);
    free(text);
    return CLI_DONE;
}

static int print_entry_secret(const macaw_keyring *ring, const macaw_entry *entry)
{
    uint8_t *secret = malloc(entry->secret_len);
    int status;

    if (secret == NULL ||
        macaw_keyring_secret(ring, entry, secret, entry->secret_len) != MACAW_OK) {
        free(secret);
        return cli_fail(CLI_FAILED, "--secret", "out of memory");
    }
    status = print_base64url(secret, entry->secret_len);
    macaw_wipe(secret, entry->secret_len);
    free(secret);
    return status;
}

static int print_jwk_secret(const macaw_keyring *ring, const macaw_jwk *jwk)
{
    uint8_t bytes[MACAW_JWK_BYTES_MAX];
    size_t len;
    int status;

    if (!jwk->has_private) {
        return cli_fail(CLI_WRONG, "--secret", "key %s is a public key", jwk->kid);
    }
    status = macaw_keyring_jwk_bytes(ring, jwk, true, bytes, &len);
    if (status != MACAW_OK) {
        return cli_fail_status("--secret", status);
    }
    status = print_base64url(bytes, len);
    macaw_wipe(bytes, sizeof bytes);
    return status;
}

static int show(const macaw_keyring *ring, const key_args *args)
{
    key_found found;
    int64_t now = time(NULL);
    int status = key_find(ring, "--kid", args->kid, &found);

    if (status != CLI_DONE) {
        return status;
    }
    if (args->secret) {
        return found.entry != NULL ? print_entry_secret(ring, found.entry)
                                   : print_jwk_secret(ring, found.jwk);
    }
    key_view key =
        found.entry != NULL ? key_view_entry(found.entry, now) : key_view_jwk(found.jwk, now);
    return args->json ? cli_print_json(key_json(&key)) : print_fields(&key);
}

int cli_key_show(int argc, char **argv)
{
    key_args args = {0};
    macaw_keyring *ring;
    macaw_error err;
    int status;

    if (!key_args_parse(&usage, argc, argv, true, &args, &status)) {
        return status;
    }
    if (args.secret && args.json) {
        return cli_fail(CLI_WRONG, "--secret", "not together with --json");
    }
    if (macaw_keyring_load(&ring, args.keyring, &err) != MACAW_OK) {
        return cli_fail_detail(args.keyring, &err);
    }
    status = show(ring, &args);
    macaw_keyring_free(ring);
    return status;
}
