/* What was found, for people and for programs. */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audit.h"
#include "cli.h"
#include "json_out.h"
#include "key/published.h"

enum { LINE_SIZE = 400, CLOCK_TOLERANCE = 60, MINUTE = 60, HOUR = 3600, QUARTER = 900 };

/* Printable ASCII, other bytes as \\xNN. */
static void print_plain(FILE *out, const char *text)
{
    for (const char *p = text; *p != '\0'; p++) {
        if (*p >= 0x20 && *p < 0x7f) {
            fputc(*p, out);
        } else {
            fprintf(out, "\\x%02x", (unsigned)(unsigned char)*p);
        }
    }
}

static json_t *plain_json(const char *text)
{
    char *plain = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&plain, &len);
    json_t *ret = NULL;

    if (out != NULL) {
        print_plain(out, text);
        ret = fclose(out) == 0 ? json_stringn(plain, len) : NULL;
    }
    free(plain);
    return ret;
}

/* A line of the text report, or a member of the JSON one. */
static void say(audit_report *report, json_t *finding, const char *label, const char *text)
{
    if (report->json) {
        json_object_set_new(finding, label, plain_json(text));
    } else if (text[0] != '\0') {
        printf("  %-14s", label);
        print_plain(stdout, text);
        putchar('\n');
    }
}

static json_t *begin(audit_report *report, const char *where, bool found)
{
    json_t *finding = NULL;

    if (report->json) {
        finding = json_object();
        if (report->list == NULL) {
            report->list = json_array();
        }
        json_object_set_new(finding, "where", plain_json(where));
        json_object_set_new(finding, "found", json_boolean(found));
        json_array_append_new(report->list, finding);
    } else {
        printf("%s\n", where);
    }
    return finding;
}

static const char *spelled(const char *separator)
{
    return strcmp(separator, "\n") == 0     ? "\\n"
           : strcmp(separator, "\r\n") == 0 ? "\\r\\n"
           : strcmp(separator, "\t") == 0   ? "\\t"
                                            : separator;
}

/* SHA-256(target || timestamp || key), hmac-sha256(key, message). */
static void name_construction(const audit_hit *hit, char *out, size_t size)
{
    const char *message = hit->message->name;

    if (hit->pattern == NULL || hit->hash == NULL) {
        snprintf(out, size, hit->swapped ? "%s(%s, key)" : "%s(key, %s)", hit->alg->name, message);
        return;
    }
    size_t n = (size_t)snprintf(out, size, "%s(", hit->hash->name);
    for (const char *p = hit->pattern->parts; *p != '\0' && n < size; p++) {
        const char *between = p == hit->pattern->parts ? "" : " || ";
        if (*p == 's') {
            n += (size_t)snprintf(out + n, size - n, "%s\"%s\"", between, spelled(hit->separator));
        } else {
            n += (size_t)snprintf(out + n, size - n, "%s%s", between, *p == 'm' ? message : "key");
        }
    }
    if (n < size) {
        snprintf(out + n, size - n, ")");
    }
}

static void name_verdict(const audit_hit *hit, char *out, size_t size)
{
    if (hit->alg == NULL) {
        snprintf(out, size, ": %s", hit->pattern->verdict);
    } else if (hit->swapped) {
        snprintf(out, size, ": not %s", hit->alg->name);
    } else {
        snprintf(out, size, ": %s", hit->alg->standard);
    }
}

static void name_reason(const audit_hit *hit, size_t key_len, char *out, size_t size)
{
    const macaw_alg *alg = hit->alg;

    if (alg == NULL || hit->swapped) {
        snprintf(out, size, "%s", alg == NULL ? hit->pattern->reason : audit_swapped);
    } else if (key_len < alg->key_safe) {
        snprintf(out, size, "the MAC is sound, its key of %zu bytes is not: at least %u", key_len,
                 alg->key_safe);
    } else {
        snprintf(out, size, "%s", alg->advice != NULL ? alg->advice : "");
    }
}

/* A word of the bundled list is no secret; one of a file is shown when asked. */
static void name_key(const audit_report *report, const audit_words *words, char *out, size_t size)
{
    const char *how = words->how != NULL ? words->how : "";
    const char *comma = words->how != NULL ? ", " : "";
    bool bundled = words->file == NULL;
    bool published = bundled || macaw_secret_published(words->key, words->key_len);
    size_t n = 0;

    if (bundled || report->show_key) {
        n = (size_t)snprintf(out, size, "\"%.*s\"", (int)(words->len < 100 ? words->len : 100),
                             words->text);
    } else {
        n = (size_t)snprintf(out, size, "line %zu of %s", words->line, words->name);
    }
    snprintf(out + n, size - n, "%s%s%s", comma, how,
             published ? ", a published default: attackers try it first" : "");
}

static void name_tag(const audit_hit *hit, char *out, size_t size)
{
    size_t n = hit->reading->len;
    const char *odds = n < AUDIT_RAW_SURE ? "; so short that the match may be chance" : "";

    if (n < hit->full) {
        snprintf(out, size, "the first %zu of %zu bytes, %s%s", n, hit->full,
                 hit->reading->encoding->name, odds);
    } else {
        snprintf(out, size, "%zu bytes, %s%s", n, hit->reading->encoding->name, odds);
    }
}

void audit_report_hit(audit_report *report, const char *where, const audit_hit *hit,
                      const audit_words *words, const audit_http *http)
{
    char line[LINE_SIZE + AUDIT_NAME_MAX], gaps[AUDIT_NAME_MAX];
    bool keyed = hit->pattern == NULL || strchr(hit->pattern->parts, 'k') != NULL;
    json_t *finding = begin(report, where, true);

    name_construction(hit, line, sizeof line);
    name_verdict(hit, line + strlen(line), sizeof line - strlen(line));
    say(report, finding, "construction", line);
    name_reason(hit, words->key_len, line, sizeof line);
    say(report, finding, "advice", line);
    if (keyed) {
        name_key(report, words, line, sizeof line);
        say(report, finding, "key", line);
    }
    name_tag(hit, line, sizeof line);
    say(report, finding, "tag", line);
    if (http != NULL) {
        audit_layout_gaps(http, hit->message->covers, gaps);
        say(report, finding, "uncovered", gaps);
    }
}

void audit_report_miss(audit_report *report, const char *where, size_t keys)
{
    char line[LINE_SIZE];
    json_t *finding = begin(report, where, false);

    snprintf(line, sizeof line, "none found; %zu words tried", keys);
    say(report, finding, "construction", line);
}

/* ---- clocks ---- */

static void write_span(int64_t span, char *out, size_t size)
{
    int64_t s = span < 0 ? -span : span;

    snprintf(out, size, "%" PRId64 " h %" PRId64 " min %" PRId64 " s", s / HOUR, s / MINUTE % 60,
             s % MINUTE);
}

/* Hours off are a zone's; what remains beside the nearest is another cause's. */
static void write_cause(int64_t skew, char *out, size_t size)
{
    int64_t age = skew < 0 ? -skew : skew;
    int64_t hours = (age + HOUR / 2) / HOUR;
    int64_t rest = age > hours * HOUR ? age - hours * HOUR : hours * HOUR - age;
    char left[64];

    write_span(rest, left, sizeof left);
    if (hours == 0 || rest > QUARTER) {
        snprintf(out, size, "no window of minutes takes such a message");
    } else {
        snprintf(out, size,
                 "no window of minutes takes such a message; a clock that counts local time as UTC "
                 "is off by whole hours, here %" PRId64 ", and %s remain: two clocks, or two "
                 "moments",
                 hours, left);
    }
}

static bool parse_stamp(const audit_str *text, int64_t *ret)
{
    char digits[20] = "";

    if (text->len >= sizeof digits) {
        return false;
    }
    memcpy(digits, text->data, text->len);
    *ret = strtoll(digits, NULL, 10);
    *ret = text->len > 11 ? *ret / 1000 : *ret; /* milliseconds */
    return true;
}

static bool parse_date(const audit_str *text, int64_t *ret)
{
    char copy[64] = "";
    struct tm tm = {0};

    if (text->len >= sizeof copy) {
        return false;
    }
    memcpy(copy, text->data, text->len);
    const char *end = strptime(copy, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    *ret = timegm(&tm);
    return end != NULL && *end == '\0';
}

void audit_report_clock(audit_report *report, const char *where, const audit_http *http)
{
    const audit_str *stamp_text = audit_http_stamp(http);
    const audit_str *date_text = audit_http_field(http, "Date");
    int64_t stamp, date;
    char span[64], cause[LINE_SIZE], line[LINE_SIZE + 128];

    if (stamp_text == NULL || date_text == NULL || !parse_stamp(stamp_text, &stamp) ||
        !parse_date(date_text, &date) || llabs(date - stamp) <= CLOCK_TOLERANCE) {
        return;
    }
    write_span(date - stamp, span, sizeof span);
    write_cause(date - stamp, cause, sizeof cause);
    snprintf(line, sizeof line,
             "the timestamp %" PRId64 " is %s %s the Date of the same message: %s", stamp, span,
             date > stamp ? "behind" : "ahead of", cause);
    say(report, begin(report, where, true), "clock", line);
}

int audit_report_end(audit_report *report, int status)
{
    if (!report->json || status > CLI_REFUSED) {
        json_decref(report->list);
        return status;
    }
    json_t *list = report->list != NULL ? report->list : json_array();
    int printed = cli_print_json(json_pack("{s:o}", "findings", list));
    return printed != CLI_DONE ? printed : status;
}
