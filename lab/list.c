/* macaw lab list: what there is. */
#include <jansson.h>
#include <stdio.h>

#include <macaw/mac.h>

#include "cli.h"
#include "harness/challenger.h"
#include "json_out.h"
#include "lab.h"

enum { OPTION_JSON = 256, OPTION_CONSTRUCTIONS };

static const cli_option options[] = {
    {OPTION_JSON, "json", NULL, "as JSON"},
    {OPTION_CONSTRUCTIONS, "constructions", NULL, "the constructions instead of the attacks"},
    {0, NULL, NULL, NULL},
};

static const cli_usage usage = {
    "lab list",
    "[--constructions] [--json]",
    "List the attacks: name, number, what they do.",
    options,
};

static json_t *options_json(const lab_option *option)
{
    static const char *const kinds[] = {"bytes", "number", "choice", "file"};
    json_t *list = json_array();

    for (; option != NULL && option->name != NULL; option++) {
        json_array_append_new(list, json_pack("{s:s, s:s, s:s?, s:s, s:s?, s:b}", "name",
                                              option->name, "kind", kinds[option->kind], "default",
                                              option->fallback, "help", option->help, "choices",
                                              option->choices, "secret", (int)option->secret));
    }
    return list;
}

static json_t *constructions_json(const lab_card *card, enum lab_case_role role)
{
    json_t *list = json_array();

    for (const lab_case *one = card->cases; one->construction != NULL; one++) {
        if (one->role == role) {
            json_array_append_new(list, json_string(one->construction));
        }
    }
    return list;
}

static json_t *card_json(const lab_card *card)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:o}", "card", card->name,
                     "number", card->number, "title", card->title, "items", card->items, "about",
                     card->about, "mode", lab_mode_name(card->budget.mode), "repeats",
                     (json_int_t)card->repeats, "targets", constructions_json(card, LAB_BREAKS),
                     "controls", constructions_json(card, LAB_HOLDS), "options",
                     options_json(card->options));
}

static int list_cards(bool as_json)
{
    json_t *list = json_array();
    const lab_card *card;

    for (size_t i = 0; (card = lab_card_at(i)) != NULL; i++) {
        if (as_json) {
            json_array_append_new(list, card_json(card));
        } else {
            printf("%-4s %-22s %s\n", card->number, card->name, card->title);
        }
    }
    if (as_json) {
        return cli_print_json(list);
    }
    json_decref(list);
    return CLI_DONE;
}

static int list_constructions(bool as_json)
{
    json_t *list = json_array();
    const lab_target *target;
    const macaw_alg *alg;

    for (size_t i = 0; (target = lab_naive_at(i)) != NULL; i++) {
        json_array_append_new(list, json_pack("{s:s, s:s, s:s?}", "construction", target->name,
                                              "title", target->title, "advice", target->advice));
    }
    for (size_t i = 0; (alg = macaw_alg_at(i)) != NULL; i++) {
        json_array_append_new(list, json_pack("{s:s, s:s, s:n}", "construction", alg->name, "title",
                                              alg->standard, "advice"));
    }
    if (as_json) {
        return cli_print_json(list);
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        const char *advice = json_string_value(json_object_get(one, "advice"));
        printf("%-24s %s%s%s\n", json_string_value(json_object_get(one, "construction")),
               json_string_value(json_object_get(one, "title")), advice != NULL ? "; use " : "",
               advice != NULL ? advice : "");
    }
    json_decref(list);
    return CLI_DONE;
}

int lab_list(int argc, char **argv)
{
    cli_args args = {.usage = &usage, .argc = argc, .argv = argv};
    bool as_json = false, constructions = false;
    int code, status;

    while ((code = cli_next_option(&args)) > 0) {
        as_json = as_json || code == OPTION_JSON;
        constructions = constructions || code == OPTION_CONSTRUCTIONS;
    }
    if (code < 0) {
        return args.status;
    }
    status = cli_check_operands(&args, 0, 0, "");
    if (status != CLI_DONE) {
        return status;
    }
    return constructions ? list_constructions(as_json) : list_cards(as_json);
}
