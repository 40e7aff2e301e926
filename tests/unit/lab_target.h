/* Constructions of the laboratory without a challenger around them. */
#ifndef MACAW_TEST_LAB_TARGET_H
#define MACAW_TEST_LAB_TARGET_H

#include "harness/target.h"
#include "unit/support.h"

#define KEY "hex:000102030405060708090a0b0c0d0e0f"

typedef struct world {
    lab_settings settings;
    lab_rng rng;
    lab_instance target;
} world;

static const lab_option key_option[] = {
    {"key", LAB_BYTES, NULL, "", 0, 0, NULL, true},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

static void open_world(world *w, const char *name, const lab_setting *fixed)
{
    uint8_t seed[LAB_SEED_LEN];
    lab_publics publics = {0};
    lab_env env = {.name = name, .settings = &w->settings, .rng = &w->rng, .publics = &publics};

    assert_int_equal(lab_settings_fill(&w->settings, key_option, NULL, fixed), 0);
    lab_rng_derive(seed, 1, name);
    lab_rng_init(&w->rng, seed);
    assert_true(lab_instance_open(&w->target, &env));
    lab_buf_free(&publics.fields);
}

static void close_world(world *w)
{
    lab_instance_close(&w->target);
    lab_settings_free(&w->settings);
}

static lab_output checked_tag(world *w, const char *hex)
{
    uint8_t message[256];
    lab_input in = {.message = {message, unhex(message, sizeof message, hex)}};
    lab_output ret = {0};

    assert_true(w->target.target->tag(w->target.state, &in, &ret));
    assert_true(lab_instance_verify(&w->target, &in, (lab_bytes){ret.tag, ret.tag_len}));
    ret.tag[0] ^= 1;
    assert_false(lab_instance_verify(&w->target, &in, (lab_bytes){ret.tag, ret.tag_len}));
    ret.tag[0] ^= 1;
    return ret;
}

#endif
