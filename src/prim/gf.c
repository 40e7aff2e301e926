#include "prim/gf.h"

#define GF64_POLY UINT64_C(0x1b)

macaw_gf128 macaw_gf128_times_public(macaw_gf128 a, macaw_gf128 b)
{
    const uint64_t words[2] = {b.hi, b.lo};
    macaw_gf128 product = {0, 0};

    for (size_t bit = 0; bit < 128; bit++) { /* Horner's rule, from x^127 down */
        product = macaw_gf128_times_x(product);
        if ((words[bit / 64] >> (63 - bit % 64) & 1) != 0) {
            product = macaw_gf128_add(product, a);
        }
    }
    return product;
}

macaw_gf128 macaw_gf128_power_of_x(uint64_t n)
{
    macaw_gf128 power = {0, 1};
    unsigned bits = n != 0 ? 64 - (unsigned)__builtin_clzll(n) : 0;

    for (unsigned bit = bits; bit-- > 0;) {
        power = macaw_gf128_times_public(power, power);
        if ((n >> bit & 1) != 0) {
            power = macaw_gf128_times_x(power);
        }
    }
    return power;
}

void macaw_block_times_x(uint8_t *out, const uint8_t *in, size_t block_len)
{
    if (block_len == 16) {
        macaw_gf128_store(out, macaw_gf128_times_x(macaw_gf128_load(in)));
        return;
    }
    uint64_t a = macaw_load_be64(in);
    macaw_store_be64(out, a << 1 ^ (-(a >> 63) & GF64_POLY));
}
