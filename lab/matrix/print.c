#include <stdio.h>
#include <string.h>

#include "harness/print_parts.h"
#include "matrix/matrix.h"

enum { TITLE_WIDTH = 28 };

/* The columns' titles, one a line, each over its column. */
static void print_columns(const json_t *columns)
{
    size_t n = json_array_size(columns);

    for (size_t i = 0; i < n; i++) {
        printf("%*s", TITLE_WIDTH, "");
        for (size_t j = 0; j < i; j++) {
            fputs("| ", stdout);
        }
        printf("%s\n", json_string_value(json_array_get(columns, i)));
    }
}

static bool is_wrong(const json_t *cell)
{
    const char *letter = lab_json_text(cell, "cell");

    return letter[0] != LAB_CELL_MISSING && !json_is_true(json_object_get(cell, "agrees"));
}

static void print_runs(const json_t *cell)
{
    const json_t *runs = json_object_get(cell, "runs");
    json_t *one;
    size_t i;

    json_array_foreach(runs, i, one)
    {
        const char *reason = lab_json_text(one, "reason");
        if (reason[0] == '\0') {
            printf("    %s on %s: %s\n", lab_json_text(one, "card"),
                   lab_json_text(one, "construction"),
                   strcmp(lab_json_text(one, "verdict"), "error") == 0
                       ? lab_json_text(one, "error")
                       : lab_json_text(one, "verdict"));
        }
    }
}

static void print_difference(const char *attack, const json_t *cell)
{
    printf("  %s, %s: run %s, expected %s\n", attack, lab_json_text(cell, "column"),
           lab_json_text(cell, "cell"), lab_json_text(cell, "expected"));
    if (json_is_true(json_object_get(cell, "explained"))) {
        printf("    %s\n", lab_json_text(cell, "correction"));
    } else {
        print_runs(cell);
    }
}

static size_t print_differences(const json_t *rows)
{
    size_t count = 0, i, j;
    json_t *row, *cell;

    json_array_foreach(rows, i, row)
    {
        json_array_foreach(json_object_get(row, "cells"), j, cell)
        {
            if (is_wrong(cell)) {
                printf("%s", count++ == 0 ? "\nOther than expected:\n" : "");
                print_difference(lab_json_text(row, "attack"), cell);
            }
        }
    }
    return count;
}

void lab_matrix_print(const json_t *matrix)
{
    const json_t *rows = json_object_get(matrix, "rows");
    json_t *row, *cell;
    size_t i, j;

    print_columns(json_object_get(matrix, "columns"));
    json_array_foreach(rows, i, row)
    {
        printf("%-*s", TITLE_WIDTH, lab_json_text(row, "attack"));
        json_array_foreach(json_object_get(row, "cells"), j, cell)
        {
            printf("%s ", lab_json_text(cell, "cell"));
        }
        putchar('\n');
    }
    puts("\nx broken, - resists, b resists below its birthday bound, . cannot be tried,\n"
         "? not there, ! went wrong");
    if (print_differences(rows) == 0) {
        puts("Every cell is as expected.");
    }
}
