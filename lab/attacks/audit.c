/* Card 26: which construction made a tag, and under which key: the search of macaw audit,
 * over the bundled list of published keys. */
#include <string.h>

#include "attacks/steps.h"
#include "audit/audit.h"
#include "cli.h"
#include "key/published.h"
#include "naive/hash.h"

enum { TAG = 32 };

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

/* SHA-256 of two pieces, and HMAC-SHA-256. */
static void hash(lab_oracle *o, lab_bytes a, lab_bytes b, uint8_t *ret)
{
    const lab_bytes pieces[] = {a, b};

    (void)lab_digest("SHA256", lab_join(o, pieces, 2), ret);
}

static void hmac(lab_bytes key, lab_bytes message, uint8_t *ret)
{
    macaw_key *k = NULL;

    if (macaw_key_new(&k, macaw_alg_find("hmac-sha256"), key.data, key.len, NULL) == MACAW_OK) {
        (void)!macaw_tag(k, &(macaw_msg){NULL, message.data, message.len}, ret, TAG);
    }
    macaw_key_free(k);
}

/* What three constructions make of the message under the first word of the list, and
 * under the one that was found, or the second. */
static void draw(lab_oracle *o, lab_bytes message, const audit_tag *tag, lab_bytes found)
{
    static const char *const rows[] = {"the tag seen", "SHA-256(k || m)", "SHA-256(m || k)",
                                       "HMAC-SHA-256(k, m)", "key k"};
    static const char *const columns[] = {"a word of the list", "another one"};
    static const char *const names[] = {"", "prefix", "suffix", "HMAC"};
    const audit_reading *seen = &tag->readings[0];
    size_t first = lab_bytes_equal(found, lab_text(macaw_published_at(0))) ? 1 : 0;
    lab_bytes keys[] = {lab_text(macaw_published_at(first)), found};
    uint8_t tags[2][4][TAG];
    lab_value cells[10] = {{NULL, LAB_PLAIN, {NULL, 0}}};

    keys[1] = found.data == NULL ? lab_text(macaw_published_at(1)) : found;
    for (size_t i = 0; i < 2 && lab_tracing(o); i++) {
        hash(o, keys[i], message, tags[i][1]);
        hash(o, message, keys[i], tags[i][2]);
        hmac(keys[i], message, tags[i][3]);
        cells[i] = (lab_value){"tag", LAB_ANSWER, {seen->raw, seen->len}};
        for (size_t j = 1; j < 4; j++) {
            bool same = seen->len == TAG && memcmp(tags[i][j], seen->raw, TAG) == 0;
            cells[2 * j + i] = (lab_value){
                same ? "the same" : names[j], same ? LAB_FORGED : LAB_DERIVED, {tags[i][j], TAG}};
        }
        cells[8 + i] =
            (lab_value){"word", found.data != NULL && i == 1 ? LAB_FORGED : LAB_CHOSEN, keys[i]};
    }
    lab_draw(o, &(lab_figure){"table", "What may have made the tag", rows, 5, columns, 2, cells});
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
            draw(o, message, tag, key);
            (void)lab_hand_in(o, "Construction and key make this very tag.",
                              lab_join(o, pieces, 3));
        } else {
            lab_say(o, "None of %zu words under any construction: nothing is found.", words->line);
            draw(o, message, tag, (lab_bytes){NULL, 0});
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
