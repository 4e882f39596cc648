// The head of an HTTP/1 message, read the way a strict server reads it: what two readers could read
// differently is refused, because the bytes are passed on as they are and must mean the same to
// both (RFC 9112 11.2, request smuggling).
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "rules/base/bytes.h"
#include "rules/base/result.h"

namespace sluice::inspect {

inline constexpr std::size_t kHeadBytesMax = 64 * 1024;
inline constexpr std::size_t kFieldsMax = 128;

enum class HeadStop : std::uint8_t { need_more, malformed, too_large };

struct Field {
    std::string_view name, value;  // value without the blanks around it
};

struct Head {
    // of a request
    std::string_view method, target;
    // of a response
    unsigned status = 0;
    std::uint8_t minor = 1;  // HTTP/1.minor
    std::array<Field, kFieldsMax> fields;
    std::size_t field_count = 0;
    std::size_t size = 0;  // bytes up to and including the empty line

    // The value of the only field of that name (lower case); empty when there is none. `count`
    // says how many there are.
    std::string_view field(std::string_view name, std::size_t& count) const;
    std::string_view field(std::string_view name) const {
        std::size_t count = 0;
        return field(name, count);
    }
    // Whether a comma list in all fields of that name has `token` (any case).
    bool lists(std::string_view name, std::string_view token) const;
};

// Parses the head at the front of `stream`.
//   returns  need_more; too_large past kHeadBytesMax or kFieldsMax; malformed: bare CR or LF,
//            control characters, a name that is no token, a space before the colon, obs-fold, a
//            version that is not HTTP/1.x.
//   source   RFC 9112 2 to 5. Empty lines before a request line are not skipped.
Result<Head, HeadStop> parse_request_head(Bytes stream) noexcept;
Result<Head, HeadStop> parse_response_head(Bytes stream) noexcept;

enum class Framing : std::uint8_t {
    none,   // no body
    sized,  // `size` bytes
    chunked,
    until_close,  // responses only
    tunnel,       // what follows is another protocol (101, or 2xx to CONNECT)
    bad,          // two lengths, or one that is none
};
struct Body {
    Framing framing = Framing::none;
    std::uint64_t size = 0;
};
// RFC 9112 6.3. Both lengths at once are bad, as is any transfer coding but one `chunked`.
Body request_body(const Head& head) noexcept;
// `method`: of the request that it answers.
Body response_body(const Head& head, std::string_view method) noexcept;

bool same_text(std::string_view a, std::string_view b) noexcept;  // ASCII, any case

}  // namespace sluice::inspect
