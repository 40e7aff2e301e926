/* Tokens as they come: from the command line, from standard input, in spellings
 * that a scheme's own verifier need not know. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cookie/cookie.h"

enum { INPUT_MAX = 1 << 16 };

void cookie_text_free(cookie_text *text)
{
    free(text->input);
    free(text->spelled);
}

static int read_input(cookie_text *ret)
{
    ret->input = malloc(INPUT_MAX + 1);
    if (ret->input == NULL) {
        return cli_fail_errno("-");
    }
    size_t len = fread(ret->input, 1, INPUT_MAX + 1, stdin);
    if (ferror(stdin)) {
        return cli_fail(CLI_FAILED, "-", "cannot read standard input: %s", strerror(errno));
    }
    if (len > INPUT_MAX) {
        len = INPUT_MAX; /* many more than any token has: refused like the rest */
    }
    if (len > 0 && ret->input[len - 1] == '\n') {
        len--; /* of the line, not of the token */
    }
    ret->input[len] = '\0';
    ret->token.text = (macaw_str){ret->input, len};
    return CLI_DONE;
}

int cookie_text_read(char *operand, cookie_text *ret)
{
    *ret = (cookie_text){0};
    if (strcmp(operand, "-") != 0) {
        ret->token.text = (macaw_str){operand, strlen(operand)};
        return CLI_DONE;
    }
    int status = read_input(ret);
    if (status != CLI_DONE) {
        cookie_text_free(ret);
    }
    return status;
}

/* ---- Express ---- */

static bool is_kept(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != '\0' && strchr("-_.!~*'()", c) != NULL);
}

/* encodeURIComponent of prefix and text. */
static char *escape(const char *prefix, macaw_str text, size_t *ret_len)
{
    static const char digits[] = "0123456789ABCDEF";
    char *out = malloc(3 * text.len + strlen(prefix) + 1);

    if (out == NULL) {
        return NULL;
    }
    char *next = stpcpy(out, prefix);
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = (uint8_t)text.data[i];
        if (is_kept(text.data[i])) {
            *next++ = text.data[i];
        } else {
            *next++ = '%';
            *next++ = digits[c >> 4];
            *next++ = digits[c & 15];
        }
    }
    *ret_len = (size_t)(next - out);
    return out;
}

/* "s:VALUE.MAC" as it is before Express escapes it, "VALUE.MAC" as cookie-signature
 * makes it. */
static int spell_express(cookie_text *text)
{
    macaw_str *token = &text->token.text;
    bool has_mark = token->len >= 2 && memcmp(token->data, "s:", 2) == 0;

    if (token->len == 0 || (token->len >= 4 && memcmp(token->data, "s%3A", 4) == 0)) {
        return CLI_DONE;
    }
    text->spelled = escape(has_mark ? "" : "s%3A", *token, &token->len);
    token->data = text->spelled;
    return text->spelled != NULL ? CLI_DONE : cli_fail(CLI_FAILED, "TOKEN", "out of memory");
}

/* ---- Rails, mod_auth_pubtkt ---- */

/* base64 as it is before Rack escapes it for Set-Cookie, a ticket before a login page
 * does. */
static int spell_escaped(cookie_text *text)
{
    macaw_str *token = &text->token.text;

    if (token->len == 0 || memchr(token->data, '%', token->len) != NULL) {
        return CLI_DONE;
    }
    text->spelled = escape("", *token, &token->len);
    token->data = text->spelled;
    return text->spelled != NULL ? CLI_DONE : cli_fail(CLI_FAILED, "TOKEN", "out of memory");
}

/* ---- two cookies ---- */

static const char suffix[] = ".sig";

/* Both cookies of that name, if they are in a field once each. */
static bool take_pair(macaw_str field, const char *name, macaw_session_token *ret)
{
    char sig_name[MACAW_COOKIE_NAME_MAX + sizeof suffix];
    int n = snprintf(sig_name, sizeof sig_name, "%s%s", name, suffix);
    macaw_str value, signature;

    if (n < 0 || (size_t)n >= sizeof sig_name ||
        macaw_cookie_find(field, name, &value) != MACAW_OK ||
        macaw_cookie_find(field, sig_name, &signature) != MACAW_OK) {
        return false;
    }
    ret->text = value;
    ret->signature = signature;
    return true;
}

/* "NAME.sig=…": NAME. */
static bool signed_name(const char *part, char ret[MACAW_COOKIE_NAME_MAX + 1])
{
    static const char allowed[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "!#$%&'*+-.^_`|~";
    size_t len = strspn(part, allowed), tail = strlen(suffix);

    if (part[len] != '=' || len <= tail || len - tail > MACAW_COOKIE_NAME_MAX ||
        memcmp(part + len - tail, suffix, tail) != 0) {
        return false;
    }
    memcpy(ret, part, len - tail);
    ret[len - tail] = '\0';
    return true;
}

static const char *next_part(const char *part)
{
    part = strchr(part, ';');
    return part != NULL ? part + 1 + strspn(part + 1, " ") : NULL;
}

bool cookie_text_pair(cookie_args *args, cookie_text *text)
{
    const macaw_str field = text->token.text;

    if (args->signature != NULL || memchr(field.data, ';', field.len) == NULL) {
        return false;
    }
    if (args->name != NULL) {
        return take_pair(field, args->name, &text->token);
    }
    for (const char *part = field.data; part != NULL; part = next_part(part)) {
        if (signed_name(part, text->name) && take_pair(field, text->name, &text->token)) {
            args->name = text->name;
            return true;
        }
    }
    return false;
}

int cookie_text_spell(const cookie_args *args, const macaw_session_scheme *scheme,
                      cookie_text *text)
{
    if (args->bind != NULL) {
        text->token.bind = (macaw_str){args->bind, strlen(args->bind)};
    }
    const char *name = macaw_session_scheme_name(scheme);
    if (strcmp(name, "express") == 0) {
        return spell_express(text);
    }
    if (strncmp(name, "rails-", 6) == 0 || strcmp(name, "auth-pubtkt") == 0) {
        return spell_escaped(text);
    }
    if ((macaw_session_scheme_flags(scheme) & MACAW_SESSION_TWO_COOKIES) != 0) {
        if (args->signature != NULL) {
            text->token.signature = (macaw_str){args->signature, strlen(args->signature)};
        }
        return CLI_DONE;
    }
    return args->signature == NULL
               ? CLI_DONE
               : cli_fail(CLI_WRONG, "--signature", "%s has no cookie of its own for it", name);
}
