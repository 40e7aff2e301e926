/* Card 30: one message and its tag, and keys that people choose. */
#include <string.h>

#include "attacks/guess.h"
#include "key/published.h"

static const char fits[] = "This key makes the tag.";

/* After three others. */
static bool found(lab_oracle *o, const lab_pair *given, const lab_bytes first[3], lab_bytes key)
{
    const lab_bytes shown[] = {first[0], first[1], first[2], key};

    lab_draw_guesses(o, given, false, shown, 4, true);
    return lab_submit_key(o, fits, key);
}

/* Examples of manuals, defaults, templates. */
static bool words(lab_oracle *o, const lab_pair *given)
{
    const lab_bytes first[] = {lab_text(macaw_published_at(0)), lab_text(macaw_published_at(1)),
                               lab_text(macaw_published_at(2))};
    const char *word;

    for (size_t i = 0; (word = macaw_published_at(i)) != NULL; i++) {
        if (lab_guess_fits(o, lab_text(word), given, false)) {
            return found(o, given, first, lab_text(word));
        }
    }
    return false;
}

static bool digits(lab_oracle *o, const lab_pair *given)
{
    const lab_bytes first[] = {lab_text("0000"), lab_text("0001"), lab_text("0002")};
    uint8_t key[4];

    for (unsigned i = 0; i < 10000; i++) {
        for (unsigned at = 4, rest = i; at-- > 0; rest /= 10) {
            key[at] = (uint8_t)('0' + rest % 10);
        }
        if (lab_guess_fits(o, (lab_bytes){key, sizeof key}, given, false)) {
            return found(o, given, first, (lab_bytes){key, sizeof key});
        }
    }
    return false;
}

static void attack(lab_oracle *o)
{
    const lab_pair *given = lab_given(o, "One message that was seen with its tag.", 1, 0);

    if (!words(o, given) && !digits(o, given)) {
        (void)lab_guess_short(o, lab_option_number(o, "bits"), given, 1, false);
    }
}

static const lab_option options[] = {
    {"message", LAB_BYTES, "user=alice&amount=100", "the message that was seen", 0, 1024, NULL,
     false},
    {"bits", LAB_NUMBER, "12", "the longest binary key to try", 1, 20, NULL, false},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "weak-word", .predicted = 1},
    {.role = LAB_BREAKS, .construction = "weak-digits", .predicted = 1},
    {.role = LAB_BREAKS, .construction = "weak-short", .predicted = 1},
    {.role = LAB_HOLDS, .construction = "hmac-sha256", .note = "256 random bits"},
    {.construction = NULL},
};

const lab_card lab_card_weak_keys = {
    .name = "weak-keys",
    .number = "30",
    .title = "Keys that are guessed from one tag",
    .items = "C15",
    .about =
        "Every tag lets everybody test guesses of its key, at home, without the server: millions\n"
        "a second. Words of manuals, defaults of templates, short numbers are found at once, and\n"
        "then all messages can be forged. Keys are random and as long as the hash: macaw key new\n"
        "makes them, and keyrings refuse short and published ones.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_SUBSTITUTION, .tags = 1, .verifications = 1},
    .attack = attack,
    .repeats = 10,
};
