/* The plots of a family. */
#ifndef MACAW_LAB_FAMILY_FIGURES_H
#define MACAW_LAB_FAMILY_FIGURES_H

#include "measures.h"

/* Draw what suits the family into dir, made if it is not there, each plot as SVG and
 * its data as CSV, and print the files' names; an exit status. */
int figures_draw(const char *dir, const char *spec, const measures *m, unsigned threads);

/* alpha(x,y) and beta(x,y) as heat maps; part of figures_draw. */
int figures_draw_tables(const char *dir, const char *spec, const measures *m);

#endif
