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

static int print_fields(const macaw_entry *entry, int64_t now)
{
    char fingerprint[FINGERPRINT_TEXT];

    key_fingerprint(entry, fingerprint);
    printf("%-13s%s\n%-13s%s\n%-13s%s\n%-13s%s\n%-13s%zu\n", "kid", entry->kid, "alg",
           entry->alg->name, "use", entry->use, "state",
           macaw_key_state_name(macaw_entry_state(entry, now)), "bits", entry->secret_len * 8);
    print_date("created", entry->iat);
    print_date("not before", entry->nbf);
    print_date("signs until", entry->sign_until);
    print_date("expires", entry->exp);
    printf("%-13s%s\n%-13s%s\n", "fingerprint", fingerprint, "insecure",
           entry->insecure ? "yes" : "no");
    return CLI_DONE;
}

static int print_secret(const macaw_keyring *ring, const macaw_entry *entry)
{
    size_t room = MACAW_BASE64URL_LEN(entry->secret_len);
    uint8_t *secret = malloc(entry->secret_len);
    char *text = malloc(room);
    int status = CLI_DONE;

    if (secret == NULL || text == NULL ||
        macaw_keyring_secret(ring, entry, secret, entry->secret_len) != MACAW_OK) {
        status = cli_fail(CLI_FAILED, "--secret", "out of memory");
    } else {
        size_t len = macaw_base64_encode(MACAW_BASE64URL, text, secret, entry->secret_len);
        setvbuf(stdout, NULL, _IONBF, 0);
        printf("%.*s\n", (int)len, text);
        macaw_wipe(secret, entry->secret_len);
        macaw_wipe(text, room);
    }
    free(secret);
    free(text);
    return status;
}

static int show(const macaw_keyring *ring, const key_args *args)
{
    const macaw_entry *entry;
    int64_t now = time(NULL);
    int status = key_find(ring, "--kid", args->kid, &entry);

    if (status != CLI_DONE) {
        return status;
    }
    if (args->secret) {
        return print_secret(ring, entry);
    }
    return args->json ? cli_print_json(key_json(entry, now)) : print_fields(entry, now);
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
