/* Run a fuzz target over the files of a folder, where there is no libFuzzer. */
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

#include "fuzz.h"

static int fail(const char *what)
{
    perror(what);
    return 1;
}

/* The input lies in memory of exactly its size, so that a sanitizer sees a
 * read past its end. */
static int replay(const char *path)
{
    struct stat st;
    FILE *file = fopen(path, "rb");

    if (file == NULL || fstat(fileno(file), &st) != 0) {
        return fail(path);
    }
    size_t size = (size_t)st.st_size;
    uint8_t *data = malloc(size > 0 ? size : 1);
    if (data == NULL || fread(data, 1, size, file) != size) {
        return fail(path);
    }
    (void)fclose(file);
    int status = LLVMFuzzerTestOneInput(data, size);
    free(data);
    return status;
}

static int replay_folder(const char *folder)
{
    struct dirent *entry;
    size_t count = 0;
    DIR *dir = opendir(folder);

    if (dir == NULL) {
        return fail(folder);
    }
    while ((entry = readdir(dir)) != NULL) {
        char path[4096];
        if (entry->d_name[0] == '.') {
            continue;
        }
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (replay(path) != 0) {
            return 1;
        }
        count++;
    }
    (void)closedir(dir);
    (void)printf("%s: %zu inputs\n", folder, count);
    return count > 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        (void)fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    return replay_folder(argv[1]);
}
