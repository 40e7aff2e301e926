/* Axes with their ticks and labels, and the straight lines over the field. */
#include "layout.h"

static void draw_x_axis(FILE *out, const plot_canvas *c)
{
    const plot_frame *frame = &c->frame;

    for (size_t i = 0; i < c->x.count; i++) {
        double x = plot_map_at(&frame->x, c->x.tick[i].at);
        if (c->figure.x.names == NULL && c->figure.heat == NULL) {
            fprintf(out, "<path class=\"mp-grid\" d=\"M%.2f %.2fV%.2f\"/>\n", x, frame->top,
                    frame->bottom);
        }
        if (c->slanted) {
            fprintf(out, "<g transform=\"translate(%.2f %.2f) rotate(-40)\">", x + 4,
                    frame->bottom + 14);
            plot_put_label(out, 0, 0, "mp-tick", "end", c->x.tick[i].text);
            fputs("</g>\n", out);
        } else {
            plot_put_label(out, x, frame->bottom + 16, "mp-tick", "middle", c->x.tick[i].text);
        }
    }
    if (c->figure.x.label != NULL) {
        plot_put_label(out, (frame->left + frame->right) / 2, frame->height - 10, "mp-label",
                       "middle", c->figure.x.label);
    }
}

static void draw_y_axis(FILE *out, const plot_canvas *c)
{
    const plot_frame *frame = &c->frame;

    for (size_t i = 0; i < c->y.count; i++) {
        double y = plot_map_at(&frame->y, c->y.tick[i].at);
        if (c->figure.y.names == NULL && c->figure.heat == NULL) {
            fprintf(out, "<path class=\"mp-grid\" d=\"M%.2f %.2fH%.2f\"/>\n", frame->left, y,
                    frame->right);
        }
        plot_put_label(out, frame->left - 8, y + 4, "mp-tick", "end", c->y.tick[i].text);
    }
    if (c->figure.y.label != NULL) {
        fprintf(out, "<g transform=\"translate(18 %.2f) rotate(-90)\">",
                (frame->top + frame->bottom) / 2);
        plot_put_label(out, 0, 0, "mp-label", "middle", c->figure.y.label);
        fputs("</g>\n", out);
    }
}

static void draw_rule(FILE *out, const plot_frame *frame, const plot_rule *rule)
{
    const plot_map *map = rule->vertical ? &frame->x : &frame->y;
    double at;

    if (!plot_drawable(map->kind, rule->at) || rule->at < map->min || rule->at > map->max) {
        return;
    }
    at = plot_map_at(map, rule->at);
    if (rule->vertical) {
        bool left = at > (frame->left + frame->right) / 2;
        fprintf(out, "<path class=\"mp-rule\" d=\"M%.2f %.2fV%.2f\"/>\n", at, frame->top,
                frame->bottom);
        if (rule->label != NULL) {
            plot_put_label(out, at + (left ? -6 : 6), frame->top + 14, "mp-tick",
                           left ? "end" : "start", rule->label);
        }
        return;
    }
    fprintf(out, "<path class=\"mp-rule\" d=\"M%.2f %.2fH%.2f\"/>\n", frame->left, at,
            frame->right);
    if (rule->label != NULL) {
        plot_put_label(out, frame->right - 6, at - 5 < frame->top + 10 ? at + 14 : at - 5,
                       "mp-tick", "end", rule->label);
    }
}

void plot_draw_axes(FILE *out, const plot_canvas *c)
{
    draw_x_axis(out, c);
    draw_y_axis(out, c);
}

void plot_draw_rules(FILE *out, const plot_canvas *c)
{
    for (size_t i = 0; i < c->figure.rule_count; i++) {
        draw_rule(out, &c->frame, &c->figure.rules[i]);
    }
}
