/* The report of macaw cookie inspect for people. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cookie/inspect.h"
#include "key_ring.h"

enum { OTHERS = 5 };

/* Whatever a token holds stays on its line. */
static void print_text(const char *label, const char *text)
{
    printf("  %-14s", label);
    cli_put_visible(stdout, text, strlen(text));
    printf("\n");
}

static void print_member(const json_t *report, const char *member, const char *label)
{
    const json_t *value = json_object_get(report, member);
    char *text;

    if (value == NULL) {
        return;
    }
    if (json_is_string(value)) {
        print_text(label, json_string_value(value));
        return;
    }
    text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII);
    if (text != NULL) {
        print_text(label, text);
    }
    free(text);
}

/* "3 days ago", "in 40 minutes" */
static void write_distance(int64_t seconds, char *out, size_t size)
{
    static const struct {
        int64_t seconds;
        const char *unit;
    } units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};
    int64_t span = seconds < 0 ? -seconds : seconds;
    size_t i = 0;

    while (i < 3 && span < 2 * units[i].seconds) {
        i++;
    }
    int64_t n = span / units[i].seconds;
    (void)snprintf(out, size, "%s%" PRId64 " %s%s%s", seconds < 0 ? "in " : "", n, units[i].unit,
                   n == 1 ? "" : "s", seconds < 0 ? "" : " ago");
}

static void print_time(const json_t *report, const char *member, const char *label, int64_t now)
{
    const json_t *value = json_object_get(report, member);
    char date[ISO_TIME_SIZE], distance[64];

    if (value != NULL) {
        cli_iso_time(json_integer_value(value), date);
        write_distance(now - json_integer_value(value), distance, sizeof distance);
        printf("  %-14s%s, %s\n", label, date, distance);
    }
}

static void print_list(const json_t *list, const char *label)
{
    const json_t *item;
    size_t i;

    json_array_foreach(list, i, item)
    {
        print_text(i == 0 ? label : "", json_string_value(item));
    }
}

static void print_claims(const json_t *report, int64_t now)
{
    print_member(report, "subject", "subject");
    print_member(report, "subject_base64", "subject, b64");
    print_member(report, "key_id", "key id");
    print_member(report, "session_id", "session id");
    print_time(report, "login", "login", now);
    print_time(report, "issued", "issued", now);
    print_time(report, "not_before", "not before", now);
    print_time(report, "expires", "expires", now);
    print_time(report, "cap", "absolute end", now);
    print_member(report, "generation", "generation");
    print_member(report, "handle", "record");
    print_member(report, "payload", "payload");
    print_member(report, "payload_base64", "payload, b64");
    print_member(report, "detail", "note");
}

/* Words of macaw's, which may take several lines. */
static void print_own(const json_t *report, const char *member, const char *label)
{
    cookie_print_wrapped(label, json_string_value(json_object_get(report, member)));
}

static void print_candidate(const json_t *one, int64_t now)
{
    printf("%s, not verified: anybody can write this\n",
           json_string_value(json_object_get(one, "scheme")));
    print_member(one, "about", "layout");
    print_list(json_object_get(one, "repairs"), "it arrived");
    print_claims(one, now);
    print_member(one, "size", "characters");
    print_own(one, "revocable", "revocable");
    print_own(one, "server_state", "server state");
    print_own(one, "weaknesses", "weak");
}

static void print_candidates(const json_t *report, int64_t now)
{
    const json_t *list = json_object_get(report, "candidates"), *one;
    size_t i;

    if (json_array_size(list) > 0) {
        print_candidate(json_array_get(list, 0), now);
    } else {
        printf("not recognised\n");
        print_member(report, "other", "perhaps");
    }
    json_array_foreach(list, i, one)
    {
        if (i == 1) {
            printf("  %-14s", "or a token of");
        }
        if (i > 0 && i <= OTHERS) {
            printf("%s%s", i == 1 ? "" : ", ", json_string_value(json_object_get(one, "scheme")));
        }
    }
    if (json_array_size(list) > 1) {
        printf("\n");
    }
}

static void print_verdict(const json_t *verdict, int64_t now)
{
    const char *scheme = json_string_value(json_object_get(verdict, "scheme"));

    if (json_is_true(json_object_get(verdict, "valid"))) {
        printf("valid as %s\n", scheme);
    } else {
        printf("refused as %s: %s\n", scheme,
               json_string_value(json_object_get(verdict, "reason")));
    }
    print_claims(verdict, now);
    print_list(json_object_get(verdict, "hints"), "because");
    const char *then = json_string_value(json_object_get(verdict, "then"));
    if (then != NULL && strcmp(then, "ok") != 0) {
        print_text("and then", then);
    }
}

static void print_set_cookie(const json_t *cookie)
{
    const json_t *finding;
    size_t i;

    printf("cookie ");
    const char *name = json_string_value(json_object_get(cookie, "name"));
    cli_put_visible(stdout, name != NULL ? name : "", name != NULL ? strlen(name) : 0);
    printf("\n");
    json_array_foreach(json_object_get(cookie, "findings"), i, finding)
    {
        print_text(json_is_true(json_object_get(finding, "severe")) ? "wrong" : "note",
                   json_string_value(json_object_get(finding, "text")));
    }
    if (json_array_size(json_object_get(cookie, "findings")) == 0) {
        print_text("attributes", "nothing to object to");
    }
}

void cookie_print_report(const json_t *report, int64_t now)
{
    const json_t *cookie = json_object_get(report, "set_cookie");
    const json_t *verdict = json_object_get(report, "verdict");

    if (cookie != NULL) {
        print_set_cookie(cookie);
    }
    print_candidates(report, now);
    if (verdict != NULL) {
        print_verdict(verdict, now);
    }
}
