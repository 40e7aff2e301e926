#ifndef MACAW_TESTS_FUZZ_H
#define MACAW_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* What libFuzzer and replay_main.c call; returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A property that no input may break. */
#define CHECK(property)                                                                            \
    do {                                                                                           \
        if (!(property)) {                                                                         \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#endif
