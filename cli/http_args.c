#include "http_args.h"

#include <string.h>
#include <time.h>

#include "key_arg.h"
#include "spool.h"

int http_args_take(http_args *args, int code, const cli_args *options)
{
    switch (code) {
    case OPTION_SCHEME:
        return cli_option_once(options, &args->scheme_name);
    case 'k':
        return cli_option_once(options, &args->key);
    case 'X':
        return cli_option_once(options, &args->method);
    case 'd':
        return cli_option_once(options, &args->data);
    case OPTION_NOW:
        return cli_option_number(options, 1000000000, 9999999999, &args->now);
    case OPTION_ALLOW_UNCOVERED:
        args->allow_uncovered = true;
        return CLI_DONE;
    default:
        args->no_key_id = true;
        return CLI_DONE;
    }
}

static int open_scheme(http_args *args)
{
    if (args->scheme_name == NULL) {
        return cli_fail(CLI_WRONG, "--scheme", "missing; x-authorization is one");
    }
    args->scheme = macaw_scheme_find(args->scheme_name);
    if (args->scheme == NULL) {
        return cli_fail(CLI_WRONG, "--scheme", "unknown scheme %s", args->scheme_name);
    }
    if (macaw_scheme_insecure(args->scheme)) {
        return cli_fail(CLI_WRONG, "--scheme", "%s only verifies; sign with x-authorization",
                        args->scheme_name);
    }
    return CLI_DONE;
}

int http_args_open_key(http_args *args)
{
    const char *use = args->use != NULL ? args->use : "http";
    macaw_key_state state;
    int status = open_scheme(args);

    if (status != CLI_DONE) {
        return status;
    }
    if (args->key == NULL) {
        return cli_fail(CLI_WRONG, "-k", "missing; name a key as KID@KEYRING");
    }
    if (!cli_is_keyring_key(args->key)) {
        return cli_fail(CLI_WRONG, "-k",
                        "a request is signed with a key of a keyring: KID@KEYRING");
    }
    status = cli_keyring_key("-k", args->key, &args->ring, &args->entry);
    if (status != CLI_DONE) {
        return status;
    }
    state = macaw_entry_state(args->entry, args->now != 0 ? args->now : time(NULL));
    if (state != MACAW_ACTIVE) {
        return cli_fail(CLI_WRONG, "-k", "key %s is %s and does not sign", args->entry->kid,
                        macaw_key_state_name(state));
    }
    if (strcmp(args->entry->use, use) != 0) {
        return cli_fail(CLI_WRONG, "-k", "key %s is for %s, not for %s", args->entry->kid,
                        args->entry->use, use);
    }
    return CLI_DONE;
}

/* A method is a token (RFC 9110 section 5.6.2). */
static int check_method(http_args *args)
{
    static const char token[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static char get[] = "GET";
    static char post[] = "POST";
    size_t good;

    if (args->method == NULL) {
        args->method = args->data != NULL ? post : get;
    }
    good = strspn(args->method, token);
    if (args->method[good] != '\0' || good == 0) {
        return cli_fail(CLI_WRONG, "-X", "byte %zu: not part of a method", good);
    }
    return CLI_DONE;
}

/* Standard input cannot be sent again, so it goes to a file first. */
static FILE *spool_standard_input(void)
{
    FILE *spool = cli_spool_open();
    char chunk[65536];
    size_t got;

    while (spool != NULL && (got = fread(chunk, 1, sizeof chunk, stdin)) > 0) {
        if (fwrite(chunk, 1, got, spool) != got) {
            break;
        }
    }
    if (spool != NULL && (ferror(stdin) || ferror(spool) || fflush(spool) != 0)) {
        fclose(spool);
        return NULL;
    }
    return spool;
}

static int open_body(http_args *args)
{
    char *data = args->data;

    if (data == NULL) {
        return CLI_DONE;
    }
    if (strcmp(data, "@-") == 0) {
        args->body = spool_standard_input();
    } else if (data[0] == '@') {
        args->body = fopen(data + 1, "rbe");
    } else {
        args->body =
            data[0] != '\0' ? fmemopen(data, strlen(data), "rb") : fopen("/dev/null", "rbe");
    }
    if (args->body == NULL || fseeko(args->body, 0, SEEK_END) != 0 ||
        (args->body_size = ftello(args->body)) < 0) {
        return cli_fail_errno("-d");
    }
    rewind(args->body);
    return CLI_DONE;
}

static int check_coverage(const http_args *args)
{
    unsigned covers = macaw_scheme_covers(args->scheme);
    bool reads = strcmp(args->method, "GET") == 0 || strcmp(args->method, "HEAD") == 0;

    if (args->allow_uncovered) {
        return CLI_DONE;
    }
    if (args->body_size > 0 && (covers & MACAW_COVERS_BODY) == 0) {
        return cli_fail(
            CLI_WRONG, "-d",
            "%s does not sign the body, so gateways refuse it; --allow-uncovered goes on",
            args->scheme_name);
    }
    if (!reads && (covers & MACAW_COVERS_METHOD) == 0) {
        return cli_fail(CLI_WRONG, "-X",
                        "%s does not sign the method, so gateways refuse all but GET and HEAD; "
                        "--allow-uncovered goes on",
                        args->scheme_name);
    }
    return CLI_DONE;
}

int http_args_open(http_args *args, const cli_args *options)
{
    int status = cli_check_operands(options, 1, 1, "URL");

    if (status == CLI_DONE) {
        status = cli_url_parse("URL", cli_operands(options)[0], &args->url);
    }
    if (status == CLI_DONE) {
        status = check_method(args);
    }
    if (status == CLI_DONE) {
        status = http_args_open_key(args);
    }
    if (status == CLI_DONE) {
        status = open_body(args);
    }
    return status == CLI_DONE ? check_coverage(args) : status;
}

void http_args_close(http_args *args)
{
    if (args->body != NULL) {
        fclose(args->body);
    }
    macaw_keyring_free(args->ring);
    cli_url_free(&args->url);
}

int http_args_sign(const http_args *args, int64_t now, macaw_signed *ret)
{
    macaw_request request = {
        .method = {args->method, strlen(args->method)},
        .target = {args->url.target, strlen(args->url.target)},
        .has_body = args->body_size > 0,
    };
    int status =
        macaw_request_sign(args->scheme, args->entry, &request, now, !args->no_key_id, ret);

    if (status == MACAW_EARG) {
        return cli_fail(CLI_WRONG, "-k", "%s does not sign with a key for %s", args->scheme_name,
                        args->entry->alg->name);
    }
    return status == MACAW_OK ? CLI_DONE : cli_fail_status("-k", status);
}
