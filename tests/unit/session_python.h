/* The cookies of vectors/session-python.txt, and definitions for them. */
#ifndef MACAW_TEST_SESSION_PYTHON_H
#define MACAW_TEST_SESSION_PYTHON_H

#include <macaw/session.h>

#include <string.h>

#include "unit/support.h"

#define ISSUED  INT64_C(1700000000)
#define DAY     INT64_C(86400)
#define COLUMNS 8

static const char secret[] = "a secret of an application";
static uint8_t work[MACAW_SESSION_WORK];

typedef struct sample {
    char line[4096];
    const char *scheme, *alg, *name, *salt, *pointer, *subject, *derived, *token; /* NULL: none */
} sample;

static inline bool next_sample(FILE *f, sample *ret)
{
    const char **columns[COLUMNS] = {&ret->scheme,  &ret->alg,     &ret->name,    &ret->salt,
                                     &ret->pointer, &ret->subject, &ret->derived, &ret->token};

    do {
        if (fgets(ret->line, sizeof ret->line, f) == NULL) {
            return false;
        }
    } while (ret->line[0] == '#');
    ret->line[strcspn(ret->line, "\n")] = '\0';
    char *rest = ret->line;
    for (size_t i = 0; i < COLUMNS; i++) {
        const char *column = strsep(&rest, "\t");
        assert_non_null(column);
        *columns[i] = strcmp(column, "-") == 0 ? NULL : column;
    }
    return true;
}

static inline size_t each_sample(void (*check)(const sample *s))
{
    FILE *f = vectors_open("session-python.txt");
    sample s;
    size_t n = 0;

    for (; next_sample(f, &s); n++) {
        check(&s);
    }
    (void)fclose(f);
    assert_true(n > 20);
    return n;
}

static inline macaw_session_config config_of(const sample *s)
{
    return (macaw_session_config){
        .scheme = macaw_session_scheme_find(s->scheme),
        .cookie_name = s->name,
        .salt = s->salt,
        .subject = s->pointer,
    };
}

static inline macaw_session *session_of(const macaw_session_config *config,
                                        macaw_session_key_form form, const char *alg,
                                        const void *key, size_t len)
{
    macaw_session *session;
    const macaw_session_key_spec spec = {
        .form = form,
        .alg = alg,
        .secret = key,
        .secret_len = len,
        .state = MACAW_ACTIVE,
        .kid = strcmp(macaw_session_scheme_name(config->scheme), "tornado") == 0 ? "3" : NULL,
    };

    assert_int_equal(macaw_session_new(&session, config, NULL), MACAW_OK);
    assert_int_equal(macaw_session_add_key(session, &spec, NULL), MACAW_OK);
    return session;
}

static inline macaw_session *open_config(const sample *s, const macaw_session_config *config)
{
    return session_of(config, MACAW_SESSION_KEY_RAW, s->alg, secret, strlen(secret));
}

static inline macaw_session *open_sample(const sample *s)
{
    const macaw_session_config config = config_of(s);

    return open_config(s, &config);
}

static inline macaw_session_claims judge(const macaw_session *session, const char *token,
                                         size_t len, int64_t now)
{
    const macaw_session_token all = {.text = {token, len}};
    macaw_session_claims claims;

    macaw_session_verify(session, &all, now, work, &claims);
    return claims;
}

static inline macaw_session_reason reason_at(const macaw_session *session, const sample *s,
                                             int64_t now)
{
    return judge(session, s->token, strlen(s->token), now).reason;
}

static inline bool is_dated(const macaw_session *session)
{
    const macaw_session_scheme *scheme = macaw_session_settings(session)->scheme;

    return (macaw_session_scheme_flags(scheme) & MACAW_SESSION_DATED) != 0;
}

#endif
