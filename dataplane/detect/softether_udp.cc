// words: softether
// looks at: NAT traversal datagrams: SoftEther's PACK of named values, with a first name the
//   traversal uses; and its "IP=...,PORT=" answers
// limits: the VPN itself is TLS and, over UDP, enciphered from the first byte; it is told by its
//   NAT traversal or by the names of the policy
// source: SoftEther src/Mayaqua/Pack.c (WritePack), src/Mayaqua/Network.c (NAT-T)
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

// count | name size + 1, name | type, count of values | ...   all big endian
Answer is_pack(Bytes bytes) {
    constexpr std::uint32_t kValuesMax = 64, kNameMax = 64, kTypeMax = 4;
    constexpr std::string_view kNames[] = {
        "opcode", "nat_traversal_version", "tran_id", "status", "ok", "svc_name", "host_name",
        "token"};
    std::uint32_t size = 0;
    Probe probe(bytes);
    probe.u32_in(1, kValuesMax).u32(size).fail_unless(size >= 2 && size <= kNameMax);
    if (!whole(probe) || probe.left() < size) return Answer::no;
    const std::string_view name = as_text(probe.rest().first(size - 1));
    probe.skip(size - 1).u32_in(0, kTypeMax).u32_in(1, kValuesMax);
    return yes_if(whole(probe) &&
                  std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames));
}

}  // namespace

Answer softether_over_udp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kAnswerMax = 64;
    const std::string_view text = as_text(view.bytes);
    if (text.starts_with("IP=") && text.size() <= kAnswerMax)
        return yes_if(text.find(",PORT=") != std::string_view::npos);
    return is_pack(view.bytes);
}

}  // namespace sluice::detect
