/* macaw lab entropy: what was asked, and the answers of its topics. */
#ifndef MACAW_LAB_FAMILY_ENTROPY_H
#define MACAW_LAB_FAMILY_ENTROPY_H

#include <stdbool.h>
#include <stdint.h>

#include "exact.h"

enum { ENTROPY_COINS_MAX = 62 };

typedef struct entropy_request {
    const char *weights; /* NULL, as the others: not given */
    char *joint, *jensen, *values, *svg;
    int64_t coins; /* 0: not given */
    bool json;
} entropy_request;

/* Print, and draw where a folder is named: the distribution that weights give, alone or
 * in Jensen's inequality; the two that joint gives; so many coins. An exit status. */
int entropy_of_weights(const entropy_request *r);
int entropy_of_two(const entropy_request *r);
int entropy_of_coins(const entropy_request *r);

/* A line: decimal and exact. */
void entropy_print(const char *name, const exact *sum);
/* What an event of chance p adds to an entropy. */
double entropy_part(double p);

#endif
