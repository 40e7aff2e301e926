/* A file as memory. */
#ifndef MACAW_CLI_MAP_H
#define MACAW_CLI_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cli_map {
    const uint8_t *data;
    size_t len;
} cli_map;

/* Map a regular file that is not empty; false for anything else, and nothing is
 * printed: reading it will tell what is wrong. One file at a time. Should the file
 * get shorter while it is mapped, the command ends with an error and CLI_FAILED. */
bool cli_map_file(const char *name, cli_map *ret);
void cli_unmap(const cli_map *map);

#endif
