/* How often an algorithm of the library calls its block cipher: counted, with AES-128
 * under a counter. */
#ifndef MACAW_LAB_REPORT_COUNTED_H
#define MACAW_LAB_REPORT_COUNTED_H

#include <stddef.h>

/* For the tag of a message of len bytes; 0 where the library fails. The algorithm is of
 * the CBC or the PMAC family, over AES-128. */
size_t counted_tag(const char *alg, size_t len);

/* For the new tag of a message of so many blocks whose i-th, from 0, has changed; 0 where
 * the algorithm must begin anew. */
size_t counted_change(const char *alg, size_t blocks, size_t i);

#endif
