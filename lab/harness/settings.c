#include "harness/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/ct.h"
#include "cli.h"

enum { BYTES_MAX = 4096 }; /* of an option that sets no bound itself */

static int64_t most_of(const lab_option *option)
{
    return option->max > 0 ? option->max : BYTES_MAX;
}

static const lab_option *find_option(const lab_option *options, const char *name)
{
    for (; options != NULL && options->name != NULL; options++) {
        if (strcmp(options->name, name) == 0) {
            return options;
        }
    }
    return NULL;
}

static struct lab_set *find(const lab_settings *settings, const char *name)
{
    for (size_t i = 0; i < settings->count; i++) {
        if (strcmp(settings->list[i].name, name) == 0) {
            return (struct lab_set *)&settings->list[i];
        }
    }
    return NULL;
}

/* Text, or hex:DIGITS; false: bad digits or no memory. */
static bool decode(const char *text, lab_bytes *ret)
{
    static const char prefix[] = "hex:";
    size_t len = strlen(text), skip = sizeof prefix - 1;
    uint8_t *data = malloc(len + 1);

    if (data == NULL) {
        return false;
    }
    if (strncmp(text, prefix, skip) != 0) {
        memcpy(data, text, len + 1);
        ret->data = data;
        ret->len = len;
        return true;
    }
    if (macaw_hex_decode(data, text + skip, len - skip, NULL) != MACAW_OK) {
        free(data);
        return false;
    }
    ret->data = data;
    ret->len = (len - skip) / 2;
    return true;
}

/* The file's bytes, one more than most where it is larger. */
static int read_file(const lab_option *option, const char *name, lab_bytes *ret)
{
    FILE *file = fopen(name, "rb");
    size_t room = (size_t)most_of(option) + 1;
    uint8_t *data = malloc(room);

    if (file == NULL || data == NULL) {
        int status = cli_fail_errno(name);
        if (file != NULL) {
            fclose(file);
        }
        free(data);
        return status;
    }
    const size_t len = fread(data, 1, room, file);
    int status = ferror(file) ? cli_fail_errno(name) : CLI_DONE;
    fclose(file);
    if (status != CLI_DONE) {
        free(data);
    } else {
        *ret = (lab_bytes){data, len};
    }
    return status;
}

static bool is_choice(const char *choices, const char *word)
{
    size_t len = strlen(word);

    while (*choices != '\0') {
        size_t one = strcspn(choices, " ");
        if (one == len && memcmp(choices, word, len) == 0) {
            return true;
        }
        choices += one + (choices[one] == ' ');
    }
    return false;
}

static int check(const lab_option *option, const char *value, const lab_bytes *bytes)
{
    int64_t most = most_of(option);
    int64_t number;

    if (option->kind == LAB_CHOICE && !is_choice(option->choices, value)) {
        return cli_fail(CLI_WRONG, option->name, "expected one of: %s", option->choices);
    }
    if (option->kind == LAB_NUMBER && !cli_parse_number(value, option->min, option->max, &number)) {
        return cli_fail(CLI_WRONG, option->name, "expected a number from %lld to %lld",
                        (long long)option->min, (long long)option->max);
    }
    if ((option->kind == LAB_BYTES || option->kind == LAB_FILE) &&
        ((int64_t)bytes->len < option->min || (int64_t)bytes->len > most)) {
        return cli_fail(CLI_WRONG, option->name, "expected %lld to %lld bytes",
                        (long long)option->min, (long long)most);
    }
    return CLI_DONE;
}

static int take_value(const lab_option *option, const lab_setting *from, lab_bytes *ret)
{
    if (option != NULL && option->kind == LAB_FILE) {
        return read_file(option, from->value, ret);
    }
    return decode(from->value, ret)
               ? CLI_DONE
               : cli_fail(CLI_WRONG, from->name, "expected text, or hex: and hexadecimal digits");
}

static int set(lab_settings *settings, const lab_option *option, const lab_setting *from)
{
    struct lab_set *slot = find(settings, from->name);
    lab_bytes bytes = {NULL, 0};
    int status;

    if (slot == NULL && settings->count == LAB_SETTINGS_MAX) {
        return cli_fail(CLI_WRONG, from->name, "too many options");
    }
    status = take_value(option, from, &bytes);
    if (status != CLI_DONE) {
        return status;
    }
    status = option != NULL ? check(option, from->value, &bytes) : CLI_DONE;
    if (status != CLI_DONE) {
        free((uint8_t *)bytes.data);
        return status;
    }
    if (slot == NULL) {
        slot = &settings->list[settings->count++];
    } else {
        free((uint8_t *)slot->bytes.data);
    }
    *slot = (struct lab_set){option != NULL ? option->name : from->name, option, bytes};
    return CLI_DONE;
}

int lab_settings_fill(lab_settings *ret, const lab_option *options, const lab_setting *users,
                      const lab_setting *fixed)
{
    int status = CLI_DONE;

    *ret = (lab_settings){0};
    for (const lab_option *o = options; status == CLI_DONE && o != NULL && o->name != NULL; o++) {
        lab_setting one = {o->name, o->fallback};
        status = o->fallback != NULL ? set(ret, o, &one) : CLI_DONE;
    }
    for (; status == CLI_DONE && users != NULL && users->name != NULL; users++) {
        const lab_option *option = find_option(options, users->name);
        status = option != NULL ? set(ret, option, users)
                                : cli_fail(CLI_WRONG, users->name, "the attack has no such option; see macaw lab show");
    }
    for (; status == CLI_DONE && fixed != NULL && fixed->name != NULL; fixed++) {
        status = set(ret, find_option(options, fixed->name), fixed);
    }
    if (status != CLI_DONE) {
        lab_settings_free(ret);
    }
    return status;
}

void lab_settings_free(lab_settings *settings)
{
    for (size_t i = 0; i < settings->count; i++) {
        macaw_wipe((uint8_t *)settings->list[i].bytes.data, settings->list[i].bytes.len);
        free((uint8_t *)settings->list[i].bytes.data);
    }
    settings->count = 0;
}

void lab_settings_hide(lab_settings *settings)
{
    size_t kept = 0;

    for (size_t i = 0; i < settings->count; i++) {
        struct lab_set *one = &settings->list[i];
        if (one->option != NULL && one->option->secret) {
            macaw_wipe((uint8_t *)one->bytes.data, one->bytes.len);
            free((uint8_t *)one->bytes.data);
        } else {
            settings->list[kept++] = *one;
        }
    }
    settings->count = kept;
}

void lab_users_hide(const lab_option *options, const lab_setting *users)
{
    for (; users != NULL && users->name != NULL; users++) {
        const lab_option *option = find_option(options, users->name);
        if (option != NULL && option->secret) {
            macaw_wipe((char *)users->value, strlen(users->value));
        }
    }
}

bool lab_settings_has(const lab_settings *settings, const char *name)
{
    return find(settings, name) != NULL;
}

lab_bytes lab_settings_bytes(const lab_settings *settings, const char *name, const char *fallback)
{
    const struct lab_set *one = find(settings, name);

    return one != NULL ? one->bytes : lab_text(fallback);
}

int64_t lab_settings_number(const lab_settings *settings, const char *name, int64_t fallback)
{
    const struct lab_set *one = find(settings, name);
    int64_t number = fallback;

    if (one != NULL) {
        /* Numbers are kept as the text they were, with its NUL. */
        (void)cli_parse_number((const char *)one->bytes.data, 0, INT64_MAX, &number);
    }
    return number;
}

bool lab_settings_is(const lab_settings *settings, const char *name, const char *word)
{
    const struct lab_set *one = find(settings, name);

    return one != NULL && lab_bytes_equal(one->bytes, lab_text(word));
}
