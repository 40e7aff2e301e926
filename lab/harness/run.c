#include "harness/run.h"

#include <string.h>

#include "cli.h"
#include "harness/stats.h"

enum { TRACES = 8 }; /* repeats to trace in the hope of a success */

typedef struct tally {
    const lab_run *run;
    unsigned repeats, successes;
    lab_outcome shown;                                  /* the first success, or the first repeat */
    double tags, verifications, actions, work, seconds; /* sums */
    json_t *trace;                                      /* of shown */
    json_t *current;                                    /* of the repeat being played */
    json_t *measures;                                   /* name: [a value a repeat] */
    json_t *points;                                     /* name: {x: [], y: []} */
    char error[240];
} tally;

static void keep_measure(tally *t, const json_t *event)
{
    const char *name = json_string_value(json_object_get(event, "name"));

    if (json_object_get(t->measures, name) == NULL) {
        json_object_set_new(t->measures, name, json_array());
    }
    json_array_append(json_object_get(t->measures, name), json_object_get(event, "value"));
}

static void keep_points(tally *t, const json_t *event)
{
    const char *name = json_string_value(json_object_get(event, "name"));

    if (json_object_get(t->points, name) == NULL) {
        json_object_set_new(t->points, name,
                            json_pack("{s:O, s:O}", "x", json_object_get(event, "x"), "y",
                                      json_object_get(event, "y")));
    }
}

static void take_event(void *context, const json_t *event)
{
    tally *t = context;
    const char *kind = json_string_value(json_object_get(event, "event"));

    if (strcmp(kind, "measure") == 0) {
        keep_measure(t, event);
        return;
    }
    if (strcmp(kind, "points") == 0) {
        keep_points(t, event);
        return;
    }
    if (t->run->event != NULL) {
        t->run->event(t->run->context, event);
    }
    json_array_append_new(t->current, json_deep_copy(event));
}

static void keep_trace(tally *t)
{
    json_decref(t->trace);
    t->trace = json_incref(t->current);
}

static void count(tally *t, const lab_outcome *outcome)
{
    bool success = outcome->result.level != LAB_NOTHING;

    if (t->repeats == 0 || (success && t->successes == 0)) {
        t->shown = *outcome;
        if (json_array_size(t->current) > 0 || t->repeats == 0) {
            keep_trace(t);
        }
    }
    t->repeats++;
    t->successes += success ? 1 : 0;
    t->tags += (double)outcome->result.tags;
    t->verifications += (double)outcome->result.verifications;
    t->actions += (double)outcome->result.actions;
    t->work += (double)outcome->result.work;
    t->seconds += outcome->seconds;
}

static void play_all(tally *t, lab_game *game, unsigned repeats)
{
    lab_outcome outcome;

    for (game->repeat = 0; game->repeat < repeats; game->repeat++) {
        json_decref(t->current);
        t->current = json_array();
        game->tracing = t->run->tracing && game->repeat < TRACES && t->successes == 0;
        game->pause = game->repeat == 0 ? t->run->pause : NULL;
        lab_game_play(game, &outcome);
        if (outcome.error[0] != '\0') {
            memcpy(t->error, outcome.error, sizeof t->error);
            return;
        }
        count(t, &outcome);
    }
}

/* ---- as JSON ---- */

static const char *role_name(enum lab_case_role role)
{
    return role == LAB_BREAKS ? "target" : role == LAB_HOLDS ? "control" : "curve";
}

static json_t *settings_json(const lab_settings *settings)
{
    json_t *ret = json_object();

    for (size_t i = 0; i < settings->count; i++) {
        const struct lab_set *one = &settings->list[i];
        bool secret = one->option != NULL && one->option->secret;
        bool file = one->option != NULL && one->option->kind == LAB_FILE;
        json_t *text = json_stringn((const char *)one->bytes.data, one->bytes.len);
        if (secret || file || text == NULL) {
            json_decref(text);
            text = json_string(secret ? "(secret)" : file ? "(file)" : "(bytes)");
        }
        json_object_set_new(ret, one->name, text);
    }
    return ret;
}

static json_t *fixed_json(const lab_case *one)
{
    json_t *ret = json_object();

    for (const lab_setting *s = one->settings; s->name != NULL; s++) {
        json_object_set_new(ret, s->name, json_string(s->value));
    }
    return ret;
}

static json_t *error_json(const lab_case *one, const tally *t)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:o}", "construction", one->construction, "role",
                     role_name(one->role), "verdict", "error", "error", t->error, "fixed",
                     fixed_json(one));
}

/* Better than without any skill: the whole interval is. */
static bool is_broken(const lab_card *card, const lab_case *one, const lab_interval *interval)
{
    return interval->low > (one->chance > 0 ? one->chance : card->chance);
}

static json_t *case_json(const lab_card *card, const lab_case *one, const lab_settings *settings,
                         const tally *t)
{
    lab_interval interval = lab_clopper_pearson(t->successes, t->repeats);
    double predicted = card->predict != NULL ? card->predict(settings, one) : one->predicted;
    const lab_result *shown = &t->shown.result;
    lab_budget budget = card->budget;
    json_t *ret;

    if (card->plan != NULL) {
        card->plan(settings, &budget);
    }
    ret = json_pack(
        "{s:s, s:s, s:s?, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:f, s:f, s:[f, f], s:f, s:b}",
        "construction", one->construction, "role", role_name(one->role), "note", one->note,
        "verdict", is_broken(card, one, &interval) ? "broken" : "resists", "level",
        lab_level_name(shown->level), "mode", lab_mode_name(budget.mode), "queries",
        (json_int_t)shown->tags, "verifications", (json_int_t)shown->verifications, "actions",
        (json_int_t)shown->actions, "work", (json_int_t)shown->work, "seconds", t->shown.seconds,
        "success", (double)t->successes / t->repeats, "interval", interval.low, interval.high,
        "predicted", predicted, "agrees",
        (int)(predicted >= interval.low - 1e-9 && predicted <= interval.high + 1e-9));
    json_object_set_new(ret, "successes", json_integer(t->successes));
    json_object_set_new(ret, "repeats", json_integer(t->repeats));
    json_object_set_new(ret, "mean",
                        json_pack("{s:f, s:f, s:f, s:f, s:f}", "queries", t->tags / t->repeats,
                                  "verifications", t->verifications / t->repeats, "actions",
                                  t->actions / t->repeats, "work", t->work / t->repeats, "seconds",
                                  t->seconds / t->repeats));
    json_object_set_new(ret, "settings", settings_json(settings));
    json_object_set_new(ret, "fixed", fixed_json(one));
    json_object_set(ret, "measures", t->measures);
    json_object_set(ret, "points", t->points);
    if (t->run->tracing) {
        json_object_set(ret, "trace", t->trace);
    }
    return ret;
}

static void tell(const lab_run *run, const char *event, json_t *members)
{
    if (run->event != NULL) {
        json_object_set_new(members, "event", json_string(event));
        run->event(run->context, members);
    }
    json_decref(members);
}

static json_t *heading_json(const lab_case *one, const lab_settings *settings)
{
    return json_pack("{s:s, s:s, s:s?, s:o}", "construction", one->construction, "role",
                     role_name(one->role), "note", one->note, "settings", settings_json(settings));
}

json_t *lab_run_case(const lab_run *run, const lab_card *card, const lab_case *one)
{
    tally t = {.run = run, .measures = json_object(), .points = json_object()};
    lab_settings settings;
    unsigned repeats = run->repeats > 0   ? run->repeats
                       : one->repeats > 0 ? one->repeats
                                          : card->repeats;
    json_t *ret = NULL;

    if (lab_settings_fill(&settings, card->options, run->users, one->settings) == CLI_DONE) {
        lab_game game = {.card = card,
                         .one = one,
                         .settings = &settings,
                         .users = run->users,
                         .seed = run->seed,
                         .event = take_event,
                         .context = &t};
        tell(run, "begin", heading_json(one, &settings));
        play_all(&t, &game, repeats);
        ret = t.error[0] != '\0' ? error_json(one, &t) : case_json(card, one, &settings, &t);
        tell(run, "end", json_copy(ret));
        lab_settings_free(&settings);
    }
    json_decref(t.measures);
    json_decref(t.points);
    json_decref(t.trace);
    json_decref(t.current);
    return ret;
}

/* ---- a card ---- */

static bool verdict_is(const json_t *one, const char *verdict)
{
    return strcmp(json_string_value(json_object_get(one, "verdict")), verdict) == 0;
}

static bool case_ok(const json_t *one)
{
    const char *role = json_string_value(json_object_get(one, "role"));

    return strcmp(role, "target") == 0    ? verdict_is(one, "broken")
           : strcmp(role, "control") == 0 ? verdict_is(one, "resists")
                                          : !verdict_is(one, "error");
}

/* The first of that role, without what is only in the list of cases. */
static json_t *first_of(const json_t *cases, const char *role)
{
    json_t *one;
    size_t i;

    json_array_foreach(cases, i, one)
    {
        if (strcmp(json_string_value(json_object_get(one, "role")), role) == 0) {
            json_t *ret = json_copy(one);
            json_object_del(ret, "trace");
            json_object_del(ret, "measures");
            json_object_del(ret, "points");
            return ret;
        }
    }
    return json_null();
}

json_t *lab_card_result(const lab_card *card, const lab_run *run, json_t *cases)
{
    bool ok = true, error = false;
    json_t *one;
    size_t i;

    json_array_foreach(cases, i, one)
    {
        ok = ok && case_ok(one);
        error = error || verdict_is(one, "error");
    }
    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:b, s:b, s:o, s:o, s:o}", "card", card->name,
                     "number", card->number, "title", card->title, "items", card->items, "seed",
                     (json_int_t)run->seed, "ok", (int)ok, "error", (int)error, "target",
                     first_of(cases, "target"), "control", first_of(cases, "control"), "cases",
                     cases);
}
