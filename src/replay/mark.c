/* The mark: the newest accepted timestamp, in a file that outlives all processes. */
#include "replay/layout.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

/* The whole page is written, so that storing into it later needs no room on the disk. */
static int create(const char *path, macaw_error *err)
{
    uint8_t page[MACAW_MARK_SIZE] = MACAW_MARK_MAGIC;
    struct macaw_file file;
    int status = macaw_file_begin(&file, path, err);

    if (status != MACAW_OK) {
        return status;
    }
    status = macaw_file_write(&file, page, sizeof page, err);
    if (status != MACAW_OK) {
        macaw_file_abort(&file);
        return status;
    }
    return macaw_file_commit(&file, false, err);
}

static int map(struct macaw_replay_mark **ret, const char *path, macaw_error *err)
{
    struct macaw_replay_mark *mark = NULL;
    uint64_t size;
    int fd;
    int status = macaw_file_open(&fd, &size, path, O_RDWR, err);

    if (status != MACAW_OK) {
        return status;
    }
    if (size != MACAW_MARK_SIZE) {
        (void)close(fd);
        return macaw_fail(err, MACAW_EFORMAT, 0, "%s is not a mark of a replay table", path);
    }
    mark = mmap(NULL, MACAW_MARK_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    (void)close(fd);
    if (mark == MAP_FAILED) {
        return macaw_fail(err, MACAW_EIO, 0, "cannot map %s: %m", path);
    }
    if (memcmp(mark->magic, MACAW_MARK_MAGIC, sizeof mark->magic) != 0) {
        (void)munmap(mark, MACAW_MARK_SIZE);
        return macaw_fail(err, MACAW_EFORMAT, 0, "%s is not a mark of a replay table", path);
    }
    *ret = mark;
    return MACAW_OK;
}

int macaw_replay_mark(macaw_replay *table, const char *path, uint32_t *previous, macaw_error *err)
{
    struct macaw_replay_mark *mark = NULL;
    int status;

    if (table == NULL || path == NULL || previous == NULL) {
        return macaw_fail(err, MACAW_EARG, 0, "no table, path or result");
    }
    status = map(&mark, path, err);
    if (status == MACAW_ENOTFOUND) {
        status = create(path, err);
        if (status == MACAW_OK) {
            status = map(&mark, path, err);
        }
    }
    if (status != MACAW_OK) {
        return status;
    }
    *previous = atomic_load(&mark->newest);
    macaw_replay_raise_shared(&mark->newest, atomic_load(&table->head->newest));
    if (table->mark != NULL) {
        (void)munmap(table->mark, MACAW_MARK_SIZE);
    }
    table->mark = mark;
    return MACAW_OK;
}
