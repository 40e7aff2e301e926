/* macaw verify: is this the tag of this file? */
#include <stdio.h>
#include <string.h>

#include "stream.h"
#include "tag_args.h"

static const cli_option options[] = {
    TAG_OPTIONS,
    {'t', "tag", "HEX", "the tag to check, or NONCE:TAG as macaw tag prints it"},
    {'q', "quiet", NULL, "say nothing; the exit status tells"},
    {0, NULL, NULL, NULL},
};

static const cli_usage usage = {
    "verify",
    "-a ALG -k KEY -t TAG [-l BYTES] [-n NONCE] [FILE]",
    "Check that TAG is the tag of FILE, or of standard input. Exit status 0: it is; 1: it is not.",
    options,
};

typedef struct tag_claim {
    tag_args args;
    char *hex;
    uint8_t tag[MACAW_TAG_MAX];
    bool quiet;
} tag_claim;

static int verify_file(tag_claim *claim, const macaw_key *key, const char *name)
{
    macaw_ctx ctx;
    int status = tag_args_start(&claim->args, key, &ctx);

    if (status != CLI_DONE) {
        return status;
    }
    status = cli_stream_file(name, &ctx);
    if (status != CLI_DONE) {
        macaw_ctx_end(&ctx);
        return status;
    }
    status = macaw_finish_verify(&ctx, claim->tag, macaw_key_tag_len(key));
    if (status == MACAW_OK && !claim->quiet) {
        cli_print_escaped(name);
        puts(": verified");
    } else if (status == MACAW_EFORGED && !claim->quiet) {
        cli_fail(CLI_REFUSED, name,
                 "not verified: the tag is not that of these bytes and this key");
    } else if (status != MACAW_OK && status != MACAW_EFORGED) {
        return tag_fail(key, name, status);
    }
    return status == MACAW_OK ? CLI_DONE : CLI_REFUSED;
}

static int take(void *wish, int code, const cli_args *args)
{
    tag_claim *claim = wish;

    switch (code) {
    case 't':
        return cli_option_once(args, &claim->hex);
    case 'q':
        claim->quiet = true;
        return CLI_DONE;
    default:
        return tag_args_take(&claim->args, code, args);
    }
}

/* NONCE:TAG, if no nonce was given otherwise. */
static void take_nonce(tag_claim *claim)
{
    char *colon = claim->args.nonce_hex == NULL ? strchr(claim->hex, ':') : NULL;

    if (colon != NULL) {
        *colon = '\0';
        claim->args.nonce_hex = claim->hex;
        claim->hex = colon + 1;
    }
}

int cli_verify(int argc, char **argv)
{
    cli_args args = {.usage = &usage, .argc = argc, .argv = argv};
    tag_claim claim = {0};
    macaw_key *key;

    if (!cli_take_options(&args, take, &claim)) {
        return args.status;
    }
    int status = cli_check_operands(&args, 0, 1, "FILE");
    if (claim.hex == NULL) {
        return status != CLI_DONE ? status
                                  : cli_fail(CLI_WRONG, "-t", "missing; give the tag to check");
    }
    if (status == CLI_DONE) {
        take_nonce(&claim);
        status = tag_args_open(&claim.args, false, &key);
    }
    if (status != CLI_DONE) {
        return status;
    }
    status = tag_args_read_tag("-t", claim.hex, key, claim.tag);
    if (status == CLI_DONE) {
        status =
            verify_file(&claim, key, cli_operand_count(&args) > 0 ? *cli_operands(&args) : "-");
    }
    macaw_key_free(key);
    return status;
}
