#include "cases.h"

#include <stdlib.h>

#include <jansson.h>

#include "cli.h"
#include "json_out.h"
#include "measures.h"

/* What a row must show, beside the family that is compared with. */
typedef struct counter_case {
    const char *claim; /* what one might think */
    const char *base;  /* a family */
    const char *other; /* and one for which the claim fails, or NULL: base is it */
    const char *truth;
    bool (*shown)(const measures *base, const measures *other);
} counter_case;

static bool same_alpha(const measures *a, const measures *b)
{
    return a->impersonation.chance.num == b->impersonation.chance.num &&
           a->impersonation.chance.den == b->impersonation.chance.den;
}

static bool skew_leaves_alpha(const measures *base, const measures *other)
{
    return same_alpha(base, other) && exact_value(&other->h.k) < exact_value(&base->h.k) &&
           ratio_value(other->substitution.chance) > ratio_value(base->substitution.chance);
}

static bool small_rest_large_alpha(const measures *base, const measures *other)
{
    return exact_value(&other->h.k_given_xy) < exact_value(&base->h.k_given_xy) &&
           ratio_value(other->impersonation.chance) == 1;
}

static bool many_keys_no_help(const measures *base, const measures *other)
{
    return other->f->l > base->f->l &&
           ratio_value(other->substitution.chance) > ratio_value(base->substitution.chance);
}

static bool alpha_is_not_beta(const measures *base, const measures *other)
{
    return same_alpha(base, other) && ratio_value(other->substitution.chance) == 1;
}

static bool forged_without_key(const measures *base, const measures *other)
{
    return ratio_value(base->impersonation.chance) == 1 &&
           ratio_value(other->impersonation.chance) < 1;
}

static bool universal_is_not_strongly(const measures *base, const measures *other)
{
    (void)other;
    return base->collision.num * base->f->m <= base->collision.den && !base->two_universal;
}

static bool weights_matter(const measures *base, const measures *other)
{
    return base->two_universal && !other->two_universal && other->two_universal_keys;
}

static const counter_case cases[] = {
    {"more uniform keys make alpha smaller", "affine:p=5", "affine:p=5,weights=a0:4",
     "true of the lower bound only: keys with a = 0 are four times as likely, alpha stays 1/5; "
     "beta grows to 1/2",
     skew_leaves_alpha},
    {"a smaller H(K|X,Y) makes alpha smaller", "affine:p=5", "constant:m=25,n=10",
     "true of the lower bound only: one message whose tag never changes gives alpha = 1",
     small_rest_large_alpha},
    {"a key that determines less of itself is safer: more keys, smaller beta", "affine:p=5",
     "affine:p=6", "6 is not prime: beta is 1/2 with 36 keys, 1/5 with 25", many_keys_no_help},
    {"a small alpha is enough", "affine:p=5", "shift:p=5",
     "x + k has the best alpha and beta = 1: one tag gives the key", alpha_is_not_beta},
    {"the dot product authenticates every vector", "dot:p=3,d=2,domain=all",
     "dot:p=3,d=2,domain=nonzero",
     "the zero vector has tag 0 under every key; without it alpha is 1/3", forged_without_key},
    {"universal (1979) is 2-universal (1981)", "shift:p=5", NULL,
     "x + k never collides, so it is universal, and it is forged from one tag",
     universal_is_not_strongly},
    {"2-universal is a property of the keys, whatever their chances", "affine:p=5",
     "affine:p=5,weights=b0:4",
     "the counts of keys are right, their weights are not: alpha and beta are 1/2", weights_matter},
};

enum { CASES = sizeof cases / sizeof *cases };

static int take(const char *spec, unsigned threads, family *f, measures *ret)
{
    macaw_error err = {.status = MACAW_OK};

    if (family_build(spec, f, &err) != MACAW_OK) {
        return cli_fail_detail(spec, &err);
    }
    if (measures_take(f, threads, ret, &err) != MACAW_OK) {
        family_clear(f);
        return cli_fail_detail(spec, &err);
    }
    return CLI_DONE;
}

static void print_measures(const char *spec, const measures *m)
{
    printf("  %-34s alpha %llu/%llu  beta %llu/%llu  H(K) %.4f  H(K|X,Y) %.4f  bound %.4f\n", spec,
           (unsigned long long)m->impersonation.chance.num,
           (unsigned long long)m->impersonation.chance.den,
           (unsigned long long)m->substitution.chance.num,
           (unsigned long long)m->substitution.chance.den, exact_value(&m->h.k),
           exact_value(&m->h.k_given_xy), m->bounds[1].right);
}

static void print_case(const counter_case *one, const measures *base, const measures *other,
                       bool shown)
{
    printf("claim: %s\n", one->claim);
    print_measures(one->base, base);
    if (one->other != NULL) {
        print_measures(one->other, other);
    }
    printf("  %s: %s\n\n", shown ? "shown" : "NOT SHOWN", one->truth);
}

static json_t *measures_json(const char *spec, const measures *m)
{
    return json_pack("{s:s, s:f, s:f, s:f, s:f, s:f}", "spec", spec, "alpha",
                     ratio_value(m->impersonation.chance), "beta",
                     ratio_value(m->substitution.chance), "H_K", exact_value(&m->h.k),
                     "H_K_given_XY", exact_value(&m->h.k_given_xy), "bound_alpha",
                     m->bounds[1].right);
}

static json_t *case_json(const counter_case *one, const measures *base, const measures *other,
                         bool shown)
{
    json_t *families = json_array();

    json_array_append_new(families, measures_json(one->base, base));
    if (one->other != NULL) {
        json_array_append_new(families, measures_json(one->other, other));
    }
    return json_pack("{s:s, s:s, s:o, s:b}", "claim", one->claim, "truth", one->truth, "families",
                     families, "shown", shown);
}

static int show_case(const counter_case *one, unsigned threads, json_t *list)
{
    family families[2];
    measures taken[2];
    size_t count = one->other != NULL ? 2 : 1;
    size_t done = 0;
    int status = CLI_DONE;

    while (status == CLI_DONE && done < count) {
        status = take(done == 0 ? one->base : one->other, threads, &families[done], &taken[done]);
        done += status == CLI_DONE;
    }
    if (status == CLI_DONE) {
        bool shown = one->shown(&taken[0], &taken[count - 1]);
        if (list != NULL) {
            json_array_append_new(list, case_json(one, &taken[0], &taken[count - 1], shown));
        } else {
            print_case(one, &taken[0], &taken[count - 1], shown);
        }
        status = shown ? CLI_DONE : CLI_REFUSED;
    }
    while (done > 0) {
        done--;
        measures_clear(&taken[done]);
        family_clear(&families[done]);
    }
    return status;
}

int cases_show(unsigned threads, bool json)
{
    json_t *list = json ? json_array() : NULL;
    int worst = CLI_DONE;

    for (size_t i = 0; i < CASES; i++) {
        int status = show_case(&cases[i], threads, list);
        worst = status > worst ? status : worst;
    }
    if (json) {
        int status = cli_print_json(list);
        worst = status > worst ? status : worst;
    }
    return worst;
}
