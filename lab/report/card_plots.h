#ifndef MACAW_LAB_REPORT_CARD_PLOTS_H
#define MACAW_LAB_REPORT_CARD_PLOTS_H

#include "report/page.h"

enum { CARD_LINES = 6, CARD_POINTS = 40, CARD_BARS = 16 };

double card_mean(const json_t *one, const char *measure);

/* Success of the birthday attack over the number of queries, a plot for each size of
 * block, beside 1 - exp(-q^2 / 2^(t+1)), and all of them over q / 2^(t/2). */
void birthday_plots(const json_t *result, const plot_taker *taker);

#endif
