#ifndef MACAW_LAB_FAMILY_PAIR_ROWS_H
#define MACAW_LAB_FAMILY_PAIR_ROWS_H

#include "pairs.h"

/* What one thread needs to count the pairs (x, x') of an x. */
typedef struct pair_rows pair_rows;

pair_rows *pair_rows_new(const family *f, bool unit);
void pair_rows_free(pair_rows *rows);

/* Count (x, x') for every x' > x into counts. */
void pair_rows_count(pair_rows *rows, uint32_t x, pair_counts *counts);

#endif
