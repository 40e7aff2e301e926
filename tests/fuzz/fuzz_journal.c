/* Whatever a journal of revocations holds: records are taken up to the first that
 * does not fit, each is in range, and writes as the same bytes. An input is what
 * follows the head. */
#include <string.h>

#include "fuzz.h"
#include "store/journal.h"

static const uint8_t key[MACAW_SIPHASH_KEY_LEN] = "sixteen bytes...";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t head[MACAW_JOURNAL_HEAD_LEN], record[MACAW_JOURNAL_RECORD_MAX];
    macaw_revocation_entry entry;
    macaw_siphash check;
    uint64_t file;
    size_t at = 0, len;

    macaw_journal_head(head, key);
    CHECK(macaw_journal_read_head(head, &check, &file));
    while (at < size && macaw_journal_decode(&check, sizeof head + at, data + at, size - at, &entry,
                                             &len) == MACAW_JOURNAL_RECORD) {
        CHECK(len <= size - at && macaw_revocation_valid(&entry));
        CHECK(macaw_journal_encode(&check, sizeof head + at, &entry, record) == len);
        CHECK(memcmp(record, data + at, len) == 0);
        at += len;
    }
    return 0;
}
