#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

enum { CHUNK = 256 * 1024 };

typedef struct meter {
    bool shown;
    double next; /* seconds, when to print again */
    uint64_t done;
    uint64_t size; /* 0: unknown */
} meter;

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void progress_start(meter *p, int fd)
{
    struct stat st;

    *p = (meter){.next = seconds() + 1};
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        p->size = (uint64_t)st.st_size;
    }
}

static void progress_add(meter *p, size_t bytes)
{
    p->done += bytes;
    if (!isatty(STDERR_FILENO) || seconds() < p->next) {
        return;
    }
    p->next = seconds() + 0.2;
    p->shown = true;
    if (p->size >= p->done) {
        fprintf(stderr, "\r%llu of %llu MB", (unsigned long long)(p->done >> 20),
                (unsigned long long)(p->size >> 20));
    } else {
        fprintf(stderr, "\r%llu MB", (unsigned long long)(p->done >> 20));
    }
}

static void progress_end(const meter *p)
{
    if (p->shown) {
        fprintf(stderr, "\r\033[K");
    }
}

static int stream(const char *name, int fd, uint8_t *chunk, macaw_ctx *ctx)
{
    meter progress;
    ssize_t got;
    int status = CLI_DONE;

    progress_start(&progress, fd);
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
        progress_add(&progress, (size_t)got);
    }
    progress_end(&progress);
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
