#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

FILE *cli_spool_open(void)
{
    const char *folder = getenv("TMPDIR");
    char *name;
    FILE *file = NULL;
    int fd;

    if (asprintf(&name, "%s/macaw.XXXXXX",
                 folder != NULL && folder[0] == '/' ? folder : "/var/tmp") < 0) {
        errno = ENOMEM;
        return NULL;
    }
    fd = mkostemp(name, O_CLOEXEC);
    if (fd >= 0) {
        unlink(name);
        file = fdopen(fd, "w+");
        if (file == NULL) {
            close(fd);
        }
    }
    free(name);
    return file;
}
