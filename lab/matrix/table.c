#include "matrix/matrix.h"

const lab_matrix_column lab_matrix_columns[LAB_COLUMNS] = {
    {"crc", "CRC"},          {"prefix", "h(k||x)"},    {"suffix", "h(x||k)"},
    {"cbc", "raw CBC"},      {"ecbc", "ECBC, X9.19"},  {"cascade", "cascade"},
    {"nmac", "NMAC"},        {"cmac", "CMAC"},         {"pmac-drawn", "PMAC as drawn"},
    {"pmac", "PMAC, PMAC1"}, {"one-time", "one-time"}, {"cw", "Carter-Wegman"},
    {"hmac", "HMAC"},
};

const lab_matrix_row lab_matrix_rows[] = {
    {"CRC linearity", "1", "x------------"},
    {"length or cascade extension", "2 8", ".x-.-x----..-"},
    {"state collision", "3", ".-x...-.....-"},
    {"two-block, splice", "4 5",
     "...x-..--"
     "-..."},
    {"IV change", "6", "...x-..-....."},
    {"zero padding", "7", "...xxxxxxxxx."},
    {"3-query PMAC", "23", "........x-..."},
    {"birthday, small block", "9", "..bbbbbbbb.-b"},
    {"key or nonce reuse", "10 11", "..........xx."},
    {"short tag, timing, replay", "12 13 15", "xxxxxxxxxxxxx"},
    {NULL, NULL, NULL},
};

const lab_matrix_correction lab_matrix_corrections[] = {
    {"9", "prefix", LAB_CELL_BOUND,
     "a secret prefix does not keep states from colliding: messages forge at the bound, where "
     "length extension has forged them long before"},
    {"4 5", "pmac-drawn", LAB_CELL_BROKEN,
     "splicing in its second form, made for a length behind the message, is the 3-query forgery: "
     "from the tags of a, b and a || .. || c follows that of b || .. || c'"},
    {NULL, NULL, LAB_CELL_NONE, NULL},
};
