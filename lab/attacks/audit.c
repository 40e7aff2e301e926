/* Card 26: which construction made a tag, and under which key: the search of macaw audit,
 * over the bundled list of published keys. */
#include <string.h>

#include "attacks/steps.h"
#include "audit/audit.h"
#include "cli.h"

/* The name of the construction: "SHA-256:mk", or of the registry. */
static lab_bytes name_of(lab_oracle *o, const audit_hit *hit)
{
    return hit->hash != NULL ? lab_print(o, "%s:%s", hit->hash->name, hit->pattern->parts)
                             : lab_text(hit->alg->name);
}

/* 1 found, 0 not. */
static int search(audit_search *search, audit_words *words, audit_hit *hit)
{
    int status = CLI_DONE;

    return audit_search_key(search, NULL, 0, hit) ? 1
                                                  : audit_search_words(search, words, hit, &status);
}

static void identify(lab_oracle *o, lab_bytes message, lab_bytes text)
{
    const audit_message one = {.name = "message", .data = message.data, .len = message.len};
    audit_tag *tag = lab_alloc(o, sizeof *tag);
    audit_words *words = lab_alloc(o, sizeof *words);
    audit_search attempt;
    audit_hit hit;

    if (!audit_tag_read(tag, (const char *)text.data, text.len, AUDIT_RAW_MIN) ||
        audit_words_open(words, NULL, true) != CLI_DONE) {
        return;
    }
    if (audit_search_new(&attempt, tag, &one, 1) == CLI_DONE) {
        int found = search(&attempt, words, &hit);
        lab_measure(o, "words", (double)words->line);
        lab_work(o, words->line);
        if (found > 0) {
            const lab_bytes key = {words->key, words->key_len};
            const lab_bytes pieces[] = {name_of(o, &hit), lab_text(" "), key};
            lab_show(
                o, "made by",
                (lab_value[]){{"construction", LAB_DERIVED, pieces[0]}, {"key", LAB_DERIVED, key}},
                2);
            (void)lab_hand_in(o, "Construction and key make this very tag.",
                              lab_join(o, pieces, 3));
        } else {
            lab_say(o, "None of %zu words under any construction: nothing is found.", words->line);
        }
        audit_search_free(&attempt);
    }
    audit_words_close(words);
}

static void attack(lab_oracle *o)
{
    lab_bytes sample, message, tag;

    if (lab_act(o, "A message and its tag, as a manual prints them or a log keeps them.", "sample",
                (lab_bytes){NULL, 0}, &sample) &&
        lab_cut_last(sample, '|', &message, &tag)) {
        identify(o, message, tag);
    }
}

static const lab_option options[] = {
    {"key", LAB_BYTES, "your_secret_key", "the published key of the targets", 1, 256, NULL, true},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

static const lab_case cases[] = {
    {.role = LAB_BREAKS,
     .construction = "audit-suffix",
     .predicted = 1,
     .note = "called HMAC where it was printed, and it is none"},
    {.role = LAB_BREAKS,
     .construction = "audit-suffix",
     .settings = {{"sample", "response"}},
     .predicted = 1,
     .note = "and so was the response's"},
    {.role = LAB_BREAKS, .construction = "audit-prefix", .predicted = 1},
    {.role = LAB_BREAKS,
     .construction = "audit-hmac",
     .predicted = 1,
     .note = "a sound construction does not make a published key secret"},
    {.role = LAB_HOLDS,
     .construction = "audit-sound",
     .note = "2^256 keys, and none of them listed"},
    {.construction = NULL},
};

const lab_card lab_card_audit = {
    .name = "audit",
    .number = "26",
    .title = "One tag tells how it was made, if its key is known anywhere",
    .items = "C3, E30",
    .about =
        "What somebody calls HMAC is often a hash with a key before or behind the message, under\n"
        "the key of an example. One message with its tag settles it: compute every construction\n"
        "under every word of a list. This is the search of macaw audit, with its bundled list.\n"
        "A tag of HMAC under 32 random bytes tells nothing: macaw key new makes such keys.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_IMPERSONATION, .actions = 1, .verifications = 1},
    .attack = attack,
    .repeats = 3,
};
