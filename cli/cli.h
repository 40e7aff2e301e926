/* What every command of macaw shares: exit statuses, the one-line errors,
 * options. One file per command; macaw.c holds the table. */
#ifndef MACAW_CLI_H
#define MACAW_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <macaw/status.h>

enum cli_exit {
    CLI_DONE = 0,    /* done, verified */
    CLI_REFUSED = 1, /* not verified */
    CLI_WRONG = 2,   /* wrong use or bad input */
    CLI_FAILED = 3,  /* the machine failed: file, network, memory */
};

typedef struct cli_command {
    const char *name;
    int (*run)(int argc, char **argv); /* argv[0] is the command's name */
    const char *help;                  /* one line */
} cli_command;

/* Each returns an exit status. */
int cli_tag(int argc, char **argv);
int cli_verify(int argc, char **argv);
int cli_sum(int argc, char **argv);
int cli_check(int argc, char **argv);
int cli_algorithms(int argc, char **argv);
int cli_key(int argc, char **argv);
int cli_cookie(int argc, char **argv);
int cli_session(int argc, char **argv);
int cli_sign(int argc, char **argv);
int cli_request(int argc, char **argv);
int cli_serve(int argc, char **argv);
int cli_audit(int argc, char **argv);
int cli_lab(int argc, char **argv);
int cli_bench(int argc, char **argv);

/* Print the table of commands as "  NAME  HELP" lines; it ends with a NULL name. */
void cli_print_commands(const cli_command *commands);

/* The command of that name, or NULL. */
const cli_command *cli_find_command(const cli_command *commands, const char *name);

/* A command that is a table of commands. */
typedef struct cli_group {
    const char *name;            /* "key" */
    const char *about;           /* a sentence or two, without an end of line */
    const cli_command *commands; /* ends with a NULL name */
} cli_group;

/* Run the one that argv[1] names, or print help or the error. */
int cli_run_group(const cli_group *group, int argc, char **argv);

/* ---- messages ---- */

/* Print "macaw: WHAT: WHY" as one line on stderr, control bytes escaped, and
 * return status: "return cli_fail(CLI_WRONG, …)". */
int cli_fail(int status, const char *what, const char *why, ...) MACAW_PRINTF(3, 4);

/* Write bytes that are not one's own so that no terminal obeys them: control
 * characters of ASCII and of Unicode as \xNN. */
void cli_put_visible(FILE *out, const char *text, size_t len);

/* "macaw: WHAT: warning: WHY". */
void cli_warn(const char *what, const char *why, ...) MACAW_PRINTF(2, 3);

/* cli_fail(CLI_FAILED, what, strerror(errno)). */
int cli_fail_errno(const char *what);

/* Report a status of the library; returns the exit status that goes with it. */
int cli_fail_status(const char *what, int status);

/* The same with the detail a parser left: "WHAT: byte N: TEXT" where it knows N. */
int cli_fail_detail(const char *what, const macaw_error *err);

/* ---- options ---- */

typedef struct cli_option {
    int code;         /* its letter, or a number over 255 where it has none */
    const char *name; /* the long name, or NULL */
    const char *arg;  /* what --help calls its value; NULL: takes none */
    const char *help;
} cli_option;

typedef struct cli_usage {
    const char *command;       /* "tag", "key new" */
    const char *synopsis;      /* what follows it on the command line */
    const char *about;         /* a sentence or two */
    const cli_option *options; /* ends with code 0; --help is added */
} cli_usage;

typedef struct cli_args {
    const cli_usage *usage;
    int argc;
    char **argv;    /* permuted: operands end up behind the options */
    char *value;    /* of the option just returned */
    char label[32]; /* how an error names it: "-k", "--kid" */
    int status;     /* exit status to stop with */
} cli_args;

/* The code of the next option; 0 when there are no more; -1 to stop with
 * args->status, because help or an error was printed. */
int cli_next_option(cli_args *args);

/* Hand each option to take, which puts its value into wish and returns an exit
 * status, until one fails. False: stop with args->status. */
typedef int cli_take(void *wish, int code, const cli_args *args);
bool cli_take_options(cli_args *args, cli_take *take, void *wish);

/* What is left after the options. */
int cli_operand_count(const cli_args *args);
char **cli_operands(const cli_args *args);

/* CLI_DONE, or the error for operands outside min..max; name is the one missing. */
int cli_check_operands(const cli_args *args, int min, int max, const char *name);

/* A decimal number without sign or leading zero into *ret, min..max, else false. */
bool cli_parse_number(const char *text, int64_t min, int64_t max, int64_t *ret);

/* The same for the option just returned; CLI_DONE or the error, printed. */
int cli_option_number(const cli_args *args, int64_t min, int64_t max, int64_t *ret);

/* Seconds: a number followed by s, m, h, d or w. */
int cli_option_duration(const cli_args *args, int64_t *ret);

/* How many processors this process may use, at most so many: threads and jobs where no
 * option says how many. */
unsigned cli_processors(unsigned most);

/* Put a value where an option may be given once; CLI_DONE or the error, printed. */
int cli_option_once(const cli_args *args, char **slot);

#endif
