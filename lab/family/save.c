#include "save.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cli.h"
#include "memory.h"

int save_folder(const char *dir)
{
    if (mkdir(dir, 0777) != 0 && errno != EEXIST) {
        return cli_fail_errno(dir);
    }
    return CLI_DONE;
}

static int save_as(const char *dir, const plot_figure *figure, const char *ending,
                   int (*write)(FILE *, const plot_figure *))
{
    char *name = family_format("%s/%s.%s", dir, figure->id, ending);
    FILE *out = fopen(name, "w");
    int status = CLI_DONE;

    if (out == NULL) {
        status = cli_fail_errno(name);
    } else {
        bool written = write(out, figure) == MACAW_OK;
        if (fclose(out) != 0 || !written) {
            status = cli_fail_errno(name);
        }
    }
    if (status == CLI_DONE) {
        printf("%s\n", name);
    }
    free(name);
    return status;
}

int save_figure(const save_place *place, const plot_figure *figure)
{
    int status;

    if (place->take != NULL) {
        place->take(place->context, figure);
        return CLI_DONE;
    }
    status = save_as(place->dir, figure, "svg", plot_write_svg);
    return status == CLI_DONE ? save_as(place->dir, figure, "csv", plot_write_csv) : status;
}
