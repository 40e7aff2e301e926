/* Card 21e: who can read the server's key. */
#include <macaw/mac.h>

#include "attacks/steps.h"
#include "base/codec.h"

enum { KEY = 32, HEX = 64 };
#define EXPIRY "9999999999"

static const lab_bytes none = {NULL, 0};

/* text, separator, and the digits of its MAC under the key that leaked. */
static lab_bytes mint(lab_oracle *o, const macaw_key *key, lab_bytes text, const char *separator)
{
    uint8_t tag[KEY];
    char hex[HEX];

    if (macaw_tag(key, &(macaw_msg){NULL, text.data, text.len}, tag, sizeof tag) != MACAW_OK) {
        return text;
    }
    macaw_hex_encode(hex, tag, sizeof tag);
    const lab_bytes pieces[] = {text, lab_text(separator), {(const uint8_t *)hex, HEX}};
    return lab_join(o, pieces, 3);
}

/* "exp=T&data=alice&auth=DIGITS&digest=MAC" */
static lab_bytes mint_hardened(lab_oracle *o, const macaw_key *key, lab_bytes auth)
{
    const lab_bytes pieces[] = {lab_text("exp=" EXPIRY "&data=alice&auth="), auth};

    return mint(o, key, lab_join(o, pieces, 2), "&digest=");
}

/* What stands behind auth= of an old cookie. */
static lab_bytes auth_of(lab_bytes cookie)
{
    lab_bytes before, rest = none, auth = none;

    if (lab_cut(cookie, '=', &before, &rest) && lab_cut(rest, '=', &before, &rest) &&
        lab_cut(rest, '=', &before, &rest)) {
        (void)lab_cut(rest, '&', &auth, &before);
    }
    return auth;
}

typedef struct told {
    lab_step steps[LAB_STEPS_MAX];
    size_t n;
} told;

static void tell(told *t, unsigned from, unsigned to, const char *name, enum lab_role role,
                 lab_bytes bytes)
{
    t->steps[t->n++] = (lab_step){from, to, {name, role, bytes}};
}

enum { SERVER, ATTACKER, ARCHIVE };

/* Hand in a cookie; what the server says. */
static bool hand_in(lab_oracle *o, told *t, const char *why, const char *name, lab_bytes cookie)
{
    bool accepted = lab_hand_in(o, why, cookie);

    tell(t, ATTACKER, SERVER, name, LAB_FORGED, cookie);
    tell(t, SERVER, SERVER, accepted ? "takes him for alice" : "refuses it", LAB_ANSWER, none);
    return accepted;
}

static void attack_with(lab_oracle *o, told *t, const macaw_key *key, lab_bytes leaked)
{
    char row[HEX] = {0};
    lab_bytes old;

    if (hand_in(o, t, "A cookie of the plain kind, for alice, for ever.", "a plain cookie",
                mint(o, key, lab_text("alice|" EXPIRY), "|"))) {
        return;
    }
    if (leaked.len == (size_t)2 * KEY) {
        macaw_hex_encode(row, leaked.data + KEY, KEY);
    }
    if (!hand_in(o, t,
                 "A hardened cookie needs what the row is the hash of; the row itself will hardly "
                 "do.",
                 "a hardened one, from her row",
                 mint_hardened(o, key, (lab_bytes){(uint8_t *)row, HEX})) &&
        lab_act(o, "An old cookie of hers, from a backup or a proxy's log.", "old-token", none,
                &old)) {
        tell(t, ARCHIVE, ATTACKER, "an old cookie of hers", LAB_ANSWER, old);
        (void)hand_in(o, t, "It is long expired; but what it carries does not change.",
                      "a hardened one, from the old one", mint_hardened(o, key, auth_of(old)));
    }
}

static void attack(lab_oracle *o)
{
    static const char *const parties[] = {"server", "attacker", "a proxy's log", NULL};
    lab_bytes leaked;
    macaw_key *key = NULL;
    told t = {.n = 0};

    if (lab_act(o, "The server's key and its table of users were read, not changed.", "leak", none,
                &leaked) &&
        leaked.len >= KEY &&
        macaw_key_new(&key, macaw_alg_find("hmac-sha256"), leaked.data, KEY, NULL) == MACAW_OK) {
        tell(&t, SERVER, ATTACKER, "its key", LAB_ANSWER, (lab_bytes){leaked.data, KEY});
        if (leaked.len > KEY) {
            tell(&t, SERVER, ATTACKER, "alice's row", LAB_ANSWER,
                 (lab_bytes){leaked.data + KEY, leaked.len - KEY});
        }
        attack_with(o, &t, key, leaked);
        lab_draw_steps(o, "What the server's memory is worth", parties, t.steps, t.n);
    }
    macaw_key_free(key);
}

static const lab_case cases[] = {
    {.role = LAB_BREAKS,
     .construction = "leak-plain",
     .predicted = 1,
     .note = "the key makes cookies for everybody"},
    {.role = LAB_BREAKS,
     .construction = "leak-murdoch-old",
     .predicted = 1,
     .note = "one old cookie, however expired, and its owner's login is forged for ever"},
    {.role = LAB_HOLDS,
     .construction = "leak-murdoch",
     .note = "the cookie must carry what only the password gives; the row is its hash"},
    {.construction = NULL},
};

const lab_card lab_card_key_leak = {
    .name = "key-leak",
    .number = "21e",
    .title = "Whoever reads the server's key is everybody",
    .items = "E11, E23, E24",
    .about =
        "Who verifies MACs can make them: the key of a plain cookie scheme forges every user's.\n"
        "Murdoch's hardened cookies carry the end of a hash chain over the password, of which\n"
        "the server holds the hash only: key and table do not suffice. But that value never\n"
        "changes, so that key and one old cookie do. Where verifiers may be read, let a login\n"
        "server sign (sc1-ed25519): they hold its public key.",
    .cases = cases,
    .budget = {.mode = LAB_IMPERSONATION, .actions = 2, .verifications = 3},
    .attack = attack,
    .repeats = 10,
};
