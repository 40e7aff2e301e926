/* Other libraries' MACs of the CBC family, as the peers of bench/cbc.c. */
#ifndef BENCH_PEERS_CBC_H
#define BENCH_PEERS_CBC_H

#include "peers.h"

/* As in peers.h, but for open: name is that of macaw's algorithm, and the key is as
 * long as it wants. */
extern const bench_mac bench_openssl_cmac;
#ifdef BENCH_GCRYPT
extern const bench_mac bench_gcrypt_cmac;
#endif
#ifdef BENCH_IPSEC
extern const bench_mac bench_ipsec_cbc;
/* n messages of len bytes as jobs in flight together; tags of 16 bytes. */
int bench_ipsec_cbc_many(void *state, const uint8_t *const *msgs, size_t n, size_t len,
                         uint8_t *tags);
#endif

#endif
