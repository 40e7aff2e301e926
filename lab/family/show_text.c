#include "show.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

const char *show_tag(const family *f, uint32_t tag, char text[16])
{
    if (f->tag_names != NULL) {
        return f->tag_names[tag];
    }
    snprintf(text, 16, "%u", tag);
    return text;
}

static void show_forgeries(FILE *out, const measures *m)
{
    const family *f = m->f;
    char seen[16], sent[16];

    fprintf(out, "alpha  %llu/%llu  send message %s with tag %s\n",
            (unsigned long long)m->impersonation.chance.num,
            (unsigned long long)m->impersonation.chance.den, f->message_names[m->impersonation.x],
            show_tag(f, m->impersonation.y, sent));
    if (!m->has_pairs) {
        fputs("beta   needs a second message\n", out);
        return;
    }
    fprintf(out,
            "beta   %llu/%llu  having seen message %s with tag %s, send message %s with tag %s\n",
            (unsigned long long)m->substitution.chance.num,
            (unsigned long long)m->substitution.chance.den, f->message_names[m->substitution.x],
            show_tag(f, m->substitution.y, seen), f->message_names[m->substitution.other],
            show_tag(f, m->substitution.tag, sent));
}

/* The exact form, or its beginning where it is long. */
static void show_entropy(FILE *out, const char *name, const exact *sum)
{
    enum { WIDTH = 70 };
    char *text = exact_text(sum);
    bool fits = strlen(text) <= WIDTH;

    if (!fits) { /* cut between two terms */
        size_t end = WIDTH;
        while (end > 0 && strncmp(text + end, " + ", 3) != 0 &&
               strncmp(text + end, " - ", 3) != 0) {
            end--;
        }
        text[end] = '\0';
    }
    fprintf(out, "  %-10s %9.4f  %s%s\n", name, exact_value(sum), text, fits ? "" : " …");
    free(text);
}

static void show_entropies(FILE *out, const measures *m)
{
    const entropies *h = &m->h;

    fputs("\nentropies in bits\n", out);
    show_entropy(out, "H(K)", &h->k);
    show_entropy(out, "H(X)", &h->x);
    show_entropy(out, "H(Y)", &h->y);
    show_entropy(out, "H(X,Y)", &h->xy);
    show_entropy(out, "H(Y|X)", &h->y_given_x);
    show_entropy(out, "H(K|X,Y)", &h->k_given_xy);
    if (m->has_pairs) {
        show_entropy(out, "H(K|M^2)", &h->k_given_m2);
    }
    fprintf(out, "  H(K)-H(K|X,Y) = H(Y|X): %s\n", h->identity ? "exactly" : "NO");
    fprintf(out, "  H(K|X,Y) = H(K)+H(X)-H(X,Y): %s\n", h->k_given_xy_agrees ? "exactly" : "NO");
    if (m->has_pairs) {
        fprintf(out, "  H(K|M^2) = H(K|M)-H(Y'|M,X'): %s\n",
                h->k_given_m2_agrees ? "exactly" : "NO");
    }
    fprintf(out, "  tag and message are %s, and H(X,Y) %s H(X)+H(Y)\n",
            h->independent ? "independent" : "dependent", h->xy_is_sum ? "=" : "<");
}

static void show_bounds(FILE *out, const measures *m)
{
    fputs("\nbounds\n", out);
    for (size_t i = 0; i < BOUNDS; i++) {
        const bound *b = &m->bounds[i];
        if (!b->applies) {
            fprintf(out, "  %-30s does not apply\n", b->name);
        } else if (b->equal) {
            fprintf(out, "  %-30s %.6g, met exactly\n", b->name, b->left);
        } else {
            fprintf(out, "  %-30s %.6g %s %.6g, slack %.4f bits\n", b->name, b->left,
                    b->holds ? ">" : "VIOLATED BY", b->right, exact_value(&b->slack));
        }
    }
}

static void show_histogram(FILE *out, const measures *m)
{
    enum { ROWS = 12 };
    tally *sum = family_zeroed(1, sizeof *sum);
    tally_entry *list;
    size_t count;

    measures_histogram(m, sum);
    count = tally_list(sum, &list);
    fprintf(out, "  %10s  of (x,y,x',y')\n", m->f->key_weights != NULL ? "weight" : "keys");
    for (size_t i = 0; i < count && i < ROWS; i++) {
        fprintf(out, "  %10llu  %llu\n", (unsigned long long)list[i].value,
                (unsigned long long)list[i].times);
    }
    if (count > ROWS) {
        fprintf(out, "  %zu more values, the largest %llu\n", count - ROWS,
                (unsigned long long)list[count - 1].value);
    }
    free(list);
    tally_clear(sum);
    free(sum);
}

static void show_worst(FILE *out, const char *what, ratio chance, const measures *m)
{
    bool small = chance.num * m->f->m <= chance.den;

    fprintf(out, "  %-20s %llu/%llu, %s 1/m\n", what, (unsigned long long)chance.num,
            (unsigned long long)chance.den, small ? "at most" : "more than");
}

static void show_universality(FILE *out, const measures *m)
{
    const family *f = m->f;

    if (!m->has_pairs) {
        return;
    }
    fprintf(out, "\n2-universal: %s (every pair of tags of two messages has chance 1/m^2)\n",
            m->two_universal ? "yes" : "no");
    if (f->key_weights != NULL) {
        fprintf(out, "  by the number of keys alone: %s\n", m->two_universal_keys ? "yes" : "no");
    }
    show_histogram(out, m);
    show_worst(out, "collision (universal)", m->collision, m);
    if (f->is_group) {
        show_worst(out, "difference mod m", m->difference, m);
        show_worst(out, "xor", m->xored, m);
    }
}

void show_text(FILE *out, const char *spec, const measures *m)
{
    const family *f = m->f;

    fprintf(out, "%s\nn = %u messages, m = %u tags, l = %u keys", spec, f->n, f->m, f->l);
    if (f->key_weights != NULL) {
        fprintf(out, " of weight %llu in all", (unsigned long long)f->key_sum);
    }
    fprintf(out, "\n%.4f bits of message, %.4f bits of tag\n\n", log2(f->n), log2(f->m));
    show_forgeries(out, m);
    show_entropies(out, m);
    show_bounds(out, m);
    show_universality(out, m);
}

/* ---- the table ---- */

static void put_ratio(FILE *out, ratio r)
{
    fprintf(out, ",%llu/%llu", (unsigned long long)r.num, (unsigned long long)r.den);
}

/* Names of vectors have commas. */
static void put_name(FILE *out, const char *name)
{
    fprintf(out, name[0] == '(' ? "\"%s\"," : "%s,", name);
}

void show_table(FILE *out, const measures *m)
{
    const family *f = m->f;
    char text[16];

    fprintf(out, "message,tag,alpha%s\n", m->has_pairs ? ",beta" : "");
    for (uint32_t x = 0; x < f->n; x++) {
        for (uint32_t y = 0; y < f->m; y++) {
            put_name(out, f->message_names[x]);
            fputs(show_tag(f, y, text), out);
            put_ratio(out, ratio_of(m->cells[(size_t)x * f->m + y], f->key_sum));
            if (m->has_pairs) {
                put_ratio(out, measures_beta(m, x, y));
            }
            fputc('\n', out);
        }
    }
}
