/* A table of a family while it is read. */
#ifndef MACAW_LAB_FAMILY_TABLE_H
#define MACAW_LAB_FAMILY_TABLE_H

#include "kind.h"

typedef struct table {
    const char *name; /* of the file, for errors */
    const family_spec *spec;
    family *f;
    bool has_weights; /* a column of them */
    unsigned line;
    char **cells;  /* tags as text, key after key, into the file's text */
    uint32_t room; /* keys that the arrays hold */
    macaw_error *err;
} table;

/* Number the tags of all cells, into the family. */
int table_take_tags(const table *t) MACAW_MUST_USE;

/* Order for qsort and bsearch: of pointers to text. */
int table_by_text(const void *a, const void *b);

#endif
