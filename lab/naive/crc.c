#include "naive/crc.h"

/* MAXIM-DOW, ARC, ISO-HDLC and XZ, with their polynomials reflected. */
static const lab_crc crcs[] = {
    {"crc8", 8, 0x8c, 0, 0},
    {"crc16", 16, 0xa001, 0, 0},
    {"crc32", 32, 0xedb88320, 0xffffffff, 0xffffffff},
    {"crc64", 64, UINT64_C(0xc96c5795d7870f42), UINT64_MAX, UINT64_MAX},
};

const lab_crc *lab_crc_find(lab_bytes name)
{
    for (size_t i = 0; i < sizeof crcs / sizeof *crcs; i++) {
        if (lab_bytes_equal(lab_text(crcs[i].name), name)) {
            return &crcs[i];
        }
    }
    return NULL;
}

static uint64_t byte_forth(const lab_crc *crc, uint64_t reg, uint8_t byte)
{
    reg ^= byte;
    for (unsigned i = 0; i < 8; i++) {
        reg = reg >> 1 ^ ((reg & 1) != 0 ? crc->poly : 0);
    }
    return reg;
}

/* The highest bit of a reflected polynomial is its constant term, 1: it tells whether
 * the polynomial was added. */
static uint64_t byte_back(const lab_crc *crc, uint64_t reg, uint8_t byte)
{
    for (unsigned i = 0; i < 8; i++) {
        uint64_t added = reg >> (crc->width - 1) & 1;
        reg = (reg ^ (added != 0 ? crc->poly : 0)) << 1 | added;
    }
    return reg ^ byte;
}

uint64_t lab_crc_forth(const lab_crc *crc, uint64_t reg, lab_bytes data)
{
    for (size_t i = 0; i < data.len; i++) {
        reg = byte_forth(crc, reg, data.data[i]);
    }
    return reg;
}

uint64_t lab_crc_back(const lab_crc *crc, uint64_t reg, lab_bytes data)
{
    for (size_t i = data.len; i-- > 0;) {
        reg = byte_back(crc, reg, data.data[i]);
    }
    return reg;
}

uint64_t lab_crc_forth_zeros(const lab_crc *crc, uint64_t reg, size_t n)
{
    while (n-- > 0) {
        reg = byte_forth(crc, reg, 0);
    }
    return reg;
}

uint64_t lab_crc_back_zeros(const lab_crc *crc, uint64_t reg, size_t n)
{
    while (n-- > 0) {
        reg = byte_back(crc, reg, 0);
    }
    return reg;
}

uint64_t lab_crc_of(const lab_crc *crc, lab_bytes data)
{
    return lab_crc_forth(crc, crc->init, data) ^ crc->xorout;
}

void lab_crc_store(const lab_crc *crc, uint64_t value, uint8_t *ret)
{
    for (size_t i = crc->width / 8; i-- > 0; value >>= 8) {
        ret[i] = (uint8_t)value;
    }
}

uint64_t lab_crc_load(const lab_crc *crc, const uint8_t *bytes)
{
    uint64_t ret = 0;

    for (size_t i = 0; i < crc->width / 8; i++) {
        ret = ret << 8 | bytes[i];
    }
    return ret;
}
