/* What this CPU and its operating system offer. The only place that asks. */
#ifndef MACAW_BASE_CPU_H
#define MACAW_BASE_CPU_H

#include <stdbool.h>

/* SHA extensions for SHA-1 and SHA-256, with SSE4.1. */
bool macaw_cpu_has_shani(void);

/* AES instructions, with SSE4.1. */
bool macaw_cpu_has_aesni(void);

/* AVX-512 F, BW, VL and DQ, its registers saved by the operating system. */
bool macaw_cpu_has_avx512(void);

/* AES on 512-bit registers. */
bool macaw_cpu_has_vaes512(void);

/* 52-bit multiplication on 512-bit registers. */
bool macaw_cpu_has_ifma512(void);

#endif
