"""Seeded bugs: each one must turn the unit tests red.

(file, text in it, what to put in its place, unit test that must fail)
A text that is no longer there exactly once is an error: the list follows the code.
"""

MUTANTS = [
    # the nested hash and its padding
    ("src/prim/md.c", "end < tail_len + 1 + md->length_len", "end < tail_len + md->length_len", "mac"),
    ("src/prim/md.c", "out[tail_len] = 0x80;", "out[tail_len] = 0x01;", "mac"),
    ("src/prim/md.c", "macaw_store_be64(end - 8, bytes << 3);", "macaw_store_be64(end - 8, bytes);", "mac"),
    ("src/prim/md_table.c", "0x5be0cd19},\n    .block_len = 64,\n    .word_len = 4,\n    .digest_len = 32",
     "0x5be0cd18},\n    .block_len = 64,\n    .word_len = 4,\n    .digest_len = 32", "mac"),
    ("src/prim/x86/sha256_shani.c", "m1 = _mm_insert_epi32(m1, (int)0x80000000u, 3)", "m1 = _mm_insert_epi32(m1, (int)0x80000000u, 2)", "mac"),
    ("src/mac/nested.c", "size_t block = key->md->block_len, held = c->len % block;",
     "size_t block = key->md->block_len, held = (c->len + 1) % block;", "mac"),
    ("src/mac/nested.c", "macaw_md_state state = key->outer;", "macaw_md_state state = key->inner;", "mac"),
    # HMAC
    ("src/mac/hmac.h", "MACAW_HMAC_OPAD    0x5c", "MACAW_HMAC_OPAD    0x36", "mac"),
    ("src/mac/hmac.c", "block[i] ^= key[i];", "block[block_len - len + i] ^= key[i];", "mac"),
    ("src/mac/hmac.c", "if (len > k->md->block_len) {", "if (len >= k->md->block_len) {", "mac"),
    ("src/mac/hmac_evp.c", "if (len > h->block_len) {", "if (len > h->block_len + 1) {", "mac"),
    ("src/mac/hmac_evp.c", "EVP_MD_CTX_copy_ex(c->hash, k->outer) == 1", "EVP_MD_CTX_copy_ex(c->hash, k->inner) == 1", "mac"),
    ("src/mac/hmac_evp.c", '{"SHA3-384", 104, 48}', '{"SHA3-384", 136, 48}', "mac"),
    ("src/mac/suffix.c", "macaw_nested_update(alg, &k->hash, c, k->secret, k->len)",
     "macaw_nested_update(alg, &k->hash, c, k->secret, k->len - 1)", "mac"),
    # the front door
    ("src/mac/front.h", "return tag != NULL && tag_len == key->tag_len && macaw_ct_equal(full, tag, tag_len)",
     "return tag != NULL && macaw_ct_equal(full, tag, tag_len)", "mac"),
    ("src/mac/batch.c", "bool right = macaw_ct_equal(full[i], tags + i * key->tag_len, key->tag_len);",
     "bool right = macaw_ct_equal(full[0], tags, key->tag_len);", "mac"),
    ("src/mac/key.c", "*tag_len < alg->tag_min &&", "*tag_len < 1 &&", "mac"),
    ("src/mac/stream.c", "rc = cls->clone(macaw_ctx_state_of(dst), (const uint8_t *)src->priv + sizeof *head);", "rc = MACAW_OK;", "mac"),
    ("src/mac/batch.c", "done += GROUP) {\n        size_t m = n - done < GROUP ? n - done : GROUP;\n        rc = group_full(key, msgs + done, m, full);\n        for",
     "done += GROUP) {\n        size_t m = n - done < GROUP ? n - done : GROUP;\n        rc = group_full(key, msgs, m, full);\n        for", "mac"),
    ("src/mac/use.h", "recent & UINT32_MAX, recent >> 32);", "recent & UINT32_MAX, 0);", "mac"),
    # strict codecs
    ("src/base/base64.c", "bool spare_ok = (acc & ((1u << bits) - 1)) == 0;", "bool spare_ok = true;", "codec"),
    ("src/base/base64.c", "padded(kind) ? n % 4 == 0 : n % 4 != 1", "true", "codec"),
    ("src/base/hex.c", "macaw_in_range(c, 'a', 'f')", "macaw_in_range(c, 'a', 'g')", "codec"),
    ("src/base/hex.c", "uint64_t wrong = n % 2;", "uint64_t wrong = 0;", "codec"),
]
