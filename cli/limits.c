/* macaw algorithms --limits: how much one key may authenticate. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "algorithms.h"

static const int64_t usual[] = {64, 1500, 1 << 20};
enum { USUAL = sizeof usual / sizeof usual[0] };

static void print_size(int64_t bytes)
{
    char text[24];

    snprintf(text, sizeof text, "%lld B", (long long)bytes);
    printf(" %11s", text);
}

/* A power of two, or why there is none: no message at all, or no bound but time. */
static void print_limit(double log2_messages)
{
    char text[24];

    if (isinf(log2_messages) || log2_messages > 128) {
        snprintf(text, sizeof text, "-");
    } else if (log2_messages < 0) {
        snprintf(text, sizeof text, "none");
    } else {
        snprintf(text, sizeof text, "2^%.1f", log2_messages);
    }
    printf(" %11s", text);
}

static void print_rule(const macaw_alg *alg)
{
    const macaw_bound *b = alg->bound;

    if (b == NULL) {
        printf("  guessing the tag: 2^-%u a try\n", 8 * alg->tag_len);
        return;
    }
    printf("  %s", b->formula);
    if (b->hard_log2 != 0) {
        printf("; refused after 2^%u %s", b->hard_log2, b->l_exp > 0 ? "blocks" : "messages");
    }
    printf(" (%s)\n", b->source);
}

void cli_print_limits(int64_t log2_advantage, int64_t size)
{
    const int64_t *sizes = size > 0 ? &size : usual;
    size_t count = size > 0 ? 1 : USUAL;
    const macaw_alg *alg;

    printf("messages of a size under one key, so that an attacker's advantage stays under 2^%lld\n"
           "(q messages of l blocks; - means more than 2^128)\n\n%-19s",
           (long long)log2_advantage, "NAME");
    for (size_t i = 0; i < count; i++) {
        print_size(sizes[i]);
    }
    printf("  BOUND (SOURCE)\n");
    for (size_t a = 0; (alg = macaw_alg_at(a)) != NULL; a++) {
        printf("%-19s", alg->name);
        for (size_t i = 0; i < count; i++) {
            bool once = (alg->flags & MACAW_ALG_ONE_TIME) != 0;
            print_limit(once ? 0
                             : macaw_alg_limit(alg, (double)log2_advantage, (uint64_t)sizes[i]));
        }
        print_rule(alg);
    }
}
