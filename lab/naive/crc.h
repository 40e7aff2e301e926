/* Cyclic redundancy checks by parameter, unkeyed: for constructions and attackers. */
#ifndef MACAW_LAB_CRC_H
#define MACAW_LAB_CRC_H

#include "harness/bytes.h"

#define LAB_CRCS "crc8 crc16 crc32 crc64"

/* Reflected: the lowest bit of the register is the highest power of x. */
typedef struct lab_crc {
    const char *name;
    unsigned width; /* bits of the register */
    uint64_t poly, init, xorout;
} lab_crc;

/* NULL: there is none of that name. */
const lab_crc *lab_crc_find(lab_bytes name);

/* The register behind data, and, backwards, the one before it. */
uint64_t lab_crc_forth(const lab_crc *crc, uint64_t reg, lab_bytes data);
uint64_t lab_crc_back(const lab_crc *crc, uint64_t reg, lab_bytes data);
/* Behind, or before, n zero bytes. */
uint64_t lab_crc_forth_zeros(const lab_crc *crc, uint64_t reg, size_t n);
uint64_t lab_crc_back_zeros(const lab_crc *crc, uint64_t reg, size_t n);

/* The check value of data as the catalogue defines it. */
uint64_t lab_crc_of(const lab_crc *crc, lab_bytes data);

/* As width / 8 bytes, big-endian, and back. */
void lab_crc_store(const lab_crc *crc, uint64_t value, uint8_t *ret);
uint64_t lab_crc_load(const lab_crc *crc, const uint8_t *bytes);

#endif
