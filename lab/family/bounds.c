/* The bounds, each as left >= right with the exact logarithm of their quotient. */
#include "measures.h"

#include <math.h>

static void log_ratio(exact *sum, int sign, ratio r)
{
    exact_add_ratio(sum, sign, 1, r.num);
    exact_add_ratio(sum, -sign, 1, r.den);
}

static void log_number(exact *sum, int64_t num, uint64_t den, uint64_t n)
{
    exact_add_ratio(sum, num, den, n);
}

/* left is set; slack is: the rest follows. Theory says that no slack is negative,
 * so decimals suffice to see one that is. */
static void finish(bound *b, const char *name)
{
    double slack = exact_value(&b->slack);

    b->name = name;
    b->applies = true;
    b->right = b->left / exp2(slack);
    b->equal = exact_is_zero(&b->slack);
    b->holds = b->equal || slack > 0;
}

static void impersonation_bounds(const measures *m, bound *b)
{
    double alpha = ratio_value(m->impersonation.chance);

    b[0].left = alpha;
    log_ratio(&b[0].slack, 1, m->impersonation.chance);
    log_number(&b[0].slack, 1, 1, m->f->m);
    finish(&b[0], "alpha >= 1/m");

    b[1].left = alpha;
    log_ratio(&b[1].slack, 1, m->impersonation.chance);
    exact_add(&b[1].slack, 1, &m->h.gain);
    finish(&b[1], "alpha >= 2^-(H(K)-H(K|X,Y))");

    b[2].left = exp2(-exact_value(&m->h.gain));
    log_number(&b[2].slack, 1, 1, m->f->l);
    exact_add(&b[2].slack, -1, &m->h.gain);
    finish(&b[2], "2^-(H(K)-H(K|X,Y)) >= 1/l");
}

static void substitution_bounds(const measures *m, bound *b)
{
    ratio alpha = m->impersonation.chance;
    ratio beta = m->substitution.chance;
    ratio larger = ratio_value(alpha) >= ratio_value(beta) ? alpha : beta;

    b[0].left = ratio_value(beta);
    log_ratio(&b[0].slack, 1, beta);
    log_number(&b[0].slack, 1, 1, m->f->m);
    finish(&b[0], "beta >= 1/m");

    b[1].left = ratio_value(beta);
    log_ratio(&b[1].slack, 1, beta);
    exact_add(&b[1].slack, 1, &m->h.k_given_xy);
    exact_add(&b[1].slack, -1, &m->h.k_given_m2);
    finish(&b[1], "beta >= 2^-(H(K|M)-H(K|M^2))");

    b[2].left = ratio_value(alpha) * ratio_value(beta);
    log_ratio(&b[2].slack, 1, alpha);
    log_ratio(&b[2].slack, 1, beta);
    exact_add(&b[2].slack, 1, &m->h.k);
    finish(&b[2], "alpha*beta >= 2^-H(K)");

    b[3].left = ratio_value(larger);
    log_ratio(&b[3].slack, 1, larger);
    log_number(&b[3].slack, 1, 2, m->f->l);
    finish(&b[3], "max(alpha,beta) >= 1/sqrt(l)");
}

/* What a two-universal family needs of keys. */
static void key_bounds(const measures *m, bound *b)
{
    uint64_t tags = m->f->m;

    b[0].left = m->f->l;
    log_number(&b[0].slack, 1, 1, m->f->l);
    log_number(&b[0].slack, -2, 1, tags);
    finish(&b[0], "l >= m^2");

    b[1].left = m->f->l;
    log_number(&b[1].slack, 1, 1, m->f->l);
    log_number(&b[1].slack, -1, 1, m->f->n * (tags - 1) + 1);
    finish(&b[1], "l >= n(m-1)+1");
}

static void joint_bound(const measures *m, bound *b)
{
    exact_add(&b->slack, 1, &m->h.x);
    exact_add(&b->slack, 1, &m->h.y);
    exact_add(&b->slack, -1, &m->h.xy);
    finish(b, "H(X)+H(Y) >= H(X,Y)");
    b->left = exact_value(&m->h.x) + exact_value(&m->h.y);
    b->right = exact_value(&m->h.xy);
}

void bounds_take(measures *m)
{
    static const char *const names[BOUNDS] = {
        [3] = "beta >= 1/m",
        [4] = "beta >= 2^-(H(K|M)-H(K|M^2))",
        [5] = "alpha*beta >= 2^-H(K)",
        [6] = "max(alpha,beta) >= 1/sqrt(l)",
        [7] = "l >= m^2",
        [8] = "l >= n(m-1)+1",
    };

    for (size_t i = 0; i < BOUNDS; i++) {
        m->bounds[i].name = names[i];
    }
    impersonation_bounds(m, &m->bounds[0]);
    if (m->has_pairs) {
        substitution_bounds(m, &m->bounds[3]);
    }
    if (m->has_pairs && m->two_universal) {
        key_bounds(m, &m->bounds[7]);
    }
    joint_bound(m, &m->bounds[9]);
}
