#ifndef MACAW_LAB_FAMILY_SAVE_H
#define MACAW_LAB_FAMILY_SAVE_H

#include "plot.h"

/* Make the folder if it is not there; an exit status. */
int save_folder(const char *dir);

/* Write DIR/ID.svg and DIR/ID.csv and print their names; an exit status. */
int save_figure(const char *dir, const plot_figure *figure);

#endif
