/* Published collisions of hashes. */
#ifndef MACAW_LAB_PAIRS_H
#define MACAW_LAB_PAIRS_H

#include "harness/bytes.h"

typedef struct lab_collision {
    const char *name;
    const char *hash; /* of lab_md_find */
    lab_bytes a, b;
} lab_collision;

/* md5-wang sha1-shattered md5-text; NULL for any other name. */
const lab_collision *lab_collision_find(lab_bytes name);

#endif
