#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <macaw/keyring.h>

#include "base/ct.h"
#include "base/error.h"

/* Everything but 0640. */
#define MODE_REFUSED 0137u

static int check_file(int fd, macaw_error *err)
{
    struct stat st;

    if (fstat(fd, &st) != 0) {
        return macaw_fail(err, MACAW_EIO, 0, "cannot be read: %m");
    }
    if (!S_ISREG(st.st_mode)) {
        return macaw_fail(err, MACAW_EIO, 0, "is not a regular file");
    }
    if ((st.st_mode & MODE_REFUSED) != 0) {
        return macaw_fail(err, MACAW_EIO, 0,
                          "has mode %04o, wider than 0640, which a file of secrets must not: "
                          "chmod %04o",
                          (unsigned)st.st_mode & 07777, (unsigned)st.st_mode & 0640);
    }
    return MACAW_OK;
}

/* Up to room bytes; *len says how many there were. */
static int read_all(int fd, char *buf, size_t room, size_t *len)
{
    size_t n = 0;

    while (n < room) {
        ssize_t got = read(fd, buf + n, room - n);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return MACAW_EIO;
        }
        if (got == 0) {
            break;
        }
        n += (size_t)got;
    }
    *len = n;
    return MACAW_OK;
}

/* One byte more than allowed is enough for macaw_keyring_parse to refuse. */
#define ROOM (MACAW_KEYRING_BYTES_MAX + 1)

static int load(macaw_keyring **ret, int fd, macaw_error *err)
{
    size_t len;
    int status = check_file(fd, err);

    if (status != MACAW_OK) {
        return status;
    }
    char *buf = calloc(1, ROOM);
    if (buf == NULL) {
        return macaw_fail(err, MACAW_ENOMEM, 0, "%s", macaw_strerror(MACAW_ENOMEM));
    }
    if (read_all(fd, buf, ROOM, &len) != MACAW_OK) {
        status = macaw_fail(err, MACAW_EIO, 0, "cannot be read: %m");
        len = ROOM;
    } else {
        status = macaw_keyring_parse(ret, buf, len, err);
    }
    macaw_wipe(buf, len);
    free(buf);
    return status;
}

int macaw_keyring_load(macaw_keyring **ret, const char *path, macaw_error *err)
{
    /* Without O_NONBLOCK a FIFO would hold us before we can refuse it. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0) {
        return macaw_fail(err, MACAW_EIO, 0, "cannot be opened: %m");
    }
    int status = load(ret, fd, err);
    (void)close(fd);
    return status;
}
