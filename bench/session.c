/* Session tokens, verified as often as asked. The first line of standard input is a
 * definition in JSON: scheme, key in hex, and if wanted name, subject, kid, text (else
 * a token is issued), signature, now. The answer is {"subject": …}. Every other line is
 * a number; the answer is the nanoseconds of CPU time that so many verifications took. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include <macaw/session.h>

#include "base/codec.h"
#include "bench.h"

static uint8_t work[MACAW_SESSION_WORK];
static char issued[MACAW_SESSION_TOKEN_MAX + 1];

static const char *text_of(json_t *line, const char *name)
{
    return json_string_value(json_object_get(line, name));
}

static macaw_str str_of(json_t *line, const char *name)
{
    const char *text = text_of(line, name);

    return (macaw_str){text, text != NULL ? strlen(text) : 0};
}

static macaw_session *open_session(json_t *line)
{
    const macaw_session_config config = {
        .scheme = macaw_session_scheme_find(text_of(line, "scheme")),
        .cookie_name = text_of(line, "name"),
        .subject = text_of(line, "subject"),
    };
    const char *hex = text_of(line, "key");
    uint8_t secret[128];
    macaw_session_key_spec spec = {
        .kid = text_of(line, "kid"),
        .secret = secret,
        .secret_len = strlen(hex) / 2,
        .state = MACAW_ACTIVE,
    };
    macaw_session *session = NULL;
    macaw_error err = {.text = "no such scheme"};

    if (spec.secret_len > sizeof secret ||
        macaw_hex_decode(secret, hex, strlen(hex), NULL) != MACAW_OK || config.scheme == NULL ||
        macaw_session_new(&session, &config, &err) != MACAW_OK ||
        macaw_session_add_key(session, &spec, &err) != MACAW_OK) {
        bench_fail("session", err.text);
    }
    return session;
}

static macaw_session_token token_of(const macaw_session *session, json_t *line, int64_t now)
{
    const macaw_session_grant grant = {
        .subject = {"alice@example.org", 17}, .issued = now, .ttl = 3600, .lifetime = 86400};
    macaw_session_token token = {.text = str_of(line, "text"),
                                 .signature = str_of(line, "signature")};

    if (token.text.len == 0) {
        if (macaw_session_issue(session, &grant, issued, &token.text.len) != MACAW_OK) {
            bench_fail("session", "the scheme issues none");
        }
        token.text.data = issued;
    }
    return token;
}

static double cpu_ns(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double run(const macaw_session *session, const macaw_session_token *token, int64_t now,
                  unsigned long n)
{
    macaw_session_claims claims;
    double start = cpu_ns();

    for (unsigned long i = 0; i < n; i++) {
        macaw_session_verify(session, token, now, work, &claims);
        if (claims.reason != MACAW_SESSION_OK || claims.subject.len == 0) {
            bench_fail("session", claims.detail);
        }
    }
    return cpu_ns() - start;
}

static void answer(const macaw_session *session, const macaw_session_token *token, int64_t now)
{
    macaw_session_claims claims;

    macaw_session_verify(session, token, now, work, &claims);
    (void)printf("{\"subject\": \"%.*s\"}\n", (int)claims.subject.len, claims.subject.data);
    (void)fflush(stdout);
}

int main(void)
{
    static char line[16384];
    json_t *ask = fgets(line, sizeof line, stdin) != NULL ? json_loads(line, 0, NULL) : NULL;

    if (ask == NULL || text_of(ask, "scheme") == NULL || text_of(ask, "key") == NULL) {
        bench_fail("session", "no definition");
    }
    macaw_session *session = open_session(ask);
    int64_t now = json_integer_value(json_object_get(ask, "now"));
    macaw_session_token token = token_of(session, ask, now);
    answer(session, &token, now);
    while (fgets(line, sizeof line, stdin) != NULL) {
        (void)printf("%.0f\n", run(session, &token, now, strtoul(line, NULL, 10)));
        (void)fflush(stdout);
    }
    macaw_session_free(session);
    json_decref(ask);
    return 0;
}
