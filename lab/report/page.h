/* The report: one page, and its parts. */
#ifndef MACAW_LAB_REPORT_PAGE_H
#define MACAW_LAB_REPORT_PAGE_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#include "harness/card.h"
#include "plot.h"

/* What was run: {"seed", "cards": [results of lab_run_cards], "matrix": or null}. */
typedef struct report {
    const json_t *results;
    unsigned threads; /* for counting families */
} report;

/* Where plots go: a page, or a folder. */
typedef struct plot_taker {
    void (*take)(void *context, const plot_figure *figure);
    void *context;
} plot_taker;

void page_write(FILE *out, const report *r);

/* Parts, each a section of the page. */
void page_matrix(FILE *out, const json_t *matrix);
void page_cards(FILE *out, const json_t *cards);
void page_trace(FILE *out, const json_t *trace, const char *id);
void page_families(FILE *out, unsigned threads);
void page_costs(FILE *out);
void page_corrections(FILE *out, const json_t *cards);

/* A plot, with its numbers as a table below. */
void page_plot(FILE *out, const plot_figure *figure);
void page_plot_table(FILE *out, const plot_figure *figure);

/* The plots that a card names. */
void card_plots(const json_t *result, const plot_taker *taker);
/* The plots of the families that the report shows. 0, or an exit status. */
int families_plots(unsigned threads, const plot_taker *taker);
void costs_plots(const plot_taker *taker);
void families_csv(FILE *out, unsigned threads);

/* Whether a result of that card is among them. */
const json_t *page_find_card(const json_t *cards, const char *number);

/* "hash=md5 key-to=64": what is fixed in a case. */
void page_settings(const json_t *fixed, char *ret, size_t size);

extern const char page_css[];

#endif
