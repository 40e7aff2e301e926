#include "harness/stats.h"

#include <math.h>

/* The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's
 * method as Thompson and Barnett (1986) made it safe. */
static double fraction(double a, double b, double x)
{
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    double value;

    d = 1 / (fabs(d) < tiny ? tiny : d);
    value = d;
    for (int m = 1; m < 10000; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        double before = value;
        const double terms[2] = {even, odd};
        for (int i = 0; i < 2; i++) {
            d = 1 + terms[i] * d;
            d = 1 / (fabs(d) < tiny ? tiny : d);
            c = 1 + terms[i] / c;
            c = fabs(c) < tiny ? tiny : c;
            value *= c * d;
        }
        if (fabs(value - before) <= 1e-15 * fabs(value)) {
            break;
        }
    }
    return value;
}

double lab_incomplete_beta(double a, double b, double x)
{
    double front;

    if (x <= 0 || x >= 1) {
        return x <= 0 ? 0 : 1;
    }
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
    /* The fraction converges fast on this side of the mean; I_x(a,b) = 1 - I_1-x(b,a). */
    return x < (a + 1) / (a + b + 2) ? front * fraction(a, b, x) / a
                                     : 1 - front * fraction(b, a, 1 - x) / b;
}

/* The x where it is p, by halving. */
static double quantile(double a, double b, double p)
{
    double low = 0, high = 1;

    for (int i = 0; i < 100; i++) {
        double middle = (low + high) / 2;
        if (lab_incomplete_beta(a, b, middle) < p) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return (low + high) / 2;
}

/* |T| exceeds t with probability I_x(df/2, 1/2), x = df / (df + t^2). */
lab_interval lab_student(double mean, double variance, uint64_t n)
{
    double half = 0;

    if (n >= 2) {
        double freedom = (double)n - 1;
        double x = quantile(freedom / 2, 0.5, 0.05);
        half = sqrt(freedom * (1 - x) / x) * sqrt(variance / (double)n);
    }
    return (lab_interval){mean - half, mean + half};
}

lab_interval lab_clopper_pearson(uint64_t successes, uint64_t trials)
{
    double k = (double)successes, n = (double)trials;
    lab_interval ret = {0, 1};

    if (successes > 0) {
        ret.low = quantile(k, n - k + 1, 0.025);
    }
    if (successes < trials) {
        ret.high = quantile(k + 1, n - k, 0.975);
    }
    return ret;
}
