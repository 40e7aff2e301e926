/* macaw request: sign, send, and believe the answer only if its MAC verifies. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "key_ring.h"
#include "transfer.h"

enum {
    OPTION_WINDOW = OPTION_HTTP_LAST,
    OPTION_CACERT,
    OPTION_MAX_FILESIZE,

    DEFAULT_WINDOW = 300,
    ATTEMPTS_MAX = 3, /* signed again after this many seconds at most */
    HEADERS_MAX = 32,
    CHUNK = 65536,
    PROBLEM_MAX = 65536,
};

static const int64_t default_max_filesize = INT64_C(1) << 30;

static const cli_option options[] = {
    HTTP_OPTIONS,
    {'H', "header", "LINE", "send another header line, such as 'Accept: text/plain'"},
    {'o', "output", "FILE", "write the content there instead of to standard output"},
    {'i', "include", NULL, "print the answer's status and header first"},
    {'v', "verbose", NULL, "show both headers on stderr"},
    {'m', "max-time", "SEC", "give up after so many seconds"},
    {OPTION_WINDOW, "window", "SEC", "how far the answer's time may be off; 300 unless given"},
    {OPTION_CACERT, "cacert", "FILE", "trust these certificates instead of the system's"},
    {OPTION_MAX_FILESIZE, "max-filesize", "BYTES", "the longest content accepted; 1 GiB unless given"},
    {0, NULL, NULL, NULL},
};

static const cli_usage usage = {
    "request", "--scheme S -k KID@FILE [-X METHOD] [-d @FILE] [OPTION...] URL",
    "Send a signed request. The content of the answer is delivered only if its MAC is\n"
    "right and its time within the window. Exit status 0: verified, and a status under\n"
    "400; 1: not verified, or a status of 400 and more; 3: no answer.",
    options,
};

typedef struct request_args {
    http_args http;
    transfer_options transfer;
    char *headers[HEADERS_MAX];
    char *output;
    char *cacert;
    bool include;
    int64_t window;
} request_args;

/* A line break would start a header of its own; curl drops "Name:" and reads "@FILE". */
static int take_header(request_args *request, const cli_args *args)
{
    const char *colon = strchr(args->value, ':');

    for (const char *p = args->value; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f) {
            return cli_fail(CLI_WRONG, "-H", "byte %zu: a control character",
                            (size_t)(p - args->value));
        }
    }
    if (colon == NULL || colon == args->value || colon[1] == '\0') {
        return cli_fail(CLI_WRONG, "-H", "expected 'Name: value'");
    }
    if (strncasecmp(args->value, "x-authorization-", 16) == 0 ||
        strncasecmp(args->value, "accept-encoding:", 16) == 0) {
        return cli_fail(CLI_WRONG, "-H", "macaw request sets %.*s itself",
                        (int)(colon - args->value), args->value);
    }
    if (request->transfer.header_count == HEADERS_MAX) {
        return cli_fail(CLI_WRONG, "-H", "at most %d header lines", HEADERS_MAX);
    }
    request->headers[request->transfer.header_count++] = args->value;
    return CLI_DONE;
}

static int take(request_args *request, int code, const cli_args *args)
{
    switch (code) {
    case 'H':
        return take_header(request, args);
    case 'o':
        return cli_option_once(args, &request->output);
    case 'i':
        request->include = true;
        return CLI_DONE;
    case 'v':
        request->transfer.verbose = true;
        return CLI_DONE;
    case 'm':
        return cli_option_number(args, 1, 86400, &request->transfer.max_time);
    case OPTION_WINDOW:
        return cli_option_number(args, 1, 86400, &request->window);
    case OPTION_CACERT:
        return cli_option_once(args, &request->cacert);
    case OPTION_MAX_FILESIZE:
        return cli_option_number(args, 0, INT64_MAX, &request->transfer.max_filesize);
    default:
        return http_args_take(&request->http, code, args);
    }
}

/* ---- the answer's MAC ---- */

static int hash_content(const transfer_answer *answer, macaw_ctx *ctx)
{
    char chunk[CHUNK];
    size_t got;
    int status = MACAW_OK;

    rewind(answer->content);
    while (status == MACAW_OK && (got = fread(chunk, 1, sizeof chunk, answer->content)) > 0) {
        status = macaw_update(ctx, chunk, got);
    }
    if (status == MACAW_OK && ferror(answer->content)) {
        status = MACAW_EIO;
    }
    return status == MACAW_OK ? CLI_DONE : cli_fail_status("temporary file", status);
}

/* All fields are there before the first byte is hashed, the trailers' included. */
static int check_answer(const request_args *request, const transfer_answer *answer, int64_t now,
                        macaw_verdict *verdict)
{
    const http_args *http = &request->http;
    macaw_ctx ctx;
    int status;

    if (macaw_response_check_start(&ctx, http->scheme, http->entry, answer->fields,
                                   answer->field_count, verdict) != MACAW_OK) {
        return CLI_DONE; /* verdict says why */
    }
    status = hash_content(answer, &ctx);
    if (status != CLI_DONE) {
        macaw_ctx_end(&ctx);
        return status;
    }
    macaw_response_check_finish(&ctx, (uint32_t)request->window, now, verdict);
    return CLI_DONE;
}

static void print_report(const macaw_verdict *verdict, int64_t now)
{
    char then_text[ISO_TIME_SIZE], now_text[ISO_TIME_SIZE];

    cli_iso_time(verdict->timestamp, then_text);
    cli_iso_time(now, now_text);
    fprintf(stderr,
            "Server response HMAC verification successful\n"
            "--------------\n"
            "Response timestamp: %s\n"
            "Current time: %s\n"
            "Time difference: %lld\n"
            "Note: this scheme binds the content and its time, neither the status nor the request.\n",
            then_text, now_text, (long long)verdict->skew);
}

static int refuse_answer(const transfer_answer *answer, const macaw_verdict *verdict)
{
    char skew[128];

    switch (verdict->reason) {
    case MACAW_REASON_MISSING:
        return cli_fail(CLI_REFUSED, "response", "not verified: it is not signed (its status says %ld)",
                        answer->status);
    case MACAW_REASON_STALE:
    case MACAW_REASON_EARLY:
        macaw_skew_describe(verdict->skew, skew, sizeof skew);
        return cli_fail(CLI_REFUSED, "response", "not verified: its time is outside the window: %s",
                        skew);
    default:
        return cli_fail(CLI_REFUSED, "response", "not verified: %s%s%s (its status says %ld)",
                        macaw_reason_name(verdict->reason), verdict->detail[0] != '\0' ? ": " : "",
                        verdict->detail, answer->status);
    }
}

/* ---- delivery ---- */

static void print_head(const transfer_answer *answer, FILE *out)
{
    fprintf(out, "HTTP %ld\n", answer->status);
    for (size_t i = 0; i < answer->field_count; i++) {
        const macaw_field *field = &answer->fields[i];
        fprintf(out, "%.*s: %.*s\n", (int)field->name.len, field->name.data, (int)field->value.len,
                field->value.data);
    }
    fputc('\n', out);
}

static int copy_content(const transfer_answer *answer, FILE *out, const char *name)
{
    char chunk[CHUNK];
    size_t got;

    rewind(answer->content);
    while ((got = fread(chunk, 1, sizeof chunk, answer->content)) > 0) {
        if (fwrite(chunk, 1, got, out) != got) {
            return cli_fail_errno(name);
        }
    }
    return ferror(answer->content) ? cli_fail_errno("temporary file") : CLI_DONE;
}

static int deliver(const request_args *request, const transfer_answer *answer)
{
    bool to_file = request->output != NULL && strcmp(request->output, "-") != 0;
    FILE *out = to_file ? fopen(request->output, "wbe") : stdout;
    const char *name = to_file ? request->output : "standard output";
    int status;

    if (out == NULL) {
        return cli_fail_errno(name);
    }
    if (request->include) {
        print_head(answer, out);
    }
    status = copy_content(answer, out, name);
    if (to_file && fclose(out) != 0 && status == CLI_DONE) {
        status = cli_fail_errno(name);
    }
    return status;
}

/* The problem document (RFC 9457) of an answer, or NULL; the caller releases it. */
static json_t *problem(const transfer_answer *answer)
{
    static const char media_type[] = "application/problem+json";
    macaw_str type;

    if (!transfer_field(answer, "content-type", &type) || type.len < strlen(media_type) ||
        memcmp(type.data, media_type, strlen(media_type)) != 0 ||
        answer->content_size > PROBLEM_MAX) {
        return NULL;
    }
    rewind(answer->content);
    return json_loadf(answer->content, 0, NULL);
}

static int report_status(const transfer_answer *answer)
{
    json_t *doc = problem(answer);
    const char *reason = json_string_value(json_object_get(doc, "reason"));
    const char *detail = json_string_value(json_object_get(doc, "detail"));
    int status;

    status = cli_fail(CLI_REFUSED, "response", "status %ld%s%s%s%s", answer->status,
                      reason != NULL ? ": " : "", reason != NULL ? reason : "",
                      detail != NULL ? ": " : "", detail != NULL ? detail : "");
    json_decref(doc);
    return status;
}

static int finish(const request_args *request, const transfer_answer *answer)
{
    macaw_verdict verdict = {0};
    int64_t now = time(NULL);
    int status = check_answer(request, answer, now, &verdict);

    if (status != CLI_DONE) {
        return status;
    }
    if (verdict.reason != MACAW_REASON_OK) {
        return refuse_answer(answer, &verdict);
    }
    print_report(&verdict, now);
    status = deliver(request, answer);
    if (status == CLI_DONE && answer->status >= 400) {
        return report_status(answer);
    }
    return status;
}

/* ---- sending ---- */

/* The schemes without a nonce take two equal requests of one second for a replay. */
static bool wants_later_second(const transfer_answer *answer)
{
    macaw_str value;

    return answer->status == 401 && transfer_field(answer, "retry-after", &value) &&
           value.len == 1 && value.data[0] == '1';
}

static int64_t wait_for_second_after(int64_t past)
{
    const struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};
    int64_t now;

    while ((now = time(NULL)) <= past) {
        nanosleep(&pause, NULL);
    }
    return now;
}

static int send_signed(const request_args *request, int64_t now, transfer_answer *answer)
{
    macaw_signed lines;
    int status = http_args_sign(&request->http, now, &lines);

    if (status != CLI_DONE) {
        *answer = (transfer_answer){0};
        return status;
    }
    return transfer_send(&request->http, &lines, &request->transfer, answer);
}

static int run(const request_args *request)
{
    bool fixed = request->http.now != 0;
    int64_t now = fixed ? request->http.now : time(NULL);
    transfer_answer answer;
    int status = send_signed(request, now, &answer);

    for (int i = 0; i < ATTEMPTS_MAX && status == CLI_DONE && !fixed && wants_later_second(&answer);
         i++) {
        transfer_release(&answer);
        now = wait_for_second_after(now);
        status = send_signed(request, now, &answer);
    }
    if (status == CLI_DONE) {
        status = finish(request, &answer);
    }
    transfer_release(&answer);
    return status;
}

int cli_request(int argc, char **argv)
{
    cli_args args = {.usage = &usage, .argc = argc, .argv = argv};
    request_args request = {.window = DEFAULT_WINDOW,
                            .transfer = {.max_filesize = default_max_filesize}};
    int code = 0;
    int status = CLI_DONE;

    while (status == CLI_DONE && (code = cli_next_option(&args)) > 0) {
        status = take(&request, code, &args);
    }
    if (code < 0) {
        return args.status;
    }
    request.transfer.headers = request.headers;
    request.transfer.cacert = request.cacert;
    if (status == CLI_DONE) {
        status = http_args_open(&request.http, &args);
    }
    if (status == CLI_DONE) {
        status = run(&request);
    }
    http_args_close(&request.http);
    return status;
}
