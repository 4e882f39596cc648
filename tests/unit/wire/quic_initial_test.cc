// QUIC Initials: the RFCs' own examples, every version, every cut, and frames in any order.
#include "dataplane/wire/quic_initial.h"

#include <gtest/gtest.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <string>

#include "dataplane/wire/tls_client_hello.h"
#include "dataplane/wire/tls_facts.h"
#include "tests/support/quic_initial.h"

namespace sluice::wire {
namespace {

using testing::Frame;
using testing::QuicSpec;

std::string hex(Bytes bytes) {
    std::string text;
    for (const std::uint8_t byte : bytes) {
        text += "0123456789abcdef"[byte >> 4];
        text += "0123456789abcdef"[byte & 15];
    }
    return text;
}
Frame bytes_of(std::string_view text) {
    Frame out;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2)
        out.push_back(
            static_cast<std::uint8_t>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
    return out;
}

struct Opened {
    bool opened = false;
    std::string sni;
};

Opened open_datagram(Bytes datagram) {
    static QuicOpener opener;
    static std::vector<std::uint8_t> plain(kQuicPacketMax);
    const auto packet = parse_quic_packet(datagram);
    QuicKeys keys;
    if (!packet || packet->type != QuicType::initial ||
        !opener.derive(packet->version, packet->destination_id, keys))
        return {};
    const auto frames = opener.open(keys, *packet, plain);
    if (!frames) return {};
    std::array<CryptoPiece, kCryptoPiecesMax> pieces;
    const auto count = read_crypto_frames(*frames, packet->version, pieces);
    if (!count) return {};
    Frame message;
    for (std::size_t i = 0; i < *count; ++i) {
        if (pieces[i].at != message.size()) return {true, "gap"};
        testing::put_all(message, pieces[i].bytes);
    }
    const auto hello = parse_client_hello_message(message);
    return {true, hello ? std::string(hello->sni) : ""};
}

constexpr char kRfcId[] = "8394c8f03e515708";

TEST(QuicInitial, KeysAreThoseOfTheRfcs) {
    struct Row {
        std::uint32_t version;
        const char *key, *iv, *header;
    };
    // RFC 9001 A.1 and RFC 9369 A.1: client keys.
    const Row rows[] = {
        {1, "1f369613dd76d5467730efcbe3b1a22d", "fa044b2f42a3fd3b46fb255c",
         "9f50449e04a0e810283a1e9933adedd2"},
        {kQuicVersion2, "8b1a0bc121284290a29e0971b5cd045d", "91f73e2351d8fa91660e909f",
         "45b95e15235d6f45a6b19cbcb0294ba9"},
    };
    const QuicOpener opener;
    for (const Row& row : rows) {
        QuicKeys keys;
        ASSERT_TRUE(opener.derive(row.version, bytes_of(kRfcId), keys));
        EXPECT_EQ(hex(keys.key), row.key);
        EXPECT_EQ(hex(keys.iv), row.iv);
        EXPECT_EQ(hex(keys.header), row.header);
    }
}

// RFC 9001 A.2: the protected packet is the RFC's, and it opens.
TEST(QuicInitial, TheRfcsPacketOpens) {
    const Frame frames = bytes_of(
        "060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c"
        "00000413011302010000c000000010000e00000b6578616d706c652e636f6dff01000100000a00080006"
        "001d0017001800100007000504616c706e000500050100000000003300260024001d00209370b2c9caa4"
        "7fbabaf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b0003020304000d0010000e040305"
        "0306030203080408050806002d00020101001c00024001003900320408ffffffffffffffff05048000ff"
        "ff07048000ffff0801100104800075300901100f088394c8f03e51570806048000ffff");
    QuicSpec spec;
    spec.id = bytes_of(kRfcId);
    spec.number = 2;
    const Frame packet = quic_packet(spec, frames);
    EXPECT_EQ(hex(Bytes(packet).first(38)),
              "c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11d242b123dc9b");
    EXPECT_EQ(hex(Bytes(packet).last(16)), "e221af44860018ab0856972e194cd934");
    EXPECT_EQ(open_datagram(packet).sni, "example.com");
}

TEST(QuicInitial, EveryVersionOpensWithItsOwnKeysOnly) {
    const std::uint32_t versions[] = {1,          kQuicVersion2, 0xff000016, 0xff000017,
                                      0xff00001c, 0xff00001d,    0xff000020, 0xff000022,
                                      0xfaceb001, 0xfaceb002};
    for (const std::uint32_t version : versions) {
        QuicSpec spec;
        spec.hello.sni = "news.example";
        spec.version = version;
        Frame packet = quic_initial(spec);
        EXPECT_EQ(open_datagram(packet).sni, "news.example") << std::hex << version;
        packet[4] ^= 0x40;  // now it claims to be of a version nobody knows, or of another
        EXPECT_FALSE(open_datagram(packet).opened) << std::hex << version;
    }
}

TEST(QuicInitial, CutOrChangedItDoesNotOpen) {
    QuicSpec spec;
    spec.hello.sni = "news.example";
    const Frame packet = quic_initial(spec);
    for (std::size_t size = 0; size < packet.size(); ++size)
        EXPECT_FALSE(open_datagram(Bytes(packet).first(size)).opened) << size;
    for (std::size_t at = 0; at < packet.size(); ++at) {
        Frame changed = packet;
        changed[at] ^= 1;
        EXPECT_FALSE(open_datagram(changed).opened) << at;
    }
}

TEST(QuicInitial, FramesInAnyOrderMakeTheHello) {
    QuicSpec spec;
    spec.hello.sni = "news.example";
    const std::size_t size = client_hello_message(spec.hello).size();
    for (std::size_t at = size; at >= 10; at -= 10)
        spec.pieces.push_back({at - 10, 10});
    std::ranges::reverse(spec.pieces);
    std::rotate(spec.pieces.begin(), spec.pieces.begin() + 3, spec.pieces.end());
    spec.pieces.push_back({0, size % 10});
    spec.pieces.front().size = 10;
    Frame frames = testing::quic_frames(spec);
    frames.insert(frames.begin(), {1, 0, 0, 2, 5, 0, 0, 5});  // PING, PADDING, ACK
    std::array<CryptoPiece, kCryptoPiecesMax> pieces;
    const auto count = read_crypto_frames(frames, 1, pieces);
    ASSERT_TRUE(count);
    EXPECT_EQ(*count, spec.pieces.size());
    EXPECT_TRUE(std::is_sorted(pieces.begin(), pieces.begin() + static_cast<std::ptrdiff_t>(*count),
                               [](const auto& a, const auto& b) { return a.at < b.at; }));
}

TEST(QuicInitial, FramesThatInitialsMayNotHaveAreRefused) {
    std::array<CryptoPiece, kCryptoPiecesMax> pieces;
    const auto count = [&](const Frame& f) { return read_crypto_frames(f, 1, pieces); };
    EXPECT_FALSE(count({8, 0, 1, 0}));         // STREAM
    EXPECT_FALSE(count({6, 0, 5, 1}));         // cut
    EXPECT_FALSE(count({6, 0xc0}));            // a number cut
    EXPECT_FALSE(count({2, 0, 0, 63, 0}));     // more ranges than bytes
    EXPECT_TRUE(count({0x1c, 1, 0, 1, 'x'}));  // CONNECTION_CLOSE
    Frame many;
    for (std::size_t i = 0; i <= kCryptoPiecesMax; ++i)
        many.insert(many.end(), {6, 0, 1, 1});
    EXPECT_FALSE(count(many));
}

// The fast path's promise: after construction libcrypto allocates nothing for a packet.
std::size_t allocations = 0;
void* counted_malloc(std::size_t n, const char*, int) { return ++allocations, std::malloc(n); }
void* counted_realloc(void* p, std::size_t n, const char*, int) {
    return ++allocations, std::realloc(p, n);
}
void counted_free(void* p, const char*, int) { std::free(p); }
const bool counting = CRYPTO_set_mem_functions(counted_malloc, counted_realloc, counted_free) != 0;

TEST(QuicInitial, OpeningAllocatesNothing) {
    ASSERT_TRUE(counting);
    QuicSpec spec;
    spec.hello.sni = "news.example";
    const Frame packet = quic_initial(spec);
    ASSERT_TRUE(open_datagram(packet).opened);
    const std::size_t before = allocations;
    for (int i = 0; i < 8; ++i)
        ASSERT_TRUE(open_datagram(packet).opened);
    EXPECT_EQ(allocations, before);
    EXPECT_GT(before, 0u) << "the counter counts";
}

// The specification's own example (JA4.md): a Chrome hello.
TEST(TlsFacts, Ja4OfTheSpecificationsExample) {
    using testing::put16;
    using testing::put8;
    using testing::put_all;
    const auto words = [](std::initializer_list<int> list) {
        Frame out;
        for (const int w : list)
            put16(out, static_cast<std::size_t>(w));
        return out;
    };
    const Frame ciphers = words({0x0a0a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030,
                                 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035});
    const Frame algorithms =
        words({0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601});
    Frame extensions;
    for (const int type : {0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005,
                           0x0023, 0x0012, 0x002b, 0xff01, 0x000b, 0x000a, 0x0015, 0x1a1a})
        put16(extensions, static_cast<std::size_t>(type)), put16(extensions, 0);
    ClientHello hello;
    hello.version_max = 0x0304;
    hello.cipher_suites = ciphers;
    hello.signature_algorithms = algorithms;
    hello.extensions = extensions;
    const Frame alpn = {2, 'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    hello.alpn = alpn;
    const auto facts = tls_facts(hello, HelloOver::tls);
    EXPECT_EQ(facts.ja4_text(), "t13d1516h2_8daaf6152771_e5627efa2ab1");
    EXPECT_EQ(facts.alpn_text(), "h2,http/1.1");
}

}  // namespace
}  // namespace sluice::wire
