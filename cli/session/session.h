/* What the session commands share: where the gateway takes commands, whom a
 * command is about, and one command and its answer. */
#ifndef MACAW_CLI_SESSION_H
#define MACAW_CLI_SESSION_H

#include <jansson.h>

#include "cli.h"
#include "http_args.h"

int cli_session_revoke(int argc, char **argv);
int cli_session_list(int argc, char **argv);
int cli_session_show(int argc, char **argv);

enum {
    OPTION_SOCKET = 256,
    OPTION_URL,
    OPTION_CACERT,
    OPTION_SID,
    OPTION_SUBJECT,
    OPTION_KEY,
    OPTION_JSON,
    OPTION_SESSION_LAST,
};

/* Rows of an option table. */
/* clang-format off */
#define SESSION_GATEWAY_OPTIONS                                                                    \
    {OPTION_SOCKET, "socket", "PATH",                                                              \
     "the gateway's socket; that of macaw serve unless given"},               \
    {OPTION_URL, "url", "URL", "where the gateway takes commands over the network"},               \
    {'k', "sign-key", "KID@FILE", "sign commands with this key, whose use is control"},            \
    {OPTION_CACERT, "cacert", "FILE", "trust these certificates instead of the system's"},         \
    {OPTION_JSON, "json", NULL, "print JSON"}

#define SESSION_WHO_OPTIONS                                                                        \
    {OPTION_SID, "sid", "HEX", "a session, by its id"},                                            \
    {OPTION_SUBJECT, "subject", "TEXT", "the sessions of a user"},                                 \
    {OPTION_KEY, "key", "KID", "every session under a key"}
/* clang-format on */

typedef struct session_args {
    char *socket, *url, *cacert;
    char *sid, *subject, *kid;
    bool json;
    http_args http; /* key and scheme, where commands are signed */
    char default_socket[1100];
} session_args;

/* Take the option just returned; CLI_DONE or the error, printed. */
int session_args_take(session_args *args, int code, const cli_args *options);

/* Check them and open the key. who: the least and greatest number of sid, subject and kid. */
int session_args_open(session_args *args, const cli_args *options, int who_min, int who_max);
void session_args_close(session_args *args);

/* A query that grows, "" at first: "?name=value", "&name=value"; value is
 * percent-encoded. Names are short and few. */
typedef struct session_query {
    char text[1600];
    size_t len;
} session_query;
void session_query_add(session_query *query, const char *name, const char *value);
void session_query_add_number(session_query *query, const char *name, int64_t value);
void session_query_add_who(session_query *query, const session_args *args);

/* Send a command, a POST if it changes something, and believe its answer: over a
 * socket, over TLS, or if it is signed. CLI_DONE: *ret is the answer's JSON, to be
 * released. Else the error has been printed. */
int session_exchange(session_args *args, bool post, const char *command,
                     const session_query *query, json_t **ret);

/* A row of a list, for people. */
void session_print_entry(const json_t *entry);

#endif
