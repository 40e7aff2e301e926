/* What of a request or response may lie under its MAC: layouts as data. */
#include <stdlib.h>
#include <string.h>

#include "audit.h"

/* Letters of the layouts, and what a report calls them. */
static const struct {
    char letter;
    const char *name;
} names[] = {
    {'M', "method"},    {'T', "target"}, {'P', "path"}, {'H', "host"},
    {'S', "timestamp"}, {'C', "status"}, {'B', "body"},
};

#define NAMES (sizeof names / sizeof *names)

static const char *const layouts[] = {
    /* one part or the whole */
    "T",
    "P",
    "S",
    "B",
    /* with a time */
    "TS",
    "ST",
    "PS",
    "SP",
    "BS",
    "SB",
    "TSB",
    "STB",
    "TBS",
    "SBT",
    "BTS",
    "PSB",
    "SPB",
    "PBS",
    /* with a method */
    "MT",
    "MP",
    "MB",
    "MTS",
    "MST",
    "SMT",
    "MPS",
    "MSP",
    "SMP",
    "MTB",
    "MPB",
    "MTSB",
    "MPSB",
    "SMTB",
    "SMPB",
    "MTBS",
    "MPBS",
    "MSTB",
    /* with a host */
    "HT",
    "HP",
    "HTS",
    "MHT",
    "MHP",
    "MHTS",
    "MHPS",
    "MHTSB",
    "MHPSB",
    /* with a status */
    "CB",
    "CS",
    "CSB",
    "SCB",
    "CBS",
    /* without a time */
    "TB",
    "BT",
    "PB",
};

static const char *const separators[] = {"", "|", "\n", ":", ".", "&", ",", " "};

#define LAYOUTS    (sizeof layouts / sizeof *layouts)
#define SEPARATORS (sizeof separators / sizeof *separators)

_Static_assert(LAYOUTS *SEPARATORS <= AUDIT_LAYOUTS, "room for every layout");

static audit_str path_of(const audit_str *target)
{
    const char *query = target->len > 0 ? memchr(target->data, '?', target->len) : NULL;

    return (audit_str){target->data, query != NULL ? (size_t)(query - target->data) : target->len};
}

/* A response is looked at with its request's line. A part that is not there has NULL. */
static audit_str part(const audit_http *http, const audit_http *request, char letter)
{
    const audit_http *asked = http->response ? request : http;
    const audit_str *field = NULL;
    audit_str none = {NULL, 0};

    switch (letter) {
    case 'M':
        return asked != NULL ? asked->method : none;
    case 'T':
        return asked != NULL ? asked->target : none;
    case 'P':
        return asked != NULL ? path_of(&asked->target) : none;
    case 'H':
        field = asked != NULL ? audit_http_field(asked, "Host") : NULL;
        break;
    case 'S':
        field = audit_http_stamp(http);
        field = field != NULL ? field : audit_http_field(http, "X-Date");
        field = field != NULL ? field : audit_http_field(http, "Date");
        break;
    case 'C':
        return http->status;
    default:
        return http->body;
    }
    return field != NULL ? *field : none;
}

static const char *name_of(char letter)
{
    for (size_t i = 0; i < NAMES; i++) {
        if (names[i].letter == letter) {
            return names[i].name;
        }
    }
    return "";
}

/* Line ends and the like as a C program spells them. */
static void write_name(const char *layout, const char *separator, char *out, size_t size)
{
    const char *spelled = strcmp(separator, "\n") == 0 ? "\\n" : separator;
    size_t n = 0;

    for (const char *p = layout; *p != '\0' && n < size; p++) {
        const char *between = p == layout ? "" : " || ";
        int wrote =
            p != layout && separator[0] != '\0'
                ? snprintf(out + n, size - n, " || \"%s\"%s%s", spelled, between, name_of(*p))
                : snprintf(out + n, size - n, "%s%s", between, name_of(*p));
        n += (size_t)wrote;
    }
}

/* The bytes of a layout to out (may be NULL) and their number; false: a part lacks. */
static bool write_bytes(const audit_http *http, const audit_http *request, const char *layout,
                        const char *separator, uint8_t *out, size_t *ret)
{
    size_t n = 0, sep_len = strlen(separator);

    for (const char *p = layout; *p != '\0'; p++) {
        audit_str s = part(http, request, *p);
        size_t before = p == layout ? 0 : sep_len;
        if (s.data == NULL) {
            return false;
        }
        if (out != NULL) {
            memcpy(out + n, separator, before);
            memcpy(out + n + before, s.data, s.len);
        }
        n += before + s.len;
    }
    *ret = n;
    return true;
}

static bool is_there(const audit_layouts *have, const audit_message *message)
{
    for (size_t i = 0; i < have->count; i++) {
        if (have->messages[i].len == message->len &&
            memcmp(have->messages[i].data, message->data, message->len) == 0) {
            return true;
        }
    }
    return false;
}

/* With out NULL, only add up the bytes needed. */
static size_t each_layout(audit_layouts *ret, const audit_http *http, const audit_http *request,
                          uint8_t *out)
{
    size_t total = 0, len;

    for (size_t i = 0; i < LAYOUTS * SEPARATORS; i++) {
        const char *layout = layouts[i / SEPARATORS], *separator = separators[i % SEPARATORS];
        bool one = layout[1] == '\0';
        uint8_t *at = out != NULL ? out + total : NULL;
        if ((one && separator[0] != '\0') ||
            !write_bytes(http, request, layout, separator, NULL, &len) || len == 0 ||
            (at != NULL && !write_bytes(http, request, layout, separator, at, &len))) {
            continue;
        }
        audit_message *message = &ret->messages[ret->count];
        *message = (audit_message){
            .data = at, .len = len, .separator = one ? NULL : separator, .covers = layout};
        if (out == NULL || !is_there(ret, message)) {
            write_name(layout, separator, message->name, sizeof message->name);
            total += len;
            ret->count += out != NULL;
        }
    }
    return total;
}

bool audit_layouts_new(audit_layouts *ret, const audit_http *http, const audit_http *request)
{
    ret->count = 0;
    ret->bytes = malloc(each_layout(ret, http, request, NULL) + 1);
    if (ret->bytes == NULL) {
        return false;
    }
    each_layout(ret, http, request, ret->bytes);
    return true;
}

void audit_layouts_free(audit_layouts *ret)
{
    free(ret->bytes);
    ret->bytes = NULL;
}

void audit_layout_gaps(const audit_http *http, const char *covers, char out[AUDIT_NAME_MAX])
{
    static const char wanted[] = "MTCHSB";
    size_t n = 0;

    out[0] = '\0';
    for (const char *p = wanted; *p != '\0'; p++) {
        audit_str s = part(http, NULL, *p);
        if (s.len > 0 && strchr(covers, *p) == NULL) {
            n += (size_t)snprintf(out + n, AUDIT_NAME_MAX - n, "%s%s", n > 0 ? ", " : "",
                                  *p == 'T' && strchr(covers, 'P') != NULL ? "query" : name_of(*p));
        }
    }
    if (http->response && strpbrk(covers, "MTP") == NULL) {
        snprintf(out + n, AUDIT_NAME_MAX - n, "%sthe request", n > 0 ? ", " : "");
    }
}
