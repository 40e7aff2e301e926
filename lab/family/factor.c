#include "factor.h"

static uint64_t mul_mod(uint64_t a, uint64_t b, uint64_t n)
{
    return (uint64_t)((unsigned __int128)a * b % n);
}

static uint64_t pow_mod(uint64_t base, uint64_t power, uint64_t n)
{
    uint64_t result = 1;

    for (base %= n; power > 0; power >>= 1) {
        if (power & 1) {
            result = mul_mod(result, base, n);
        }
        base = mul_mod(base, base, n);
    }
    return result;
}

/* Does a show that the odd n is composite (Miller 1976)? n - 1 = odd * 2^twos. */
static bool is_witness(uint64_t a, uint64_t n, uint64_t odd, unsigned twos)
{
    uint64_t x = pow_mod(a, odd, n);

    if (x <= 1 || x == n - 1) {
        return false;
    }
    for (unsigned i = 1; i < twos; i++) {
        x = mul_mod(x, x, n);
        if (x == n - 1) {
            return false;
        }
    }
    return true;
}

bool is_prime(uint64_t n)
{
    /* As bases these decide every n below 2^64 (Sorenson and Webster 2015). */
    static const uint64_t bases[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
    uint64_t odd = n - 1;
    unsigned twos = 0;

    if (n < 2) {
        return false;
    }
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
        if (n % bases[i] == 0) {
            return n == bases[i];
        }
    }
    while (odd % 2 == 0) {
        odd /= 2;
        twos++;
    }
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
        if (is_witness(bases[i], n, odd, twos)) {
            return false;
        }
    }
    return true;
}

static uint64_t gcd(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* A proper divisor of an odd composite n: Pollard's rho with x^2 + c. */
static uint64_t divisor(uint64_t n)
{
    for (uint64_t c = 1;; c++) {
        uint64_t slow = 2;
        uint64_t fast = 2;
        uint64_t common = 1;

        while (common == 1) {
            slow = (mul_mod(slow, slow, n) + c) % n;
            fast = (mul_mod(fast, fast, n) + c) % n;
            fast = (mul_mod(fast, fast, n) + c) % n;
            common = gcd(slow > fast ? slow - fast : fast - slow, n);
        }
        if (common != n) {
            return common;
        }
    }
}

static size_t add_prime(prime_power *list, size_t count, uint64_t prime)
{
    size_t at = 0;

    while (at < count && list[at].prime < prime) {
        at++;
    }
    if (at < count && list[at].prime == prime) {
        list[at].power++;
        return count;
    }
    for (size_t i = count; i > at; i--) {
        list[i] = list[i - 1];
    }
    list[at] = (prime_power){prime, 1};
    return count + 1;
}

size_t factor(uint64_t n, prime_power ret[FACTOR_MAX])
{
    uint64_t open[64]; /* parts still to split: each has a factor of its own, 2 or more */
    size_t left = 0;
    size_t count = 0;

    for (uint64_t p = 2; p < 1024 && p * p <= n; p += p == 2 ? 1 : 2) {
        for (; n % p == 0; n /= p) {
            count = add_prime(ret, count, p);
        }
    }
    if (n > 1) {
        open[left++] = n;
    }
    while (left > 0) {
        uint64_t part = open[--left];
        if (part < 1024 * 1024 || is_prime(part)) { /* nothing under 1024 divides it */
            count = add_prime(ret, count, part);
            continue;
        }
        open[left] = divisor(part);
        open[left + 1] = part / open[left];
        left += 2;
    }
    return count;
}
