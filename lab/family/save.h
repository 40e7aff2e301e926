#ifndef MACAW_LAB_FAMILY_SAVE_H
#define MACAW_LAB_FAMILY_SAVE_H

#include "plot.h"

/* Make the folder if it is not there; an exit status. */
int save_folder(const char *dir);

/* Where figures go: as DIR/ID.svg and DIR/ID.csv, whose names are printed, or to take. */
typedef struct save_place {
    const char *dir;
    void (*take)(void *context, const plot_figure *figure);
    void *context;
} save_place;

/* An exit status. */
int save_figure(const save_place *place, const plot_figure *figure);

#endif
