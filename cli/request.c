/* macaw request: sign, send, and believe the answer only if its MAC verifies. */
#include <string.h>
#include <strings.h>
#include <time.h>

#include "answer.h"
#include "transfer.h"

enum {
    OPTION_WINDOW = OPTION_HTTP_LAST,
    OPTION_CACERT,
    OPTION_MAX_FILESIZE,

    DEFAULT_WINDOW = 300,
    ATTEMPTS_MAX = 3, /* signed again after this many seconds at most */
    HEADERS_MAX = 32,
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
    {OPTION_MAX_FILESIZE, "max-filesize", "BYTES",
     "the longest content accepted; 1 GiB unless given"},
    {0, NULL, NULL, NULL},
};

static const cli_usage usage = {
    "request",
    "--scheme S -k KID@FILE [-X METHOD] [-d @FILE] [OPTION...] URL",
    "Send a signed request. The content of the answer is delivered only if its MAC is\n"
    "right and its time within the window. Exit status 0: verified, and a status under\n"
    "400; 1: not verified, or a status of 400 and more; 3: no answer.",
    options,
};

typedef struct request_args {
    http_args http;
    transfer_options transfer;
    answer_options answer;
    char *headers[HEADERS_MAX];
    char *cacert;
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

static int take(void *wish, int code, const cli_args *args)
{
    request_args *request = wish;

    switch (code) {
    case 'H':
        return take_header(request, args);
    case 'o':
        return cli_option_once(args, &request->answer.output);
    case 'i':
        request->answer.include = true;
        return CLI_DONE;
    case 'v':
        request->transfer.verbose = true;
        return CLI_DONE;
    case 'm':
        return cli_option_number(args, 1, 86400, &request->transfer.max_time);
    case OPTION_WINDOW:
        return cli_option_number(args, 1, 86400, &request->answer.window);
    case OPTION_CACERT:
        return cli_option_once(args, &request->cacert);
    case OPTION_MAX_FILESIZE:
        return cli_option_number(args, 0, INT64_MAX, &request->transfer.max_filesize);
    default:
        return http_args_take(&request->http, code, args);
    }
}

/* ---- sending ---- */

/* The schemes without a nonce take two equal requests of one second for a replay.
 * Only the gateway's word counts: a stranger's would have a request carried out
 * again. */
static bool wants_later_second(const request_args *request, const transfer_answer *answer)
{
    macaw_str value;

    return answer->status == 401 && transfer_field(answer, "retry-after", &value) &&
           value.len == 1 && value.data[0] == '1' &&
           answer_is_genuine(&request->http, &request->answer, answer);
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

    for (int i = 0;
         i < ATTEMPTS_MAX && status == CLI_DONE && !fixed && wants_later_second(request, &answer);
         i++) {
        transfer_release(&answer);
        now = wait_for_second_after(now);
        status = send_signed(request, now, &answer);
    }
    if (status == CLI_DONE) {
        status = answer_finish(&request->http, &request->answer, &answer);
    }
    transfer_release(&answer);
    return status;
}

int cli_request(int argc, char **argv)
{
    cli_args args = {.usage = &usage, .argc = argc, .argv = argv};
    request_args request = {.answer = {.window = DEFAULT_WINDOW},
                            .transfer = {.max_filesize = default_max_filesize}};

    if (!cli_take_options(&args, take, &request)) {
        return args.status;
    }
    request.transfer.headers = request.headers;
    request.transfer.cacert = request.cacert;
    int status = http_args_open(&request.http, &args);
    if (status == CLI_DONE) {
        status = run(&request);
    }
    http_args_close(&request.http);
    return status;
}
