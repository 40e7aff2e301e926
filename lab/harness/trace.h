/* What an attack tells its reader: sentences, named byte strings, equations and
 * figures, all with the run's real values. They are printed on a terminal, written
 * as JSON, and drawn by the report. Cheap where nobody listens. */
#ifndef MACAW_LAB_TRACE_H
#define MACAW_LAB_TRACE_H

#include <macaw/status.h>

#include "harness/bytes.h"

typedef struct lab_oracle lab_oracle;

/* Whose a byte string is: its colour. */
enum lab_role {
    LAB_PLAIN,   /* public, constant */
    LAB_CHOSEN,  /* the attacker's choice */
    LAB_ANSWER,  /* from the oracle */
    LAB_DERIVED, /* computed from those */
    LAB_GLUE,    /* that nobody wrote but must be there: padding */
    LAB_FORGED,  /* what is handed in */
    LAB_HIDDEN,  /* there, but the attacker does not know it: without bytes */
    LAB_ROLES
};

typedef struct lab_value {
    const char *name;
    enum lab_role role;
    lab_bytes bytes;
} lab_value;

/* What is there, and the attacker does not know. */
#define LAB_UNKNOWN(name)                                                                          \
    {                                                                                              \
        (name), LAB_HIDDEN,                                                                        \
        {                                                                                          \
            NULL, 0                                                                                \
        }                                                                                          \
    }

/* A sentence. */
void lab_say(lab_oracle *o, const char *format, ...) MACAW_PRINTF(2, 3);
/* "name = 0011..", with pieces of other roles where a string is put together: the
 * pieces are shown behind one another. */
void lab_show(lab_oracle *o, const char *name, const lab_value *pieces, size_t n);
void lab_show_one(lab_oracle *o, const char *name, enum lab_role role, const uint8_t *data,
                  size_t len);
/* "result = a xor b xor c", each with its bytes below; sign is "xor", "+" or another. */
void lab_equation(lab_oracle *o, const lab_value *result, const char *sign, const lab_value *terms,
                  size_t n);

/* A figure: rows by columns of values, which kind tells how to connect.
 *   "chain"  a column a block, from left to right; rows are what happens to it from
 *            top to bottom, and the last row feeds the next column
 *   "sequence"  a column a party, a row a message, in the order of time; of a row the
 *            sender's cell holds the message, and the receiver's is named "->", without
 *            bytes; where there is no receiver, something happens at one party
 *   "timeline"  a column a moment, from left to right; a row is what somebody does or
 *            remembers, and a cell with a name says so at that moment
 *   "string"  a row is one way to read the same bytes, its cells from left to right
 *            are the fields that they are taken for
 *   "blocks"  a cell is a box, and arrows between them say what is made of what
 *   "bits"  bit by bit, so that one sees where rows differ; a column a string
 *   "table"  nothing is connected
 * cells is rows * columns, row by row; a cell with a NULL name is empty. */
typedef struct lab_figure {
    const char *kind, *title;
    const char *const *rows;
    size_t row_count;
    const char *const *columns;
    size_t column_count;
    const lab_value *cells;
} lab_figure;
void lab_draw(lab_oracle *o, const lab_figure *figure);

/* An arrow of a "blocks" figure. It runs down or up in a column, along a row, or along
 * its row up to the column of its end and there into the side of the box: there must be
 * no box on its way. label: what happens on it, at most 12 characters in a column and 5
 * in a row, none elsewhere; NULL: nothing. */
typedef struct lab_link {
    struct lab_place {
        size_t row, column;
    } from, to;
    const char *label;
} lab_link;
void lab_draw_blocks(lab_oracle *o, const lab_figure *figure, const lab_link *links, size_t n);

/* A number of this repeat that plots are made of: "tries", "candidates". Always kept. */
void lab_measure(lab_oracle *o, const char *name, double value);

/* A series of up to LAB_POINTS_MAX points that a plot is made of: bins and their counts, a
 * value that grows. Always kept, of the first repeat that has it. */
enum { LAB_POINTS_MAX = 64 };
void lab_points(lab_oracle *o, const char *name, const double *x, const double *y, size_t n);

/* Whether anybody listens, for what is dear to prepare. */
bool lab_tracing(const lab_oracle *o);

#endif
