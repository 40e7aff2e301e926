#include "harness/challenger.h"

#include <stdio.h>

#include "harness/log.h"
#include "harness/rules.h"
#include "harness/wire.h"

typedef struct challenger {
    int fd;
    lab_instance target;
    lab_rules rules;
    const lab_settings *settings;
    lab_rng rng;
    lab_log log;
    lab_buf committed, challenge;
    lab_result *result;
} challenger;

const char *lab_level_name(enum lab_level level)
{
    static const char *const names[LAB_LEVELS] = {"nothing", "existential", "selective",
                                                  "universal", "total-break"};
    return names[level];
}

const char *lab_mode_name(enum lab_mode mode)
{
    static const char *const names[LAB_MODES] = {"impersonation", "substitution", "known text",
                                                 "chosen text", "adaptive chosen text"};
    return names[mode];
}

static bool is_world(const challenger *c)
{
    return (c->target.target->properties & LAB_WORLD) != 0;
}

/* ---- calls; each answers with fields, or returns what was wrong ---- */

static const char malformed[] = "a malformed call";

static void tag_one(challenger *c, const lab_input *in, lab_output *ret)
{
    lab_input used = *in;

    *ret = (lab_output){0};
    if (!c->target.target->tag(c->target.state, in, ret)) {
        *ret = (lab_output){0};
        return;
    }
    if (ret->nonce_len > 0) {
        used.nonce = (lab_bytes){ret->nonce, ret->nonce_len};
    }
    lab_log_add(&c->log, &used, (lab_bytes){ret->tag, ret->tag_len}, ret->nonce_len > 0);
}

static const char *call_batch(challenger *c, lab_reader *in, lab_buf *out)
{
    uint64_t n = lab_get_number(in);
    const char *foul = lab_may_query(&c->rules, n);

    for (uint64_t i = 0; foul == NULL && i < n; i++) {
        lab_input one = lab_get_input(in);
        lab_output answer;
        if (!in->good) {
            return malformed;
        }
        tag_one(c, &one, &answer);
        lab_put_output(out, &answer);
    }
    return foul;
}

static void draw_message(challenger *c, uint64_t len, lab_buf *ret)
{
    ret->len = 0;
    if (c->target.target->draw != NULL) {
        c->target.target->draw(c->target.state, &c->rng, ret);
        return;
    }
    uint8_t *to = lab_buf_extend(ret, (size_t)len);
    if (to != NULL) {
        lab_rng_bytes(&c->rng, to, (size_t)len);
    }
}

static const char *call_given(challenger *c, lab_reader *in, lab_buf *out)
{
    uint64_t n = lab_get_number(in);
    uint64_t len = lab_get_number(in);
    const char *foul = lab_may_be_given(&c->rules, n);
    lab_buf message = {0};

    if (!in->good || len > LAB_FRAME_MAX) {
        return malformed;
    }
    for (uint64_t i = 0; foul == NULL && i < n; i++) {
        lab_input one = {{NULL, 0}, lab_settings_bytes(c->settings, "message", "")};
        lab_output answer;
        if (c->rules.budget.mode != LAB_SUBSTITUTION || !lab_settings_has(c->settings, "message")) {
            draw_message(c, len, &message);
            one.message = lab_buf_bytes(&message);
        }
        tag_one(c, &one, &answer);
        lab_put_bytes(out, one.message);
        lab_put_output(out, &answer);
    }
    lab_buf_free(&message);
    return foul;
}

static const char *call_act(challenger *c, lab_reader *in, lab_buf *out)
{
    lab_bytes name = lab_get_bytes(in);
    lab_bytes argument = lab_get_bytes(in);
    const lab_action *action = c->target.target->actions;
    const char *foul = lab_may_act(&c->rules);
    lab_buf answer = {0};

    while (action != NULL && action->name != NULL &&
           !lab_bytes_equal(lab_text(action->name), name)) {
        action++;
    }
    if (foul != NULL) {
        return foul;
    }
    if (!in->good || action == NULL || action->name == NULL) {
        return "an action that this construction does not have";
    }
    lab_put_number(out, action->run(c->target.state, argument, &answer) ? 1 : 0);
    lab_put_bytes(out, lab_buf_bytes(&answer));
    lab_buf_free(&answer);
    return NULL;
}

static const char *call_commit(challenger *c, lab_reader *in)
{
    lab_bytes message = lab_get_bytes(in);

    if (c->result->tags > 0 || c->result->actions > 0 || c->result->verifications > 0 ||
        c->committed.len > 0) {
        return "a message is chosen once, before the first query";
    }
    lab_buf_add(&c->committed, message.data, message.len);
    return NULL;
}

static const char *call_challenge(challenger *c, lab_reader *in, lab_buf *out)
{
    uint64_t len = lab_get_number(in);

    if (!in->good || len > LAB_FRAME_MAX || c->challenge.len > 0) {
        return "one challenge a game";
    }
    draw_message(c, len, &c->challenge);
    lab_put_bytes(out, lab_buf_bytes(&c->challenge));
    return NULL;
}

static void forged(challenger *c, enum lab_level level)
{
    if (level > c->result->level) {
        c->result->level = level;
    }
}

static const char *call_submit(challenger *c, lab_reader *in, lab_buf *out)
{
    lab_input one = lab_get_input(in);
    lab_bytes tag = lab_get_bytes(in);
    const char *foul = lab_may_verify(&c->rules);
    bool accepted;

    if (foul != NULL || !in->good) {
        return foul != NULL ? foul : malformed;
    }
    accepted = lab_instance_verify(&c->target, &one, tag);
    if (accepted && (is_world(c) || !lab_log_has(&c->log, &one, tag, one.nonce.len > 0))) {
        bool chosen =
            c->committed.len > 0 && lab_bytes_equal(one.message, lab_buf_bytes(&c->committed));
        bool theirs =
            c->challenge.len > 0 && lab_bytes_equal(one.message, lab_buf_bytes(&c->challenge));
        forged(c, theirs ? LAB_UNIVERSAL : chosen ? LAB_SELECTIVE : LAB_EXISTENTIAL);
    }
    lab_put_number(out, accepted ? 1 : 0);
    return NULL;
}

static const char *call_key(challenger *c, lab_reader *in, lab_buf *out)
{
    lab_bytes guess = lab_get_bytes(in);
    const char *foul = lab_may_verify(&c->rules);
    bool right;

    if (foul != NULL) {
        return foul;
    }
    right = c->target.target->key_is != NULL && c->target.target->key_is(c->target.state, guess);
    if (right) {
        forged(c, LAB_TOTAL_BREAK);
    }
    lab_put_number(out, right ? 1 : 0);
    return NULL;
}

static const char *call(challenger *c, int kind, lab_reader *in, lab_buf *out)
{
    switch (kind) {
    case LAB_CALL_BATCH:
        return call_batch(c, in, out);
    case LAB_CALL_GIVEN:
        return call_given(c, in, out);
    case LAB_CALL_ACT:
        return call_act(c, in, out);
    case LAB_CALL_COMMIT:
        return call_commit(c, in);
    case LAB_CALL_CHALLENGE:
        return call_challenge(c, in, out);
    case LAB_CALL_SUBMIT:
        return call_submit(c, in, out);
    case LAB_CALL_KEY:
        return call_key(c, in, out);
    default:
        return malformed;
    }
}

/* ---- the game ---- */

static void wrong(challenger *c, const char *text)
{
    lab_buf fields = {0};

    snprintf(c->result->wrong, sizeof c->result->wrong, "%s", text);
    lab_put_bytes(&fields, lab_text(text));
    (void)lab_frame_send(c->fd, LAB_FOUL, &fields);
    lab_buf_free(&fields);
}

static void serve(challenger *c)
{
    lab_buf in = {0}, out = {0};
    const char *foul = NULL;
    int kind;

    while (foul == NULL && (kind = lab_frame_receive(c->fd, &in)) != 0) {
        lab_reader reader = {lab_buf_bytes(&in), true};
        if (kind == LAB_CALL_BYE) {
            c->result->work = lab_get_number(&reader);
            c->result->ended = reader.good;
            break;
        }
        out.len = 0;
        foul = call(c, kind, &reader, &out);
        if (foul != NULL) {
            wrong(c, foul);
        } else if (!lab_frame_send(c->fd, LAB_REPLY, &out)) {
            break;
        }
    }
    lab_buf_free(&in);
    lab_buf_free(&out);
}

void lab_challenger_run(int fd, const lab_card *card, const lab_case *one,
                        const lab_settings *settings, const uint8_t seed[LAB_SEED_LEN],
                        lab_result *ret)
{
    challenger c = {.fd = fd,
                    .rules = {.budget = card->budget, .result = ret},
                    .settings = settings,
                    .result = ret};
    lab_publics publics = {0};
    lab_env env = {
        .name = one->construction, .settings = settings, .rng = &c.rng, .publics = &publics};

    *ret = (lab_result){0};
    lab_rng_init(&c.rng, seed);
    if (card->plan != NULL) {
        card->plan(settings, &c.rules.budget);
    }
    if (!lab_instance_open(&c.target, &env)) {
        wrong(&c, env.wrong);
    } else {
        if (lab_frame_send(fd, LAB_REPLY, &publics.fields)) {
            serve(&c);
        }
        lab_instance_close(&c.target);
    }
    lab_buf_free(&publics.fields);
    lab_buf_free(&c.committed);
    lab_buf_free(&c.challenge);
    lab_log_free(&c.log);
}
