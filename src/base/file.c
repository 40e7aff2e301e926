#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

static int fail_io(macaw_error *err, const char *what, const char *path)
{
    return macaw_fail(err, MACAW_EIO, 0, "cannot %s %s: %m", what, path);
}

/* fsync the folder that holds path. 0 or -1 with errno. */
static int sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
    int fd, result;

    if (folder == NULL) {
        return -1;
    }
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(folder);
    if (fd < 0) {
        return -1;
    }
    result = fsync(fd);
    (void)close(fd);
    return result;
}

static int make_temp(char *temp)
{
    return mkostemp(temp, O_CLOEXEC);
}

static int make_named(char *temp)
{
    (void)unlink(temp);
    return open(temp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
}

static int begin(struct macaw_file *ret, const char *path, const char *suffix,
                 int (*make)(char *temp), macaw_error *err)
{
    struct macaw_file file = { .fd = -1, .path = strdup(path), .temp = NULL };

    if (file.path == NULL || asprintf(&file.temp, "%s%s", path, suffix) < 0) {
        free(file.path);
        return macaw_fail(err, MACAW_ENOMEM, 0, "out of memory");
    }
    file.fd = make(file.temp);
    if (file.fd < 0) {
        int status = fail_io(err, "create", path);
        free(file.temp);
        free(file.path);
        return status;
    }
    *ret = file;
    return MACAW_OK;
}

int macaw_file_begin(struct macaw_file *ret, const char *path, macaw_error *err)
{
    return begin(ret, path, ".XXXXXX", make_temp, err);
}

void macaw_file_forget_anew(const char *path)
{
    char *temp;

    if (asprintf(&temp, "%s.new", path) >= 0) {
        (void)unlink(temp);
        free(temp);
    }
}

int macaw_file_begin_anew(struct macaw_file *ret, const char *path, macaw_error *err)
{
    return begin(ret, path, ".new", make_named, err);
}

int macaw_file_write(struct macaw_file *file, const void *data, size_t n, macaw_error *err)
{
    const uint8_t *p = data;

    while (n > 0) {
        ssize_t done = write(file->fd, p, n);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done < 0) {
            return fail_io(err, "write", file->path);
        }
        p += done;
        n -= (size_t)done;
    }
    return MACAW_OK;
}

static void end(struct macaw_file *file)
{
    (void)close(file->fd);
    free(file->temp);
    free(file->path);
}

static int publish(const struct macaw_file *file, bool replace)
{
    if (fsync(file->fd) != 0) {
        return -1;
    }
    if (replace) {
        return rename(file->temp, file->path);
    }
    if (link(file->temp, file->path) != 0 && errno != EEXIST) {
        return -1;
    }
    return unlink(file->temp);
}

int macaw_file_sync_folder(const char *path, macaw_error *err)
{
    return sync_folder(path) == 0 ? MACAW_OK : fail_io(err, "sync the folder of", path);
}

int macaw_file_commit(struct macaw_file *file, bool replace, macaw_error *err)
{
    int status = MACAW_OK;

    if (publish(file, replace) != 0) {
        status = fail_io(err, "write", file->path);
        (void)unlink(file->temp);
    } else {
        status = macaw_file_sync_folder(file->path, err);
    }
    end(file);
    return status;
}

void macaw_file_abort(struct macaw_file *file)
{
    (void)unlink(file->temp);
    end(file);
}

int macaw_file_open(int *ret_fd, uint64_t *ret_size, const char *path, int flags, macaw_error *err)
{
    /* O_NONBLOCK: do not wait for the other end of a pipe. */
    int fd = open(path, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat st;

    if (fd < 0 && errno == ENOENT) {
        return macaw_fail(err, MACAW_ENOTFOUND, 0, "cannot open %s: %m", path);
    }
    if (fd < 0) {
        return fail_io(err, "open", path);
    }
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        (void)close(fd);
        return macaw_fail(err, MACAW_EFORMAT, 0,
                          "%s is not a regular file that only its owner can write", path);
    }
    *ret_fd = fd;
    *ret_size = (uint64_t)st.st_size;
    return MACAW_OK;
}

int macaw_file_remove(const char *path, macaw_error *err)
{
    if (unlink(path) != 0 || sync_folder(path) != 0) {
        return fail_io(err, "remove", path);
    }
    return MACAW_OK;
}
