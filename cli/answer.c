/* What a signed answer is worth: its MAC, its report, its delivery. */
#include "answer.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "key_ring.h"

enum { CHUNK = 65536, PROBLEM_MAX = 65536 };

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
static int check_answer(const http_args *http, const answer_options *options,
                        const transfer_answer *answer, int64_t now, macaw_verdict *verdict)
{
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
    macaw_response_check_finish(&ctx, (uint32_t)options->window, now, verdict);
    return CLI_DONE;
}

bool answer_is_genuine(const http_args *http, const answer_options *options,
                       const transfer_answer *answer)
{
    macaw_verdict verdict = {.reason = MACAW_REASON_MISSING};
    int status = check_answer(http, options, answer, time(NULL), &verdict);

    return status == CLI_DONE && verdict.reason == MACAW_REASON_OK;
}

static void print_report(const macaw_verdict *verdict, int64_t now)
{
    char then_text[ISO_TIME_SIZE], now_text[ISO_TIME_SIZE];

    cli_iso_time(verdict->timestamp, then_text);
    cli_iso_time(now, now_text);
    fprintf(
        stderr,
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
        return cli_fail(CLI_REFUSED, "response",
                        "not verified: it is not signed (its status says %ld)", answer->status);
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
        cli_put_visible(out, field->name.data, field->name.len);
        fputs(": ", out);
        cli_put_visible(out, field->value.data, field->value.len);
        fputc('\n', out);
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

static int deliver(const answer_options *options, const transfer_answer *answer)
{
    bool to_file = options->output != NULL && strcmp(options->output, "-") != 0;
    FILE *out = to_file ? fopen(options->output, "wbe") : stdout;
    const char *name = to_file ? options->output : "standard output";
    int status;

    if (out == NULL) {
        return cli_fail_errno(name);
    }
    if (options->include) {
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

int answer_finish(const http_args *http, const answer_options *options,
                  const transfer_answer *answer)
{
    macaw_verdict verdict = {0};
    int64_t now = time(NULL);
    int status = check_answer(http, options, answer, now, &verdict);

    if (status != CLI_DONE) {
        return status;
    }
    if (verdict.reason != MACAW_REASON_OK) {
        return refuse_answer(answer, &verdict);
    }
    print_report(&verdict, now);
    status = deliver(options, answer);
    if (status == CLI_DONE && answer->status >= 400) {
        return report_status(answer);
    }
    return status;
}
