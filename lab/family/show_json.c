#include "show.h"

#include <math.h>
#include <stdlib.h>

#include "memory.h"

static json_t *ratio_json(ratio r)
{
    return json_sprintf("%llu/%llu", (unsigned long long)r.num, (unsigned long long)r.den);
}

json_t *show_exact(const exact *sum)
{
    char *text = exact_text(sum);
    json_t *json = json_pack("{s:f, s:s}", "decimal", exact_value(sum), "exact", text);

    free(text);
    return json;
}

/* 2^-sum: a fraction where it is one. */
static json_t *power_json(const exact *sum)
{
    exact minus = {.terms = NULL};
    char *text;
    json_t *json;

    exact_add(&minus, -1, sum);
    text = exact_power_text(&minus);
    json = json_pack("{s:f, s:s}", "decimal", exp2(exact_value(&minus)), "exact", text);
    free(text);
    exact_clear(&minus);
    return json;
}

static json_t *forgery_json(const measures *m, const forgery *forged, bool seen)
{
    const family *f = m->f;
    char first[16], second[16];
    json_t *json =
        json_pack("{s:o, s:s, s:s}", "probability", ratio_json(forged->chance), "message",
                  f->message_names[forged->x], "tag", show_tag(f, forged->y, first));

    if (seen) {
        json_object_set_new(json, "other_message", json_string(f->message_names[forged->other]));
        json_object_set_new(json, "other_tag", json_string(show_tag(f, forged->tag, second)));
    }
    return json;
}

static json_t *bounds_json(const measures *m)
{
    json_t *list = json_array();

    for (size_t i = 0; i < BOUNDS; i++) {
        const bound *b = &m->bounds[i];
        if (b->applies) {
            json_array_append_new(list, json_pack("{s:s, s:f, s:f, s:o, s:b, s:b}", "name", b->name,
                                                  "left", b->left, "right", b->right, "slack",
                                                  show_exact(&b->slack), "equal", b->equal, "holds",
                                                  b->holds));
        }
    }
    return list;
}

static json_t *counts_json(const measures *m)
{
    tally *sum = family_zeroed(1, sizeof *sum);
    json_t *histogram = json_array();
    uint64_t tags = m->f->m;
    tally_entry *list;
    size_t count;

    measures_histogram(m, sum);
    count = tally_list(sum, &list);
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(
            histogram, json_pack("[I, I]", (json_int_t)list[i].value, (json_int_t)list[i].times));
    }
    free(list);
    tally_clear(sum);
    free(sum);
    return json_pack("{s:o, s:I, s:I, s:o, s:I, s:I}", "expected",
                     ratio_json(ratio_of(m->f->key_sum, tags * tags)), "min",
                     (json_int_t)m->pairs.min, "max", (json_int_t)m->pairs.max, "histogram",
                     histogram, "keys_min", (json_int_t)m->keys_min, "keys_max",
                     (json_int_t)m->keys_max);
}

/* The worst pair of messages for a kind of coincidence. */
static json_t *worst_json(const measures *m, ratio chance, const pair_peak *peak)
{
    return json_pack("{s:o, s:b, s:s, s:s, s:I}", "probability", ratio_json(chance), "holds",
                     chance.num * m->f->m <= chance.den, "message", m->f->message_names[peak->x],
                     "other_message", m->f->message_names[peak->other], "value",
                     (json_int_t)peak->value);
}

static void set_pairs(json_t *json, const measures *m)
{
    bool pairs = m->has_pairs;
    bool group = pairs && m->f->is_group;

    json_object_set_new(json, "two_universal_keys",
                        pairs ? json_boolean(m->two_universal_keys) : json_null());
    json_object_set_new(json, "substitution",
                        pairs ? forgery_json(m, &m->substitution, true) : json_null());
    json_object_set_new(json, "H_K_given_M2", pairs ? show_exact(&m->h.k_given_m2) : json_null());
    json_object_set_new(json, "counts", pairs ? counts_json(m) : json_null());
    json_object_set_new(json, "universal",
                        pairs ? worst_json(m, m->collision, &m->pairs.collision) : json_null());
    json_object_set_new(json, "delta_universal",
                        group ? worst_json(m, m->difference, &m->pairs.difference) : json_null());
    json_object_set_new(json, "xor_universal",
                        group ? worst_json(m, m->xored, &m->pairs.xored) : json_null());
}

static json_t *identities_json(const measures *m)
{
    json_t *json = json_pack("{s:b, s:b, s:b}", "H(K)-H(K|X,Y) = H(Y|X)", m->h.identity,
                             "H(K|X,Y) = H(K)+H(X)-H(X,Y)", m->h.k_given_xy_agrees,
                             "H(X,Y) = H(X)+H(Y)", m->h.xy_is_sum);

    if (m->has_pairs) {
        json_object_set_new(json, "H(K|M^2) = H(K|M)-H(Y'|M,X')",
                            json_boolean(m->h.k_given_m2_agrees));
    }
    return json;
}

json_t *show_json(const char *spec, const measures *m)
{
    const family *f = m->f;
    json_t *json = json_pack(
        "{s:s, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "spec", spec, "n",
        (json_int_t)f->n, "m", (json_int_t)f->m, "l", (json_int_t)f->l, "alpha",
        ratio_json(m->impersonation.chance), "beta",
        m->has_pairs ? ratio_json(m->substitution.chance) : json_null(), "two_universal",
        m->has_pairs ? json_boolean(m->two_universal) : json_null(), "H_K", show_exact(&m->h.k),
        "H_X", show_exact(&m->h.x), "H_Y", show_exact(&m->h.y), "H_K_given_XY",
        show_exact(&m->h.k_given_xy), "bound_alpha", power_json(&m->h.gain));

    if (json == NULL) {
        return NULL;
    }
    json_object_set_new(json, "message_bits", json_real(log2(f->n)));
    json_object_set_new(json, "tag_bits", json_real(log2(f->m)));
    json_object_set_new(json, "key_weight", json_integer((json_int_t)f->key_sum));
    json_object_set_new(json, "message_weight", json_integer((json_int_t)f->message_sum));
    json_object_set_new(json, "H_XY", show_exact(&m->h.xy));
    json_object_set_new(json, "H_Y_given_X", show_exact(&m->h.y_given_x));
    json_object_set_new(json, "H_K_given_M", show_exact(&m->h.k_given_xy));
    json_object_set_new(json, "impersonation", forgery_json(m, &m->impersonation, false));
    json_object_set_new(json, "independent_XY", json_boolean(m->h.independent));
    json_object_set_new(json, "identities", identities_json(m));
    json_object_set_new(json, "bounds", bounds_json(m));
    set_pairs(json, m);
    return json;
}
