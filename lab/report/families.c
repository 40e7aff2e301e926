/* The finite families of the report: their exact figures, and plots of some. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "figures.h"
#include "measures.h"
#include "memory.h"
#include "report/html.h"
#include "report/page.h"

typedef struct shown {
    const char *spec, *why;
    const char *plots; /* ids of plots to draw, with a space between; NULL: none */
} shown;

static const shown list[] = {
    {"affine:p=5", "2-universal: nothing better exists for tags of this length",
     "skew truncate counts"},
    {"affine:p=6", "6 is not prime: differences that divide 6 repeat", "counts beta"},
    {"affine:p=5,a!=0", "leaving keys out helps whoever substitutes", NULL},
    {"affine:p=5,x=0..9", "x and x + 5 share all tags", NULL},
    {"affine:p=5,mod=2", "a truncated tag is no longer uniform", NULL},
    {"affine:p=5,weights=a0:4", "skewed keys: alpha stays, beta grows", NULL},
    {"affine:p=5,weights=b0:4", "skewed the other way: both grow", NULL},
    {"shift:p=5", "universal in the sense of 1979, and one tag gives the key", NULL},
    {"dot:p=3,d=2,domain=all", "the zero vector has tag 0 under every key", "alpha"},
    {"dot:p=3,d=2,domain=nonzero", "multiples have known tags", NULL},
    {"dot:p=3,d=2,domain=01", "zeros and ones, without the zero vector: sound", NULL},
    {"dot:p=3,d=2,domain=projective", "as few keys as there can be: n(m-1)+1", NULL},
    {"dot:p=3,d=2,domain=all,plus-b", "an added key cures the dot product", NULL},
    {"poly:q=7,len=1", "the one-time polynomial: beta grows with the length", "length"},
    {"poly:q=5,len=3", "L/q", NULL},
    {"poly:q=5,len=1..2", "several lengths without a leading term: zeros vanish", NULL},
    {"poly:q=5,len=1..2,monic", "with a leading term: (L+1)/q", NULL},
    {"functions:n=3,m=2", "a random function, all of them", NULL},
    {"constant:m=25,n=10", "small H(K|X,Y), and a message whose tag never changes", NULL},
    {"hmac:keys=64,keybytes=1,messages=8,bits=2", "HMAC-SHA256 cut to toy size", "alpha counts"},
};
enum { SHOWN = sizeof list / sizeof *list };

/* False: the error is printed. */
static bool measure(const shown *one, unsigned threads, family *f, measures *m)
{
    macaw_error err = {.status = MACAW_OK};

    if (family_build(one->spec, f, &err) != MACAW_OK) {
        (void)cli_fail_detail(one->spec, &err);
        return false;
    }
    if (measures_take(f, threads, m, &err) != MACAW_OK) {
        family_clear(f);
        (void)cli_fail_detail(one->spec, &err);
        return false;
    }
    return true;
}

/* ---- the table ---- */

static void write_row(FILE *out, const shown *one, const measures *m)
{
    const forgery *a = &m->impersonation, *b = &m->substitution;
    char *h_k = exact_text(&m->h.k), *rest = exact_text(&m->h.k_given_xy);

    html_write(out, "<tr><th scope=\"row\"><code>%s</code></th><td class=\"n\">%d, %d, %d</td>",
               one->spec, (int)m->f->n, (int)m->f->m, (int)m->f->l);
    html_write(out, "<td class=\"n\">%.0f/%.0f</td>", (double)a->chance.num, (double)a->chance.den);
    html_write(out, "<td class=\"n\">%.0f/%.0f</td><td>%s</td>", (double)b->chance.num,
               (double)b->chance.den, m->two_universal ? "yes" : "no");
    html_write(out, "<td class=\"n\">%.4f</td><td class=\"n\">%.4f</td><td class=\"n\">%.4f</td>",
               exact_value(&m->h.k), exact_value(&m->h.k_given_xy), exp2(-exact_value(&m->h.gain)));
    html_write(out, "<td>%s <span class=\"meta\">H(K) = %s; H(K|X,Y) = %s</span></td></tr>\n",
               one->why, h_k, rest);
    free(h_k);
    free(rest);
}

static void write_csv_row(FILE *out, const shown *one, const measures *m)
{
    fprintf(out, "\"%s\",%u,%u,%u,%llu/%llu,%llu/%llu,%s,%.6f,%.6f,%.6f\n", one->spec, m->f->n,
            m->f->m, m->f->l, (unsigned long long)m->impersonation.chance.num,
            (unsigned long long)m->impersonation.chance.den,
            (unsigned long long)m->substitution.chance.num,
            (unsigned long long)m->substitution.chance.den, m->two_universal ? "yes" : "no",
            exact_value(&m->h.k), exact_value(&m->h.k_given_xy), exp2(-exact_value(&m->h.gain)));
}

static void each(FILE *out, unsigned threads,
                 void (*write)(FILE *out, const shown *one, const measures *m))
{
    for (size_t i = 0; i < SHOWN; i++) {
        family f;
        measures m;
        if (measure(&list[i], threads, &f, &m)) {
            write(out, &list[i], &m);
            measures_clear(&m);
            family_clear(&f);
        }
    }
}

void families_csv(FILE *out, unsigned threads)
{
    fputs("family,n,m,l,alpha,beta,two_universal,H_K,H_K_given_XY,bound_alpha\n", out);
    each(out, threads, write_csv_row);
}

/* ---- plots ---- */

typedef struct filter {
    const plot_taker *taker;
    const char *plots;
    size_t number;
} filter;

static bool is_word(const char *words, const char *word)
{
    size_t n = strlen(word);

    for (const char *at = words; *at != '\0'; at += strcspn(at, " ")) {
        at += *at == ' ' ? 1 : 0;
        if (strncmp(at, word, n) == 0 && (at[n] == ' ' || at[n] == '\0')) {
            return true;
        }
    }
    return false;
}

static void take_some(void *context, const plot_figure *figure)
{
    const filter *only = context;
    plot_figure own = *figure;
    char id[60];

    if (is_word(only->plots, figure->id)) {
        snprintf(id, sizeof id, "family-%zu-%s", only->number, figure->id);
        own.id = id;
        only->taker->take(only->taker->context, &own);
    }
}

int families_plots(unsigned threads, const plot_taker *taker)
{
    int status = CLI_DONE;

    for (size_t i = 0; i < SHOWN && status == CLI_DONE; i++) {
        filter only = {taker, list[i].plots, i + 1};
        family f;
        measures m;
        if (list[i].plots != NULL) {
            status = CLI_FAILED;
            if (measure(&list[i], threads, &f, &m)) {
                status = figures_draw(&(save_place){.take = take_some, .context = &only},
                                      list[i].spec, &m, threads);
                measures_clear(&m);
                family_clear(&f);
            }
        }
    }
    return status;
}

static void take_plot(void *context, const plot_figure *figure)
{
    page_plot(context, figure);
}

void page_families(FILE *out, unsigned threads)
{
    fputs("<section aria-labelledby=\"families\"><h2 id=\"families\">Information theory</h2>\n"
          "<p>Small families of MACs, counted through: α is the best chance to have a message "
          "accepted without having seen a tag, β after having seen one. Both are fractions, "
          "entropies are sums of logarithms of primes; nothing is rounded before it is printed. "
          "The bound is 2<sup>−(H(K) − H(K|X,Y))</sup> ≤ α.</p>\n"
          "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Families\"><table>"
          "<caption>n messages, m tags, l keys; entropies in bits</caption><thead><tr>"
          "<th scope=\"col\">family</th><th scope=\"col\">n, m, l</th><th scope=\"col\">α</th>"
          "<th scope=\"col\">β</th><th scope=\"col\">2-universal</th><th scope=\"col\">H(K)</th>"
          "<th scope=\"col\">H(K|X,Y)</th><th scope=\"col\">bound of α</th>"
          "<th scope=\"col\">what it shows</th></tr></thead><tbody>\n",
          out);
    each(out, threads, write_row);
    fputs("</tbody></table></div>\n<div class=\"plots\">\n", out);
    (void)families_plots(threads, &(plot_taker){take_plot, out});
    fputs("</div></section>\n", out);
}
