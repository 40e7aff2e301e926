/* The parts of macaw serve: options, state folder, configuration, nginx. */
#ifndef MACAW_CLI_SERVE_H
#define MACAW_CLI_SERVE_H

#include <stdio.h>
#include <sys/types.h>

#include "cli.h"

enum { SERVE_SCHEMES_MAX = 8, SERVE_PATH_MAX = 1024 };

/* ---- options (options.c) ---- */

typedef struct serve_listen {
    char nginx[80];   /* as nginx's listen takes it: "127.0.0.1:8080", "[::1]:80" */
    char connect[80]; /* the same for a client on this machine */
    bool local;       /* loopback only */
} serve_listen;

typedef struct serve_upstream {
    bool tls;
    char server[300]; /* "host:port" or "unix:/path" */
    char name[256];   /* host, for the certificate */
    char host[300];   /* value of the Host header; "$http_host": the client's */
    char base[300];   /* "" or "/path" without a slash at the end */
} serve_upstream;

typedef struct serve_options {
    const char *schemes[SERVE_SCHEMES_MAX];
    size_t scheme_count;
    int64_t workers; /* 0: one a CPU */
    int64_t window;
    bool allow_uncovered;
    bool insecure_legacy;
    bool demo;
    bool print_config;
    bool login;    /* sessions of people instead of signed requests */
    bool sessions; /* there is a login page: with login, and in the demonstration */
    bool own_keys; /* no --keys: the state folder's keyring, made where there is none */
    bool own_session_keys;
    bool own_users; /* no --htpasswd: one user, with a new password at each start */
    serve_listen listen;
    serve_upstream upstream;
    bool has_upstream;
    char upstream_ca[SERVE_PATH_MAX]; /* certificates its own is checked against */
    char keys[SERVE_PATH_MAX];        /* absolute, like all paths */
    char session_keys[SERVE_PATH_MAX];
    char htpasswd[SERVE_PATH_MAX];
    char state[SERVE_PATH_MAX];
    char tls_cert[SERVE_PATH_MAX]; /* "": no TLS */
    char tls_key[SERVE_PATH_MAX];
} serve_options;

/* Parse and check everything that can be checked without touching a file.
 * False: stop with *status. */
bool serve_options_parse(int argc, char **argv, serve_options *ret, int *status);

/* ---- addresses (address.c) ---- */

int serve_listen_parse(const char *text, serve_listen *ret);
int serve_upstream_parse(const char *text, serve_upstream *ret);

/* Can the address be bound? nginx says the same, in many lines and after retries. */
int serve_listen_probe(const serve_listen *listen);

/* ---- paths (paths.c) ---- */

/* An absolute path that may stand in a quoted string of nginx.conf. */
int serve_path(const char *label, const char *text, char ret[SERVE_PATH_MAX]);

/* $XDG_STATE_HOME/macaw or ~/.local/state/macaw. */
int serve_default_state(char ret[SERVE_PATH_MAX]);

/* Where nginx and the module are: MACAW_NGINX and MACAW_MODULE, else the usual
 * places, the build folder's first. */
int serve_find_nginx(char ret[SERVE_PATH_MAX]);
int serve_find_module(char ret[SERVE_PATH_MAX]);

/* The path as a shell in the current folder takes it. */
void serve_shell_path(const char *path, char ret[SERVE_PATH_MAX * 2]);

/* ---- state folder (state.c) ---- */

typedef struct serve_state {
    int lock;                  /* held as long as this process or its nginx lives */
    char work[SERVE_PATH_MAX]; /* what the workers reach; the state folder unless root */
} serve_state;

/* The name of the work folder, without making anything. */
int serve_work_name(const char *state, char ret[SERVE_PATH_MAX]);

/* Make the folders, lock, remove what an earlier run left. */
int serve_state_open(const serve_options *options, serve_state *ret);

/* Remove root's work folder; what a worker left in it stays. */
void serve_state_close(const serve_options *options, const serve_state *state);

/* Put a file in its place through a temporary one. */
int serve_state_write(const char *folder, const char *name, mode_t mode,
                      void (*print)(FILE *out, const void *context), const void *context);

/* ---- keyrings (keys.c) ---- */

/* Check the keyrings that are used, make first what is the state folder's own. */
int serve_make_keys(const serve_options *options);

/* ---- who may log in (users.c) ---- */

enum { SERVE_PASSWORD_SIZE = 20 };

/* Write the state folder's own file of users, with one of that name, and a new
 * password, which ret gets. */
int serve_make_user(const serve_options *options, const char *user,
                    char ret[SERVE_PASSWORD_SIZE]);

/* ---- configuration (config.c) ---- */

typedef struct serve_config {
    const serve_options *options;
    const char *work;
    const char *module;
} serve_config;

/* Write nginx.conf; errors are left in the stream. */
void serve_config_print(FILE *out, const void *config);

/* ---- what to try (hello.c) ---- */

typedef struct serve_hello {
    const serve_options *options;
    char kid[80];     /* the only active key, or "KID" */
    const char *user; /* made for this run; NULL: none */
    char password[SERVE_PASSWORD_SIZE];
} serve_hello;

void serve_hello_fill(const serve_options *options, serve_hello *ret);
void serve_hello_page(FILE *out, const void *hello); /* the page of the demonstration */
void serve_hello_print(const serve_hello *hello);

/* ---- nginx's messages (log.c) ---- */

typedef struct serve_log {
    pid_t pid;
    int fd; /* nginx's standard error */
} serve_log;

/* Start the process that copies lines to standard error, control characters
 * escaped. It ends when nobody can write any more. */
int serve_log_start(serve_log *ret);

/* After nginx has its copy of the end. */
void serve_log_close(serve_log *log);

/* Once nginx has ended: until its last message is out, but not for ever. */
void serve_log_wait(const serve_log *log);

/* ---- nginx (nginx.c) ---- */

/* Start nginx, call ready once it answers, reload on SIGHUP, stop on SIGINT and
 * SIGTERM, and leave no process. Returns the exit status. */
int serve_run(const char *nginx, const serve_options *options, void (*ready)(const void *context),
              const void *context);

#endif
