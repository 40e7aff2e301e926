/* macaw algorithms: the registry, read out. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <macaw/mac.h>

#include "algorithms.h"
#include "cli.h"
#include "json_out.h"

enum { OPTION_JSON = 256, OPTION_LIMITS, OPTION_ADVANTAGE, OPTION_SIZE, OPTION_PROFILES };

static const cli_option options[] = {
    {OPTION_JSON, "json", NULL, "as JSON"},
    {OPTION_LIMITS, "limits", NULL, "how many messages one key may authenticate"},
    {OPTION_ADVANTAGE, "advantage", "N",
     "with --limits: for an advantage of 2^-N; 32 unless given"},
    {OPTION_SIZE, "size", "BYTES", "with --limits: for messages of this size"},
    {OPTION_PROFILES, "profiles", NULL, "what protocols call them"},
    {0, NULL, NULL, NULL},
};

static const cli_usage usage = {
    "algorithms",
    "[--json | --limits [--advantage N] [--size BYTES] | --profiles]",
    "List the algorithms: sizes in bytes, properties, where they are specified, and the\n"
    "kernels that compute them, best first; one in parentheses is not for this CPU.",
    options,
};

typedef struct flag_name {
    uint32_t flag;
    const char *name;
} flag_name;

static const flag_name flag_names[] = {
    {MACAW_ALG_PRF, "prf"},          {MACAW_ALG_NONCE, "nonce"},   {MACAW_ALG_ONE_TIME, "one-time"},
    {MACAW_ALG_FIXED, "fixed-size"}, {MACAW_ALG_LEGACY, "legacy"},
};

/* A kernel is there if a key can be made with it. */
static bool has_kernel(const macaw_alg *alg, const char *kernel)
{
    const macaw_key_opts opts = {.kernel = kernel};
    size_t len = alg->key_safe < alg->key_max ? alg->key_safe : alg->key_max;
    void *zeros = calloc(1, len + 1);
    macaw_key *key = NULL;
    bool there = zeros != NULL && macaw_key_new(&key, alg, zeros, len, &opts) == MACAW_OK;

    macaw_key_free(key);
    free(zeros);
    return there;
}

static void print_key_sizes(const macaw_alg *alg)
{
    char text[32];

    if (alg->key_min == alg->key_max) {
        snprintf(text, sizeof text, "%u", alg->key_min);
    } else {
        snprintf(text, sizeof text, "%u+", alg->key_safe);
    }
    printf("%5s", text);
}

static void print_properties(const macaw_alg *alg)
{
    char text[64] = "";

    for (size_t i = 0; i < sizeof flag_names / sizeof flag_names[0]; i++) {
        if ((alg->flags & flag_names[i].flag) != 0) {
            size_t used = strlen(text);
            snprintf(text + used, sizeof text - used, "%s%s", used > 0 ? "," : "",
                     flag_names[i].name);
        }
    }
    printf("  %-21s", text);
}

static void print_kernels(const macaw_alg *alg)
{
    const char *kernel;

    fputs(" ", stdout);
    for (size_t i = 0; (kernel = macaw_alg_kernel(alg, i)) != NULL; i++) {
        printf(has_kernel(alg, kernel) ? " %s" : " (%s)", kernel);
    }
}

static void print_table(void)
{
    const macaw_alg *alg;

    printf("%-16s %5s %5s %5s %5s  %-21s  %s\n", "NAME", "KEY", "TAG", "LEAST", "NONCE",
           "PROPERTIES", "KERNELS; STANDARD");
    for (size_t i = 0; (alg = macaw_alg_at(i)) != NULL; i++) {
        printf("%-16s ", alg->name);
        print_key_sizes(alg);
        printf(" %5u %5u %5u", alg->tag_len, alg->tag_min, alg->nonce_len);
        print_properties(alg);
        print_kernels(alg);
        printf("; %s\n", alg->standard);
        if (alg->advice != NULL) {
            printf("%-16s advice: %s\n", "", alg->advice);
        }
    }
}

static json_t *kernels_json(const macaw_alg *alg)
{
    json_t *list = json_array();
    const char *kernel;

    for (size_t i = 0; (kernel = macaw_alg_kernel(alg, i)) != NULL; i++) {
        json_array_append_new(list, json_pack("{s:s, s:b}", "name", kernel, "available",
                                              (int)has_kernel(alg, kernel)));
    }
    return list;
}

static json_t *alg_json(const macaw_alg *alg)
{
    json_t *properties = json_array();

    for (size_t i = 0; i < sizeof flag_names / sizeof flag_names[0]; i++) {
        if ((alg->flags & flag_names[i].flag) != 0) {
            json_array_append_new(properties, json_string(flag_names[i].name));
        }
    }
    return json_pack("{s:s, s:s, s:s?, s:b, s:i, s:i, s:i, s:i, s:i, s:i, s:o, s:o}", "name",
                     alg->name, "standard", alg->standard, "advice", alg->advice, "deterministic",
                     (alg->flags & MACAW_ALG_NONCE) == 0, "key_min", (int)alg->key_min, "key_max",
                     (int)alg->key_max, "key_safe", (int)alg->key_safe, "nonce",
                     (int)alg->nonce_len, "tag", (int)alg->tag_len, "tag_min", (int)alg->tag_min,
                     "properties", properties, "kernels", kernels_json(alg));
}

static int print_json(void)
{
    json_t *list = json_array();
    const macaw_alg *alg;

    for (size_t i = 0; (alg = macaw_alg_at(i)) != NULL; i++) {
        json_array_append_new(list, alg_json(alg));
    }
    return cli_print_json(json_pack("{s:o}", "algorithms", list));
}

/* What to print, and for what. */
typedef struct request {
    int what; /* OPTION_JSON, OPTION_LIMITS or OPTION_PROFILES; 0: the table */
    int64_t advantage;
    int64_t size;
} request;

static int take(void *wish, int code, const cli_args *args)
{
    request *ret = wish;

    switch (code) {
    case OPTION_ADVANTAGE:
        return cli_option_number(args, 1, 128, &ret->advantage);
    case OPTION_SIZE:
        return cli_option_number(args, 1, INT64_C(1) << 50, &ret->size);
    default:
        if (ret->what != 0 && ret->what != code) {
            return cli_fail(CLI_WRONG, args->label, "one kind of list at a time");
        }
        ret->what = code;
        return CLI_DONE;
    }
}

static int print(const request *want)
{
    switch (want->what) {
    case OPTION_JSON:
        return print_json();
    case OPTION_LIMITS:
        cli_print_limits(-want->advantage, want->size);
        return CLI_DONE;
    case OPTION_PROFILES:
        cli_print_profiles();
        return CLI_DONE;
    default:
        print_table();
        return CLI_DONE;
    }
}

int cli_algorithms(int argc, char **argv)
{
    cli_args args = {.usage = &usage, .argc = argc, .argv = argv};
    request want = {.advantage = 32};

    if (!cli_take_options(&args, take, &want)) {
        return args.status;
    }
    int status = cli_check_operands(&args, 0, 0, "");
    return status == CLI_DONE ? print(&want) : status;
}
