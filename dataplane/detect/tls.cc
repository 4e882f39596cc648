// words: tls
// looks at: a handshake record whose first message is a ClientHello or a ServerHello
// limits: streams joined later are told by their records
// source: RFC 8446 4, 5.1
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {
namespace {

constexpr std::size_t kRecordHeaderSize = 5, kRecordSizeMax = 16 * 1024;
constexpr unsigned kEmptyRecordsMax = 8;  // as parse_client_hello takes

}  // namespace

Answer tls_over_tcp(const FirstBytesView& view) noexcept {
    Bytes rest = view.bytes;
    for (unsigned empty = 0; empty <= kEmptyRecordsMax; ++empty) {
        if (!rest.empty() && rest[0] != 22) return Answer::no;
        if (rest.size() > 1 && rest[1] != 3) return Answer::no;
        if (rest.size() > 2 && rest[2] > 4) return Answer::no;
        if (rest.size() > 3 && rest[3] > kRecordSizeMax >> 8) return Answer::no;
        if (rest.size() < kRecordHeaderSize) return Answer::maybe;
        const std::size_t size = be16(rest, 3);
        if (size > kRecordSizeMax) return Answer::no;
        rest = rest.subspan(kRecordHeaderSize);
        if (size != 0) {
            if (rest.empty()) return Answer::maybe;
            return rest[0] == 1 || rest[0] == 2 ? Answer::yes : Answer::no;
        }
    }
    return Answer::no;
}

}  // namespace sluice::detect
