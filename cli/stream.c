#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "progress.h"

enum { CHUNK = 256 * 1024 };

static uint64_t size_of(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
}

static int stream(const char *name, int fd, uint8_t *chunk, macaw_ctx *ctx)
{
    cli_progress progress;
    ssize_t got;
    int status = CLI_DONE;

    cli_progress_start(&progress, size_of(fd));
    while ((got = read(fd, chunk, CHUNK)) != 0) {
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            status = cli_fail_errno(name);
            break;
        }
        int updated = macaw_update(ctx, chunk, (size_t)got);
        if (updated != MACAW_OK) {
            status = cli_fail_status(name, updated);
            break;
        }
        cli_progress_add(&progress, (size_t)got);
    }
    cli_progress_end(&progress);
    return status;
}

int cli_stream_file(const char *name, macaw_ctx *ctx)
{
    bool standard = strcmp(name, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
    uint8_t *chunk;
    int status;

    if (fd < 0) {
        return cli_fail_errno(name);
    }
    chunk = malloc(CHUNK);
    status = chunk != NULL ? stream(name, fd, chunk, ctx) : cli_fail_errno(name);
    free(chunk);
    if (!standard) {
        close(fd);
    }
    return status;
}

bool cli_needs_escape(const char *name)
{
    return strpbrk(name, "\\\n\r") != NULL;
}

void cli_print_escaped(const char *name)
{
    for (; *name != '\0'; name++) {
        switch (*name) {
        case '\\':
            fputs("\\\\", stdout);
            break;
        case '\n':
            fputs("\\n", stdout);
            break;
        case '\r':
            fputs("\\r", stdout);
            break;
        default:
            putchar(*name);
        }
    }
}
