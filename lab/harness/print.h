/* Results for people and for spreadsheets. */
#ifndef MACAW_LAB_PRINT_H
#define MACAW_LAB_PRINT_H

#include <jansson.h>

#include "harness/card.h"

/* One event of a trace or of a live run, coloured by role on a terminal. */
void lab_print_event(const json_t *event);

/* What comes before and after a card's cases. */
void lab_print_card(const lab_card *card);
void lab_print_case(const json_t *one);
/* The table of all cases, and whether all is as it must be. */
void lab_print_result(const json_t *result);

void lab_print_csv_head(void);
void lab_print_csv(const json_t *result);

#endif
