// The recognisers behind detect(): one function a protocol and transport, each in its own file.
#pragma once
#include "dataplane/detect/detect.h"

namespace sluice::detect {

Answer tls_over_tcp(const FirstBytesView& view) noexcept;
Answer http_over_tcp(const FirstBytesView& view) noexcept;
Answer ssh_over_tcp(const FirstBytesView& view) noexcept;
Answer smtp_over_tcp(const FirstBytesView& view) noexcept;
Answer dns_over_tcp(const FirstBytesView& view) noexcept;
Answer dns_over_udp(const FirstBytesView& view) noexcept;
Answer quic_over_udp(const FirstBytesView& view) noexcept;
Answer ntp_over_udp(const FirstBytesView& view) noexcept;
Answer dhcp_over_udp(const FirstBytesView& view) noexcept;
Answer wireguard_over_udp(const FirstBytesView& view) noexcept;
Answer openvpn_over_udp(const FirstBytesView& view) noexcept;
Answer openvpn_over_tcp(const FirstBytesView& view) noexcept;
Answer ike_over_udp(const FirstBytesView& view) noexcept;

// `text` at the front of `bytes`: yes, no, or maybe while it is cut.
inline Answer starts_with(Bytes bytes, std::string_view text) {
    const std::string_view seen = as_text(bytes).substr(0, text.size());
    if (seen != text.substr(0, seen.size())) return Answer::no;
    return seen.size() == text.size() ? Answer::yes : Answer::maybe;
}

}  // namespace sluice::detect
