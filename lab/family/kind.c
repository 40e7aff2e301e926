#include "kind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

const family_kind *const family_kinds[] = {
    &family_affine, &family_dot,      &family_poly, &family_shift, &family_functions,
    &family_hmac,   &family_constant, &family_csv,  NULL,
};

void family_digits(uint64_t number, uint32_t base, uint32_t dims, uint32_t *ret)
{
    for (uint32_t i = dims; i-- > 0; number /= base) {
        ret[i] = (uint32_t)(number % base);
    }
}

uint64_t family_power(uint64_t base, uint64_t power)
{
    uint64_t result = 1;

    for (; power > 0; power--) {
        result *= base;
        if (result > (uint64_t)1 << 40) {
            return UINT64_MAX;
        }
    }
    return result;
}

char *family_vector_name(const uint32_t *vector, uint32_t dims)
{
    char *name = family_zeroed(dims * 11 + 3, 1);
    size_t len = 0;

    for (uint32_t i = 0; i < dims; i++) {
        len += (size_t)snprintf(name + len, 12, "%c%u", i == 0 ? '(' : ',', vector[i]);
    }
    name[len] = ')';
    return name;
}

void family_letter_name(char letter, char ret[8])
{
    ret[0] = letter;
    ret[1] = '\0';
}

void family_coordinate_name(char letter, uint8_t number, char ret[8])
{
    snprintf(ret, 8, "%c%u", letter, (unsigned)number);
}
