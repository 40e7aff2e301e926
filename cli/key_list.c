/* macaw key list: a keyring as a table. */
#include <stdio.h>
#include <time.h>

#include "key_print.h"
#include "key_ring.h"
#include "json_out.h"

static const cli_option options[] = {
    KEYRING_ROW,
    {OPTION_KEY_JSON, "json", NULL, "as JSON"},
    LAST_ROW,
};

static const cli_usage usage = {
    "key list",
    "--keyring FILE [--json]",
    "List the keys with their state at this moment and their dates in UTC. Equal\n"
    "fingerprints, also in different keyrings, are equal secrets.",
    options,
};

static int print_json(const macaw_keyring *ring, int64_t now)
{
    json_t *list = json_array();
    key_view key;

    for (size_t i = 0; key_view_at(ring, i, now, &key); i++) {
        json_array_append_new(list, key_json(&key));
    }
    return cli_print_json(
        json_pack("{s:o, s:I}", "keys", list, "ignored", (json_int_t)macaw_keyring_ignored(ring)));
}

static int print_table(const macaw_keyring *ring, int64_t now)
{
    size_t ignored = macaw_keyring_ignored(ring);
    key_view key;

    printf("%-20s %-16s %-8s %-8s %5s %-20s %-20s %-20s %s\n", "KID", "ALG", "USE", "STATE", "BITS",
           "CREATED", "SIGNS UNTIL", "EXPIRES", "FINGERPRINT");
    for (size_t i = 0; key_view_at(ring, i, now, &key); i++) {
        key_print_row(&key);
    }
    if (ignored > 0) {
        printf(
            "and %zu of other kinds, or without a kid and a use of macaw's spelling: left alone\n",
            ignored);
    }
    return CLI_DONE;
}

int cli_key_list(int argc, char **argv)
{
    key_args args = {0};
    macaw_keyring *ring;
    macaw_error err;
    int status;

    if (!key_args_parse(&usage, argc, argv, false, &args, &status)) {
        return status;
    }
    if (macaw_keyring_load(&ring, args.keyring, &err) != MACAW_OK) {
        return cli_fail_detail(args.keyring, &err);
    }
    status = args.json ? print_json(ring, time(NULL)) : print_table(ring, time(NULL));
    macaw_keyring_free(ring);
    return status;
}
