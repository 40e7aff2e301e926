#include "naive/nested_toy.h"

/* ---- families ---- */

static uint8_t reduce(unsigned x)
{
    return (uint8_t)(x % LAB_TOY_TAGS);
}

/* x of two digits modulo 5 is a polynomial at the secret point a, and b is added: two
 * messages collide for one a in five at most. */
static uint8_t inner_polynomial(unsigned key, unsigned x)
{
    return reduce(x % 5 * (key / 5) + x / 5 * (key / 5) * (key / 5) + key % 5);
}

/* x and x + 5 collide under every key. */
static uint8_t inner_colliding(unsigned key, unsigned x)
{
    return reduce(x % 5 * (key / 5) + key % 5);
}

static uint8_t outer_affine(unsigned key, unsigned x)
{
    return reduce(x * (key / 5) + key % 5);
}

/* The tag of x + 1 is the tag of x and 1. */
static uint8_t outer_shift(unsigned key, unsigned x)
{
    return reduce(x + key);
}

lab_toy *lab_toy_inner(lab_bytes name)
{
    return lab_bytes_equal(name, lab_text("colliding")) ? inner_colliding : inner_polynomial;
}

lab_toy *lab_toy_outer(lab_bytes name)
{
    return lab_bytes_equal(name, lab_text("forgeable")) ? outer_shift : outer_affine;
}

/* ---- games, counted ---- */

double lab_toy_collision(lab_toy *g)
{
    unsigned best = 0;

    for (unsigned x = 0; x < LAB_TOY_MESSAGES; x++) {
        unsigned wins[LAB_TOY_TAGS] = {0}, sum = 0;
        for (unsigned other = 0; other < LAB_TOY_MESSAGES; other++) {
            unsigned count[LAB_TOY_TAGS] = {0};
            for (unsigned k = 0; k < LAB_TOY_KEYS; k++) {
                count[g(k, x)] += other != x && g(k, other) == g(k, x);
            }
            for (unsigned y = 0; y < LAB_TOY_TAGS; y++) {
                wins[y] = count[y] > wins[y] ? count[y] : wins[y];
            }
        }
        for (unsigned y = 0; y < LAB_TOY_TAGS; y++) {
            sum += wins[y];
        }
        best = sum > best ? sum : best;
    }
    return (double)best / LAB_TOY_KEYS;
}

/* f(d), or f(g(x)): with keys (k, l). NULL g: f alone, on digests. */
static uint8_t value(lab_toy *f, lab_toy *g, unsigned k, unsigned l, unsigned x)
{
    return f(k, g != NULL ? g(l, x) : x);
}

/* For one question: how often the best answers to each tag win, of all keys. */
static unsigned count_wins(lab_toy *f, lab_toy *g, unsigned x, lab_toy_play *ret)
{
    unsigned messages = g != NULL ? LAB_TOY_MESSAGES : LAB_TOY_TAGS;
    unsigned inner_keys = g != NULL ? LAB_TOY_KEYS : 1;
    unsigned wins[LAB_TOY_TAGS] = {0}, sum = 0;

    ret->ask = (uint8_t)x;
    for (unsigned other = 0; other < messages; other++) {
        unsigned count[LAB_TOY_TAGS][LAB_TOY_TAGS] = {{0}};
        for (unsigned k = 0; k < LAB_TOY_KEYS; k++) {
            for (unsigned l = 0; l < inner_keys; l++) {
                count[value(f, g, k, l, x)][value(f, g, k, l, other)]++;
            }
        }
        for (unsigned y = 0; y < LAB_TOY_TAGS; y++) {
            for (unsigned t = 0; t < LAB_TOY_TAGS && other != x; t++) {
                if (count[y][t] > wins[y]) {
                    wins[y] = count[y][t];
                    ret->message[y] = (uint8_t)other;
                    ret->tag[y] = (uint8_t)t;
                }
            }
        }
    }
    for (unsigned y = 0; y < LAB_TOY_TAGS; y++) {
        sum += wins[y];
    }
    ret->rate = (double)sum / (LAB_TOY_KEYS * inner_keys);
    return sum;
}

static lab_toy_play best_play(lab_toy *f, lab_toy *g)
{
    unsigned messages = g != NULL ? LAB_TOY_MESSAGES : LAB_TOY_TAGS, best = 0;
    lab_toy_play ret = {0}, one = {0};

    for (unsigned x = 0; x < messages; x++) {
        unsigned wins = count_wins(f, g, x, &one);
        if (wins > best) {
            best = wins;
            ret = one;
        }
    }
    return ret;
}

double lab_toy_forgery(lab_toy *f)
{
    return best_play(f, NULL).rate;
}

lab_toy_play lab_toy_nested(lab_toy *f, lab_toy *g)
{
    return best_play(f, g);
}

/* ---- as a target ---- */

typedef struct toy_state {
    lab_toy *f, *g;
    unsigned k, l;
} toy_state;

static bool toy_setup(void *state, const lab_target *self, lab_env *env)
{
    toy_state *s = state;

    (void)self;
    s->f = lab_toy_outer(lab_settings_bytes(env->settings, "f", "affine"));
    s->g = lab_toy_inner(lab_settings_bytes(env->settings, "g", "polynomial"));
    s->k = (unsigned)lab_rng_below(env->rng, LAB_TOY_KEYS);
    s->l = (unsigned)lab_rng_below(env->rng, LAB_TOY_KEYS);
    lab_publish_number(env->publics, "tag", 1);
    return true;
}

static bool toy_tag(void *state, const lab_input *in, lab_output *ret)
{
    const toy_state *s = state;

    if (in->message.len != 1 || in->message.data[0] >= LAB_TOY_MESSAGES) {
        return false;
    }
    ret->tag_len = 1;
    ret->tag[0] = value(s->f, s->g, s->k, s->l, in->message.data[0]);
    return true;
}

extern const lab_target lab_nested_toy;
const lab_target lab_nested_toy = {
    .name = "nested-toy",
    .title = "f_k(g_l(x)) with families that can be counted",
    .advice = "hmac-sha256",
    .properties = LAB_ANY_LENGTH | LAB_SMALL,
    .state_size = sizeof(toy_state),
    .setup = toy_setup,
    .tag = toy_tag,
};
