/* macaw audit: which construction and key made a tag. */
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "cli.h"

enum {
    OPTION_MESSAGE = 256,
    OPTION_TAG,
    OPTION_KEYS,
    OPTION_HTTP,
    OPTION_VARIANTS,
    OPTION_SHOW_KEY,
    OPTION_JSON
};

static const cli_option options[] = {
    {OPTION_MESSAGE, "message", "FILE", "the message's bytes, exactly; -: standard input"},
    {OPTION_TAG, "tag", "TAG", "its tag, as it is spelled; 4 bytes or more of it"},
    {OPTION_HTTP, "http", "FILE", "find requests, responses and tags in a text; -: standard input"},
    {OPTION_KEYS, "keys", "FILE", "the keys to try, a line each; the bundled list unless given"},
    {OPTION_VARIANTS, "variants", NULL,
     "also keys decoded and with a newline; of a text, rare constructions"},
    {OPTION_SHOW_KEY, "show-key", NULL, "print a key of FILE that fits, not only its line"},
    {OPTION_JSON, "json", NULL, "as JSON"},
    {0, NULL, NULL, NULL},
};

static const cli_usage usage = {
    "audit",
    "--message FILE --tag TAG | --http FILE [--keys FILE [--variants]] [--json]",
    "Find out which construction made a tag, and under which key of a word list: hashes\n"
    "with a key before or behind the message, and the MACs of macaw, in hexadecimal or\n"
    "base64, whole or cut.",
    options,
};

typedef struct audit_args {
    char *message, *tag, *http, *keys;
    bool variants;
    audit_report report;
} audit_args;

static int take(void *wish, int code, const cli_args *args)
{
    audit_args *ret = wish;

    switch (code) {
    case OPTION_MESSAGE:
        return cli_option_once(args, &ret->message);
    case OPTION_TAG:
        return cli_option_once(args, &ret->tag);
    case OPTION_HTTP:
        return cli_option_once(args, &ret->http);
    case OPTION_KEYS:
        return cli_option_once(args, &ret->keys);
    case OPTION_VARIANTS:
        ret->variants = true;
        return CLI_DONE;
    case OPTION_SHOW_KEY:
        ret->report.show_key = true;
        return CLI_DONE;
    default:
        ret->report.json = true;
        return CLI_DONE;
    }
}

static int check(const audit_args *audit, const cli_args *args)
{
    if ((audit->message == NULL) == (audit->http == NULL)) {
        return cli_fail(CLI_WRONG, "--message", "give either --message and --tag, or --http");
    }
    if ((audit->message == NULL) != (audit->tag == NULL)) {
        return cli_fail(CLI_WRONG, "--tag", audit->tag == NULL ? "missing" : "not with --http");
    }
    return cli_check_operands(args, 0, 0, "");
}

/* ---- input ---- */

typedef struct content {
    uint8_t *data;
    size_t len;
} content;

static int read_content(const char *label, const char *path, content *ret)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rbe");
    int status = CLI_DONE;

    if (file == NULL) {
        return cli_fail_errno(label);
    }
    ret->data = malloc(AUDIT_MESSAGE_MAX + 1);
    if (ret->data == NULL) {
        status = cli_fail_errno(label);
    } else {
        ret->len = fread(ret->data, 1, AUDIT_MESSAGE_MAX + 1, file);
        if (ferror(file)) {
            status = cli_fail_errno(label);
        } else if (ret->len > AUDIT_MESSAGE_MAX) {
            status = cli_fail(CLI_WRONG, label, "longer than %d bytes", AUDIT_MESSAGE_MAX);
        }
    }
    if (!standard) {
        fclose(file);
    }
    return status;
}

/* ---- one tag ---- */

/* First without a key, then every word; CLI_REFUSED if nothing made it. */
static int identify(audit_args *audit, const char *where, const audit_tag *tag,
                    const audit_message *messages, size_t count, const audit_http *http)
{
    audit_search search;
    audit_words words;
    audit_hit hit;
    int status = audit_words_open(&words, audit->keys, audit->variants);

    if (status != CLI_DONE) {
        return status;
    }
    status = audit_search_new(&search, tag, messages, count);
    search.thorough = http == NULL || audit->variants;
    if (status == CLI_DONE) {
        int found = audit_search_key(&search, NULL, 0, &hit) ? 1 : 0;
        if (found == 0) {
            found = audit_search_words(&search, &words, &hit, &status);
        }
        if (found > 0) {
            audit_report_hit(&audit->report, where, &hit, &words, http);
        } else if (found == 0) {
            audit_report_miss(&audit->report, where, words.line);
            status = CLI_REFUSED;
        }
        audit_search_free(&search);
    }
    audit_words_close(&words);
    return status;
}

static int audit_message_tag(audit_args *audit)
{
    audit_message message = {.name = "message"};
    content bytes = {0};
    audit_tag tag;
    int status;

    if (audit->tag == NULL ||
        !audit_tag_read(&tag, audit->tag, strlen(audit->tag), AUDIT_RAW_MIN)) {
        return cli_fail(CLI_WRONG, "--tag", "expected %d to %d bytes in hexadecimal or base64",
                        AUDIT_RAW_MIN, MACAW_TAG_MAX);
    }
    status = read_content("--message", audit->message, &bytes);
    if (status == CLI_DONE) {
        message.data = bytes.data;
        message.len = bytes.len;
        status = identify(audit, "message", &tag, &message, 1, NULL);
    }
    free(bytes.data);
    return status;
}

/* ---- a text ---- */

static int identify_fields(audit_args *audit, const audit_http *http, const audit_http *request,
                           size_t *tags)
{
    static audit_layouts layouts;
    char where[AUDIT_NAME_MAX];
    audit_tag tag;
    int status = CLI_DONE;

    if (!audit_layouts_new(&layouts, http, request)) {
        return cli_fail(CLI_FAILED, "--http", "out of memory");
    }
    for (size_t i = 0; status <= CLI_REFUSED && audit_http_tag(http, &i, &tag); i++) {
        const audit_str *name = &http->fields[i].name;
        snprintf(where, sizeof where, "%s: %.*s", http->response ? "response" : "request",
                 (int)(name->len < 100 ? name->len : 100), name->data);
        int one = identify(audit, where, &tag, layouts.messages, layouts.count, http);
        status = one > status ? one : status;
        (*tags)++;
    }
    audit_layouts_free(&layouts);
    audit_report_clock(&audit->report, http->response ? "response" : "request", http);
    return status;
}

static int audit_http_text(audit_args *audit)
{
    content text = {0};
    audit_http http, request;
    size_t at = 0, tags = 0;
    bool asked = false;
    int status = read_content("--http", audit->http, &text);

    while (status <= CLI_REFUSED && text.data != NULL &&
           audit_http_next((const char *)text.data, text.len, &at, &http)) {
        int one = identify_fields(audit, &http, asked ? &request : NULL, &tags);
        status = one > status ? one : status;
        if (!http.response) {
            request = http;
            asked = true;
        }
    }
    if (status == CLI_DONE && tags == 0) {
        status = cli_fail(CLI_WRONG, "--http", "no request or response with a field like a MAC");
    }
    free(text.data);
    return status;
}

int cli_audit(int argc, char **argv)
{
    cli_args args = {.usage = &usage, .argc = argc, .argv = argv};
    audit_args audit = {0};

    if (!cli_take_options(&args, take, &audit)) {
        return args.status;
    }
    int status = check(&audit, &args);
    if (status != CLI_DONE) {
        return status;
    }
    status = audit.http != NULL ? audit_http_text(&audit) : audit_message_tag(&audit);
    return audit_report_end(&audit.report, status);
}
