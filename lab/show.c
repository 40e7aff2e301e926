/* macaw lab show: one attack, or one construction. */
#include <stdio.h>

#include <macaw/mac.h>

#include "cli.h"
#include "harness/challenger.h"
#include "harness/print.h"
#include "lab.h"

static const cli_option options[] = {{0, NULL, NULL, NULL}};

static const cli_usage usage = {
    "lab show",
    "NAME",
    "Explain an attack, with its options and what it is run against, or a construction,\n"
    "with the sound one to use instead.",
    options,
};

static void show_options(const lab_option *option)
{
    if (option == NULL || option->name == NULL) {
        return;
    }
    printf("\nOptions, each given with -o NAME=VALUE:\n");
    for (; option->name != NULL; option++) {
        printf("  %-14s %s", option->name, option->help);
        if (option->kind == LAB_CHOICE) {
            printf(": %s", option->choices);
        }
        if (option->fallback != NULL) {
            printf("; %s unless given", option->fallback);
        }
        putchar('\n');
    }
}

static void show_cases(const lab_case *one)
{
    static const char *const roles[] = {"target", "control", "curve"};

    printf("\nRun against:\n");
    for (; one->construction != NULL; one++) {
        printf("  %-8s %s", roles[one->role], one->construction);
        for (const lab_setting *s = one->settings; s->name != NULL; s++) {
            printf(" %s=%s", s->name, s->value);
        }
        printf("%s%s\n", one->note != NULL ? ": " : "", one->note != NULL ? one->note : "");
    }
}

static void show_card(const lab_card *card)
{
    lab_print_card(card);
    printf("\nAttacker: %s.\n", lab_mode_name(card->budget.mode));
    show_options(card->options);
    show_cases(card->cases);
}

static void show_construction(const char *name, const lab_target *target)
{
    const macaw_alg *alg = macaw_alg_find(name);

    if (alg != NULL) {
        printf("%s: %s, a MAC of the library; see macaw-algorithms(1)\n", name, alg->standard);
        return;
    }
    printf("%s: %s\n", name, target->title);
    if (target->advice != NULL) {
        printf("Not a sound MAC, and in the laboratory only. Use %s.\n", target->advice);
    }
}

int lab_show_card(int argc, char **argv)
{
    cli_args args = {.usage = &usage, .argc = argc, .argv = argv};
    const lab_target *target;
    const lab_card *card;
    const char *name;
    int status;

    if (cli_next_option(&args) != 0) {
        return args.status;
    }
    status = cli_check_operands(&args, 1, 1, "NAME");
    if (status != CLI_DONE) {
        return status;
    }
    name = cli_operands(&args)[0];
    card = lab_card_find(name);
    target = lab_target_find(name);
    if (card == NULL && target == NULL) {
        return cli_fail(CLI_WRONG, name, "no such attack or construction; see macaw lab list");
    }
    if (card != NULL) {
        show_card(card);
    } else {
        show_construction(name, target);
    }
    return CLI_DONE;
}
