#include "base/cpu.h"

#if defined(__x86_64__) || defined(__i386__)

#include <cpuid.h>

/* The compiler's run-time check looks at XCR0 for registers wider than XMM, which
 * every 64-bit operating system saves. Some bits it does not know by name yet;
 * those are read here. */
struct leaf {
    unsigned a, b, c, d;
};

static struct leaf leaf(unsigned number)
{
    struct leaf l = {0, 0, 0, 0};

    (void)__get_cpuid_count(number, 0, &l.a, &l.b, &l.c, &l.d);
    return l;
}

static bool has_sse41(void)
{
    return (leaf(1).c & bit_SSE4_1) != 0 && (leaf(1).c & bit_SSSE3) != 0;
}

bool macaw_cpu_has_shani(void)
{
    return has_sse41() && (leaf(7).b & bit_SHA) != 0;
}

bool macaw_cpu_has_aesni(void)
{
    return has_sse41() && (leaf(1).c & bit_AES) != 0;
}

bool macaw_cpu_has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}

bool macaw_cpu_has_vaes512(void)
{
    return macaw_cpu_has_avx512() && macaw_cpu_has_aesni() && (leaf(7).c & bit_VAES) != 0;
}

bool macaw_cpu_has_ifma512(void)
{
    return macaw_cpu_has_avx512() && (leaf(7).b & bit_AVX512IFMA) != 0;
}

#else

bool macaw_cpu_has_shani(void)
{
    return false;
}

bool macaw_cpu_has_aesni(void)
{
    return false;
}

bool macaw_cpu_has_avx512(void)
{
    return false;
}

bool macaw_cpu_has_vaes512(void)
{
    return false;
}

bool macaw_cpu_has_ifma512(void)
{
    return false;
}

#endif
