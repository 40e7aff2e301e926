/* Card 2: a tag that is the state of a hash goes on hashing. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "harness/card.h"
#include "naive/hash.h"

enum { TEXT_MAX = 1024, KEY_MAX = 256 };

/* What a digest says of the state behind it: all of it for MD5, SHA-1, SHA-256 and
 * SHA-512; zeros stand for what a truncated one hides. */
static macaw_md_state state_of(const macaw_md *md, const uint8_t *digest, size_t len)
{
    macaw_md_state ret = {.w64 = {0}};

    for (size_t i = 0; (i + 1) * md->word_len <= len && i < 8; i++) {
        const uint8_t *word = digest + i * md->word_len;
        if (md->word_len == 8) {
            ret.w64[i] = macaw_load_be64(word);
        } else {
            ret.w32[i] = md->little_endian ? macaw_load_le32(word) : macaw_load_be32(word);
        }
    }
    return ret;
}

/* What the hash put behind total bytes before its last step. */
static size_t glue_behind(const macaw_md *md, size_t total, uint8_t *glue)
{
    static const uint8_t unknown[MACAW_MD_BLOCK_MAX];
    uint8_t padded[3 * MACAW_MD_BLOCK_MAX];
    size_t tail = total % md->block_len;
    size_t blocks = macaw_md_pad(md, &md->padding, padded, unknown, tail, total);

    memcpy(glue, padded + tail, blocks * md->block_len - tail);
    return blocks * md->block_len - tail;
}

/* Hash on from a state that has seen `seen` bytes, whole blocks. */
static void continue_hash(const macaw_md *md, macaw_md_state state, size_t seen, lab_bytes suffix,
                          uint8_t *digest)
{
    const macaw_md_kernel *kernel = macaw_md_pick(md, NULL, NULL);
    size_t whole = suffix.len / md->block_len;

    kernel->blocks(&state, suffix.data, whole);
    macaw_md_finish(md, kernel, &state, suffix.data + whole * md->block_len,
                    suffix.len - whole * md->block_len, seen + suffix.len, digest);
}

/* What the sender hashed, and what is hashed on from there. NULL forged: it was refused,
 * and all that is known are m and t. */
static void draw(lab_oracle *o, const lab_pair *given, const char *key, lab_bytes glue,
                 lab_bytes padding, lab_bytes forged)
{
    static const char *const rows[] = {"key", "message", "padding", "state behind it", "tag"};
    static const char *const columns[] = {"hashed by the sender", "and on from there"};
    static const lab_link links[] = {{{0, 0}, {1, 0}, "||"}, {{1, 0}, {2, 0}, "||"},
                                     {{2, 0}, {3, 0}, "h"},  {{3, 0}, {4, 0}, NULL},
                                     {{3, 0}, {3, 1}, "on"}, {{1, 1}, {2, 1}, "||"},
                                     {{2, 1}, {3, 1}, "h"},  {{3, 1}, {4, 1}, NULL}};
    const lab_value t = {"t", LAB_ANSWER, given->tag};
    lab_value cells[10] = {LAB_UNKNOWN(key),
                           {NULL, LAB_PLAIN, {NULL, 0}},
                           {"m", LAB_PLAIN, given->in.message},
                           {"suffix", LAB_CHOSEN, lab_option_bytes(o, "suffix")},
                           {"glue", LAB_GLUE, glue},
                           {"its own padding", LAB_PLAIN, padding},
                           {"t", LAB_DERIVED, given->tag},
                           {"t'", LAB_DERIVED, forged},
                           t,
                           {"t'", LAB_FORGED, forged}};

    for (size_t i = 4; i < 10 && forged.data == NULL; i++) {
        cells[i] = i == 8 ? t : (lab_value)LAB_UNKNOWN("?");
    }
    lab_draw_blocks(o,
                    &(lab_figure){"blocks",
                                  forged.data != NULL ? "The hash goes on from its own tag"
                                                      : "A tag that is not the whole state",
                                  rows, 5, columns, 2, cells},
                    links, 8);
}

static void draw_forged(lab_oracle *o, const macaw_md *md, const lab_pair *given, size_t key_len,
                        lab_bytes glue, lab_bytes tag)
{
    uint8_t padding[3 * MACAW_MD_BLOCK_MAX];
    size_t total = key_len + given->in.message.len + glue.len + lab_option_bytes(o, "suffix").len;
    char key[40];

    snprintf(key, sizeof key, "k, %zu bytes", key_len);
    draw(o, given, key, glue, (lab_bytes){padding, glue_behind(md, total, padding)}, tag);
}

static bool try_key_length(lab_oracle *o, const macaw_md *md, const lab_pair *given, size_t key_len)
{
    lab_bytes m = given->in.message, suffix = lab_option_bytes(o, "suffix");
    uint8_t forged[2 * TEXT_MAX + 2 * MACAW_MD_BLOCK_MAX], tag[MACAW_MD_DIGEST_MAX];
    size_t glue = glue_behind(md, key_len + m.len, forged + m.len);
    char why[96];

    memcpy(forged, m.data, m.len);
    memcpy(forged + m.len + glue, suffix.data, suffix.len);
    continue_hash(md, state_of(md, given->tag.data, given->tag.len), key_len + m.len + glue, suffix,
                  tag);
    lab_work(o, 1 + suffix.len / md->block_len);
    snprintf(why, sizeof why, "With a key of length %zu, the padding behind it is the glue here.",
             key_len);
    if (!lab_submit(o, why, forged, m.len + glue + suffix.len, tag, given->tag.len)) {
        return false;
    }
    lab_measure(o, "key-bytes", (double)key_len);
    lab_say(o, "The key has %zu bytes; the forged message, piece by piece:", key_len);
    lab_show(o, "m || glue || suffix",
             (lab_value[]){{"m", LAB_PLAIN, m},
                           {"glue", LAB_GLUE, {forged + m.len, glue}},
                           {"suffix", LAB_CHOSEN, suffix}},
             3);
    draw_forged(o, md, given, key_len, (lab_bytes){forged + m.len, glue},
                (lab_bytes){tag, given->tag.len});
    return true;
}

/* How much of the state a tag tells, where that is known. */
static void measure_state(lab_oracle *o, size_t told)
{
    size_t bits = lab_number(o, "state-bits");

    if (bits >= told && told > 0) {
        lab_measure(o, "state-bits-told", (double)told);
        lab_measure(o, "state-bits-missing", (double)(bits - told));
    }
}

static void attack(lab_oracle *o)
{
    const macaw_md *md = lab_md_find(lab_option_bytes(o, "hash"));
    size_t from = (size_t)lab_option_number(o, "key-from");
    size_t to = (size_t)lab_option_number(o, "key-to");
    const lab_pair *given = lab_given(o, "Any message that was seen with its tag will do.", 1, 0);

    lab_say(o, "The tag is taken for the chaining value of %s: %zu of %zu bytes of it.", md->name,
            given->tag.len, md->little_endian ? (size_t)16 : given->tag.len);
    measure_state(o, 8 * given->tag.len);
    while (from <= to && !try_key_length(o, md, given, from)) {
        from++;
    }
    if (from > to) {
        const lab_bytes none = {NULL, 0};
        draw(o, given, "k", none, none, none);
    }
}

static void plan(const lab_settings *settings, lab_budget *budget)
{
    int64_t from = lab_settings_number(settings, "key-from", 0);
    int64_t to = lab_settings_number(settings, "key-to", 0);

    budget->verifications = to >= from ? (uint64_t)(to - from + 1) : 0;
}

static const char *applies(uint32_t properties)
{
    return (properties & (LAB_CRC | LAB_POLYNOMIAL)) != 0 ? "no chaining value to go on from"
           : (properties & LAB_CHAIN) != 0 && (properties & LAB_TAG_IS_STATE) != 0
               ? "a chain of a block cipher needs its key to go on: that is splicing"
           : (properties & LAB_SMALL) != 0 ? "a toy size: guessing tags would succeed at times"
                                           : NULL;
}

static const lab_option options[] = {
    {"message", LAB_BYTES, "user=alice&amount=100", "the message that was seen", 0, TEXT_MAX, NULL,
     false},
    {"suffix", LAB_BYTES, "&amount=9999", "what to append", 1, TEXT_MAX, NULL, false},
    {"key-from", LAB_NUMBER, "0", "the shortest key to try, in bytes", 0, KEY_MAX, NULL, false},
    {"key-to", LAB_NUMBER, "64", "the longest", 0, KEY_MAX, NULL, false},
    {"key", LAB_BYTES, NULL, "the key instead of 16 random bytes", 0, 256, NULL, true},
    {"hash", LAB_CHOICE, "sha256", "as which hash to continue; each case sets its own", 0, 0,
     "md5 sha1 sha224 sha256 sha384 sha512 sha512-256", false},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

static const lab_case cases[] = {
    {.role = LAB_BREAKS,
     .construction = "prefix-sha256",
     .predicted = 1,
     .settings = {{"hash", "sha256"}}},
    {.role = LAB_BREAKS,
     .construction = "prefix-md5",
     .predicted = 1,
     .settings = {{"hash", "md5"}}},
    {.role = LAB_BREAKS,
     .construction = "prefix-sha1",
     .predicted = 1,
     .settings = {{"hash", "sha1"}}},
    {.role = LAB_BREAKS,
     .construction = "prefix-sha512",
     .predicted = 1,
     .settings = {{"hash", "sha512"}}},
    {.role = LAB_HOLDS,
     .construction = "hmac-sha256",
     .settings = {{"hash", "sha256"}},
     .note = "the outer hash hides the state of the inner one"},
    {.role = LAB_HOLDS,
     .construction = "prefix-sha224",
     .settings = {{"hash", "sha224"}},
     .note = "the tag leaves out 32 of 256 bits: 2^32 guesses would do, so this is no cure"},
    {.role = LAB_HOLDS,
     .construction = "prefix-sha384",
     .settings = {{"hash", "sha384"}},
     .note = "the tag leaves out 128 of 512 bits of the state"},
    {.role = LAB_HOLDS,
     .construction = "prefix-sha512-256",
     .settings = {{"hash", "sha512-256"}},
     .note = "the tag leaves out 256 of 512 bits"},
    {.role = LAB_HOLDS,
     .construction = "prefix-sha3-256",
     .settings = {{"hash", "sha256"}},
     .note = "a sponge keeps its capacity, 512 bits, to itself"},
    {.construction = NULL},
};

static const lab_plot plots[] = {
    {.id = "length-extension-state",
     .title = "What a digest leaves out of the hash’s state",
     .about = "Where nothing is missing, the tag is the state, and anybody hashes on from it. 32 "
              "missing bits (SHA-224) can be guessed; 128 and more (SHA-384, SHA-512/256, SHA-3) "
              "cannot.",
     .kind = LAB_BARS,
     .over = "construction",
     .x = {.label = "h(k || x) with this hash"},
     .y = {.label = "bits of the state"},
     .values = true,
     .series =
         (const lab_plot_series[]){
             {.label = "told by the tag", .quantity = LAB_MEAN, .measure = "state-bits-told"},
             {.label = "missing: to be guessed",
              .quantity = LAB_MEAN,
              .measure = "state-bits-missing",
              .stacked = true},
             {.label = NULL}}},
    {.id = NULL},
};

const lab_card lab_card_length_extension = {
    .name = "length-extension",
    .number = "2",
    .title = "h(k || x) goes on where its tag left off",
    .items = "B29, B31",
    .about =
        "The digest of MD5, SHA-1, SHA-256 and SHA-512 is the hash's whole state. Whoever sees\n"
        "the tag of x goes on hashing from it: the padding that the hash put behind k || x (the\n"
        "glue) becomes part of the message, and any suffix follows. Only the length of the key\n"
        "must be guessed. HMAC resists; so do, in the same construction, truncated digests\n"
        "and sponges. Use HMAC.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_SUBSTITUTION, .tags = 1},
    .plan = plan,
    .attack = attack,
    .repeats = 20,
    .applies = applies,
    .plots = plots,
};
