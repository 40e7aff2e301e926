#include <stdio.h>
#include <string.h>

#include "cookie/cookie.h"

void cookie_print_wrapped(const char *label, const char *text)
{
    enum { INDENT = 16, WIDTH = 80 };
    int column = printf("  %-*s", INDENT - 2, label);

    while (*text != '\0') {
        int word = (int)strcspn(text, " ");
        if (column > INDENT && column + 1 + word > WIDTH) {
            column = printf("\n%*s", INDENT, "") - 1;
        } else if (column > INDENT) {
            column += printf(" ");
        }
        column += printf("%.*s", word, text);
        text += word;
        text += strspn(text, " ");
    }
    printf("\n");
}
