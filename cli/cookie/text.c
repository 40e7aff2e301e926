/* Tokens as they come: from the command line, from standard input, in spellings
 * that a scheme's own verifier need not know. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <macaw/cookie.h>

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
        return cli_fail(CLI_WRONG, "-", "no token has %d bytes", INPUT_MAX);
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

/* ---- Rails ---- */

/* base64 as it is before Rack escapes it for Set-Cookie. */
static int spell_rails(cookie_text *text)
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

/* "NAME=VALUE; NAME.sig=MAC", as a Cookie field has it. */
static int spell_pair(const cookie_args *args, cookie_text *text)
{
    char name[MACAW_COOKIE_NAME_MAX + 5];
    macaw_session_token *token = &text->token;
    const macaw_str field = token->text;

    if (args->signature != NULL) {
        token->signature = (macaw_str){args->signature, strlen(args->signature)};
        return CLI_DONE;
    }
    const char *base = args->name != NULL ? args->name : "macaw-session";
    int n = snprintf(name, sizeof name, "%s.sig", base);
    if (n < 0 || (size_t)n >= sizeof name || memchr(field.data, ';', field.len) == NULL) {
        return CLI_DONE;
    }
    if (macaw_cookie_find(field, base, &token->text) != MACAW_OK ||
        macaw_cookie_find(field, name, &token->signature) != MACAW_OK) {
        return cli_fail(CLI_WRONG, "TOKEN", "expected the cookies %s and %s, once each", base,
                        name);
    }
    return CLI_DONE;
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
    if (strncmp(name, "rails-", 6) == 0) {
        return spell_rails(text);
    }
    if ((macaw_session_scheme_flags(scheme) & MACAW_SESSION_TWO_COOKIES) != 0) {
        return spell_pair(args, text);
    }
    return args->signature == NULL
               ? CLI_DONE
               : cli_fail(CLI_WRONG, "--signature", "%s has no cookie of its own for it", name);
}
