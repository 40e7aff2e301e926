#include "tag_update.h"

#include <stdio.h>

#include "tag_args.h"

/* The library takes one block at a time; this is the longest of any algorithm. */
enum { BLOCK_MAX = 64 };

int tag_update_take(tag_update *update, int code, const cli_args *args)
{
    int status;

    switch (code) {
    case OPTION_UPDATE:
        return cli_option_once(args, &update->tag_hex);
    case OPTION_LENGTH:
        status = cli_option_once(args, &update->length_text);
        return status == CLI_DONE ? cli_option_number(args, 1, INT64_MAX, &update->length) : status;
    case OPTION_OFFSET:
        status = cli_option_once(args, &update->offset_text);
        return status == CLI_DONE ? cli_option_number(args, 0, INT64_MAX, &update->offset) : status;
    case OPTION_OLD:
        return cli_option_once(args, &update->old_name);
    default:
        return cli_option_once(args, &update->new_name);
    }
}

int tag_update_check(const tag_update *update)
{
    const struct {
        const char *option, *value;
    } needed[] = {{"--length", update->length_text},
                  {"--offset", update->offset_text},
                  {"--old", update->old_name},
                  {"--new", update->new_name}};

    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (update->tag_hex != NULL && needed[i].value == NULL) {
            return cli_fail(CLI_WRONG, needed[i].option, "missing; --update needs it");
        }
        if (update->tag_hex == NULL && needed[i].value != NULL) {
            return cli_fail(CLI_WRONG, needed[i].option, "is for --update only");
        }
    }
    return CLI_DONE;
}

static int check_place(const tag_update *update, const macaw_key *key)
{
    const macaw_alg *alg = macaw_key_alg(key);
    uint8_t probe[MACAW_TAG_MAX] = {0};
    const macaw_change none = {.msg_len = alg->block_len, .old_data = probe, .new_data = probe};

    if (macaw_key_tag_len(key) != alg->tag_len) {
        return cli_fail(CLI_WRONG, "-l", "a tag that was cut cannot be updated");
    }
    if (macaw_tag_change(key, &none, probe, probe, alg->tag_len) == MACAW_EUNAVAILABLE) {
        return cli_fail(CLI_WRONG, "--update", "%s needs the whole message; tag it anew",
                        alg->name);
    }
    if (update->offset % alg->block_len != 0) {
        return cli_fail(CLI_WRONG, "--offset", "expected a multiple of %u, the block of %s",
                        alg->block_len, alg->name);
    }
    if (update->offset >= update->length) {
        return cli_fail(CLI_WRONG, "--offset", "expected less than the --length");
    }
    return CLI_DONE;
}

/* The two files of a change. */
typedef struct change_files {
    FILE *before, *after;
} change_files;

static int open_files(const tag_update *update, change_files *files)
{
    files->before = fopen(update->old_name, "rbe");
    files->after = files->before != NULL ? fopen(update->new_name, "rbe") : NULL;
    if (files->after == NULL) {
        return cli_fail_errno(files->before != NULL ? update->new_name : update->old_name);
    }
    return CLI_DONE;
}

static void close_files(const change_files *files)
{
    if (files->before != NULL) {
        fclose(files->before);
    }
    if (files->after != NULL) {
        fclose(files->after);
    }
}

/* The next block of both files; *len is 0 at their end. */
static int read_blocks(const tag_update *update, const change_files *files, size_t block_len,
                       uint8_t *before, uint8_t *after, size_t *len)
{
    size_t other;

    *len = fread(before, 1, block_len, files->before);
    if (ferror(files->before)) {
        return cli_fail_errno(update->old_name);
    }
    other = fread(after, 1, block_len, files->after);
    if (ferror(files->after)) {
        return cli_fail_errno(update->new_name);
    }
    return *len == other
               ? CLI_DONE
               : cli_fail(CLI_WRONG, "--new", "expected as many bytes as the --old file has");
}

/* A block, or at the end of the message what is left of one. */
static int check_block(const tag_update *update, int64_t offset, size_t len, size_t block_len)
{
    if (offset >= update->length || (int64_t)len > update->length - offset) {
        return cli_fail(CLI_WRONG, "--old", "reaches past the end of the message");
    }
    if (len < block_len && (int64_t)len < update->length - offset) {
        return cli_fail(CLI_WRONG, "--old",
                        "expected a multiple of %zu bytes, or all to the end of the message",
                        block_len);
    }
    return CLI_DONE;
}

static int apply(const tag_update *update, const macaw_key *key, const change_files *files,
                 uint8_t *tag)
{
    size_t block_len = macaw_key_alg(key)->block_len, len;
    uint8_t before[BLOCK_MAX], after[BLOCK_MAX];
    int64_t offset = update->offset;

    for (;; offset += (int64_t)len) {
        int status = read_blocks(update, files, block_len, before, after, &len);
        if (status != CLI_DONE || (len == 0 && offset > update->offset)) {
            return status;
        }
        if (len == 0) {
            return cli_fail(CLI_WRONG, "--old", "empty");
        }
        status = check_block(update, offset, len, block_len);
        if (status != CLI_DONE) {
            return status;
        }
        const macaw_change change = {.msg_len = (uint64_t)update->length,
                                     .offset = (uint64_t)offset,
                                     .old_data = before,
                                     .new_data = after};
        status = macaw_tag_change(key, &change, tag, tag, macaw_key_tag_len(key));
        if (status != MACAW_OK) {
            return cli_fail_status("--update", status);
        }
    }
}

int tag_update_run(const tag_update *update, const macaw_key *key, uint8_t *tag)
{
    change_files files = {NULL, NULL};
    int status = check_place(update, key);

    if (status == CLI_DONE) {
        status = tag_args_read_tag("--update", update->tag_hex, key, tag);
    }
    if (status == CLI_DONE) {
        status = open_files(update, &files);
        if (status == CLI_DONE) {
            status = apply(update, key, &files, tag);
        }
        close_files(&files);
    }
    return status;
}
