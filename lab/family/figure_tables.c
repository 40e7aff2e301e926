/* alpha(x,y) and beta(x,y), a shade and a fraction in each cell. */
#include "figures.h"

#include <math.h>
#include <stdlib.h>

#include "cli.h"
#include "memory.h"
#include "save.h"
#include "show.h"

enum { TEXT_ROWS_MAX = 16, TEXT_COLUMNS_MAX = 10 };

typedef struct cells {
    size_t count;
    double *values;
    char **texts; /* NULL: too many to read */
    char **tags;
    uint32_t tag_count;
    double max;
} cells;

static ratio cell_of(const measures *m, size_t i, bool beta)
{
    const family *f = m->f;

    return beta ? measures_beta(m, (uint32_t)(i / f->m), (uint32_t)(i % f->m))
                : ratio_of(m->cells[i], f->key_sum);
}

static void fill(const measures *m, bool beta, cells *ret)
{
    const family *f = m->f;
    char text[16];

    ret->count = (size_t)f->n * f->m;
    ret->tag_count = f->m;
    ret->values = family_zeroed(ret->count, sizeof *ret->values);
    ret->tags = family_zeroed(f->m, sizeof *ret->tags);
    if (f->n <= TEXT_ROWS_MAX && f->m <= TEXT_COLUMNS_MAX) {
        ret->texts = family_zeroed(ret->count, sizeof *ret->texts);
    }
    for (uint32_t y = 0; y < f->m; y++) {
        ret->tags[y] = family_format("%s", show_tag(f, y, text));
    }
    for (size_t i = 0; i < ret->count; i++) {
        ratio chance = cell_of(m, i, beta);
        ret->values[i] = beta && m->cells[i] == 0 ? NAN : ratio_value(chance);
        ret->max = fmax(ret->max, ret->values[i]);
        if (ret->texts != NULL) {
            ret->texts[i] = family_format("%llu/%llu", (unsigned long long)chance.num,
                                          (unsigned long long)chance.den);
        }
    }
}

static void clear(cells *c)
{
    for (uint32_t y = 0; y < c->tag_count; y++) {
        free(c->tags[y]);
    }
    for (size_t i = 0; c->texts != NULL && i < c->count; i++) {
        free(c->texts[i]);
    }
    free(c->tags);
    free(c->texts);
    free(c->values);
}

static int draw(const save_place *place, const char *spec, const measures *m, bool beta)
{
    cells c = {.values = NULL};
    char *title = family_format("%s: %s", spec, beta ? "β(x,y)" : "α(x,y)");
    plot_heat heat;
    plot_figure figure;
    int status;

    fill(m, beta, &c);
    heat = (plot_heat){
        .rows = m->f->n,
        .columns = m->f->m,
        .values = c.values,
        .max = c.max,
        .row_names = (const char *const *)m->f->message_names,
        .column_names = (const char *const *)c.tags,
        .texts = (const char *const *)c.texts,
        .label = "probability",
    };
    figure = (plot_figure){
        .id = beta ? "beta" : "alpha",
        .title = title,
        .about = beta ? "The best chance to replace each message and tag by another pair."
                      : "The chance that each message has each tag.",
        .x = {.label = "tag y"},
        .y = {.label = "message x"},
        .heat = &heat,
    };
    status = save_figure(place, &figure);
    clear(&c);
    free(title);
    return status;
}

int figures_draw_tables(const save_place *place, const char *spec, const measures *m)
{
    int status = draw(place, spec, m, false);

    return status == CLI_DONE && m->has_pairs ? draw(place, spec, m, true) : status;
}
