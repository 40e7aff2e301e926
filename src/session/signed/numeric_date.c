/* Numbers of JSON as times (RFC 7519 section 2, NumericDate). */
#include "session/signed/claims.h"

#define BEYOND INT64_C(1000000000000000)

typedef struct decimal {
    const char *at, *end;
    int64_t value;
    bool inexact; /* something was cut off */
} decimal;

static void add_digit(decimal *d, int digit)
{
    d->value = d->value >= BEYOND ? BEYOND : d->value * 10 + digit;
}

/* The exponent of a number, cut to what decides. */
static int exponent_of(macaw_str number)
{
    int value = 0;
    bool negative = false, there = false;

    for (size_t i = 0; i < number.len; i++) {
        char c = number.data[i];
        if (c == 'e' || c == 'E') {
            there = true;
        } else if (there && c == '-') {
            negative = true;
        } else if (there && c != '+') {
            value = value < 10000 ? value * 10 + (c - '0') : value;
        }
    }
    return negative ? -value : value;
}

static int whole_digits(macaw_str number)
{
    int n = 0;

    for (size_t i = number.data[0] == '-'; i < number.len; i++) {
        if (number.data[i] < '0' || number.data[i] > '9') {
            break;
        }
        n++;
    }
    return n;
}

/* Digits before the place where the point stands once the exponent has moved it. */
static void read_digits(decimal *d, int point)
{
    for (; d->at < d->end && *d->at != 'e' && *d->at != 'E'; d->at++) {
        if (*d->at == '.') {
            continue;
        }
        if (point-- > 0) {
            add_digit(d, *d->at - '0');
        } else {
            d->inexact |= *d->at != '0';
        }
    }
    for (; point > 0 && d->value != 0 && d->value < BEYOND; point--) {
        add_digit(d, 0);
    }
}

int64_t macaw_numeric_date(macaw_str number)
{
    bool negative = number.data[0] == '-';
    decimal d = {.at = number.data + negative, .end = number.data + number.len};

    read_digits(&d, whole_digits(number) + exponent_of(number));
    return negative ? -d.value - d.inexact : d.value;
}
