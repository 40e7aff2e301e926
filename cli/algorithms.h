/* The parts of macaw algorithms. */
#ifndef MACAW_CLI_ALGORITHMS_H
#define MACAW_CLI_ALGORITHMS_H

#include <stdint.h>

#include <macaw/mac.h>

/* How much a key may authenticate: a row for each algorithm, for an advantage of
 * 2^log2_advantage and messages of one size, or of three usual ones if size is 0. */
void cli_print_limits(int64_t log2_advantage, int64_t size);

/* The MACs that protocols name, and the algorithm behind each. */
void cli_print_profiles(void);

#endif
