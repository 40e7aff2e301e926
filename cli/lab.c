/* macaw lab: a program of its own, so that weak constructions stay out of this one. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static const char program[] = "macaw-lab";

static bool name_program(const char *folder, size_t len, char ret[PATH_MAX])
{
    int all = snprintf(ret, PATH_MAX, "%.*s/%s", (int)len, folder, program);

    return all > 0 && all < PATH_MAX && access(ret, X_OK) == 0;
}

/* Built: beside this command. Installed: where Meson puts it. */
static bool find_program(char ret[PATH_MAX])
{
    char self[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);

    if (len > 0) {
        self[len] = '\0';
        if (name_program(self, (size_t)(strrchr(self, '/') - self), ret)) {
            return true;
        }
    }
    return name_program(MACAW_LIBEXEC_DIR, strlen(MACAW_LIBEXEC_DIR), ret);
}

int cli_lab(int argc, char **argv)
{
    char path[PATH_MAX];

    (void)argc; /* argv ends with NULL */
    if (!find_program(path)) {
        return cli_fail(CLI_FAILED, program, "not found beside macaw or in %s", MACAW_LIBEXEC_DIR);
    }
    if (fflush(stdout) != 0) {
        return cli_fail_errno("standard output");
    }
    execv(path, argv);
    return cli_fail_errno(path);
}
