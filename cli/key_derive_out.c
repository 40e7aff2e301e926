/* macaw key derive: where the new key goes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/codec.h"
#include "key_derive.h"

static int write_file(const char *path, const uint8_t *out, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    int status = CLI_DONE;

    if (fd < 0) {
        return errno == EEXIST
                   ? cli_fail(CLI_WRONG, "-o", "%s exists; a key file is never replaced", path)
                   : cli_fail_errno(path);
    }
    for (size_t done = 0; status == CLI_DONE && done < len;) {
        ssize_t n = write(fd, out + done, len - done);
        done += n > 0 ? (size_t)n : 0;
        status = n < 0 && errno != EINTR ? cli_fail_errno(path) : CLI_DONE;
    }
    if (close(fd) != 0 && status == CLI_DONE) {
        status = cli_fail_errno(path);
    }
    if (status != CLI_DONE) {
        unlink(path);
    }
    return status;
}

static void print_hex(const uint8_t *out, size_t len)
{
    char digits[2];

    setvbuf(stdout, NULL, _IONBF, 0); /* no copy of the key in a buffer that nobody wipes */
    for (size_t i = 0; i < len; i++) {
        macaw_hex_encode(digits, out + i, 1);
        printf("%.2s", digits);
    }
    putchar('\n');
}

static int add_mac(const derive_args *args, key_edit *edit, const char *use, const uint8_t *out,
                   size_t len)
{
    macaw_entry_spec spec = {
        .kid = args->kid,
        .use = use,
        .alg = args->target,
        .secret = out,
        .secret_len = len,
        .state = MACAW_ACTIVE,
        .iat = edit->now,
    };
    int status = key_add(edit, &spec);

    if (status == CLI_DONE) {
        key_warn_signer(edit, use);
    }
    return status;
}

static int add_to_keyring(const derive_args *args, const uint8_t *out, size_t len)
{
    const char *use = args->session != NULL ? "session" : "http";
    key_edit edit;
    int status = key_edit_begin(&edit, args->keyring, true);

    if (status != CLI_DONE) {
        return status;
    }
    use = args->use != NULL ? args->use : use;
    const macaw_jwk_spec jwk = {
        .kid = args->kid,
        .use = use,
        .alg = args->jwk_alg,
        .bytes = out,
        .bytes_len = len,
        .private_part = true,
        .state = MACAW_ACTIVE,
        .iat = edit.now,
    };
    status = args->target != NULL ? add_mac(args, &edit, use, out, len) : key_add_jwk(&edit, &jwk);
    return key_edit_end(&edit, status);
}

int key_derive_give_out(const derive_args *args, const uint8_t *out, size_t len)
{
    if (args->output != NULL) {
        return write_file(args->output, out, len);
    }
    if (args->keyring != NULL) {
        return add_to_keyring(args, out, len);
    }
    print_hex(out, len);
    return CLI_DONE;
}
