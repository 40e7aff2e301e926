#include "key_quality.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Characters of a kind in a secret. */
typedef struct census {
    size_t lower, upper, digits, hex, base64, gaps, vowels, others, printable;
} census;

static census take_census(const uint8_t *p, size_t n)
{
    census c = {0};

    for (size_t i = 0; i < n; i++) {
        bool known = p[i] != 0;
        c.lower += islower(p[i]) != 0;
        c.upper += isupper(p[i]) != 0;
        c.digits += isdigit(p[i]) != 0;
        c.hex += isxdigit(p[i]) != 0;
        c.base64 += isalnum(p[i]) != 0 || (known && strchr("+/-_=", p[i]) != NULL);
        c.gaps += known && strchr(" _-.,", p[i]) != NULL;
        c.vowels += known && strchr("aeiouyAEIOUY", p[i]) != NULL;
        c.printable += isprint(p[i]) != 0;
    }
    c.others = c.printable - c.lower - c.upper - c.digits;
    return c;
}

static void count_values(const uint8_t *p, size_t n, key_quality *ret)
{
    size_t count[256] = {0};

    for (size_t i = 0; i < n; i++) {
        ret->distinct += count[p[i]]++ == 0;
    }
    for (size_t i = 0; i < 256; i++) {
        ret->most = count[i] > ret->most ? count[i] : ret->most;
    }
}

/* n random characters show about as many values as there can be: fewer than half of
 * them, or a quarter of the places for one, is no chance from n = 16 on. */
static bool is_lopsided(const key_quality *q, size_t n, size_t alphabet)
{
    size_t expected = n < alphabet ? n : alphabet;

    return n > 1 && (2 * q->distinct < expected || 4 * q->most > n + 8);
}

/* Letters as in words: as many vowels as words have, capitals few or nothing else. */
static bool is_words(const census *c, size_t n)
{
    size_t letters = c->lower + c->upper;
    bool plain_case = 4 * c->upper <= letters || c->lower == 0;

    return c->printable == n && 10 * (letters + c->gaps) >= 7 * n && 5 * c->vowels >= letters &&
           3 * c->vowels <= 2 * letters && plain_case && letters > 0;
}

static double bits_of_text(const census *c, size_t n)
{
    double alphabet = (c->lower > 0 ? 26 : 0) + (c->upper > 0 ? 26 : 0) + (c->digits > 0 ? 10 : 0) +
                      (c->others > 0 ? 33 : 0);

    return (double)n * log2(alphabet);
}

/* The upper estimate; *alphabet is how many values random characters of that kind have. */
static double judge(const census *c, size_t n, key_quality *ret, size_t *alphabet)
{
    *alphabet = 256;
    if (n == 0) {
        ret->kind = "empty";
        return 0;
    }
    if (c->hex == n && n >= 8) {
        *alphabet = 16;
        ret->kind = "hexadecimal digits";
        ret->note = "hexadecimal text is the key itself: a peer that decodes it has another key";
        return 4.0 * (double)n;
    }
    if (is_words(c, n)) {
        *alphabet = 16; /* English has 12 letters that are not rare */
        ret->kind = "words";
        return 2.0 * (double)n; /* Shannon 1951: 0.6 to 1.3 bits a letter of English, and room */
    }
    if (c->base64 == n && n >= 16 && c->lower > 0 && c->upper > 0) {
        *alphabet = 64;
        ret->kind = "base64 text";
        ret->note = "base64 text is the key itself: a peer that decodes it has another key";
        return 6.0 * (double)n;
    }
    if (c->printable == n) {
        *alphabet = 26;
        ret->kind = "text";
        return bits_of_text(c, n);
    }
    ret->kind = "bytes";
    return 8.0 * (double)n;
}

/* The length without the newline behind a line of text; random bytes have no line. */
static size_t length_of_text(const uint8_t *p, size_t n)
{
    bool ends = n > 1 && p[n - 1] == '\n';

    return ends && take_census(p, n - 1).printable == n - 1 ? n - 1 : n;
}

key_quality key_quality_of(const uint8_t *secret, size_t len)
{
    key_quality ret = {0};
    size_t line = length_of_text(secret, len);
    census c = take_census(secret, line);
    size_t alphabet;
    double bits = judge(&c, line, &ret, &alphabet);

    count_values(secret, line, &ret);
    if (is_lopsided(&ret, line, alphabet)) {
        /* SP 800-90B 6.3.1, without the confidence interval: the most common value */
        double each = -log2((double)ret.most / (double)line);
        bits = each * (double)line < bits ? each * (double)line : bits;
        ret.kind = "a pattern";
    }
    if (line < len) {
        ret.note = "ends with a newline, which is part of the key";
    }
    ret.bits = (unsigned)bits;
    return ret;
}
