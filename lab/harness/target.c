#include "harness/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <macaw/mac.h>

#include "base/ct.h"
#include "harness/library.h"
#include "prim/md.h"

const lab_target *lab_target_find(const char *name)
{
    const lab_target *target;

    for (size_t i = 0; (target = lab_naive_at(i)) != NULL; i++) {
        if (strcmp(target->name, name) == 0) {
            return target;
        }
    }
    return macaw_alg_find(name) != NULL ? &lab_library : NULL;
}

uint32_t lab_target_properties(const char *name)
{
    const lab_target *target = lab_target_find(name);

    if (target == &lab_library) {
        return lab_library_properties(name);
    }
    return target != NULL ? target->properties : 0;
}

const char *lab_target_family(const char *name)
{
    const lab_target *target = lab_target_find(name);

    if (target == &lab_library) {
        return lab_library_family(name);
    }
    return target != NULL ? target->family : NULL;
}

/* Zeroed, 64-byte aligned, as cipher schedules want it. */
static void *state_new(size_t size)
{
    void *state = aligned_alloc(64, (size + 64) / 64 * 64);

    if (state != NULL) {
        memset(state, 0, size);
    }
    return state;
}

bool lab_instance_open(lab_instance *ret, lab_env *env)
{
    const lab_target *target = lab_target_find(env->name);

    if (target == NULL) {
        env->wrong = "no such construction";
        return false;
    }
    ret->target = target;
    ret->state = state_new(target->state_size);
    if (ret->state == NULL) {
        env->wrong = "out of memory";
        return false;
    }
    if (!target->setup(ret->state, target, env)) {
        free(ret->state);
        ret->state = NULL;
        env->wrong = env->wrong != NULL ? env->wrong : "set-up failed";
        return false;
    }
    return true;
}

void lab_instance_close(lab_instance *instance)
{
    if (instance->state != NULL) {
        if (instance->target->clear != NULL) {
            instance->target->clear(instance->state);
        }
        macaw_wipe(instance->state, instance->target->state_size);
        free(instance->state);
        instance->state = NULL;
    }
}

bool lab_tag_is(const lab_output *own, lab_bytes tag)
{
    return own->tag_len == tag.len && macaw_ct_equal(own->tag, tag.data, tag.len);
}

bool lab_instance_verify(const lab_instance *instance, const lab_input *in, lab_bytes tag)
{
    const lab_target *target = instance->target;
    lab_output own = {0};

    if (target->verify != NULL) {
        return target->verify(instance->state, in, tag);
    }
    return target->tag(instance->state, in, &own) && lab_tag_is(&own, tag);
}

/* ---- what setups need ---- */

/* From the user's key, stretched. */
static void stretch_key(lab_bytes key, uint8_t *ret, size_t len)
{
    uint8_t seed[LAB_SEED_LEN];
    lab_rng rng;

    macaw_md_hash(&macaw_sha256, macaw_md_pick(&macaw_sha256, NULL, NULL), key.data, key.len, seed);
    lab_rng_init(&rng, seed);
    lab_rng_bytes(&rng, ret, len);
}

void lab_draw_key(lab_env *env, uint8_t *ret, size_t len)
{
    lab_bytes key = lab_settings_bytes(env->settings, "key", "");

    if (!lab_settings_has(env->settings, "key")) {
        lab_rng_bytes(env->rng, ret, len);
    } else if (key.len == len) {
        memcpy(ret, key.data, len);
    } else {
        stretch_key(key, ret, len);
    }
}

void lab_publish(lab_publics *publics, const char *name, lab_bytes value)
{
    lab_put_bytes(&publics->fields, lab_text(name));
    lab_put_bytes(&publics->fields, value);
}

void lab_publish_number(lab_publics *publics, const char *name, uint64_t value)
{
    char text[24];

    snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    lab_publish(publics, name, lab_text(text));
}
