/* macaw tag: lines of tag and file name, like sha256sum's. */
#include <stdio.h>

#include "base/codec.h"
#include "stream.h"
#include "tag_args.h"

static const cli_option options[] = {
    TAG_OPTIONS,
    {0, NULL, NULL, NULL},
};

static const cli_usage usage = {
    "tag",
    "-a ALG -k KEY [-l BYTES] [-n NONCE] [FILE...]",
    "Print one line for each FILE: its tag in hexadecimal, two spaces, its name.\n"
    "Without FILE, or where it is -, read standard input. Where the algorithm needs a nonce\n"
    "and -n gives none, a random one is drawn for each FILE and printed as NONCE:TAG.",
    options,
};

static void print_hex(const uint8_t *bytes, size_t len)
{
    char hex[MACAW_HEX_LEN(MACAW_TAG_MAX)];

    macaw_hex_encode(hex, bytes, len);
    printf("%.*s", (int)MACAW_HEX_LEN(len), hex);
}

/* A nonce that was drawn stands before the tag: the receiver needs both. */
static void print_tag(const tag_args *args, const uint8_t *tag, size_t len, const char *name)
{
    if (cli_needs_escape(name)) {
        putchar('\\');
    }
    if (args->draw_nonce) {
        print_hex(args->nonce, args->nonce_len);
        putchar(':');
    }
    print_hex(tag, len);
    fputs("  ", stdout);
    cli_print_escaped(name);
    putchar('\n');
}

static int tag_file(tag_args *args, const macaw_key *key, const char *name)
{
    size_t len = macaw_key_tag_len(key);
    uint8_t tag[MACAW_TAG_MAX];
    macaw_ctx ctx;
    int status = tag_args_start(args, key, &ctx);

    if (status != CLI_DONE) {
        return status;
    }
    status = cli_stream_file(name, &ctx);
    if (status != CLI_DONE) {
        macaw_ctx_end(&ctx);
        return status;
    }
    status = macaw_finish(&ctx, tag, len);
    if (status != MACAW_OK) {
        return tag_fail(key, name, status);
    }
    print_tag(args, tag, len, name);
    return CLI_DONE;
}

/* Go on after a file that cannot be read; the status of the last failure stays. */
static int tag_files(tag_args *args, const macaw_key *key, int count, char **names)
{
    int status = CLI_DONE;

    for (int i = 0; i < count; i++) {
        int one = tag_file(args, key, names[i]);
        status = one != CLI_DONE ? one : status;
    }
    return status;
}

static int check_count(const tag_args *args, const macaw_alg *alg, int count)
{
    if (count > 1 && (args->nonce_len > 0 || (alg->flags & MACAW_ALG_ONE_TIME) != 0) &&
        !args->draw_nonce) {
        return cli_fail(CLI_WRONG, alg->name, "one %s, one FILE: a second would reveal the key",
                        (alg->flags & MACAW_ALG_ONE_TIME) != 0 ? "key" : "nonce");
    }
    return CLI_DONE;
}

int cli_tag(int argc, char **argv)
{
    char standard_input[] = "-";
    char *no_names[] = {standard_input};
    cli_args args = {.usage = &usage, .argc = argc, .argv = argv};
    tag_args tag = {0};
    macaw_key *key;
    int code;
    int status;

    while ((code = cli_next_option(&args)) > 0) {
        status = tag_args_take(&tag, code, &args);
        if (status != CLI_DONE) {
            return status;
        }
    }
    if (code < 0) {
        return args.status;
    }
    status = tag_args_open(&tag, true, &key);
    if (status != CLI_DONE) {
        return status;
    }
    int count = cli_operand_count(&args);
    status = check_count(&tag, macaw_key_alg(key), count);
    if (status == CLI_DONE) {
        status =
            tag_files(&tag, key, count > 0 ? count : 1, count > 0 ? cli_operands(&args) : no_names);
    }
    macaw_key_free(key);
    return status;
}
