/* Keyring files: modes, replacement, a full disk, two editors. */
#include "keyring_world.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ONE RING(KEY("a", K1, ",\"note\":\"kept\""))

/* Every test runs in a folder of its own. */
static int enter_folder(void **state)
{
    char *folder = strdup("/tmp/macaw-test-XXXXXX");

    *state = folder;
    return folder == NULL || mkdtemp(folder) == NULL || chdir(folder) != 0;
}

static int leave_folder(void **state)
{
    struct dirent *entry;
    DIR *dir = opendir(".");

    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        (void)unlink(entry->d_name);
        (void)rmdir(entry->d_name);
    }
    (void)closedir(dir);
    int status = chdir("/") | rmdir(*state);
    free(*state);
    return status;
}

static void write_file(const char *path, const char *text, mode_t mode)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void read_file(const char *path, char *out, size_t size)
{
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    size_t n = fread(out, 1, size - 1, file);
    out[n] = '\0';
    (void)fclose(file);
}

static mode_t mode_of(const char *path)
{
    struct stat st;

    assert_int_equal(lstat(path, &st), 0);
    return st.st_mode & 07777;
}

static size_t files_here(void)
{
    struct dirent *entry;
    size_t n = 0;
    DIR *dir = opendir(".");

    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) {
        n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    }
    (void)closedir(dir);
    return n;
}

static macaw_keyring *load(const char *path)
{
    macaw_keyring *ring = NULL;
    macaw_error err = {0};

    if (macaw_keyring_load(&ring, path, &err) != MACAW_OK) {
        fail_msg("%s: %s", path, err.text);
    }
    return ring;
}

static void load_refused(const char *path, int status, const char *words)
{
    macaw_keyring *ring = NULL;
    macaw_error err = {0};

    assert_int_equal(macaw_keyring_load(&ring, path, &err), status);
    if (strstr(err.text, words) == NULL) {
        fail_msg("%s: %s; want %s", path, err.text, words);
    }
    assert_null(ring);
    assert_int_equal(macaw_keyring_load(&ring, path, NULL), status);
    assert_no_secret(err.text);
}

/* ---- loading ---- */

static void every_mode(void **state)
{
    (void)state;
    for (mode_t mode = 0400; mode <= 0777; mode++) {
        char words[64];
        if ((mode & 0400) == 0) {
            continue;
        }
        write_file("keys", ONE, 0600);
        assert_int_equal(chmod("keys", mode), 0);
        if ((mode & ~(mode_t)0640) == 0) {
            macaw_keyring_free(load("keys"));
        } else {
            (void)snprintf(words, sizeof words, "mode %04o, wider than 0640", (unsigned)mode);
            load_refused("keys", MACAW_EIO, words);
            (void)snprintf(words, sizeof words, "chmod %04o", (unsigned)mode & 0640);
            load_refused("keys", MACAW_EIO, words);
        }
        assert_int_equal(chmod("keys", 0600), 0);
    }
}

static void only_regular_files(void **state)
{
    (void)state;
    load_refused("absent", MACAW_EIO, "No such file");
    assert_int_equal(mkdir("folder", 0600), 0);
    load_refused("folder", MACAW_EIO, "not a regular file");
    assert_int_equal(mkfifo("fifo", 0600), 0);
    (void)alarm(60); /* a blocking open would hang */
    load_refused("fifo", MACAW_EIO, "not a regular file");
    (void)alarm(0);
    load_refused("/dev/null", MACAW_EIO, "not a regular file");
}

static void refusals_of_content(void **state)
{
    (void)state;
    write_file("keys", "", 0600);
    load_refused("keys", MACAW_EFORMAT, "JSON");
    write_file("keys", RING(KEY("a", K1, ",\"exp\":-1")), 0600);
    load_refused("keys", MACAW_EFORMAT, "keys[0] \"a\": exp");
    write_file("keys", RING(KEY("a", K1, ""), KEY("b", K1, "")), 0600);
    load_refused("keys", MACAW_EEXIST, "keys[1] \"b\": k");
    write_file("keys", "{\"keys\":[]}", 0600);
    assert_int_equal(truncate("keys", MACAW_KEYRING_BYTES_MAX + 1), 0);
    load_refused("keys", MACAW_ELIMIT, "longer than");
    assert_int_equal(truncate("keys", (off_t)1 << 40), 0); /* sparse */
    load_refused("keys", MACAW_ELIMIT, "longer than");
}

static void no_descriptor_leaks(void **state)
{
    (void)state;
    write_file("keys", ONE, 0600);
    int before = dup(0);
    (void)close(before);
    for (int i = 0; i < 3; i++) {
        macaw_keyring *ring = load("keys");
        int lock;
        assert_int_equal(macaw_keyring_lock(&lock, "keys", NULL), MACAW_OK);
        assert_int_equal(macaw_keyring_save(ring, "keys", NULL), MACAW_OK);
        macaw_keyring_unlock(lock);
        macaw_keyring_free(ring);
        load_refused("absent", MACAW_EIO, "No such");
        load_refused(".", MACAW_EIO, "regular");
    }
    int after = dup(0);
    (void)close(after);
    assert_int_equal(after, before);
}

/* ---- saving ---- */

static void saves_what_it_loaded(void **state)
{
    char first[2048], second[2048];

    (void)state;
    write_file("keys", ONE, 0600);
    macaw_keyring *ring = load("keys");
    assert_int_equal(macaw_keyring_save(ring, "keys", NULL), MACAW_OK);
    macaw_keyring_free(ring);
    read_file("keys", first, sizeof first);
    assert_non_null(strstr(first, "\"note\": \"kept\""));
    assert_non_null(strstr(first, K1));
    ring = load("keys");
    assert_int_equal(macaw_keyring_save(ring, "keys", NULL), MACAW_OK);
    macaw_keyring_free(ring);
    read_file("keys", second, sizeof second);
    assert_string_equal(first, second);
    assert_int_equal(files_here(), 1);
}

static void mode_of_a_saved_file(void **state)
{
    static const struct {
        mode_t before, after;
    } modes[] = {{0600, 0600}, {0640, 0640}, {0400, 0400}, {0440, 0440},
                 {0644, 0640}, {0666, 0640}, {0777, 0640}};
    macaw_keyring *ring = ring_of(ONE);

    (void)state;
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        write_file("keys", "old", modes[i].before);
        assert_int_equal(macaw_keyring_save(ring, "keys", NULL), MACAW_OK);
        assert_int_equal(mode_of("keys"), modes[i].after);
        assert_int_equal(unlink("keys"), 0);
    }
    for (size_t i = 0; i < 3; i++) {
        static const mode_t masks[] = {0, 022, 0777};
        mode_t mask = umask(masks[i]);
        assert_int_equal(macaw_keyring_save(ring, "new", NULL), MACAW_OK);
        (void)umask(mask);
        assert_int_equal(mode_of("new"), 0600);
        assert_int_equal(unlink("new"), 0);
    }
    macaw_keyring_free(ring);
}

static void owner_stays(void **state)
{
    struct stat st;

    (void)state;
    if (geteuid() != 0) {
        skip();
    }
    write_file("keys", ONE, 0640);
    assert_int_equal(chown("keys", 12345, 23456), 0);
    macaw_keyring *ring = load("keys");
    assert_int_equal(macaw_keyring_save(ring, "keys", NULL), MACAW_OK);
    macaw_keyring_free(ring);
    assert_int_equal(stat("keys", &st), 0);
    assert_int_equal(st.st_uid, 12345);
    assert_int_equal(st.st_gid, 23456);
    assert_int_equal(st.st_mode & 07777, 0640);
}

static void link_stays(void **state)
{
    (void)state;
    write_file("real", ONE, 0600);
    assert_int_equal(symlink("real", "link"), 0);
    macaw_keyring *ring = ring_of(RING(KEY("b", K2, "")));
    assert_int_equal(macaw_keyring_save(ring, "link", NULL), MACAW_OK);
    macaw_keyring_free(ring);
    char target[16] = {0};
    assert_int_equal(readlink("link", target, sizeof target), 4);
    ring = load("real");
    assert_non_null(macaw_keyring_find(ring, "b", 1));
    macaw_keyring_free(ring);
}

static void save_refused(const macaw_keyring *ring, const char *path, int status, const char *words)
{
    macaw_error err = {0};

    assert_int_equal(macaw_keyring_save(ring, path, &err), status);
    if (strstr(err.text, words) == NULL) {
        fail_msg("%s: %s; want %s", path, err.text, words);
    }
    assert_int_equal(macaw_keyring_save(ring, path, NULL), status);
    assert_no_secret(err.text);
}

static void places_that_cannot_be(void **state)
{
    (void)state;
    macaw_keyring *ring = ring_of(ONE);

    assert_int_equal(mkdir("folder", 0700), 0);
    assert_int_equal(mkfifo("fifo", 0600), 0);
    save_refused(ring, "absent/keys", MACAW_EIO, "No such");
    save_refused(ring, "folder", MACAW_EIO, "not a regular file");
    save_refused(ring, "folder/", MACAW_EIO, "not a regular file");
    save_refused(ring, "fifo", MACAW_EIO, "not a regular file");
    save_refused(ring, "fifo/keys", MACAW_EIO, "Not a directory");
    save_refused(ring, "", MACAW_EIO, "");
    assert_int_equal(files_here(), 2);
    macaw_keyring_free(ring);
}

/* A file that may not grow stands for a disk that is full. */
static void full_disk_leaves_the_old_file(void **state)
{
    struct rlimit old, tight;
    char text[2048];
    macaw_keyring *ring = ring_of(RING(KEY("b", K2, ""), KEY("c", K3, "")));

    (void)state;
    write_file("keys", ONE, 0640);
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    for (rlim_t room = 0; room < 100; room += 33) {
        tight = (struct rlimit){.rlim_cur = room, .rlim_max = old.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
        macaw_error err = {0};
        int status = macaw_keyring_save(ring, "keys", &err);
        int fresh = macaw_keyring_save(ring, "new", NULL);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
        assert_int_equal(status, MACAW_EIO);
        assert_int_equal(fresh, MACAW_EIO);
        assert_non_null(strstr(err.text, strerror(EFBIG)));
        assert_no_secret(err.text);
        read_file("keys", text, sizeof text);
        assert_string_equal(text, ONE);
        assert_int_equal(files_here(), 1);
    }
    (void)signal(SIGXFSZ, SIG_DFL);
    macaw_keyring_free(ring);
}

/* A keyring that could not be loaded again is not written. */
static void too_long_is_not_saved(void **state)
{
    macaw_keyring *ring;
    macaw_entry_spec spec = {.alg = macaw_alg_find("hmac-sha256"), .state = MACAW_ACTIVE};
    static uint8_t secret[60000];

    (void)state;
    assert_int_equal(macaw_keyring_new(&ring), MACAW_OK);
    spec.secret_len = spec.alg->key_max < sizeof secret ? spec.alg->key_max : sizeof secret;
    spec.secret = secret;
    for (size_t i = 0; i < MACAW_KEYRING_KEYS_MAX && i * spec.secret_len < 1000000; i++) {
        char kid[16];
        (void)snprintf(kid, sizeof kid, "k%zu", i);
        memcpy(secret, &i, sizeof i);
        secret[spec.secret_len - 1] = 1;
        spec.kid = kid;
        assert_int_equal(macaw_keyring_add(ring, &spec, NULL), MACAW_OK);
    }
    save_refused(ring, "keys", MACAW_ELIMIT, "limit");
    assert_int_equal(files_here(), 0);
    macaw_keyring_free(ring);
}

/* ---- editors ---- */

#define EDITORS 4
#define EDITS   8

/* Add EDITS keys, one edit each. */
static void edit(const char *name)
{
    for (int i = 0; i < EDITS; i++) {
        char kid[32], secret[32];
        int lock;
        macaw_keyring *ring;
        (void)snprintf(kid, sizeof kid, "%s-%d", name, i);
        (void)snprintf(secret, sizeof secret, "%s-%d-Zx81nLr0pQs2", name, i);
        macaw_entry_spec spec = {.kid = kid,
                                 .alg = macaw_alg_find("hmac-sha256"),
                                 .secret = secret,
                                 .secret_len = strlen(secret),
                                 .state = MACAW_ACTIVE};
        if (macaw_keyring_lock(&lock, "keys", NULL) != MACAW_OK ||
            macaw_keyring_load(&ring, "keys", NULL) != MACAW_OK ||
            macaw_keyring_add(ring, &spec, NULL) != MACAW_OK ||
            macaw_keyring_save(ring, "keys", NULL) != MACAW_OK) {
            _exit(1);
        }
        macaw_keyring_free(ring);
        macaw_keyring_unlock(lock);
    }
    _exit(0);
}

static void no_edit_is_lost(void **state)
{
    (void)state;
    write_file("keys", "{\"keys\":[]}", 0600);
    for (int i = 0; i < EDITORS; i++) {
        char name[] = {(char)('a' + i), '\0'};
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            edit(name);
        }
    }
    for (int i = 0; i < EDITORS; i++) {
        int status;
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    macaw_keyring *ring = load("keys");
    assert_int_equal(macaw_keyring_size(ring), EDITORS * EDITS);
    macaw_keyring_free(ring);
}

static void lock_of_a_file_to_come(void **state)
{
    int lock;
    macaw_error err = {0};

    (void)state;
    assert_int_equal(macaw_keyring_lock(&lock, "new", &err), MACAW_OK);
    macaw_keyring_unlock(lock);
    assert_int_equal(files_here(), 0);
    assert_int_equal(macaw_keyring_lock(&lock, "absent/new", &err), MACAW_EIO);
    assert_non_null(strstr(err.text, "No such"));
}

int main(void)
{
#define FILE_TEST(f) cmocka_unit_test_setup_teardown(f, enter_folder, leave_folder)
    const struct CMUnitTest tests[] = {
        FILE_TEST(every_mode),
        FILE_TEST(only_regular_files),
        FILE_TEST(refusals_of_content),
        FILE_TEST(no_descriptor_leaks),
        FILE_TEST(saves_what_it_loaded),
        FILE_TEST(mode_of_a_saved_file),
        FILE_TEST(owner_stays),
        FILE_TEST(link_stays),
        FILE_TEST(places_that_cannot_be),
        FILE_TEST(full_disk_leaves_the_old_file),
        FILE_TEST(too_long_is_not_saved),
        FILE_TEST(no_edit_is_lost),
        FILE_TEST(lock_of_a_file_to_come),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
