/* Which formats a text may have. */
#include <stdlib.h>
#include <string.h>

#include "cookie/inspect.h"
#include "cookie/traits.h"
#include "session/scheme.h"

enum { STEPS = 8, REPAIR_COST = 15, DOUBT = 30, LEAST = 5 };

#define PLAUSIBLE_FROM INT64_C(946684800)  /* 2000 */
#define PLAUSIBLE_TO   INT64_C(4102444800) /* 2100 */

void cookie_candidates_free(cookie_candidates *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->at[i].work);
    }
    free(list->at);
    for (size_t i = 0; i < list->text_count; i++) {
        free(list->texts[i]);
    }
    *list = (cookie_candidates){0};
}

static bool is_plausible(int64_t time)
{
    return time == 0 || (time >= PLAUSIBLE_FROM && time < PLAUSIBLE_TO);
}

static bool makes_sense(const cookie_candidate *one)
{
    return one->read && is_plausible(one->claims.issued) && is_plausible(one->claims.expires);
}

/* A shape without sense is a coincidence. */
static int score(const cookie_candidate *one)
{
    int n = cookie_traits_of(one->scheme)->likely - REPAIR_COST * (int)one->repair_count;

    n -= makes_sense(one) ? 0 : DOUBT;
    return n < LEAST ? LEAST : n;
}

/* With any key of an algorithm, where the scheme takes one that is not its own. */
static bool open_session(const cookie_args *args, const macaw_session_scheme *scheme,
                         const char *alg, macaw_session **ret)
{
    static const uint8_t zeros[32];
    const macaw_session_key_spec any = {
        .kid = "0", .alg = alg, .secret = zeros, .secret_len = sizeof zeros};
    macaw_session_config config = cookie_config(args, scheme, NULL);

    int status = macaw_session_new(ret, &config, NULL);
    if (status != MACAW_OK) {
        config = (macaw_session_config){.scheme = scheme};
        status = macaw_session_new(ret, &config, NULL);
    }
    if (status == MACAW_OK) {
        (void)!macaw_session_add_key(*ret, &any, NULL);
    }
    return status == MACAW_OK;
}

static bool peek(const cookie_args *args, const macaw_session_token *token, const char *alg,
                 cookie_candidate *one)
{
    const macaw_session_token repaired = {one->text, token->signature, token->bind};
    macaw_session *session;

    if (!open_session(args, one->scheme, alg, &session)) {
        return false;
    }
    one->read = cookie_peek(session, &repaired, args->now, one->work, &one->claims);
    macaw_session_free(session);
    return true;
}

static int64_t distance(const cookie_candidate *one, int64_t now)
{
    int64_t age = now - one->claims.issued;

    return !one->read ? INT64_MAX : age < 0 ? -age : age;
}

/* The length of a MAC may tell where the fields are: under the algorithm whose date is
 * the nearest, the first of equals. */
static bool read_claims(const cookie_args *args, const macaw_session_token *token,
                        cookie_candidate *one)
{
    const char *const *algs = one->scheme->algs, *best = algs[0];
    int64_t nearest = INT64_MAX;

    one->work = malloc(MACAW_SESSION_WORK);
    for (size_t i = 0; one->work != NULL && algs[i] != NULL; i++) {
        if (!peek(args, token, algs[i], one)) {
            return false;
        }
        if (distance(one, args->now) < nearest) {
            nearest = distance(one, args->now);
            best = algs[i];
        }
    }
    return one->work != NULL && peek(args, token, best, one);
}

static bool is_there(const cookie_candidates *list, const macaw_session_scheme *scheme)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->at[i].scheme == scheme) {
            return true;
        }
    }
    return false;
}

/* Insert by score; of equal ones the earlier stays first. */
static void insert(cookie_candidates *list, const cookie_candidate *one)
{
    size_t at = list->count++;

    while (at > 0 && list->at[at - 1].score < one->score) {
        list->at[at] = list->at[at - 1];
        at--;
    }
    list->at[at] = *one;
}

static int add_all(const cookie_args *args, const macaw_session_token *token, macaw_str text,
                   const cookie_candidate *so_far, cookie_candidates *list)
{
    const macaw_session_scheme *scheme;

    for (size_t i = 0; (scheme = macaw_session_scheme_at(i)) != NULL; i++) {
        cookie_candidate one = *so_far;
        if (list->count == COOKIE_CANDIDATES_MAX || is_there(list, scheme) ||
            !macaw_session_looks_like(scheme, text.data, text.len)) {
            continue;
        }
        one.scheme = scheme;
        one.text = text;
        if (!read_claims(args, token, &one)) {
            free(one.work);
            return cli_fail(CLI_FAILED, "TOKEN", "out of memory");
        }
        one.score = score(&one);
        insert(list, &one);
    }
    return CLI_DONE;
}

/* A copy with room for a repair. */
static char *copy(cookie_candidates *list, macaw_str text)
{
    char *out = malloc(3 * text.len + 8);

    if (out != NULL) {
        memcpy(out, text.data, text.len);
        list->texts[list->text_count++] = out;
    }
    return out;
}

int cookie_candidates_find(const cookie_args *args, const macaw_session_token *token,
                           cookie_candidates *ret)
{
    cookie_candidate so_far = {.score = 0};
    macaw_str text = token->text;
    int status;

    *ret = (cookie_candidates){.at = calloc(COOKIE_CANDIDATES_MAX, sizeof *ret->at)};
    if (ret->at == NULL) {
        return cli_fail_errno("TOKEN");
    }
    status = text.len > 0 ? add_all(args, token, text, &so_far, ret) : CLI_DONE;
    for (size_t step = 0; step < STEPS && status == CLI_DONE && text.len > 0 &&
                          so_far.repair_count < COOKIE_REPAIRS_MAX;
         step++) {
        char *repaired = copy(ret, text);
        if (repaired == NULL) {
            return cli_fail_errno("TOKEN");
        }
        const char *undid = cookie_repair(step, repaired, &text.len);
        if (undid == NULL) {
            free(ret->texts[--ret->text_count]);
            continue;
        }
        text.data = repaired;
        so_far.repairs[so_far.repair_count++] = undid;
        status = text.len > 0 ? add_all(args, token, text, &so_far, ret) : CLI_DONE;
    }
    return status;
}
