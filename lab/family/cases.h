/* Families that show where common claims fail. */
#ifndef MACAW_LAB_FAMILY_CASES_H
#define MACAW_LAB_FAMILY_CASES_H

#include <stdbool.h>

/* Measure them and print claim, figures and verdict; an exit status, CLI_REFUSED if
 * a family is not what it should be. */
int cases_show(unsigned threads, bool json);

#endif
