/* macaw tag: lines of tag and file name, like sha256sum's. */
#include <stdio.h>

#include "base/codec.h"
#include "map.h"
#include "stream.h"
#include "tag_args.h"
#include "tag_update.h"

enum { OPTION_THREADS = 400, THREADS_MAX = 256 };

static const cli_option options[] = {
    TAG_OPTIONS,
    {OPTION_THREADS, "threads", "N", "read a large file with N threads, where ALG allows it"},
    TAG_UPDATE_OPTIONS,
    {0, NULL, NULL, NULL},
};

static const cli_usage usage = {
    "tag",
    "-a ALG -k KEY [-l BYTES] [-n NONCE] [FILE...]",
    "Print one line for each FILE: its tag in hexadecimal, two spaces, its name.\n"
    "Without FILE, or where it is -, read standard input. Where the algorithm needs a nonce\n"
    "and -n gives none, a random one is drawn for each FILE and printed as NONCE:TAG.\n"
    "With --update, print the tag of a message that changed in a few blocks without reading it.",
    options,
};

typedef struct tag_wish {
    tag_args args;
    tag_update update;
    int64_t threads;
} tag_wish;

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

static int tag_stream(tag_args *args, const macaw_key *key, const char *name, uint8_t *tag)
{
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
    status = macaw_finish(&ctx, tag, macaw_key_tag_len(key));
    return status == MACAW_OK ? CLI_DONE : tag_fail(key, name, status);
}

static int tag_map(const tag_wish *wish, const macaw_key *key, const char *name, const cli_map *map,
                   uint8_t *tag)
{
    const macaw_msg msg = {.data = map->data, .len = map->len};
    int status =
        macaw_tag_parallel(key, &msg, (unsigned)wish->threads, tag, macaw_key_tag_len(key));

    return status == MACAW_OK ? CLI_DONE : tag_fail(key, name, status);
}

static int tag_file(tag_wish *wish, const macaw_key *key, const char *name)
{
    uint8_t tag[MACAW_TAG_MAX];
    bool plain = macaw_key_alg(key)->nonce_len == 0;
    cli_map map;
    int status;

    if (wish->threads > 1 && plain && cli_map_file(name, &map)) {
        status = tag_map(wish, key, name, &map, tag);
        cli_unmap(&map);
    } else {
        status = tag_stream(&wish->args, key, name, tag);
    }
    if (status == CLI_DONE) {
        print_tag(&wish->args, tag, macaw_key_tag_len(key), name);
    }
    return status;
}

/* Go on after a file that cannot be read; the status of the last failure stays. */
static int tag_files(tag_wish *wish, const macaw_key *key, int count, char **names)
{
    int status = CLI_DONE;

    for (int i = 0; i < count; i++) {
        int one = tag_file(wish, key, names[i]);
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

static int tag_changed(const tag_wish *wish, const macaw_key *key)
{
    uint8_t tag[MACAW_TAG_MAX];
    int status = tag_update_run(&wish->update, key, tag);

    if (status == CLI_DONE) {
        print_tag(&wish->args, tag, macaw_key_tag_len(key), "-");
    }
    return status;
}

static int take(void *into, int code, const cli_args *args)
{
    tag_wish *wish = into;

    if (code == OPTION_THREADS) {
        return cli_option_number(args, 1, THREADS_MAX, &wish->threads);
    }
    return code >= OPTION_UPDATE ? tag_update_take(&wish->update, code, args)
                                 : tag_args_take(&wish->args, code, args);
}

static int run(tag_wish *wish, const macaw_key *key, const cli_args *args)
{
    char standard_input[] = "-";
    char *no_names[] = {standard_input};
    int count = cli_operand_count(args);
    int status = check_count(&wish->args, macaw_key_alg(key), count);

    if (status != CLI_DONE) {
        return status;
    }
    if (wish->update.tag_hex != NULL) {
        return tag_changed(wish, key);
    }
    return tag_files(wish, key, count > 0 ? count : 1, count > 0 ? cli_operands(args) : no_names);
}

int cli_tag(int argc, char **argv)
{
    cli_args args = {.usage = &usage, .argc = argc, .argv = argv};
    tag_wish wish = {0};
    macaw_key *key;
    int status;

    if (!cli_take_options(&args, take, &wish)) {
        return args.status;
    }
    status = tag_update_check(&wish.update);
    if (status == CLI_DONE && wish.update.tag_hex != NULL) {
        status = cli_check_operands(&args, 0, 0, "FILE");
    }
    if (status == CLI_DONE) {
        status = tag_args_open(&wish.args, true, &key);
    }
    if (status == CLI_DONE) {
        status = run(&wish, key, &args);
        macaw_key_free(key);
    }
    return status;
}
