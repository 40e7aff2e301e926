/* Keys of fuzz_session.c; the private halves made the corpus and are gone. */
#ifndef MACAW_TESTS_FUZZ_SESSION_KEYS_H
#define MACAW_TESTS_FUZZ_SESSION_KEYS_H

static const char p256_pem[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYAAH+NWSqMx3UyfrpVrDxSr6iGiR\n"
    "VVnJ1WDlgvFfOzyAaDXVq0jd9dqw17/rhs99RwZIAND77pwd94b0jyPxkw==\n"
    "-----END PUBLIC KEY-----\n";

static const char rsa_pem[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA2IsLqWSSDfv1dUfIGOHm\n"
    "HQTVkdex88ik4IBXiJ8booJ+ncwBWLbzNi6MNRWMiS0iZg17GkgSoZiBu125A4K+\n"
    "lvafFpRmGFxt4rwUEnV6Sq4zBNbLApOOYB9erdy/LdkSobjzcxNOkpxohmpmL1Dk\n"
    "7Otj/ke/MO+tnuRT8RKqHC4Aqcvp156OxEcLrySEyP4LPZWzjdi45VbesippAir1\n"
    "Kk/JQddl0v1U20YfbANUA3MV61GCZm0OcReB9nBG7XsL9Xg4NuhT3ypGdNQVdzJO\n"
    "A0i7tnZKngfr+C+GnwXBY/lxbRQdTwyLx2kkWBJR3n0QciQ5Vs+J8VlFdmp495PO\n"
    "zQIDAQAB\n"
    "-----END PUBLIC KEY-----\n";

static const char dsa_pem[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBtjCCASsGByqGSM44BAEwggEeAoGBALOpI/WXaX3ermsQ58efiV13Uq8YhkAU\n"
    "5pXpknVTrHxoFVENDb5SHXeMBMVgvjOrXS5zo8otpXtuEfeRu4V85xGkN46iPMep\n"
    "n7gNvZDIf0WbSI4sSq73nlFX5MiuHuCHIXv2Z8d8mehqrPD2UI8jqv+2hQzjBwyM\n"
    "08vjooiLZXKTAhUA5VpPu/9GofJ92xv/hHMksNSHWBMCgYBwszz0QPqAkdClG0iH\n"
    "7uP8idVRGBxmiYsJj52nHkDiPebxcVI5mDNE9YgUlKc8Q8qPsD8LrrXPSbBikpdn\n"
    "g7iVHH/H/DYU5tgXiN/uXGwkkBoKZYRZgwon4sQyXpfY0avRDA958GHln4PCXcP0\n"
    "/VGamJ6pWoM2Tk/2ilYsLABw9QOBhAACgYBZXwxZf4us5CDjiUKKyrA64enRLfHr\n"
    "SQlhhQe8nOyoqL1pc1479GD3PZrCdkQ9MLyMaSbpFSqTxD5EsF9czEtYuEw/TQ40\n"
    "Qvo+ZU42AfG4fX3VTNJ5cipulq3vr7Qy7fG3PnCTf1fVlySW0ppCH9xb6Bu6+JKC\n"
    "zbOKxykaClcmJQ==\n"
    "-----END PUBLIC KEY-----\n";

static const char ed25519_pem[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAANBaHR6iUTltVXr71FiLPG2Z2+uXL+0QoyVi6ibc3Po=\n"
    "-----END PUBLIC KEY-----\n";

#endif
