#include "base/cpu.h"

#include <stdatomic.h>

enum {
    KNOWN = 1u << 0, /* the others are set as far as they apply */
    SHANI = 1u << 1,
    AESNI = 1u << 2,
    AVX512 = 1u << 3,
    VAES512 = 1u << 4,
    IFMA512 = 1u << 5,
};

#if defined(__x86_64__) || defined(__i386__)

#include <cpuid.h>

struct leaf {
    unsigned a, b, c, d;
};

static struct leaf leaf(unsigned number)
{
    struct leaf l = {0, 0, 0, 0};

    (void)__get_cpuid_count(number, 0, &l.a, &l.b, &l.c, &l.d);
    return l;
}

/* The compiler's run-time check looks at XCR0 for registers wider than XMM, which
 * every 64-bit operating system saves. Some bits it does not know by name yet;
 * those are read here. */
static unsigned ask(void)
{
    struct leaf one = leaf(1), seven = leaf(7);
    bool sse41 = (one.c & bit_SSE4_1) != 0 && (one.c & bit_SSSE3) != 0;
    bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
    unsigned found = KNOWN;

    found |= sse41 && (seven.b & bit_SHA) != 0 ? SHANI : 0;
    found |= sse41 && (one.c & bit_AES) != 0 ? AESNI : 0;
    found |= avx512 ? AVX512 : 0;
    found |= (found & AESNI) != 0 && avx512 && (seven.c & bit_VAES) != 0 ? VAES512 : 0;
    found |= avx512 && (seven.b & bit_AVX512IFMA) != 0 ? IFMA512 : 0;
    return found;
}

#else

static unsigned ask(void)
{
    return KNOWN;
}

#endif

/* Asking costs a microsecond, and a trap in a virtual machine. The answer never
 * changes, so it does not matter which thread writes it, or if several do. */
static bool has(unsigned feature)
{
    static _Atomic unsigned answer;
    unsigned known = atomic_load_explicit(&answer, memory_order_relaxed);

    if (known == 0) {
        known = ask();
        atomic_store_explicit(&answer, known, memory_order_relaxed);
    }
    return (known & feature) != 0;
}

bool macaw_cpu_has_shani(void)
{
    return has(SHANI);
}

bool macaw_cpu_has_aesni(void)
{
    return has(AESNI);
}

bool macaw_cpu_has_avx512(void)
{
    return has(AVX512);
}

bool macaw_cpu_has_vaes512(void)
{
    return has(VAES512);
}

bool macaw_cpu_has_ifma512(void)
{
    return has(IFMA512);
}
