/* macaw key rotate: a new active key; the old one verifies until it expires. */
#include <string.h>

#include "key_ring.h"

enum { DEFAULT_OVERLAP = 7 * 86400 };

static const cli_option options[] = {
    KEYRING_ROW,
    {OPTION_KID, "kid", "NEW", "the new key's name"},
    {OPTION_FROM, "from", "OLD", "the key to replace; without it the only active one"},
    {OPTION_USE, "use", "USE", "the purpose to look for it in; http unless given"},
    {OPTION_OVERLAP, "overlap", "TIME", "how long the old one still verifies; 7d unless given"},
    PUBLIC_ROW,
    LAST_ROW,
};

static const cli_usage usage = {
    "key rotate",
    "--keyring FILE --kid NEW [--from OLD] [--overlap 7d] [--public FILE]",
    "Add a fresh active key with the algorithm and purpose of the old one. The old\n"
    "key signs no more, and verifies until the overlap has passed.",
    options,
};

static int find_old(const key_edit *edit, const key_args *args, key_found *ret)
{
    const char *use = args->use != NULL ? args->use : "http";
    int status;

    if (args->from == NULL) {
        status = key_signer(edit->ring, use, edit->now, ret);
        if (status == MACAW_OK) {
            return CLI_DONE;
        }
        return cli_fail(CLI_WRONG, "--from",
                        status == MACAW_EEXIST ? "needed: more than one key for %s is active"
                                               : "needed: no key for %s is active",
                        use);
    }
    status = key_find(edit->ring, "--from", args->from, ret);
    if (status != CLI_DONE) {
        return status;
    }
    if (ret->jwk != NULL && !ret->jwk->has_private) {
        return cli_fail(CLI_WRONG, "--from",
                        "key %s is public: rotate it where its private part is", args->from);
    }
    macaw_key_state state = ret->entry != NULL ? macaw_entry_state(ret->entry, edit->now)
                                               : macaw_jwk_state(ret->jwk, edit->now);
    return state == MACAW_ACTIVE ? CLI_DONE
                                 : cli_fail(CLI_WRONG, "--from", "key %s is %s, not active",
                                            args->from, macaw_key_state_name(state));
}

/* What follows of the old key once the new one is there; entries may have moved. */
typedef struct old_key {
    char kid[MACAW_KID_MAX + 1];
    char use[MACAW_USE_MAX + 1];
    int64_t sign_until;
} old_key;

static int add_mac_like(key_edit *edit, const key_args *args, const macaw_entry *old, old_key *ret)
{
    macaw_entry_spec spec = {
        .kid = args->kid, .alg = old->alg, .state = MACAW_ACTIVE, .iat = edit->now};

    *ret = (old_key){.sign_until = old->sign_until};
    memcpy(ret->kid, old->kid, sizeof ret->kid);
    memcpy(ret->use, old->use, sizeof ret->use);
    spec.use = ret->use;
    return key_add(edit, &spec);
}

static int add_jwk_like(key_edit *edit, const key_args *args, const macaw_jwk *old, old_key *ret)
{
    macaw_jwk_spec spec = {
        .kid = args->kid, .alg = old->alg, .state = MACAW_ACTIVE, .iat = edit->now};

    *ret = (old_key){.sign_until = old->sign_until};
    memcpy(ret->kid, old->kid, sizeof ret->kid);
    memcpy(ret->use, old->use, sizeof ret->use);
    spec.use = ret->use;
    return key_add_jwk(edit, &spec);
}

static int rotate(key_edit *edit, const key_args *args)
{
    key_found old;
    old_key before;
    int status = find_old(edit, args, &old);

    if (status != CLI_DONE) {
        return status;
    }
    status = old.entry != NULL ? add_mac_like(edit, args, old.entry, &before)
                               : add_jwk_like(edit, args, old.jwk, &before);
    if (status != CLI_DONE) {
        return status;
    }
    status = macaw_keyring_change(edit->ring, before.kid, MACAW_VERIFY, before.sign_until,
                                  edit->now + args->overlap);
    if (status != MACAW_OK) {
        return cli_fail_status("--from", status);
    }
    key_warn_signer(edit, before.use);
    return CLI_DONE;
}

int cli_key_rotate(int argc, char **argv)
{
    key_args args = {.overlap = DEFAULT_OVERLAP};
    key_edit edit;
    int status;

    if (!key_args_parse(&usage, argc, argv, true, &args, &status)) {
        return status;
    }
    status = key_edit_begin(&edit, args.keyring, false);
    if (status == CLI_DONE) {
        status = key_edit_end(&edit, rotate(&edit, &args));
    }
    return status == CLI_DONE ? key_publish(args.keyring, args.public_ring, NULL) : status;
}
