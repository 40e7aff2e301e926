/* Card 22: strings that a hash table puts all into one place. */
#include <string.h>

#include "attacks/steps.h"
#include "prim/siphash.h"

enum { PAIRS_MAX = 16, TRIES_MAX = 1 << 24, NUMBER_LEN = 8 };

/* n strings of the two pieces, as the bits of their numbers say: each piece moves the
 * hash alike, so that all strings of one length have one hash, whatever it began with. */
static void put_pairs(lab_buf *out, const char *a, const char *b, size_t n)
{
    char text[2 * PAIRS_MAX];

    for (size_t i = 0; i < n; i++) {
        for (unsigned bit = 0; bit < PAIRS_MAX; bit++) {
            memcpy(text + (size_t)2 * bit, (i >> bit & 1) != 0 ? b : a, 2);
        }
        lab_put_bytes(out, (lab_bytes){(const uint8_t *)text, sizeof text});
    }
}

/* n numbers that SipHash under this key puts into the first chain of the table: found by
 * trying, the number of chains each. */
static void put_found(lab_oracle *o, lab_buf *out, lab_bytes key, size_t n)
{
    macaw_siphash start;
    uint64_t place;
    size_t size = 1, found = 0, tried = 0;

    while (size < n) {
        size *= 2;
    }
    macaw_siphash_start(&start, key.data, 2, 4, NUMBER_LEN);
    for (uint64_t i = 0; found < n && i < TRIES_MAX; i++) {
        uint8_t hash[NUMBER_LEN];
        macaw_siphash_whole(&start, &i, sizeof i, hash);
        memcpy(&place, hash, sizeof place);
        tried++;
        if ((place & (size - 1)) == 0) {
            lab_put_bytes(out, (lab_bytes){(const uint8_t *)&i, sizeof i});
            found++;
        }
    }
    lab_work(o, tried);
}

enum { CHAINS = 4, SHOWN = 3 };

/* The longest chains of the table, as the answer tells them. */
static void draw(lab_oracle *o, lab_reader *told)
{
    static const char *const rows[] = {"longest", "second", "third", "fourth"};
    static const char *const columns[] = {"first string", "second", "third", "and behind them"};
    lab_value cells[CHAINS * (SHOWN + 1)] = {{NULL, LAB_PLAIN, {NULL, 0}}};
    lab_link links[CHAINS * SHOWN];
    size_t n = 0;

    for (size_t i = 0; i < CHAINS; i++) {
        lab_value *row = cells + i * (SHOWN + 1);
        uint64_t len = lab_get_number(told), shown = lab_get_number(told);
        for (size_t j = 0; j < shown && j < SHOWN; j++) {
            row[j] = (lab_value){"string", i == 0 ? LAB_FORGED : LAB_CHOSEN, lab_get_bytes(told)};
            links[n++] = (lab_link){{i, j}, {i, j + 1 < shown ? j + 1 : SHOWN}, NULL};
        }
        lab_bytes more = lab_print(o, "%llu more", (unsigned long long)(len - shown));
        row[shown > 0 ? SHOWN : 0] = (lab_value){shown > 0 ? (const char *)more.data : "empty",
                                                 i == 0 ? LAB_FORGED : LAB_PLAIN,
                                                 {NULL, 0}};
    }
    if (told->good) {
        lab_draw_blocks(o,
                        &(lab_figure){"blocks", "The longest chains that a search goes through",
                                      rows, CHAINS, columns, SHOWN + 1, cells},
                        links, n);
    }
}

typedef struct outcome {
    uint64_t compared, ns;
    bool hit;
} outcome;

/* Insert them. */
static outcome insert(lab_oracle *o, const char *why, lab_buf *strings, size_t n)
{
    lab_bytes answer;
    outcome ret = {0};

    if (lab_act(o, why, "insert", lab_buf_bytes(strings), &answer)) {
        lab_reader reader = {answer, true};
        ret.compared = lab_get_number(&reader);
        ret.ns = lab_get_number(&reader);
        lab_say(o, "%zu insertions compared %llu strings.", n, (unsigned long long)ret.compared);
        draw(o, &reader);
        ret.hit = lab_hand_in(o, "Did an insertion compare 32 strings or more on average?",
                              (lab_bytes){NULL, 0});
    }
    lab_buf_free(strings);
    return ret;
}

static outcome flood(lab_oracle *o, size_t n)
{
    lab_bytes key = lab_public(o, "siphash-key");
    lab_buf strings = {0};
    outcome ret;

    if (key.len == MACAW_SIPHASH_KEY_LEN) {
        put_found(o, &strings, key, n);
        return insert(o, "With the key, strings for one chain are found by trying.", &strings, n);
    }
    put_pairs(&strings, "Aa", "BB", n);
    ret = insert(o, "31 'A' + 'a' = 31 'B' + 'B': all strings of Aa and BB collide.", &strings, n);
    if (!ret.hit) {
        put_pairs(&strings, "Ez", "FY", n);
        ret = insert(o, "33 'E' + 'z' = 33 'F' + 'Y': all strings of Ez and FY collide.", &strings,
                     n);
    }
    return ret;
}

static void attack(lab_oracle *o)
{
    outcome found = flood(o, (size_t)lab_option_number(o, "strings"));

    lab_measure(o, "comparisons", (double)found.compared);
    lab_measure(o, "seconds", (double)found.ns / 1e9);
}

static const lab_option options[] = {
    {"strings", LAB_NUMBER, "4096", "how many to insert", 64, 1 << PAIRS_MAX, NULL, false},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

#define CURVE(table, n, rate)                                                                      \
    {                                                                                              \
        .role = LAB_CURVE, .construction = table, .predicted = rate, .settings = {{"strings", n}}, \
        .repeats = 3,                                                                              \
    }

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "table-x31", .predicted = 1},
    {.role = LAB_BREAKS,
     .construction = "table-x31-seeded",
     .predicted = 1,
     .note = "strings of one length collide for every beginning"},
    {.role = LAB_BREAKS, .construction = "table-djb2", .predicted = 1},
    {.role = LAB_BREAKS, .construction = "table-djb2-seeded", .predicted = 1},
    {.role = LAB_BREAKS,
     .construction = "table-siphash-known",
     .settings = {{"strings", "1024"}},
     .predicted = 1,
     .note = "a PRF is none to whoever has its key"},
    {.role = LAB_HOLDS, .construction = "table-library", .note = "SipHash under a random key"},
    {.role = LAB_HOLDS, .construction = "table-siphash", .note = "the same, with chains"},
    CURVE("table-x31", "1024", 1),
    CURVE("table-x31", "2048", 1),
    CURVE("table-x31", "8192", 1),
    CURVE("table-x31", "16384", 1),
    CURVE("table-siphash", "1024", 0),
    CURVE("table-siphash", "8192", 0),
    CURVE("table-siphash", "16384", 0),
    {.construction = NULL},
};

static double all_pairs(double n, double parameter)
{
    (void)parameter;
    return n * (n - 1) / 2;
}

static double half_each(double n, double parameter)
{
    (void)parameter;
    return n / 2;
}

#define TABLE(words, name, what, number)                                                           \
    {                                                                                              \
        .label = words, .construction = name, .quantity = LAB_MEAN, .measure = what,               \
        .colour = (number)                                                                         \
    }

static const lab_plot plots[] = {
    {.id = "hash-flooding-comparisons",
     .title = "Chosen strings make a hash table quadratic",
     .about = "n strings of Aa and BB cost n(n−1)/2 comparisons where the hash is 31 h + c, a line "
              "of slope 2, and n/2 where it is SipHash under a secret key, a line of slope 1.",
     .kind = LAB_LINES,
     .over = "strings",
     .x = {.label = "strings that are inserted n", .scale = LAB_SCALE_LOG2},
     .y = {.label = "comparisons, mean", .scale = LAB_SCALE_LOG2},
     .series =
         (const lab_plot_series[]){
             TABLE("31 h + c", "table-x31", "comparisons", 2),
             TABLE("SipHash, random key", "table-siphash", "comparisons", 1),
             TABLE("SipHash, known key", "table-siphash-known", "comparisons", 4),
             {.label = NULL}},
     .theory = (const lab_theory[]){{.label = "n(n−1)/2: slope 2", .at = all_pairs},
                                    {.label = "n/2: slope 1", .at = half_each, .dashed = true},
                                    {.label = NULL}}},
    {.id = "hash-flooding-seconds",
     .title = "The same in time",
     .about = "What a request of some ten thousand strings costs a server.",
     .kind = LAB_LINES,
     .over = "strings",
     .x = {.label = "strings that are inserted n", .scale = LAB_SCALE_LOG2},
     .y = {.label = "seconds, mean", .scale = LAB_SCALE_LOG10},
     .series =
         (const lab_plot_series[]){TABLE("31 h + c", "table-x31", "seconds", 2),
                                   TABLE("SipHash, random key", "table-siphash", "seconds", 1),
                                   {.label = NULL}},
     .theory = (const lab_theory[]){{.label = "slope 2", .at = all_pairs, .fitted = true},
                                    {.label = NULL}}},
    {.id = NULL},
};

const lab_card lab_card_hash_flooding = {
    .name = "hash-flooding",
    .number = "22",
    .title = "Strings that all fall into one chain of a hash table",
    .items = "A22, A23",
    .about =
        "Hash tables are fast on average, over strings that nobody chose. With h = 31 h + c the\n"
        "strings of Aa and BB collide, 2^k of length 2k: n insertions cost n^2/2 comparisons, and\n"
        "a small request keeps a server busy. A random beginning of h does not help: the strings\n"
        "collide for each. It takes a keyed PRF, and a key that nobody knows: macaw_table.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_IMPERSONATION, .actions = 2, .verifications = 2},
    .attack = attack,
    .repeats = 3,
    .plots = plots,
};
