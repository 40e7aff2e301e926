#include "plot.h"

#include <macaw/status.h>

#define LIGHT                                                                                      \
    "--mp-paper:#ffffff;--mp-ink:#1b1f24;--mp-soft:#57606a;--mp-grid:#e2e6ea;"                     \
    "--mp-c1:#0b62b8;--mp-c2:#c2410c;--mp-c3:#0f7b5f;--mp-c4:#9333a8;"                             \
    "--mp-c5:#8a6100;--mp-c6:#be123c;--mp-c7:#0e7490;--mp-c8:#4b5563"
#define DARK                                                                                       \
    "--mp-paper:#14181d;--mp-ink:#e8ecf0;--mp-soft:#a3adb8;--mp-grid:#2b323a;"                     \
    "--mp-c1:#6cb2ff;--mp-c2:#ff9a62;--mp-c3:#4fd1a5;--mp-c4:#d79bf0;"                             \
    "--mp-c5:#e3b341;--mp-c6:#ff8fa3;--mp-c7:#5fd0e6;--mp-c8:#b6bfc9"

/* A colour is given twice: programs that do not know variables take the first. */
static const char rules[] =
    ".macaw-plot{" LIGHT ";font-family:system-ui,'DejaVu Sans',sans-serif}\n"
    "@media (prefers-color-scheme:dark){.macaw-plot{" DARK "}}\n"
    "@media print{.macaw-plot{" LIGHT "}}\n"
    ".macaw-plot .mp-paper{fill:#fff;fill:var(--mp-paper)}\n"
    ".macaw-plot text{fill:#1b1f24;fill:var(--mp-ink);font-size:12px}\n"
    ".macaw-plot .mp-title{font-size:15px;font-weight:600}\n"
    ".macaw-plot .mp-tick{fill:#57606a;fill:var(--mp-soft);font-size:11px}\n"
    ".macaw-plot .mp-cell{font-size:11px}\n"
    ".macaw-plot .mp-grid{stroke:#e2e6ea;stroke:var(--mp-grid);fill:none}\n"
    ".macaw-plot .mp-frame{stroke:#57606a;stroke:var(--mp-soft);fill:none}\n"
    ".macaw-plot .mp-rule{stroke:#57606a;stroke:var(--mp-soft);stroke-dasharray:2 4;"
    "stroke-width:1.4;fill:none}\n"
    ".macaw-plot .mp-line{fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round}\n"
    ".macaw-plot .mp-dashed{stroke-dasharray:7 4}\n"
    ".macaw-plot .mp-dot{fill:currentColor}\n"
    ".macaw-plot .mp-bar{fill:currentColor;fill-opacity:.8}\n"
    ".macaw-plot .mp-shade{fill:currentColor;shape-rendering:crispEdges}\n"
    ".macaw-plot .mp-band{fill:currentColor;fill-opacity:.18}\n"
    ".macaw-plot .mp-interval{fill:none;stroke:currentColor;stroke-width:1.3}\n"
    ".macaw-plot .mp-bar~.mp-interval{stroke:#1b1f24;stroke:var(--mp-ink)}\n"
    ".macaw-plot .mp-c1{color:#0b62b8;color:var(--mp-c1)}\n"
    ".macaw-plot .mp-c2{color:#c2410c;color:var(--mp-c2)}\n"
    ".macaw-plot .mp-c3{color:#0f7b5f;color:var(--mp-c3)}\n"
    ".macaw-plot .mp-c4{color:#9333a8;color:var(--mp-c4)}\n"
    ".macaw-plot .mp-c5{color:#8a6100;color:var(--mp-c5)}\n"
    ".macaw-plot .mp-c6{color:#be123c;color:var(--mp-c6)}\n"
    ".macaw-plot .mp-c7{color:#0e7490;color:var(--mp-c7)}\n"
    ".macaw-plot .mp-c8{color:#4b5563;color:var(--mp-c8)}\n";

int plot_write_style(FILE *out)
{
    return fputs(rules, out) >= 0 ? MACAW_OK : MACAW_EIO;
}
