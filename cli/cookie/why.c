/* Why a token is refused: the mistakes people make, tried one at a time and then two
 * at a time, until it is authentic. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ct.h"
#include "cookie/tweak.h"
#include "session/scheme.h"

enum { TRIED_CANDIDATES = 6 };

typedef struct search {
    const cookie_args *args;
    const cookie_key *key;
    const macaw_session_token *token;
    const cookie_candidate *candidate;
    const char *kid_given; /* the key's id for the candidate's scheme */
    cookie_tweaks tweaks;
    uint8_t *work;
} search;

/* ---- trials ---- */

static bool begin(const search *s, cookie_trial *t)
{
    *t = (cookie_trial){.args = *s->args, .key = *s->key, .bytes = malloc(s->key->secret.len + 1)};
    if (t->bytes != NULL) {
        memcpy(t->bytes, s->key->secret.data, s->key->secret.len);
        t->key.secret.data = t->bytes;
    }
    return t->bytes != NULL;
}

static void end(const search *s, cookie_trial *t)
{
    macaw_wipe(t->bytes, s->key->secret.len);
    free(t->bytes);
}

/* Judge a token of the candidate's scheme under the conditions of a trial. False: they
 * cannot be. */
static bool judge(const search *s, const cookie_trial *t, const macaw_session_token *token,
                  const cookie_table *table, macaw_session_claims *claims)
{
    const macaw_session_scheme *scheme = s->candidate->scheme;
    macaw_session_config config = cookie_config(&t->args, scheme, table);
    const macaw_session_key_spec spec = cookie_key_spec(&t->args, &t->key, scheme, false);
    macaw_session_token bound = *token;
    macaw_session *session = NULL;

    if ((scheme->flags & MACAW_SESSION_DATED) == 0) {
        config.max_age = 0; /* of a scheme that it was not meant for */
    }
    if (macaw_session_new(&session, &config, NULL) != MACAW_OK) {
        return false;
    }
    if (t->args.bind != NULL) {
        bound.bind = (macaw_str){t->args.bind, strlen(t->args.bind)};
    }
    bool possible = macaw_session_add_key(session, &spec, NULL) == MACAW_OK;
    if (possible) {
        macaw_session_verify(session, &bound, t->args.now, s->work, claims);
    }
    macaw_session_free(session);
    return possible;
}

/* The id that the key has for the candidate's scheme. */
static const char *given_kid(const search *s)
{
    const char *kid = cookie_key_spec(s->args, s->key, s->candidate->scheme, false).kid;

    return kid != NULL ? kid : "";
}

/* The id that the token says, where the key is not of a keyring and has another. */
static const char *other_kid(const search *s)
{
    const char *named = s->candidate->claims.kid;

    return s->key->alg == NULL && named[0] != '\0' && strcmp(named, s->kid_given) != 0 ? named
                                                                                       : NULL;
}

/* The candidate under up to two tweaks; authentic or not. */
static bool try_tweaks(const search *s, const cookie_tweak *const tweaks[2],
                       macaw_session_reason *then)
{
    cookie_text text = {.token = {s->candidate->text, s->token->signature, s->token->bind}};
    const char *kid = other_kid(s);
    macaw_session_claims claims;
    cookie_trial t;
    bool found = false;

    if (!begin(s, &t)) {
        return false;
    }
    if (kid != NULL) {
        (void)snprintf(t.key.kid, sizeof t.key.kid, "%s", kid);
    }
    if ((tweaks[0] == NULL || cookie_tweak_apply(&t, tweaks[0])) &&
        (tweaks[1] == NULL || cookie_tweak_apply(&t, tweaks[1])) &&
        cookie_text_spell(&(cookie_args){0}, s->candidate->scheme, &text) == CLI_DONE &&
        judge(s, &t, &text.token, NULL, &claims)) {
        found = claims.authentic;
        *then = claims.reason;
    }
    cookie_text_free(&text);
    end(s, &t);
    return found;
}

/* The first tweaks under which the candidate is authentic. */
static bool look(search *s, const cookie_tweak *ret[2], macaw_session_reason *then)
{
    const cookie_tweak *all = s->tweaks.at;

    ret[0] = ret[1] = NULL;
    if (try_tweaks(s, ret, then)) {
        return true;
    }
    for (size_t i = 0; i < s->tweaks.count; i++) {
        ret[0] = &all[i];
        if (try_tweaks(s, ret, then)) {
            return true;
        }
    }
    for (size_t i = 0; i < s->tweaks.count; i++) {
        for (size_t j = i + 1; j < s->tweaks.count; j++) {
            ret[0] = &all[i];
            ret[1] = &all[j];
            if (ret[0]->kind != ret[1]->kind && try_tweaks(s, ret, then)) {
                return true;
            }
        }
    }
    return false;
}

/* ---- the verdict ---- */

static void hint(cookie_verdict *verdict, const char *fmt, ...) MACAW_PRINTF(2, 3);

static void hint(cookie_verdict *verdict, const char *fmt, ...)
{
    va_list args;

    if (verdict->hint_count < COOKIE_HINTS_MAX) {
        va_start(args, fmt);
        (void)vsnprintf(verdict->hints[verdict->hint_count++], sizeof verdict->hints[0], fmt, args);
        va_end(args);
    }
}

static void tell(const search *s, const cookie_tweak *const found[2], cookie_verdict *verdict)
{
    char text[160];

    if (s->candidate->scheme != verdict->scheme) {
        hint(verdict, "it is a token of %s, not of %s", s->candidate->scheme->name,
             verdict->scheme->name);
    }
    for (size_t i = 0; i < s->candidate->repair_count; i++) {
        hint(verdict, "it arrived %s", s->candidate->repairs[i]);
    }
    if (other_kid(s) != NULL && (s->candidate->scheme->flags & MACAW_SESSION_NATIVE) != 0) {
        hint(verdict, "the key's id is %s, as the token says (--kid)", other_kid(s));
    }
    for (size_t i = 0; i < 2 && found[i] != NULL; i++) {
        cookie_tweak_describe(s->args, s->key, found[i], text, sizeof text);
        hint(verdict, "%s", text);
    }
}

/* The judgement as a gateway would make it. */
static int first_judgement(const search *s, const cookie_args *args, cookie_verdict *ret)
{
    cookie_candidate asked = {.scheme = ret->scheme};
    search as_asked = *s;
    cookie_text text = {.token = *s->token};
    cookie_table table = {0};
    cookie_trial t;
    int status = cookie_text_spell(args, ret->scheme, &text);

    if (status == CLI_DONE && args->table != NULL) {
        status = cookie_table_read(args->table, &table);
    }
    if (status != CLI_DONE || !begin(s, &t)) {
        cookie_text_free(&text);
        return status != CLI_DONE ? status : cli_fail_errno("-k");
    }
    cookie_name_key(args, ret->scheme, &text.token, &t.key);
    as_asked.candidate = &asked;
    as_asked.work = ret->work;
    if (!judge(&as_asked, &t, &text.token, args->table != NULL ? &table : NULL, &ret->claims)) {
        ret->claims.reason = MACAW_SESSION_ALGORITHM;
        (void)snprintf(ret->claims.detail, sizeof ret->claims.detail, "%s takes no such key",
                       ret->scheme->name);
    }
    end(s, &t);
    cookie_table_free(&table);
    cookie_text_free(&text);
    return CLI_DONE;
}

static void find_reasons(search *s, const cookie_candidates *list, cookie_verdict *ret)
{
    const cookie_tweak *found[2];

    for (size_t i = 0; i < list->count && i < TRIED_CANDIDATES && !ret->found; i++) {
        s->candidate = &list->at[i];
        cookie_tweaks_collect(s->args, s->candidate->scheme, &s->tweaks);
        s->kid_given = given_kid(s);
        if (look(s, found, &ret->then)) {
            ret->found = true;
            tell(s, found, ret);
        }
    }
    if (!ret->found) {
        hint(ret, "none of the usual mistakes: another key, another context, or altered");
    }
}

int cookie_explain(const cookie_args *args, const macaw_session_token *token,
                   const cookie_candidates *list, cookie_verdict *ret)
{
    search s = {.args = args, .token = token};
    cookie_key key;
    int status = cookie_key_load(args, false, &key);

    *ret = (cookie_verdict){.scheme = args->scheme != NULL
                                          ? macaw_session_scheme_find(args->scheme)
                                          : (list->count > 0 ? list->at[0].scheme : NULL)};
    if (status != CLI_DONE || ret->scheme == NULL) {
        if (status == CLI_DONE) {
            cookie_key_free(&key);
        }
        return status;
    }
    s.key = &key;
    s.work = malloc(MACAW_SESSION_WORK);
    ret->work = malloc(MACAW_SESSION_WORK);
    if (s.work == NULL || ret->work == NULL) {
        status = cli_fail_errno("-k");
    }
    status = status == CLI_DONE ? first_judgement(&s, args, ret) : status;
    if (status == CLI_DONE && !ret->claims.authentic) {
        find_reasons(&s, list, ret);
    }
    free(s.work);
    cookie_key_free(&key);
    return status;
}

void cookie_verdict_free(cookie_verdict *verdict)
{
    free(verdict->work);
    verdict->work = NULL;
}
