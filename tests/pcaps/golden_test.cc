// What Sluice itself sends, byte for byte: resets, the block page, ICMP errors, over every link.
// `golden_test --record` writes the files anew; look at them with tcpdump -r before landing them.
#include <gtest/gtest.h>
#include <pcap/pcap.h>

#include <cstring>
#include <filesystem>

#include "tests/support/gateway.h"
#include "tests/support/packet_text.h"

namespace sluice::testing {
namespace {

namespace fs = std::filesystem;
using pipeline::Side;

bool record_anew = false;

struct Case {
    const char* name;
    const char* user;  // both ends of the flow
    const char* internet;
    const char* link;     // words on every packet
    const char* request;  // what the user says; empty: a SYN is refused
};

constexpr const char* kHello = "tls(sni=casino.example)";
constexpr const char* kRequest = "http(host=casino.example)";

const Case kCases[] = {
    {"reset_v4", "10.10.0.5:40000", "203.0.113.9:443", "", kHello},
    {"reset_v6", "[2001:db8:a10::5]:40000", "[2001:db8:2::9]:443", "", kHello},
    {"reset_vlan", "10.10.0.5:40000", "203.0.113.9:443", "vlan=100", kHello},
    {"reset_qinq", "10.10.0.5:40000", "203.0.113.9:443", "qinq=10,20", kHello},
    {"reset_mpls", "10.10.0.5:40000", "203.0.113.9:443", "mpls=16,17", kHello},
    {"reset_pppoe", "10.10.0.5:40000", "203.0.113.9:443", "pppoe=5", kHello},
    {"reset_snap", "10.10.0.5:40000", "203.0.113.9:443", "snap", kHello},
    {"page_v4", "10.10.0.5:40000", "203.0.113.9:80", "", kRequest},
    {"page_v6", "[2001:db8:a10::5]:40000", "[2001:db8:2::9]:80", "", kRequest},
    {"page_pppoe_v6", "[2001:db8:a10::5]:40000", "[2001:db8:2::9]:80", "pppoe=5", kRequest},
    {"refused_syn", "10.66.6.5:40000", "203.0.113.9:443", "", ""},
    {"icmp_v4", "10.66.6.5:40000", "203.0.113.9:9000", "", "udp"},
    {"icmp_vlan", "10.66.6.5:40000", "203.0.113.9:9000", "vlan=100", "udp"},
    {"icmp_mpls", "10.66.6.5:40000", "203.0.113.9:9000", "mpls=16", "udp"},
    {"icmp_pppoe", "10.66.6.5:40000", "203.0.113.9:9000", "pppoe=5", "udp"},
    {"icmp_v6", "[2001:db8:66::5]:40000", "[2001:db8:2::9]:9000", "", "udp"},
};

load::FileSet policy() {
    std::vector<load::Diagnostic> problems;
    load::FileSet files = load::read_policy_files(fs::path(SLUICE_STORIES) / "policy", problems);
    std::string& text = files["policy.yaml"];
    text += "    - {operator: telco-a, prefix: \"2001:db8:66::/48\"}\n";
    return files;
}

// The conversation, and what Sluice sent in it: towards the user first.
std::vector<Frame> play(const Case& c) {
    Gateway gateway(policy());
    Conversation conversation;
    std::vector<Frame> own;
    const std::string user = c.user, internet = c.internet, link = c.link;
    const auto say = [&](Side side, const std::string& proto, const std::string& words) {
        const bool up = side == Side::user;
        const PacketFrame packet = conversation.packet_of(
            proto + " " + (up ? user : internet) + " > " + (up ? internet : user) + " " + words +
            " " + link +
            (up ? " smac=020000000005 dmac=0200000000f1" : " smac=0200000000f1 dmac=020000000005"));
        const Fate fate = gateway.receive(side, packet.bytes, packet.wire_size);
        own.insert(own.end(), fate.own_to_user.begin(), fate.own_to_user.end());
        own.insert(own.end(), fate.own_to_internet.begin(), fate.own_to_internet.end());
    };
    const std::string request = c.request;
    if (request == "udp") {
        say(Side::user, "udp", "text(a datagram nobody lets pass)");
        return own;
    }
    say(Side::user, "tcp", "S mss=1460 sack wscale=7");
    if (request.empty()) return own;
    say(Side::internet, "tcp", "SA mss=1460 sack wscale=7");
    say(Side::user, "tcp", "A");
    say(Side::user, "tcp", "PA " + request);
    return own;
}

std::vector<Frame> read_pcap(const fs::path& path) {
    char error[PCAP_ERRBUF_SIZE];
    pcap_t* handle = pcap_open_offline(path.c_str(), error);
    if (handle == nullptr) return {};
    std::vector<Frame> frames;
    pcap_pkthdr* header = nullptr;
    const u_char* bytes = nullptr;
    while (pcap_next_ex(handle, &header, &bytes) == 1)
        frames.emplace_back(bytes, bytes + header->caplen);
    pcap_close(handle);
    return frames;
}

void write_pcap(const fs::path& path, const std::vector<Frame>& frames) {
    pcap_t* handle = pcap_open_dead(DLT_EN10MB, 65'535);
    pcap_dumper_t* file = pcap_dump_open(handle, path.c_str());
    ASSERT_NE(file, nullptr) << pcap_geterr(handle);
    for (const Frame& frame : frames) {
        pcap_pkthdr header{};
        header.caplen = header.len = static_cast<bpf_u_int32>(frame.size());
        pcap_dump(reinterpret_cast<u_char*>(file), &header, frame.data());
    }
    pcap_dump_close(file);
    pcap_close(handle);
}

class GoldenTest : public ::testing::TestWithParam<Case> {};

TEST_P(GoldenTest, IsSentByteForByte) {
    const fs::path path = fs::path(SLUICE_GOLDEN) / (std::string(GetParam().name) + ".pcap");
    const std::vector<Frame> sent = play(GetParam());
    ASSERT_FALSE(sent.empty());
    if (record_anew) return write_pcap(path, sent);
    const std::vector<Frame> golden = read_pcap(path);
    ASSERT_EQ(golden.size(), sent.size()) << path;
    for (std::size_t i = 0; i < sent.size(); ++i)
        EXPECT_EQ(to_hex(sent[i]), to_hex(golden[i])) << path << " packet " << i + 1;
}

INSTANTIATE_TEST_SUITE_P(All, GoldenTest, ::testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

}  // namespace
}  // namespace sluice::testing

int main(int argc, char** argv) {
    ::testing::InitGoogleTest(&argc, argv);
    sluice::testing::record_anew = argc == 2 && std::strcmp(argv[1], "--record") == 0;
    return RUN_ALL_TESTS();
}
