/* The plots of a family. */
#ifndef MACAW_LAB_FAMILY_FIGURES_H
#define MACAW_LAB_FAMILY_FIGURES_H

#include "measures.h"
#include "save.h"

/* Draw what suits the family; a folder is made if it is not there. An exit status. */
int figures_draw(const save_place *place, const char *spec, const measures *m, unsigned threads);

/* alpha(x,y) and beta(x,y) as heat maps; part of figures_draw. */
int figures_draw_tables(const save_place *place, const char *spec, const measures *m);

#endif
