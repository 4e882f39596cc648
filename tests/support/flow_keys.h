// Flow keys for tests: many different ones, made from a number.
#pragma once
#include <string>
#include <vector>

#include "dataplane/flow/burst_code.h"
#include "dataplane/flow/flow_entry.h"

namespace sluice::test {

// Distinct for distinct n: every third is IPv6; TCP, UDP and ICMP in turn.
inline flow::FlowKey flow_key(std::uint32_t n) {
    constexpr std::uint8_t kProtocols[] = {6, 17, 1, 6};
    flow::FlowKey key;
    key.user = IpAddress::v4(0x0a00'0000u + n / 7);
    key.remote = IpAddress::v4(0xcb00'7100u + n % 7);
    if (n % 3 == 0) {
        key.user.bytes = {0x20, 0x01, 0x0d, 0xb8};
        key.user.bytes[14] = static_cast<std::uint8_t>(n >> 8);
        key.user.bytes[15] = static_cast<std::uint8_t>(n);
        key.user.bytes[7] = static_cast<std::uint8_t>(n >> 16);
        key.user.bytes[6] = static_cast<std::uint8_t>(n >> 24);
        key.remote.bytes = {0x26, 0x06, 0x47};
    }
    key.user_port = static_cast<std::uint16_t>(1024 + n % 50'000);
    key.remote_port = 443;
    key.ip_protocol = kProtocols[n % 4];
    key.operator_id = static_cast<std::uint8_t>(n % 2);
    return key;
}

// The code paths this CPU can run.
inline std::vector<flow::CodePath> code_paths() {
    std::vector<flow::CodePath> paths;
    for (auto path : {flow::CodePath::avx512, flow::CodePath::avx2, flow::CodePath::plain})
        if (flow::cpu_has(path)) paths.push_back(path);
    return paths;
}

inline std::string path_name(flow::CodePath path) {
    return path == flow::CodePath::plain ? "plain" : flow::burst_code(path).name;
}

}  // namespace sluice::test
