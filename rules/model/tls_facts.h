// What a flow's TLS or QUIC hellos say besides the name: for records, never for a verdict.
#pragma once
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace sluice::model {

inline constexpr std::size_t kJa4Size = 36;      // "t13d1516h2_8daaf6152771_e5627efa2ab1"
inline constexpr std::size_t kAlpnTextMax = 36;  // of the client's list, whole words [bytes]

// Kept with the name, hashed and compared as bytes: no padding, unused bytes are zero.
struct TlsFacts {
    // Of the ServerHello where it was seen, else the highest the client offers; 0x0304 = TLS 1.3.
    std::uint16_t version = 0;
    std::uint16_t cipher = 0;  // chosen by the server; 0 = not seen
    std::uint8_t flags = 0;
    std::uint8_t alpn_size = 0;
    char alpn[kAlpnTextMax] = {};  // what the client offers, "h2,http/1.1"
    char ja4[kJa4Size] = {};       // of the ClientHello; all zero when there was none

    static constexpr std::uint8_t kEch = 1;         // encrypted_client_hello: may be GREASE
    static constexpr std::uint8_t kEsni = 2;        // its older draft: no plain name by design
    static constexpr std::uint8_t kOuter = 4;       // the plain name is a known ECH public name
    static constexpr std::uint8_t kServerSaid = 8;  // version and cipher are the server's

    std::string_view alpn_text() const { return {alpn, alpn_size}; }
    std::string_view ja4_text() const {
        return ja4[0] == 0 ? std::string_view{} : std::string_view{ja4, kJa4Size};
    }
    bool empty() const { return version == 0 && ja4[0] == 0; }
    friend bool operator==(const TlsFacts&, const TlsFacts&) = default;
};
static_assert(sizeof(TlsFacts) == 78 && std::has_unique_object_representations_v<TlsFacts>);

}  // namespace sluice::model
