#include "tag_args.h"

#include <string.h>

#include "base/codec.h"
#include "base/random.h"

int tag_args_take(tag_args *args, int code, const cli_args *options)
{
    switch (code) {
    case 'a':
        return cli_option_once(options, &args->alg);
    case 'k':
        return cli_option_once(options, &args->key);
    case 'n':
        return cli_option_once(options, &args->nonce_hex);
    case 'l':
        return cli_option_number(options, 1, MACAW_TAG_MAX, &args->length);
    default:
        args->short_tag = true;
        return CLI_DONE;
    }
}

static int read_nonce(tag_args *args)
{
    size_t len = args->nonce_hex != NULL ? strlen(args->nonce_hex) : 0;
    size_t bad;

    /* One longer than that of any algorithm is refused by its length later. */
    uint8_t *ret = len <= MACAW_HEX_LEN((size_t)NONCE_MAX) ? args->nonce : NULL;

    if (macaw_hex_decode(ret, args->nonce_hex, len, &bad) != MACAW_OK) {
        return cli_fail(CLI_WRONG, "-n", "byte %zu: expected pairs of the digits 0-9a-f", bad);
    }
    args->nonce_len = len / 2;
    return CLI_DONE;
}

static int check_nonce(const tag_args *args, const macaw_alg *alg)
{
    if (args->nonce_len == alg->nonce_len) {
        return CLI_DONE;
    }
    if (alg->nonce_len == 0) {
        return cli_fail(CLI_WRONG, "-n", "%s takes no nonce", alg->name);
    }
    if (args->nonce_hex == NULL) {
        return cli_fail(CLI_WRONG, "-n", "missing; %s takes a nonce of %u bytes", alg->name,
                        alg->nonce_len);
    }
    return cli_fail(CLI_WRONG, "-n", "%s takes a nonce of %u bytes, given %zu", alg->name,
                    alg->nonce_len, args->nonce_len);
}

int tag_args_open(tag_args *args, bool signing, macaw_key **ret)
{
    cli_key_request request = {
        .alg_name = args->alg,
        .text = args->key,
        .opts = {.tag_len = (size_t)args->length,
                 .flags = args->short_tag ? MACAW_KEY_SHORT_TAG : 0},
        .signing = signing,
    };
    int status;

    status = read_nonce(args);
    if (status == CLI_DONE) {
        status = cli_key_open(&request, ret);
    }
    if (status == CLI_DONE) {
        const macaw_alg *alg = macaw_key_alg(*ret);
        args->draw_nonce = signing && args->nonce_hex == NULL && alg->nonce_len > 0;
        args->nonce_len = args->draw_nonce ? alg->nonce_len : args->nonce_len;
        status = check_nonce(args, alg);
        if (status != CLI_DONE) {
            macaw_key_free(*ret);
        }
    }
    return status;
}

int tag_args_read_tag(const char *label, const char *hex, const macaw_key *key, uint8_t *tag)
{
    size_t digits = MACAW_HEX_LEN(macaw_key_tag_len(key));
    size_t given = strlen(hex);
    size_t bad;

    if (macaw_hex_decode(NULL, hex, given, &bad) != MACAW_OK) {
        return cli_fail(CLI_WRONG, label, "byte %zu: expected pairs of the digits 0-9a-f", bad);
    }
    if (given != digits) {
        return cli_fail(CLI_WRONG, label,
                        "expected a tag of %zu digits, given %zu; -l sets the length", digits,
                        given);
    }
    return macaw_hex_decode(tag, hex, given, NULL) == MACAW_OK ? CLI_DONE : CLI_WRONG;
}

int tag_args_start(tag_args *args, const macaw_key *key, macaw_ctx *ctx)
{
    int status = args->draw_nonce ? macaw_random(args->nonce, args->nonce_len) : MACAW_OK;

    if (status == MACAW_OK) {
        status = macaw_start(ctx, key, args->nonce, args->nonce_len);
    }

    return status == MACAW_OK ? CLI_DONE : cli_fail_status(macaw_key_alg(key)->name, status);
}

int tag_fail(const macaw_key *key, const char *name, int status)
{
    const macaw_alg *alg = macaw_key_alg(key);

    if (status != MACAW_EARG || (alg->flags & MACAW_ALG_FIXED) == 0) {
        return cli_fail_status(name, status);
    }
    if (alg->msg_len != 0) {
        return cli_fail(CLI_WRONG, name, "%s takes messages of %u bytes only", alg->name,
                        alg->msg_len);
    }
    return cli_fail(CLI_WRONG, name, "all messages of a key of %s must have the same length",
                    alg->name);
}
