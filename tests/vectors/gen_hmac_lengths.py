#!/usr/bin/python3
"""Print hmac-lengths.txt with Python's hmac and hashlib as the oracle.

One line an algorithm and key length: name, key length, step, then the first eight
bytes of the tag of every step-th message length from 0 to 257. Key byte i is 7 i + 1,
message byte i is i modulo 251, so that swapped blocks show.
"""
import hmac

HASHES = {
    "hmac-md5": "md5", "hmac-sha1": "sha1", "hmac-sha224": "sha224", "hmac-sha256": "sha256",
    "hmac-sha384": "sha384", "hmac-sha512": "sha512", "hmac-sha512-256": "sha512_256",
    "hmac-sha3-224": "sha3_224", "hmac-sha3-256": "sha3_256", "hmac-sha3-384": "sha3_384",
    "hmac-sha3-512": "sha3_512",
}
KEY_LENGTHS = (0, 1, 20, 63, 64, 65, 127, 128, 129, 145, 200)

key = bytes((7 * i + 1) & 255 for i in range(max(KEY_LENGTHS)))
message = bytes(i % 251 for i in range(257))

print("# gen_hmac_lengths.py, Python's hmac and hashlib")
for name, digest in HASHES.items():
    for key_len in KEY_LENGTHS:
        step = 1 if key_len == 20 else 32
        tags = [hmac.new(key[:key_len], message[:n], digest).digest()[:8].hex()
                for n in range(0, 258, step)]
        print(name, key_len, step, *tags)
