#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/ct.h"
#include "base/error.h"
#include "base/random.h"
#include "key/ring.h"

/* ---- where a file goes ---- */

typedef struct place {
    char *path;       /* links resolved */
    const char *name; /* last component of path */
    int folder;
} place;

/* The file that path names, or would name if it does not exist yet. */
static char *resolve(const char *path)
{
    char *real = realpath(path, NULL);

    return real == NULL && errno == ENOENT ? strdup(path) : real;
}

static int open_folder(const char *path, size_t len)
{
    char *folder = len == 0 ? strdup(path[0] == '/' ? "/" : ".") : strndup(path, len);

    if (folder == NULL) {
        return -1;
    }
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int saved = errno;
    free(folder);
    errno = saved;
    return fd;
}

static void leave(place *at)
{
    (void)close(at->folder);
    free(at->path);
}

static int locate(place *ret, const char *path, macaw_error *err)
{
    char *real = resolve(path);

    if (real == NULL) {
        return macaw_fail(err, MACAW_EIO, 0, "cannot be reached: %m");
    }
    char *slash = strrchr(real, '/');
    int folder = open_folder(real, slash == NULL ? 0 : (size_t)(slash - real));
    if (folder < 0) {
        int status = macaw_fail(err, MACAW_EIO, 0, "cannot open its folder: %m");
        free(real);
        return status;
    }
    *ret = (place){.path = real, .name = slash == NULL ? real : slash + 1, .folder = folder};
    return MACAW_OK;
}

/* ---- the temporary file ---- */

#define TEMP_RANDOM 8u
typedef char temp_name[sizeof ".macaw-.tmp" + MACAW_HEX_LEN(TEMP_RANDOM)];

static int make_temp_name(temp_name out)
{
    uint8_t random[TEMP_RANDOM];
    char hex[MACAW_HEX_LEN(TEMP_RANDOM) + 1] = {0};

    if (macaw_random(random, sizeof random) != MACAW_OK) {
        return -1;
    }
    macaw_hex_encode(hex, random, sizeof random);
    (void)snprintf(out, sizeof(temp_name), ".macaw-%s.tmp", hex);
    return 0;
}

static int write_all(int fd, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t put = write(fd, text, len);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            return -1;
        }
        text += put;
        len -= (size_t)put;
    }
    return 0;
}

/* Owner and group before the mode, so that no other group can ever read it. */
static int copy_access(int fd, const struct stat *old)
{
    struct stat st;

    if (fstat(fd, &st) != 0) {
        return -1;
    }
    uid_t owner = st.st_uid == old->st_uid ? (uid_t)-1 : old->st_uid;
    gid_t group = st.st_gid == old->st_gid ? (gid_t)-1 : old->st_gid;
    if ((owner != (uid_t)-1 || group != (gid_t)-1) && fchown(fd, owner, group) != 0) {
        return -1;
    }
    return fchmod(fd, old->st_mode & 0640);
}

/* old is NULL for a new file. fd is closed in any case. */
static int fill(int fd, const struct stat *old, const char *text, size_t len)
{
    int failed = (old != NULL ? copy_access(fd, old) : fchmod(fd, 0600)) != 0 ||
                 write_all(fd, text, len) != 0 || fsync(fd) != 0;
    int saved = errno;

    if (close(fd) != 0 && !failed) {
        return -1;
    }
    errno = saved;
    return failed ? -1 : 0;
}

/* Some file systems cannot sync a folder and say EINVAL. */
static int sync_folder(int folder)
{
    return fsync(folder) != 0 && errno != EINVAL ? -1 : 0;
}

static int replace(const place *at, const struct stat *old, const char *text, size_t len,
                   macaw_error *err)
{
    temp_name temp;

    if (make_temp_name(temp) != 0) {
        return macaw_fail(err, MACAW_EIO, 0, "no random bytes for a temporary name: %m");
    }
    int fd = openat(at->folder, temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        return macaw_fail(err, MACAW_EIO, 0, "cannot make a temporary file beside it: %m");
    }
    if (fill(fd, old, text, len) != 0 || renameat(at->folder, temp, at->folder, at->name) != 0) {
        int status = macaw_fail(err, MACAW_EIO, 0, "cannot be written, nothing is changed: %m");
        (void)unlinkat(at->folder, temp, 0);
        return status;
    }
    if (sync_folder(at->folder) != 0) {
        return macaw_fail(err, MACAW_EIO, 0, "is written, but may not survive a crash: %m");
    }
    return MACAW_OK;
}

static int save_at(const place *at, const char *text, size_t len, macaw_error *err)
{
    struct stat old;

    if (fstatat(at->folder, at->name, &old, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno == ENOENT ? replace(at, NULL, text, len, err)
                               : macaw_fail(err, MACAW_EIO, 0, "cannot be reached: %m");
    }
    if (!S_ISREG(old.st_mode)) {
        return macaw_fail(err, MACAW_EIO, 0, "is not a regular file");
    }
    return replace(at, &old, text, len, err);
}

int macaw_keyring_save(const macaw_keyring *ring, const char *path, macaw_error *err)
{
    char *text;
    size_t len;
    place at;
    int status = macaw_ring_print(ring, &text, &len);

    if (status != MACAW_OK) {
        return macaw_fail(err, status, 0, "cannot be printed: %s", macaw_strerror(status));
    }
    status = locate(&at, path, err);
    if (status == MACAW_OK) {
        status = save_at(&at, text, len, err);
        leave(&at);
    }
    macaw_wipe(text, len);
    free(text);
    return status;
}

/* ---- one editor at a time ---- */

#define LOCK_TRIES    200
#define LOCK_PAUSE_NS 50000000 /* 50 ms: 10 s in all */

static int lock_folder(int fd)
{
    for (int i = 0; i < LOCK_TRIES; i++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
            return 0;
        }
        if (errno != EWOULDBLOCK && errno != EINTR) {
            return -1;
        }
        (void)nanosleep(&(struct timespec){.tv_nsec = LOCK_PAUSE_NS}, NULL);
    }
    errno = EWOULDBLOCK;
    return -1;
}

int macaw_keyring_lock(int *ret, const char *path, macaw_error *err)
{
    place at;
    int status = locate(&at, path, err);

    if (status != MACAW_OK) {
        return status;
    }
    if (lock_folder(at.folder) != 0) {
        status = errno == EWOULDBLOCK
                     ? macaw_fail(err, MACAW_EIO, 0, "another program is editing it")
                     : macaw_fail(err, MACAW_EIO, 0, "cannot be locked: %m");
        leave(&at);
        return status;
    }
    free(at.path);
    *ret = at.folder;
    return MACAW_OK;
}

void macaw_keyring_unlock(int lock)
{
    (void)close(lock);
}
