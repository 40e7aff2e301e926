/* One command and its answer. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "answer.h"
#include "session/session.h"

enum { ANSWER_MAX = 64 * 1024 * 1024, ATTEMPTS = 3, WINDOW = 300 };

static const char *gateway_of(const session_args *args)
{
    return args->url != NULL ? args->url : args->socket;
}

/* The URL of a command, in args->http. */
static int set_url(session_args *args, const char *command, const session_query *query)
{
    const char *base = args->url != NULL ? args->url : "http://localhost/";
    size_t len = strlen(base);
    char *text;
    int status;

    while (len > 0 && base[len - 1] == '/') {
        len--;
    }
    if (asprintf(&text, "%.*s/%s%s", (int)len, base, command, query->text) < 0) {
        return cli_fail(CLI_FAILED, "--url", "out of memory");
    }
    status = cli_url_parse("--url", text, &args->http.url);
    free(text);
    return status;
}

/* A socket is this machine's, TLS shows who answers; else the answer is signed. */
static bool is_believable(const session_args *args, const transfer_answer *answer)
{
    const answer_options options = {.window = WINDOW};

    return args->url == NULL || strncasecmp(args->url, "https://", 8) == 0 ||
           answer_is_genuine(&args->http, &options, answer);
}

static int read_json(const session_args *args, const transfer_answer *answer, json_t **ret)
{
    json_error_t error;

    rewind(answer->content);
    *ret = json_loadf(answer->content, JSON_REJECT_DUPLICATES, &error);
    return json_is_object(*ret)
               ? CLI_DONE
               : cli_fail(CLI_FAILED, gateway_of(args),
                          "answered %ld, and not as a gateway of macaw does", answer->status);
}

static int exit_status_of(long status)
{
    return status == 404 || status == 401 || status == 403 ? CLI_REFUSED
           : status >= 500                                 ? CLI_FAILED
                                                           : CLI_WRONG;
}

/* What went wrong in the gateway's own words. */
static int report_problem(const session_args *args, const transfer_answer *answer)
{
    json_t *problem = NULL;
    json_error_t error;
    const char *detail;

    rewind(answer->content);
    problem = json_loadf(answer->content, 0, &error);
    detail = json_string_value(json_object_get(problem, "detail"));
    if (detail == NULL) {
        detail = json_string_value(json_object_get(problem, "reason"));
    }
    (void)cli_fail(CLI_WRONG, gateway_of(args), "%ld %s", answer->status,
                   detail != NULL ? detail : "refused");
    json_decref(problem);
    return exit_status_of(answer->status);
}

/* Two equal commands of one second are a replay to the gateway. */
static bool wants_later_second(const transfer_answer *answer)
{
    macaw_str value;

    return answer->status == 401 && transfer_field(answer, "retry-after", &value);
}

static int send_once(session_args *args, transfer_answer *answer)
{
    const transfer_options options = {
        .cacert = args->cacert, .socket = args->socket, .max_time = 60, .max_filesize = ANSWER_MAX};
    macaw_signed lines = {.count = 0};
    int status = CLI_DONE;

    *answer = (transfer_answer){0};
    if (args->url != NULL) {
        status = http_args_sign(&args->http, time(NULL), &lines);
    }
    return status == CLI_DONE ? transfer_send(&args->http, &lines, &options, answer) : status;
}

static int send(session_args *args, transfer_answer *answer)
{
    const struct timespec pause = {.tv_sec = 1};
    int status = send_once(args, answer);

    for (int i = 1; i < ATTEMPTS && status == CLI_DONE && wants_later_second(answer); i++) {
        transfer_release(answer);
        nanosleep(&pause, NULL);
        status = send_once(args, answer);
    }
    return status;
}

int session_exchange(session_args *args, bool post, const char *command, const session_query *query,
                     json_t **ret)
{
    static char get_method[] = "GET", post_method[] = "POST";
    transfer_answer answer;
    int status = set_url(args, command, query);

    if (status != CLI_DONE) {
        return status;
    }
    args->http.method = post ? post_method : get_method;
    status = send(args, &answer);
    if (status == CLI_DONE && answer.status != 200) {
        status = report_problem(args, &answer);
    } else if (status == CLI_DONE && !is_believable(args, &answer)) {
        status = cli_fail(CLI_REFUSED, gateway_of(args),
                          "the answer is not signed, and without TLS anybody can have given it");
    } else if (status == CLI_DONE) {
        status = read_json(args, &answer, ret);
    }
    transfer_release(&answer);
    cli_url_free(&args->http.url);
    return status;
}
