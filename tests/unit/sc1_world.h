/* What the tests of sc1 share: the lines of tests/vectors/sc1.txt, definitions and
 * grants made of them. */
#ifndef MACAW_TEST_SC1_WORLD_H
#define MACAW_TEST_SC1_WORLD_H

#include "support.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <macaw/kdf.h>
#include <macaw/session.h>

#define FIELD_MAX 1100

typedef struct bytes {
    uint8_t data[FIELD_MAX]; /* with NUL */
    size_t len;
} bytes;

typedef struct vector {
    const macaw_session_scheme *scheme;
    bytes key, name, purpose, audience, bind;
    char kid[8];
    int64_t login, issued, ttl, cap;
    uint16_t generation;
    bytes sid, subject, data, chain, extra;
    char token[MACAW_SESSION_TOKEN_MAX + 1];
} vector;

static uint8_t work[MACAW_SESSION_WORK];

static inline void read_bytes(bytes *ret)
{
    ret->len = unhex(ret->data, FIELD_MAX - 1, strtok(NULL, " \n"));
    ret->data[ret->len] = '\0';
}

static inline int64_t read_number(void)
{
    return strtoll(strtok(NULL, " \n"), NULL, 10);
}

static inline void read_vector(char *line, vector *ret)
{
    ret->scheme = macaw_session_scheme_find(strtok(line, " "));
    assert_non_null(ret->scheme);
    read_bytes(&ret->key);
    read_bytes(&ret->name);
    read_bytes(&ret->purpose);
    read_bytes(&ret->audience);
    read_bytes(&ret->bind);
    (void)snprintf(ret->kid, sizeof ret->kid, "%s", strtok(NULL, " \n"));
    ret->login = read_number();
    ret->issued = read_number();
    ret->ttl = read_number();
    ret->cap = read_number();
    ret->generation = (uint16_t)read_number();
    read_bytes(&ret->sid);
    read_bytes(&ret->subject);
    read_bytes(&ret->data);
    read_bytes(&ret->chain);
    read_bytes(&ret->extra);
    (void)snprintf(ret->token, sizeof ret->token, "%s", strtok(NULL, " \n"));
}

/* Each line of the file; returns how many. */
static inline size_t each_vector(void (*check)(const vector *v))
{
    char line[8192];
    size_t n = 0;
    FILE *file = vectors_open("sc1.txt");

    while (fgets(line, sizeof line, file) != NULL) {
        if (line[0] != '#') {
            vector v;
            read_vector(line, &v);
            check(&v);
            n++;
        }
    }
    fclose(file);
    return n;
}

/* The line-th line of a scheme, from 0: the first has the default context. */
static inline void vector_of(const char *scheme, size_t number, vector *ret)
{
    char line[8192];
    size_t n = 0, len = strlen(scheme);
    FILE *file = vectors_open("sc1.txt");

    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, scheme, len) == 0 && line[len] == ' ' && n++ == number) {
            read_vector(line, ret);
            fclose(file);
            return;
        }
    }
    fail_msg("no line %zu of %s", number, scheme);
}

static inline bool is_signed(const vector *v)
{
    return (macaw_session_scheme_flags(v->scheme) & MACAW_SESSION_SIGNED) != 0;
}

static inline macaw_str str_of(const bytes *b)
{
    return (macaw_str){(const char *)b->data, b->len};
}

static inline macaw_session_config config_of(const vector *v)
{
    return (macaw_session_config){
        .scheme = v->scheme,
        .cookie_name = (const char *)v->name.data,
        .purpose = (const char *)v->purpose.data,
        .audience = (const char *)v->audience.data,
    };
}

static inline void add_key(macaw_session *session, const char *kid, macaw_session_key_form form,
                           const bytes *key, macaw_key_state state)
{
    const macaw_session_key_spec spec = {
        .kid = kid, .form = form, .secret = key->data, .secret_len = key->len, .state = state};
    macaw_error err;

    assert_int_equal(macaw_session_add_key(session, &spec, &err), MACAW_OK);
}

/* A definition that can issue, with that configuration and the vector's key. */
static inline macaw_session *session_with(const macaw_session_config *config, const vector *v)
{
    macaw_session *session = NULL;
    macaw_error err;

    assert_int_equal(macaw_session_new(&session, config, &err), MACAW_OK);
    add_key(session, v->kid, is_signed(v) ? MACAW_SESSION_KEY_PRIVATE : MACAW_SESSION_KEY_RAW,
            &v->key, MACAW_ACTIVE);
    return session;
}

static inline macaw_session *session_of(const vector *v)
{
    macaw_session_config config = config_of(v);

    return session_with(&config, v);
}

static inline macaw_session_grant grant_of(const vector *v)
{
    return (macaw_session_grant){
        .subject = str_of(&v->subject),
        .login = v->login,
        .issued = v->issued,
        .ttl = v->ttl,
        .lifetime = v->cap,
        .generation = v->generation,
        .sid = v->sid.data,
        .bind = str_of(&v->bind),
        .data = str_of(&v->data),
        .chain = v->chain.len > 0 ? v->chain.data : NULL,
        .handle =
            strcmp(macaw_session_scheme_name(v->scheme), "sc1-handle") == 0 ? v->extra.data : NULL,
    };
}

static inline macaw_session_claims verify_text(const macaw_session *session, const vector *v,
                                               const char *text, size_t len, int64_t now)
{
    const macaw_session_token token = {.text = {text, len}, .bind = str_of(&v->bind)};
    macaw_session_claims claims;

    macaw_session_verify(session, &token, now, work, &claims);
    return claims;
}

static inline macaw_session_claims verify_at(const macaw_session *session, const vector *v,
                                             int64_t now)
{
    return verify_text(session, v, v->token, strlen(v->token), now);
}

/* When the token of a line expires. */
static inline int64_t end_of(const vector *v)
{
    int64_t idle = v->issued + v->ttl, cap = v->login + v->cap;

    return idle < cap ? idle : cap;
}

static inline void assert_reason(macaw_session_reason got, macaw_session_reason want)
{
    assert_string_equal(macaw_session_reason_name(got), macaw_session_reason_name(want));
}

#endif
