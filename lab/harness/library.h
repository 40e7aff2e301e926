/* Every MAC of the library as a target, by its own name: one adapter. */
#ifndef MACAW_LAB_LIBRARY_H
#define MACAW_LAB_LIBRARY_H

#include "harness/target.h"

extern const lab_target lab_library;

uint32_t lab_library_properties(const char *name);
const char *lab_library_family(const char *name);

#endif
