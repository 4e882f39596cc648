#include "certs/verify/der.h"

namespace sluice::certs::verify {
namespace {

constexpr unsigned kDepthMax = 32;
constexpr std::uint8_t kConstructed = 0x20;

// Takes an element's head off `rest`; the content is left in `content`.
bool take(Bytes& rest, std::uint8_t& tag, Bytes& content) {
    if (rest.size() < 2) return false;
    tag = rest[0];
    if ((tag & 0x1f) == 0x1f) return false;  // tags above 30 occur in no certificate
    std::size_t length = rest[1], at = 2;
    if (length >= 0x80) {
        const std::size_t octets = length & 0x7f;
        if (octets == 0 || octets > 4 || rest.size() < 2 + octets || rest[2] == 0) return false;
        length = 0;
        for (std::size_t i = 0; i < octets; ++i)
            length = length << 8 | rest[at++];
        if (length < 0x80) return false;  // the short form would have done
    }
    if (length > rest.size() - at) return false;
    content = rest.subspan(at, length);
    rest = rest.subspan(at + length);
    return true;
}

bool elements(Bytes rest, unsigned depth) {
    if (depth > kDepthMax) return false;
    while (!rest.empty()) {
        std::uint8_t tag = 0;
        Bytes content;
        if (!take(rest, tag, content)) return false;
        if ((tag & kConstructed) != 0 && !elements(content, depth + 1)) return false;
        // BOOLEAN is 00 or FF (X.690 11.1).
        if (tag == 0x01 && (content.size() != 1 || (content[0] != 0 && content[0] != 0xff)))
            return false;
        // An INTEGER has no superfluous leading octet (X.690 8.3.2).
        if (tag == 0x02 && (content.empty() ||
                            (content.size() > 1 && ((content[0] == 0 && content[1] < 0x80) ||
                                                    (content[0] == 0xff && content[1] >= 0x80)))))
            return false;
    }
    return true;
}

}  // namespace

bool is_der(Bytes bytes) {
    Bytes rest = bytes, content;
    std::uint8_t tag = 0;
    return take(rest, tag, content) && rest.empty() && elements(bytes, 0);
}

}  // namespace sluice::certs::verify
