/* Calls of the oracle: frames to the challenger, and what the reader sees of them. */
#include "harness/oracle.h"

#include <string.h>
#include <unistd.h>

#include "harness/attacker.h"
#include "harness/wire.h"

/* ---- one call ---- */

static lab_reader call(lab_oracle *o, enum lab_frame_kind kind)
{
    int answer;

    if (!lab_frame_send(o->fd, kind, &o->out)) {
        lab_attacker_fail();
    }
    o->out.len = 0;
    answer = lab_frame_receive(o->fd, &o->in);
    if (answer != LAB_REPLY) {
        _exit(answer == LAB_FOUL ? LAB_EXIT_FOUL : LAB_EXIT_FAILED);
    }
    return (lab_reader){lab_buf_bytes(&o->in), true};
}

/* ---- what the reader sees of it ---- */

enum {
    SHOWN = 4,       /* messages of a batch */
    ASKS_SHOWN = 24, /* calls, and then those only that forge */
};

static bool listens(lab_oracle *o)
{
    return o->tracing && (o->stepping || o->asks++ < ASKS_SHOWN);
}

static json_t *input_json(const lab_input *in, enum lab_role role)
{
    lab_value values[] = {{"nonce", LAB_ANSWER, in->nonce}, {"message", role, in->message}};
    json_t *list = json_array();

    for (size_t i = in->nonce.len > 0 ? 0 : 1; i < 2; i++) {
        json_array_append_new(list, lab_value_json(&values[i]));
    }
    return list;
}

static json_t *output_json(const lab_output *out)
{
    lab_value values[] = {{"nonce", LAB_ANSWER, {out->nonce, out->nonce_len}},
                          {"tag", LAB_ANSWER, {out->tag, out->tag_len}}};
    json_t *list = json_array();

    for (size_t i = out->nonce_len > 0 ? 0 : 1; out->tag_len > 0 && i < 2; i++) {
        json_array_append_new(list, lab_value_json(&values[i]));
    }
    return list;
}

/* Before a query: what and why; values is consumed. In a step, wait. */
static void announce(lab_oracle *o, const char *kind, const char *why, size_t count, json_t *values)
{
    char go;

    lab_emit(o, json_pack("{s:s, s:s, s:s, s:I, s:o}", "event", "ask", "kind", kind, "why", why,
                          "count", (json_int_t)count, "values", values));
    if (o->stepping && !lab_read_all(o->trace_fd, &go, 1)) {
        lab_attacker_fail();
    }
}

static void answered(lab_oracle *o, bool accepted, json_t *values)
{
    lab_emit(o, json_pack("{s:s, s:b, s:o}", "event", "answer", "accepted", (int)accepted, "values",
                          values));
}

static json_t *inputs_json(const lab_input *in, size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n && i < SHOWN; i++) {
        json_t *one = input_json(&in[i], LAB_CHOSEN);
        json_array_extend(list, one);
        json_decref(one);
    }
    return list;
}

static json_t *outputs_json(const lab_output *out, size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n && i < SHOWN; i++) {
        json_t *one = output_json(&out[i]);
        json_array_extend(list, one);
        json_decref(one);
    }
    return list;
}

/* ---- queries ---- */

void lab_batch(lab_oracle *o, const char *why, const lab_input *in, size_t n, lab_output *ret)
{
    lab_reader reader;
    bool shown = listens(o);

    if (shown) {
        announce(o, n == 1 ? "tag" : "batch", why, n, inputs_json(in, n));
    }
    lab_put_number(&o->out, n);
    for (size_t i = 0; i < n; i++) {
        lab_put_input(&o->out, &in[i]);
    }
    reader = call(o, LAB_CALL_BATCH);
    for (size_t i = 0; i < n; i++) {
        ret[i] = lab_get_output(&reader);
    }
    if (!reader.good) {
        lab_attacker_fail();
    }
    if (shown) {
        answered(o, n != 1 || ret[0].tag_len > 0, outputs_json(ret, n));
    }
}

bool lab_query(lab_oracle *o, const char *why, const lab_input *in, lab_output *ret)
{
    lab_batch(o, why, in, 1, ret);
    return ret->tag_len > 0;
}

bool lab_ask(lab_oracle *o, const char *why, const uint8_t *message, size_t len, uint8_t *tag)
{
    lab_input in = {.message = {message, len}};
    lab_output out;

    if (!lab_query(o, why, &in, &out)) {
        return false;
    }
    memcpy(tag, out.tag, out.tag_len);
    return true;
}

static lab_bytes keep(lab_oracle *o, lab_bytes bytes)
{
    uint8_t *copy = lab_alloc(o, bytes.len + 1);

    if (bytes.len > 0) {
        memcpy(copy, bytes.data, bytes.len);
    }
    return (lab_bytes){copy, bytes.len};
}

static lab_pair get_pair(lab_oracle *o, lab_reader *reader)
{
    lab_bytes message = lab_get_bytes(reader);
    lab_output out = lab_get_output(reader);

    return (lab_pair){{keep(o, (lab_bytes){out.nonce, out.nonce_len}), keep(o, message)},
                      keep(o, (lab_bytes){out.tag, out.tag_len})};
}

lab_pair *lab_given(lab_oracle *o, const char *why, size_t n, size_t len)
{
    lab_pair *ret = lab_alloc(o, n * sizeof *ret);
    lab_reader reader;
    bool shown = listens(o);

    if (shown) {
        announce(o, "given", why, n, json_array());
    }
    lab_put_number(&o->out, n);
    lab_put_number(&o->out, len);
    reader = call(o, LAB_CALL_GIVEN);
    for (size_t i = 0; i < n; i++) {
        ret[i] = get_pair(o, &reader);
    }
    if (!reader.good) {
        lab_attacker_fail();
    }
    for (size_t i = 0; shown && i < n && i < SHOWN; i++) {
        json_t *values = input_json(&ret[i].in, LAB_PLAIN);
        json_array_append_new(values, lab_value_json(&(lab_value){"tag", LAB_ANSWER, ret[i].tag}));
        answered(o, true, values);
    }
    return ret;
}

bool lab_act(lab_oracle *o, const char *why, const char *action, lab_bytes in, lab_bytes *ret)
{
    lab_reader reader;
    bool shown = listens(o);
    bool done;

    if (shown) {
        lab_value argument = {action, LAB_CHOSEN, in};
        announce(o, "action", why, 1, json_pack("[o]", lab_value_json(&argument)));
    }
    lab_put_bytes(&o->out, lab_text(action));
    lab_put_bytes(&o->out, in);
    reader = call(o, LAB_CALL_ACT);
    done = lab_get_number(&reader) == 1;
    *ret = keep(o, lab_get_bytes(&reader));
    if (shown) {
        lab_value answer = {"answer", LAB_ANSWER, *ret};
        answered(o, done, json_pack("[o]", lab_value_json(&answer)));
    }
    return done;
}

/* ---- forgeries ---- */

void lab_commit(lab_oracle *o, lab_bytes message)
{
    lab_put_bytes(&o->out, message);
    (void)call(o, LAB_CALL_COMMIT);
    lab_show_one(o, "message to forge, chosen before any query", LAB_CHOSEN, message.data,
                 message.len);
}

lab_bytes lab_challenge(lab_oracle *o, size_t len)
{
    lab_reader reader;
    lab_bytes ret;

    lab_put_number(&o->out, len);
    reader = call(o, LAB_CALL_CHALLENGE);
    ret = keep(o, lab_get_bytes(&reader));
    lab_show_one(o, "message to forge, drawn by the challenger", LAB_PLAIN, ret.data, ret.len);
    return ret;
}

static void announce_submit(lab_oracle *o, const char *why, const lab_input *in, lab_bytes tag)
{
    json_t *values = input_json(in, LAB_FORGED);

    if (tag.data != NULL) {
        json_array_append_new(values, lab_value_json(&(lab_value){"tag", LAB_FORGED, tag}));
    }
    announce(o, "submit", why, 1, values);
}

bool lab_submit_input(lab_oracle *o, const char *why, const lab_input *in, lab_bytes tag)
{
    lab_reader reader;
    bool shown = listens(o);
    bool accepted;

    if (shown) {
        announce_submit(o, why, in, tag);
    }
    lab_put_input(&o->out, in);
    lab_put_bytes(&o->out, tag);
    reader = call(o, LAB_CALL_SUBMIT);
    accepted = lab_get_number(&reader) == 1;
    if (o->tracing && accepted && !shown) {
        announce_submit(o, why, in, tag);
    }
    if (shown || (o->tracing && accepted)) {
        answered(o, accepted, json_array());
    }
    return accepted;
}

bool lab_submit(lab_oracle *o, const char *why, const uint8_t *message, size_t len,
                const uint8_t *tag, size_t tag_len)
{
    lab_input in = {.message = {message, len}};

    return lab_submit_input(o, why, &in, (lab_bytes){tag, tag_len});
}

bool lab_submit_key(lab_oracle *o, const char *why, lab_bytes key)
{
    lab_value value = {"key", LAB_FORGED, key};
    lab_reader reader;
    bool shown = listens(o);
    bool right;

    if (shown) {
        announce(o, "key", why, 1, json_pack("[o]", lab_value_json(&value)));
    }
    lab_put_bytes(&o->out, key);
    reader = call(o, LAB_CALL_KEY);
    right = lab_get_number(&reader) == 1;
    if (o->tracing && right && !shown) {
        announce(o, "key", why, 1, json_pack("[o]", lab_value_json(&value)));
    }
    if (shown || (o->tracing && right)) {
        answered(o, right, json_array());
    }
    return right;
}
