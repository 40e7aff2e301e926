/* macaw algorithms --profiles: what protocols call their MACs. */
#include <stdio.h>

#include "algorithms.h"

typedef struct profile {
    const char *name;
    const char *where;
    const char *alg; /* NULL: not one of the registry */
    unsigned tag_len;
    const char *standard;
} profile;

static const profile profiles[] = {
    {"HMAC-MD5-96", "IPsec AH and ESP", "hmac-md5", 12, "RFC 2403; must not, RFC 8221"},
    {"HMAC-SHA1-96", "IPsec AH and ESP", "hmac-sha1", 12, "RFC 2404"},
    {"HMAC-SHA-256-128", "IPsec AH and ESP, IKEv2", "hmac-sha256", 16, "RFC 4868"},
    {"HMAC-SHA-384-192", "IPsec AH and ESP, IKEv2", "hmac-sha384", 24, "RFC 4868"},
    {"HMAC-SHA-512-256", "IPsec AH and ESP, IKEv2", "hmac-sha512", 32, "RFC 4868"},
    {"AES-XCBC-MAC-96", "IPsec AH and ESP, IKEv2", "xcbc-aes128", 12, "RFC 3566"},
    {"AES-CMAC-96", "IPsec AH and ESP, IKEv2", "cmac-aes128", 12, "RFC 4494"},
    {"AES-GMAC", "IPsec AH and ESP", "gmac-aes128", 16, "RFC 4543"},
    {"hmac-sha1", "SSH", "hmac-sha1", 20, "RFC 4253"},
    {"hmac-sha2-256", "SSH", "hmac-sha256", 32, "RFC 6668"},
    {"hmac-sha2-512", "SSH", "hmac-sha512", 64, "RFC 6668"},
    {"SSL 3.0 MAC", "SSL 3.0", NULL, 0, "RFC 6101: an earlier nested hash, no HMAC; RFC 7568"},
    {"HMAC_SHA1", "TLS 1.0 to 1.2, CBC suites", "hmac-sha1", 20, "RFC 5246"},
    {"HMAC_SHA256", "TLS 1.2, CBC suites and Finished", "hmac-sha256", 32, "RFC 5246"},
    {"Poly1305", "TLS 1.2 and 1.3, SSH, WireGuard", "poly1305", 16, "RFC 8439, RFC 7905"},
    {"HS256", "JSON Web Signature", "hmac-sha256", 32, "RFC 7518"},
    {"HS384", "JSON Web Signature", "hmac-sha384", 48, "RFC 7518"},
    {"HS512", "JSON Web Signature", "hmac-sha512", 64, "RFC 7518"},
    {"HMAC 256/64", "COSE", "hmac-sha256", 8, "RFC 9053"},
    {"hmac-sha256", "HTTP Message Signatures", "hmac-sha256", 32, "RFC 9421"},
    {"CBC-MAC (DAA)", "banking, withdrawn", "cbc-mac-des", 4, "FIPS 113, ANSI X9.9"},
    {"Retail MAC", "banking, card issuing", "retail-mac-des", 8, "ANSI X9.19"},
};

void cli_print_profiles(void)
{
    printf("%-17s  %-33s  %-15s %5s  %s\n", "PROFILE", "WHERE", "ALGORITHM", "BYTES", "STANDARD");
    for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++) {
        const profile *p = &profiles[i];
        printf("%-17s  %-33s  %-15s %5u  %s\n", p->name, p->where,
               p->alg != NULL ? p->alg : "(none)", p->tag_len, p->standard);
    }
}
