// The issuance log's bytes: a segment, its entries, a checkpoint. What is read is what would be
// written, and reading stops at the first thing that is not.
#include <cstring>

#include "certs/log/audit.h"
#include "certs/log/note.h"
#include "certs/log/segment.h"
#include "rules/base/assert.h"

using namespace sluice;
using namespace sluice::certs;

namespace {

void read_segment(Bytes file) {
    const auto head = parse_segment_head(file);
    if (!head) return;
    std::vector<std::uint8_t> again = segment_head(head->before);
    SLUICE_ASSERT(again.size() == head->bytes);
    CompactTree tree = head->before;
    RecordReader records(file.subspan(head->bytes));
    Bytes bytes;
    Hash leaf{};
    while (records.next(bytes, leaf)) {
        add_record(again, bytes, leaf);
        tree.append(leaf);
        SLUICE_ASSERT(again.size() == head->bytes + records.at());
        if (const auto entry = parse_entry(bytes)) {
            const auto written = bytes_of(*entry);
            SLUICE_ASSERT(std::equal(written.begin(), written.end(), bytes.begin(), bytes.end()));
            problem_of(*entry);
        }
    }
    SLUICE_ASSERT(std::equal(again.begin(), again.end(), file.begin()));
    SLUICE_ASSERT(tree.size() >= head->before.size());
}

void read_note(std::string_view text) {
    static const LogVerifier verifier =
        parse_verifier("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
            .value();
    open_checkpoint(text, verifier);
    if (const auto other = parse_verifier(text)) SLUICE_ASSERT(other->text() == text);
    if (const auto bytes = from_base64(text)) SLUICE_ASSERT(to_base64(*bytes) == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Bytes file{data, size};
    read_segment(file);
    read_note(as_text(file));
    if (const auto entry = parse_entry(file)) problem_of(*entry);
    return 0;
}
