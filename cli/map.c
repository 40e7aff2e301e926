#include "map.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

/* What is left of a file that lost its end while it was mapped is SIGBUS. */
static void file_shrank(int number)
{
    static const char line[] = "macaw: --threads: the file got shorter while it was read\n";

    (void)number;
    (void)!write(STDERR_FILENO, line, sizeof line - 1);
    _exit(CLI_FAILED);
}

static bool map_descriptor(int fd, cli_map *ret)
{
    struct stat st;

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size <= 0 ||
        (uint64_t)st.st_size > SIZE_MAX) {
        return false;
    }
    size_t len = (size_t)st.st_size;
    void *data = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, 0);
    if (data == MAP_FAILED) {
        return false;
    }
    (void)madvise(data, len, MADV_WILLNEED);
    *ret = (cli_map){data, len};
    return true;
}

bool cli_map_file(const char *name, cli_map *ret)
{
    struct sigaction action = {.sa_handler = file_shrank};
    struct stat st;
    /* A pipe that was opened and closed again has lost its writer. */
    bool regular = strcmp(name, "-") != 0 && stat(name, &st) == 0 && S_ISREG(st.st_mode);
    int fd = regular ? open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    bool mapped = fd >= 0 && sigaction(SIGBUS, &action, NULL) == 0 && map_descriptor(fd, ret);

    if (fd >= 0) {
        close(fd);
    }
    return mapped;
}

void cli_unmap(const cli_map *map)
{
    (void)munmap((void *)(uintptr_t)map->data, map->len);
}
