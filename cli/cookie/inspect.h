/* What macaw cookie inspect is made of. */
#ifndef MACAW_CLI_COOKIE_INSPECT_H
#define MACAW_CLI_COOKIE_INSPECT_H

#include "cookie/cookie.h"

/* ---- without a key ---- */

#define COOKIE_REPAIRS_MAX 4

/* A format that a text may have, after repairs that made it one. */
typedef struct cookie_candidate {
    const macaw_session_scheme *scheme;
    int score;                               /* 100: no doubt */
    macaw_str text;                          /* repaired; owned by the list */
    const char *repairs[COOKIE_REPAIRS_MAX]; /* what was wrong with it */
    size_t repair_count;
    macaw_session_claims claims; /* as the text says, nothing of it verified */
    bool read;                   /* claims were found; their views point into work */
    uint8_t *work;
} cookie_candidate;

#define COOKIE_CANDIDATES_MAX 48

typedef struct cookie_candidates {
    cookie_candidate *at; /* best first */
    size_t count;
    char *texts[COOKIE_REPAIRS_MAX + 2]; /* the repaired ones */
    size_t text_count;
} cookie_candidates;

/* Every format that token may have, with what it would say. */
int cookie_candidates_find(const cookie_args *args, const macaw_session_token *token,
                           cookie_candidates *ret);
void cookie_candidates_free(cookie_candidates *list);

/* Undo what happens to tokens on their way: the number-th step, at most to len bytes.
 * Returns what it undid, NULL if it changed nothing. text has room for 3 len + 8 bytes. */
const char *cookie_repair(size_t number, char *text, size_t *len);

/* What a token says, read without its key; any key of the session will do. */
bool cookie_peek(const macaw_session *session, const macaw_session_token *token, int64_t now,
                 void *work, macaw_session_claims *claims);

/* Give a key of a file the id that a JWT or a value of Tornado names, unless --kid says
 * otherwise, and the hash that the HMAC of a JWT names, unless --alg does. */
void cookie_name_key(const cookie_args *args, const macaw_session_scheme *scheme,
                     const macaw_session_token *token, cookie_key *key);

/* A format that macaw knows by sight and does not verify; NULL: none. */
const char *cookie_other_format(macaw_str text);

/* ---- with a key ---- */

#define COOKIE_HINTS_MAX 8

typedef struct cookie_verdict {
    const macaw_session_scheme *scheme;
    macaw_session_claims claims; /* with the key and context given */
    uint8_t *work;
    /* What would make the token verify, where it does not: first of all hints. */
    char hints[COOKIE_HINTS_MAX][160];
    size_t hint_count;
    bool found;                /* under these conditions it is authentic */
    macaw_session_reason then; /* what is still wrong with it */
} cookie_verdict;

/* Verify with the key of args, and find out why that fails. The candidates are those of
 * token. */
int cookie_explain(const cookie_args *args, const macaw_session_token *token,
                   const cookie_candidates *list, cookie_verdict *ret);
void cookie_verdict_free(cookie_verdict *verdict);

/* ---- Set-Cookie ---- */

/* Whether a line is a Set-Cookie field rather than a token. */
bool cookie_is_set_cookie(const char *line);

/* What is wrong with it, and views of line; NULL and the error printed where it is none. */
json_t *cookie_lint_json(const char *line, macaw_str *name, macaw_str *value);

/* ---- the report ---- */

/* For people; the report as --json has it. */
void cookie_print_report(const json_t *report, int64_t now);

#endif
