#include "cli.h"

#include <getopt.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { OPTION_MAX = 32, OPTION_HELP = 0x10000 };

static void print_option(const cli_option *option)
{
    char left[64];
    char letter[8] = "    ";
    const char *arg = option->arg != NULL ? option->arg : "";

    if (option->code < 256) {
        snprintf(letter, sizeof letter, option->name != NULL ? "-%c, " : "-%c", option->code);
    }
    if (option->name != NULL) {
        snprintf(left, sizeof left, "%s--%s %s", letter, option->name, arg);
    } else {
        snprintf(left, sizeof left, "%s %s", letter, arg);
    }
    printf("  %-28s %s\n", left, option->help);
}

static void print_help(const cli_usage *usage)
{
    printf("usage: macaw %s %s\n\n%s\n\n", usage->command, usage->synopsis, usage->about);
    for (const cli_option *option = usage->options; option->code != 0; option++) {
        print_option(option);
    }
    print_option(&(cli_option){'h', "help", NULL, "print this and stop"});
}

/* getopt's two tables, from ours. */
typedef struct getopt_tables {
    char letters[2 + 2 * OPTION_MAX + 3];
    struct option names[OPTION_MAX + 2];
} getopt_tables;

static void build_tables(const cli_option *options, getopt_tables *ret)
{
    size_t letters = 0;
    size_t names = 0;

    memset(ret, 0, sizeof *ret);
    ret->letters[letters++] = ':'; /* tell a missing value from an unknown option */
    for (const cli_option *option = options; option->code != 0; option++) {
        int has_arg = option->arg != NULL ? required_argument : no_argument;
        if (option->code < 256) {
            ret->letters[letters++] = (char)option->code;
            if (has_arg == required_argument) {
                ret->letters[letters++] = ':';
            }
        }
        if (option->name != NULL) {
            ret->names[names++] = (struct option){option->name, has_arg, NULL, option->code};
        }
    }
    ret->letters[letters] = 'h';
    ret->names[names] = (struct option){"help", no_argument, NULL, OPTION_HELP};
}

static const cli_option *find_option(const cli_option *options, int code)
{
    for (; options->code != 0; options++) {
        if (options->code == code) {
            return options;
        }
    }
    return NULL;
}

static int unknown_option(cli_args *args, int code)
{
    char letter[3] = {'-', (char)optopt, '\0'};
    const char *word = args->argv[optind - 1];
    const char *what = strncmp(word, "--", 2) == 0 || optopt == 0 ? word : letter;
    const cli_option *option = find_option(args->usage->options, optopt);
    const char *why = code == ':'      ? "needs a value"
                      : option != NULL ? "takes no value"
                                       : "unknown option";

    args->status = cli_fail(CLI_WRONG, what, "%s; see macaw %s --help", why, args->usage->command);
    return -1;
}

/* As it was spelled, long or short. */
static void set_label(cli_args *args, const cli_option *option, bool is_long)
{
    if (!is_long) {
        snprintf(args->label, sizeof args->label, "-%c", option->code);
    } else {
        snprintf(args->label, sizeof args->label, "--%s", option->name);
    }
}

int cli_next_option(cli_args *args)
{
    getopt_tables tables;
    const cli_option *option;
    int index = -1;
    int code;

    build_tables(args->usage->options, &tables);
    opterr = 0;
    code = getopt_long(args->argc, args->argv, tables.letters, tables.names, &index);
    if (code == -1) {
        return 0;
    }
    if (code == 'h' || code == OPTION_HELP) {
        print_help(args->usage);
        args->status = CLI_DONE;
        return -1;
    }
    option = find_option(args->usage->options, code);
    if (option == NULL) {
        return unknown_option(args, code);
    }
    args->value = optarg;
    set_label(args, option, index >= 0);
    return code;
}

bool cli_take_options(cli_args *args, cli_take *take, void *wish)
{
    int code;

    while ((code = cli_next_option(args)) > 0) {
        args->status = take(wish, code, args);
        if (args->status != CLI_DONE) {
            return false;
        }
    }
    return code == 0;
}

int cli_operand_count(const cli_args *args)
{
    return args->argc - optind;
}

char **cli_operands(const cli_args *args)
{
    return args->argv + optind;
}

int cli_check_operands(const cli_args *args, int min, int max, const char *name)
{
    int count = cli_operand_count(args);

    if (count < min) {
        return cli_fail(CLI_WRONG, name, "missing; see macaw %s --help", args->usage->command);
    }
    if (count > max) {
        return cli_fail(CLI_WRONG, cli_operands(args)[max],
                        "one operand too many; see macaw %s --help", args->usage->command);
    }
    return CLI_DONE;
}

bool cli_parse_number(const char *text, int64_t min, int64_t max, int64_t *ret)
{
    int64_t number = 0;
    size_t len = strlen(text);

    if (len == 0 || len > 18 || (text[0] == '0' && len > 1)) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        number = number * 10 + (text[i] - '0');
    }
    if (number < min || number > max) {
        return false;
    }
    *ret = number;
    return true;
}

int cli_option_number(const cli_args *args, int64_t min, int64_t max, int64_t *ret)
{
    if (!cli_parse_number(args->value, min, max, ret)) {
        return cli_fail(CLI_WRONG, args->label, "expected a number from %lld to %lld",
                        (long long)min, (long long)max);
    }
    return CLI_DONE;
}

unsigned cli_processors(unsigned most)
{
    cpu_set_t set;
    unsigned count = sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;

    return count < most ? count : most;
}

static int64_t unit_seconds(char unit)
{
    switch (unit) {
    case 's':
        return 1;
    case 'm':
        return 60;
    case 'h':
        return 3600;
    case 'd':
        return 86400;
    case 'w':
        return 7 * 86400;
    default:
        return 0;
    }
}

int cli_option_duration(const cli_args *args, int64_t *ret)
{
    char number[8] = "";
    size_t len = strlen(args->value);
    int64_t unit = len > 0 ? unit_seconds(args->value[len - 1]) : 0;
    int64_t count;

    if (unit != 0 && len <= sizeof number) {
        memcpy(number, args->value, len - 1);
    }
    if (!cli_parse_number(number, 0, 1000000, &count)) {
        return cli_fail(CLI_WRONG, args->label,
                        "expected a number and a unit, such as 90s, 30m, 12h, 7d or 2w");
    }
    *ret = count * unit;
    return CLI_DONE;
}

int cli_option_once(const cli_args *args, char **slot)
{
    if (*slot != NULL) {
        return cli_fail(CLI_WRONG, args->label, "given twice");
    }
    *slot = args->value;
    return CLI_DONE;
}
