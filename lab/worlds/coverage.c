/* Worlds of messages whose MAC covers some fields only. Two exchanges were captured:
 *   capture    in "0" or "1"; a message, METHOD or STATUS|TARGET|BODY|TIME|MAC
 * Handed in: "0" or "1", a |, and a message as what belongs to that exchange. Wronged: it
 * is accepted, and not the one that was sent there. */
#include "worlds/world.h"

enum { FIELDS = 4, EXCHANGES = 2, COVERS_EXCHANGE = 1 << FIELDS, COVERS_ALL = COVERS_EXCHANGE - 1 };

typedef struct message {
    const char *field[FIELDS];
} message;

typedef struct cover {
    unsigned fields; /* 1 << number of a field */
    const message *messages;
} cover;

typedef struct coverage_state {
    const cover *cover;
    macaw_key *key;
} coverage_state;

static bool coverage_setup(void *state, const lab_target *self, lab_env *env)
{
    coverage_state *s = state;

    s->cover = self->param;
    s->key = lab_world_key(env);
    return s->key != NULL;
}

/* What is under the MAC: covered fields with line ends, and the exchange's own nonce. */
static void under_mac(const coverage_state *s, const lab_bytes *fields, unsigned exchange,
                      lab_buf *ret)
{
    for (unsigned i = 0; i < FIELDS; i++) {
        if ((s->cover->fields >> i & 1) != 0) {
            lab_buf_add(ret, fields[i].data, fields[i].len);
            lab_buf_add(ret, "\n", 1);
        }
    }
    if ((s->cover->fields & COVERS_EXCHANGE) != 0) {
        lab_world_put(ret, "nonce-of-request-%u", exchange);
    }
}

static bool exchange_of(lab_bytes text, unsigned *ret)
{
    *ret = text.len == 1 ? (unsigned)(text.data[0] - '0') : EXCHANGES;
    return *ret < EXCHANGES;
}

static bool capture(void *state, lab_bytes in, lab_buf *out)
{
    const coverage_state *s = state;
    lab_bytes fields[FIELDS];
    lab_buf under = {0};
    char mac[LAB_HEX_TAG];
    unsigned exchange;

    if (!exchange_of(in, &exchange)) {
        return false;
    }
    for (unsigned i = 0; i < FIELDS; i++) {
        fields[i] = lab_text(s->cover->messages[exchange].field[i]);
        lab_world_put(out, "%s|", s->cover->messages[exchange].field[i]);
    }
    under_mac(s, fields, exchange, &under);
    lab_world_mac(s->key, lab_buf_bytes(&under), mac);
    lab_buf_add(out, mac, sizeof mac);
    lab_buf_free(&under);
    return true;
}

static bool coverage_verify(void *state, const lab_input *in, lab_bytes tag)
{
    const coverage_state *s = state;
    lab_bytes number, rest, fields[FIELDS];
    lab_buf under = {0};
    unsigned exchange;
    bool changed = false;
    bool good = lab_cut(in->message, '|', &number, &rest) && exchange_of(number, &exchange);

    (void)tag;
    for (unsigned i = 0; good && i < FIELDS; i++) {
        good = lab_cut(rest, '|', &fields[i], &rest);
        changed = changed || !good ||
                  !lab_bytes_equal(fields[i], lab_text(s->cover->messages[exchange].field[i]));
    }
    if (!good) {
        return false;
    }
    under_mac(s, fields, exchange, &under);
    good = lab_world_mac_is(s->key, lab_buf_bytes(&under), rest);
    lab_buf_free(&under);
    return good && changed;
}

static void coverage_clear(void *state)
{
    macaw_key_free(((coverage_state *)state)->key);
}

static const lab_action actions[] = {{"capture", capture}, {NULL, NULL}};

static const message requests[EXCHANGES] = {
    {{"POST", "/pay?to=bob", "amount=100", "1700000000"}},
    {{"POST", "/pay?to=carol", "amount=5", "1700000001"}},
};
static const message responses[EXCHANGES] = {
    {{"200", "/may?user=alice", "allowed=yes", "1700000000"}},
    {{"200", "/may?user=mallory", "allowed=no", "1700000000"}},
};

#define COVERAGE(id, spelled, words, better, ...)                                                  \
    static const cover cover_##id = {__VA_ARGS__};                                                 \
    extern const lab_target lab_coverage_##id;                                                     \
    const lab_target lab_coverage_##id = {                                                         \
        .name = "coverage-" spelled,                                                               \
        .title = words,                                                                            \
        .advice = better,                                                                          \
        .param = &cover_##id,                                                                      \
        .actions = actions,                                                                        \
        LAB_WORLD_OF(coverage),                                                                    \
    };

COVERAGE(target, "target", "requests whose MAC covers target and time, as the source's does",
         "a MAC over method, target, body and time", .fields = 1 << 1 | 1 << 3,
         .messages = requests)
COVERAGE(body, "body", "responses whose MAC covers body and time, as the source's does",
         "a MAC over status, body, time and the request's nonce", .fields = 1 << 2 | 1 << 3,
         .messages = responses)
COVERAGE(request, "request", "requests whose MAC covers everything", NULL,
         .fields = COVERS_ALL | COVERS_EXCHANGE, .messages = requests)
COVERAGE(response, "response", "responses whose MAC covers everything, and the request's nonce",
         NULL, .fields = COVERS_ALL | COVERS_EXCHANGE, .messages = responses)
