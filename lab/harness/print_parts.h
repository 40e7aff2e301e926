/* What the printers share. */
#ifndef MACAW_LAB_PRINT_PARTS_H
#define MACAW_LAB_PRINT_PARTS_H

#include <jansson.h>

/* A member, "" or 0 where there is none. */
const char *lab_json_text(const json_t *object, const char *name);
double lab_json_number(const json_t *object, const char *name);

/* What switches to the colour of a role ("forged"), "bold" or "good", and back: empty
 * unless a terminal reads. */
const char *lab_colour(const char *role);
const char *lab_plain(void);

/* Of a case: what it is, and its verdict line. */
void lab_print_heading(const json_t *one);
void lab_print_verdict(const json_t *one);

#endif
