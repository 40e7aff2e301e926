#include "sweep.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli.h"
#include "kind.h"
#include "measures.h"
#include "memory.h"

enum { STEPS_MAX = 512, SKEW_STEPS = 11 };

static void fill_row(const measures *m, sweep_row *ret)
{
    ret->alpha_value = ratio_value(m->impersonation.chance);
    snprintf(ret->alpha, sizeof ret->alpha, "%llu/%llu",
             (unsigned long long)m->impersonation.chance.num,
             (unsigned long long)m->impersonation.chance.den);
    ret->beta_value = NAN;
    ret->bound_beta = NAN;
    if (m->has_pairs) {
        ret->beta_value = ratio_value(m->substitution.chance);
        snprintf(ret->beta, sizeof ret->beta, "%llu/%llu",
                 (unsigned long long)m->substitution.chance.num,
                 (unsigned long long)m->substitution.chance.den);
        ret->bound_beta = m->bounds[4].right;
        ret->two_universal = m->two_universal;
    }
    ret->bound_alpha = m->bounds[1].right;
    ret->one_over_m = 1.0 / m->f->m;
    ret->one_over_l = 1.0 / m->f->l;
    ret->h_k = exact_value(&m->h.k);
    ret->h_k_given_xy = exact_value(&m->h.k_given_xy);
}

static int take_step(const char *spec, unsigned threads, sweep_row *ret, macaw_error *err)
{
    family f;
    measures m;
    int status = family_build(spec, &f, err);

    if (status != MACAW_OK) {
        return status;
    }
    status = measures_take(&f, threads, &m, err);
    if (status == MACAW_OK) {
        fill_row(&m, ret);
        measures_clear(&m);
    }
    family_clear(&f);
    return status;
}

/* The item without which it may be appended, and how often it can. */
static bool has_item(const char *spec, const char *item)
{
    char *text = family_format(",%s=", item);
    bool found = strstr(spec, text) != NULL;

    free(text);
    return found;
}

bool sweep_suits(const char *spec, sweep_kind kind)
{
    bool table = strncmp(spec, "csv:", 4) == 0;

    switch (kind) {
    case SWEEP_SKEW:
        return !table && !has_item(spec, "weights");
    case SWEEP_TRUNCATE:
        return !has_item(spec, "mod");
    default:
        return strncmp(spec, "poly:", 5) == 0;
    }
}

/* "poly:q=5,len=2,monic" with another len. */
static char *with_length(const char *spec, size_t length)
{
    const char *at = strstr(spec, "len=");
    size_t before = at != NULL ? (size_t)(at - spec) : 0;
    const char *rest = at != NULL ? at + strcspn(at, ",") : spec;

    return family_format("%.*slen=%zu%s", (int)before, spec, length, rest);
}

/* The SPEC of a step, counted from 0. */
static char *step_spec(const char *spec, sweep_kind kind, const char *rule, size_t i, double *step)
{
    switch (kind) {
    case SWEEP_SKEW:
        *step = (double)((size_t)1 << i);
        return family_format("%s,weights=%s:%zu", spec, rule, (size_t)1 << i);
    case SWEEP_TRUNCATE:
        *step = (double)(i + 1);
        return family_format("%s,mod=%zu", spec, i + 1);
    default:
        *step = (double)(i + 1);
        return with_length(spec, i + 1);
    }
}

/* "a0", "k1=0": the first coordinate of the keys is 0. With a != 0 it is 1. */
static char *default_rule(const family_spec *spec)
{
    char name[8];
    size_t len;

    if (spec->kind == &family_csv) {
        return NULL;
    }
    spec->kind->coordinate(spec, 0, name);
    len = strlen(name);
    return family_format("%s%s%d", name, name[len - 1] >= '0' && name[len - 1] <= '9' ? "=" : "",
                         spec->a_nonzero);
}

/* How many steps: as many lengths as the limits allow, and below q. */
static int count_steps(const char *text, sweep_kind kind, const family_spec *spec, size_t *ret,
                       macaw_error *err)
{
    family f;
    int status;

    if (kind == SWEEP_SKEW) {
        *ret = SKEW_STEPS;
        return MACAW_OK;
    }
    if (kind == SWEEP_LENGTH) {
        uint64_t q = (uint64_t)spec->q;
        for (*ret = 1; *ret + 1 < q && *ret < KIND_DIMS - 1; (*ret)++) {
            uint64_t n = family_power(q, *ret + 1);
            if (n > FAMILY_MESSAGES_MAX || n * n * q * q > FAMILY_PAIRS_MAX / 10) {
                break;
            }
        }
        return MACAW_OK;
    }
    status = family_build(text, &f, err);
    if (status == MACAW_OK) {
        *ret = f.m < STEPS_MAX ? f.m : STEPS_MAX;
        family_clear(&f);
    }
    return status;
}

static int take_steps(const char *text, sweep_kind kind, const char *rule, unsigned threads,
                      sweep_row *rows, size_t count, macaw_error *err)
{
    for (size_t i = 0; i < count; i++) {
        char *spec = step_spec(text, kind, rule, i, &rows[i].step);
        int status = take_step(spec, threads, &rows[i], err);
        free(spec);
        if (status != MACAW_OK) {
            return status;
        }
    }
    return MACAW_OK;
}

int sweep_take(const char *text, sweep_kind kind, const char *rule, unsigned threads,
               sweep_row **ret, size_t *count, macaw_error *err)
{
    family_spec spec;
    char *own_rule = NULL;
    sweep_row *rows;
    int status = family_spec_parse(text, &spec, err);

    if (status != MACAW_OK) {
        return status;
    }
    if (!sweep_suits(text, kind)) {
        return macaw_fail(err, MACAW_EFORMAT, 0, "this sweep is for %s",
                          kind == SWEEP_SKEW       ? "a formula without weights="
                          : kind == SWEEP_TRUNCATE ? "a family without mod="
                                                   : "poly: only");
    }
    status = count_steps(text, kind, &spec, count, err);
    if (status != MACAW_OK) {
        return status;
    }
    if (rule == NULL) {
        rule = own_rule = default_rule(&spec);
    }
    rows = family_zeroed(*count, sizeof *rows);
    status = take_steps(text, kind, rule, threads, rows, *count, err);
    free(own_rule);
    if (status != MACAW_OK) {
        free(rows);
        return status;
    }
    *ret = rows;
    return MACAW_OK;
}

static bool find_kind(const char *name, sweep_kind *ret)
{
    static const char *const names[] = {"skew", "truncate", "length"};

    for (int i = 0; i < 3; i++) {
        if (strcmp(name, names[i]) == 0) {
            *ret = (sweep_kind)i;
            return true;
        }
    }
    return false;
}

static void print_rows(const sweep_row *rows, size_t count, const char *step)
{
    printf("%s,alpha,beta,alpha_decimal,beta_decimal,bound_alpha,bound_beta,one_over_m,"
           "one_over_l,H_K,H_K_given_XY,two_universal\n",
           step);
    for (size_t i = 0; i < count; i++) {
        const sweep_row *r = &rows[i];
        printf("%.0f,%s,%s,%.10g,%.10g,%.10g,%.10g,%.10g,%.10g,%.10g,%.10g,%s\n", r->step, r->alpha,
               r->beta, r->alpha_value, r->beta_value, r->bound_alpha, r->bound_beta, r->one_over_m,
               r->one_over_l, r->h_k, r->h_k_given_xy, r->two_universal ? "yes" : "no");
    }
}

int sweep_show(const char *spec, const char *name, const char *rule, unsigned threads)
{
    static const char *const steps[] = {"weight", "mod", "len"};
    macaw_error err = {.status = MACAW_OK};
    sweep_row *rows = NULL;
    size_t count = 0;
    sweep_kind kind;

    if (!find_kind(name, &kind)) {
        return cli_fail(CLI_WRONG, "--sweep", "expected skew, truncate or length");
    }
    if (sweep_take(spec, kind, rule, threads, &rows, &count, &err) != MACAW_OK) {
        return cli_fail_detail("SPEC", &err);
    }
    print_rows(rows, count, steps[kind]);
    free(rows);
    return CLI_DONE;
}
