/* Attacks by constructions, every cell run, beside what the literature lets expect. */
#ifndef MACAW_LAB_MATRIX_H
#define MACAW_LAB_MATRIX_H

#include "harness/run.h"

#define LAB_COLUMNS 13

/* What is in a cell. */
enum lab_cell {
    LAB_CELL_BROKEN = 'x',
    LAB_CELL_RESISTS = '-',
    LAB_CELL_BOUND = 'b',   /* resists below its birthday bound */
    LAB_CELL_NONE = '.',    /* the attack cannot be tried */
    LAB_CELL_MISSING = '?', /* no card or no construction */
    LAB_CELL_ERROR = '!',
};

typedef struct lab_matrix_row {
    const char *title;
    const char *numbers;  /* of the cards, with a space between them */
    const char *expected; /* LAB_COLUMNS characters of enum lab_cell */
} lab_matrix_row;

typedef struct lab_matrix_column {
    const char *family; /* as in lab_target */
    const char *title;
} lab_matrix_column;

/* Where runs have shown the expectation wrong, and why. */
typedef struct lab_matrix_correction {
    const char *numbers, *family; /* which cell */
    enum lab_cell cell;           /* what is in it */
    const char *why;
} lab_matrix_correction;

extern const lab_matrix_column lab_matrix_columns[LAB_COLUMNS];
extern const lab_matrix_row lab_matrix_rows[];               /* ends with a NULL title */
extern const lab_matrix_correction lab_matrix_corrections[]; /* ends with a NULL numbers */

/* Run every cell; the document that man/macaw-lab describes, or NULL after an error. */
json_t *lab_matrix_run(const lab_run *run);

void lab_matrix_print(const json_t *matrix);

#endif
