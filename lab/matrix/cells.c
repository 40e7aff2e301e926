#include <stdlib.h>
#include <string.h>

#include <macaw/mac.h>

#include "cli.h"
#include "matrix/matrix.h"

enum { TRIALS_MAX = 4096, REPEATS = 10, BOUND_REPEATS = 20 };

/* One attack on one construction of a cell. */
typedef struct trial {
    size_t row, column;
    const char *construction;
    const lab_card *card;
    const char *reason; /* why it cannot be tried; NULL: it was, as one */
    lab_case one;
    const json_t *result;
} trial;

typedef struct trials {
    trial *list;
    size_t count;
} trials;

static bool has_word(const char *words, const char *word)
{
    size_t len = strlen(word);

    for (const char *at = words; (at = strstr(at, word)) != NULL; at += len) {
        if ((at == words || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0')) {
            return true;
        }
    }
    return false;
}

/* As the card itself runs it, if it does. */
static const lab_case *case_of(const lab_card *card, const char *construction)
{
    for (const lab_case *one = card->cases; one->construction != NULL; one++) {
        if (one->role != LAB_CURVE && strcmp(one->construction, construction) == 0) {
            return one;
        }
    }
    return NULL;
}

static void add_trial(trials *t, size_t row, size_t column, const lab_card *card,
                      const char *construction)
{
    trial *new = &t->list[t->count];
    const lab_case *own = case_of(card, construction);

    if (t->count == TRIALS_MAX) {
        return;
    }
    t->count++;
    *new = (trial){.row = row, .column = column, .construction = construction, .card = card};
    new->one = own != NULL ? *own : (lab_case){.construction = construction};
    new->one.role = LAB_CURVE;
    new->one.repeats = card->bound ? BOUND_REPEATS : REPEATS;
    if (own == NULL || card->cell != NULL) {
        new->reason = card->applies(lab_target_properties(construction));
    }
    if (new->reason == NULL && card->cell != NULL) {
        card->cell(construction, &new->one);
    }
}

/* All constructions of a column against one card. */
static void add_column(trials *t, size_t row, size_t column, const lab_card *card)
{
    const char *family = lab_matrix_columns[column].family;
    const lab_target *target;
    const macaw_alg *alg;

    for (size_t i = 0; (target = lab_naive_at(i)) != NULL; i++) {
        if (target->family != NULL && strcmp(target->family, family) == 0) {
            add_trial(t, row, column, card, target->name);
        }
    }
    for (size_t i = 0; (alg = macaw_alg_at(i)) != NULL; i++) {
        const char *one = lab_target_family(alg->name);
        if (one != NULL && strcmp(one, family) == 0) {
            add_trial(t, row, column, card, alg->name);
        }
    }
}

static void add_all(trials *t)
{
    const lab_card *card;

    for (size_t row = 0; lab_matrix_rows[row].title != NULL; row++) {
        for (size_t i = 0; (card = lab_card_at(i)) != NULL; i++) {
            if (card->applies != NULL && has_word(lab_matrix_rows[row].numbers, card->number)) {
                for (size_t column = 0; column < LAB_COLUMNS; column++) {
                    add_column(t, row, column, card);
                }
            }
        }
    }
}

/* Results into the trials; the array keeps them alive. NULL after a printed error. */
static json_t *play(const lab_run *run, trials *t)
{
    lab_job *jobs = calloc(t->count + 1, sizeof *jobs);
    json_t *results = NULL;
    size_t n = 0;

    for (size_t i = 0; jobs != NULL && i < t->count; i++) {
        if (t->list[i].reason == NULL) {
            jobs[n++] = (lab_job){t->list[i].card, &t->list[i].one};
        }
    }
    if (jobs != NULL) {
        results = lab_run_jobs(run, jobs, n);
    }
    n = 0;
    for (size_t i = 0; results != NULL && i < t->count; i++) {
        if (t->list[i].reason == NULL) {
            t->list[i].result = json_array_get(results, n++);
        }
    }
    free(jobs);
    return results;
}

/* ---- what the trials of a cell come to ---- */

static enum lab_cell trial_cell(const trial *t)
{
    const char *verdict = json_string_value(json_object_get(t->result, "verdict"));

    if (t->reason != NULL) {
        return LAB_CELL_NONE;
    }
    if (strcmp(verdict, "broken") == 0) {
        return t->card->bound ? LAB_CELL_BOUND : LAB_CELL_BROKEN;
    }
    return strcmp(verdict, "resists") == 0 ? LAB_CELL_RESISTS : LAB_CELL_ERROR;
}

/* The worse of two. */
static enum lab_cell worse(enum lab_cell a, enum lab_cell b)
{
    static const char order[] = "?.-bx!";

    return strchr(order, (int)a) > strchr(order, (int)b) ? a : b;
}

static json_t *trial_json(const trial *t)
{
    json_t *ret =
        json_pack("{s:s, s:s}", "card", t->card->name, "construction", t->one.construction);

    if (t->reason != NULL) {
        json_object_set_new(ret, "reason", json_string(t->reason));
    } else {
        static const char *const kept[] = {"verdict",   "level",    "success", "interval",
                                           "successes", "repeats",  "error",   "queries",
                                           "predicted", "settings", "fixed",   "verifications"};
        for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
            json_object_set(ret, kept[i], json_object_get(t->result, kept[i]));
        }
    }
    return ret;
}

static const lab_matrix_correction *correction_of(size_t row, size_t column)
{
    const lab_matrix_correction *c = lab_matrix_corrections;

    while (c->numbers != NULL && (strcmp(c->numbers, lab_matrix_rows[row].numbers) != 0 ||
                                  strcmp(c->family, lab_matrix_columns[column].family) != 0)) {
        c++;
    }
    return c->numbers != NULL ? c : NULL;
}

static json_t *letter(enum lab_cell cell)
{
    return json_stringn((char[]){(char)cell}, 1);
}

static json_t *cell_json(const trials *t, size_t row, size_t column)
{
    const lab_matrix_correction *correction = correction_of(row, column);
    enum lab_cell expected = (enum lab_cell)lab_matrix_rows[row].expected[column];
    enum lab_cell cell = LAB_CELL_MISSING;
    json_t *runs = json_array();
    json_t *ret;

    for (size_t i = 0; i < t->count; i++) {
        const trial *one = &t->list[i];
        if (one->row == row && one->column == column) {
            cell = worse(cell, trial_cell(one));
            json_array_append_new(runs, trial_json(one));
        }
    }
    ret = json_pack("{s:s, s:o, s:o, s:b, s:b, s:o}", "column", lab_matrix_columns[column].title,
                    "cell", letter(cell), "expected", letter(expected), "agrees",
                    (int)(cell == expected), "explained",
                    (int)(correction != NULL && correction->cell == cell), "runs", runs);
    if (correction != NULL) {
        json_object_set_new(ret, "correction", json_string(correction->why));
    }
    return ret;
}

static json_t *matrix_json(const trials *t)
{
    json_t *rows = json_array();
    json_t *columns = json_array();

    for (size_t column = 0; column < LAB_COLUMNS; column++) {
        json_array_append_new(columns, json_string(lab_matrix_columns[column].title));
    }
    for (size_t row = 0; lab_matrix_rows[row].title != NULL; row++) {
        json_t *cells = json_array();
        for (size_t column = 0; column < LAB_COLUMNS; column++) {
            json_array_append_new(cells, cell_json(t, row, column));
        }
        json_array_append_new(rows,
                              json_pack("{s:s, s:s, s:o}", "attack", lab_matrix_rows[row].title,
                                        "cards", lab_matrix_rows[row].numbers, "cells", cells));
    }
    return json_pack("{s:o, s:o}", "columns", columns, "rows", rows);
}

json_t *lab_matrix_run(const lab_run *run)
{
    trials t = {calloc(TRIALS_MAX, sizeof *t.list), 0};
    json_t *results, *ret = NULL;

    if (t.list == NULL) {
        (void)cli_fail_errno("matrix");
        return NULL;
    }
    add_all(&t);
    results = play(run, &t);
    if (results != NULL) {
        ret = matrix_json(&t);
        json_decref(results);
    }
    free(t.list);
    return ret;
}
