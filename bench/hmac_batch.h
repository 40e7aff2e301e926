#ifndef BENCH_HMAC_BATCH_H
#define BENCH_HMAC_BATCH_H

#include <stdint.h>

/* Rows on verifying many short messages at once. data: at least 400 KiB. */
void bench_hmac_batch(const uint8_t *key, const uint8_t *data);

#endif
