// parse_client_hello: good hellos with every prefix and every cut over records, and the odd ones.
#include "dataplane/wire/tls_client_hello.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>

#include "tests/unit/wire/hello_builder.h"

namespace sluice::wire {
namespace {

using namespace sluice::test;

Result<ClientHello, Stop> parse(std::string_view stream) {
    static std::array<std::uint8_t, kHelloSizeMax> scratch;
    return parse_client_hello(as_bytes(stream), scratch);
}

// Every shorter stream is need_more; every longer one gives the same.
void expect_final(const std::string& stream, std::string_view sni) {
    for (std::size_t size = 0; size < stream.size(); ++size) {
        const auto early = parse(std::string_view(stream).substr(0, size));
        ASSERT_FALSE(early.ok()) << "answered after " << size << " of " << stream.size();
        ASSERT_EQ(early.error(), Stop::need_more) << "after " << size;
    }
    for (const std::string& more :
         {std::string(), record("early data", 23), std::string(9, '\xff')}) {
        const std::string longer = stream + more;  // the answer holds views of it
        const auto hello = parse(longer);
        ASSERT_TRUE(hello.ok());
        EXPECT_EQ(hello->sni, sni);
        EXPECT_EQ(hello->stream_size, stream.size());
    }
}

// The stream stops with `stop`, and from the first prefix that says so on never says other things.
void expect_stop(const std::string& stream, Stop stop) {
    bool final = false;
    for (std::size_t size = 0; size <= stream.size(); ++size) {
        const auto answer = parse(std::string_view(stream).substr(0, size));
        ASSERT_FALSE(answer.ok()) << "after " << size;
        if (answer.error() != Stop::need_more) final = true;
        ASSERT_EQ(answer.error(), final ? stop : Stop::need_more) << "after " << size;
    }
    EXPECT_TRUE(final) << "never decided";
}

// How many bytes were needed to say other than need_more.
std::size_t decided_after(std::string_view stream) {
    std::size_t size = 0;
    while (size <= stream.size()) {
        const auto answer = parse(stream.substr(0, size));
        if (answer.ok() || answer.error() != Stop::need_more) return size;
        ++size;
    }
    return size;
}

std::string with_extensions(const std::string& extensions) {
    HelloParts p;
    p.extensions = extensions;
    return records(hello_message(p));
}

TEST(ClientHello, EveryPrefixOfGoodOnes) {
    HelloParts bare;
    bare.has_extensions = false;
    bare.legacy_version = 0x0301;
    HelloParts no_name;
    no_name.extensions = supported_versions({0x0304});
    HelloParts empty_list;
    expect_final(records(hello_message("www.example.org")), "www.example.org");
    expect_final(records(browser_hello("www.example.org", false)), "www.example.org");
    expect_final(records(browser_hello("pq.example.org", true)), "pq.example.org");
    expect_final(records(hello_message(bare)), "");
    expect_final(records(hello_message(no_name)), "");
    expect_final(records(hello_message(empty_list)), "");
    expect_final(records(hello_message("Trailing.Dot.")), "Trailing.Dot.");
}

TEST(ClientHello, AnyRecordSize) {
    const std::string message = hello_message("cut.example.org");
    for (std::size_t size : {1, 2, 3, 4, 5, 7, 50, 100})
        expect_final(records(message, size), "cut.example.org");
}

TEST(ClientHello, CutIntoTwoRecordsAtEveryByte) {
    const std::string message = hello_message("cut.example.org");
    for (std::size_t at = 1; at < message.size(); ++at)
        expect_final(record(message.substr(0, at)) + record(message.substr(at)), "cut.example.org");
}

TEST(ClientHello, EmptyRecordsUpToTheLimit) {
    const std::string message = hello_message("a.example");
    std::string empty;
    for (unsigned i = 0; i < kEmptyRecordsMax; ++i)
        empty += record("");
    expect_final(empty + records(message), "a.example");
    expect_final(record(message.substr(0, 9)) + empty + record(message.substr(9)), "a.example");
    expect_stop(empty + record("") + records(message), Stop::malformed);
    expect_stop(record("\x01") + empty + record("") + records(message), Stop::malformed);
}

TEST(ClientHello, AnswersWhenTheLastRecordIsComplete) {
    // A server reads whole records, so nothing behind the hello in its record changes the name.
    const std::string message = hello_message("a.example");
    expect_final(record(message + "tail"), "a.example");
    expect_final(record(message.substr(0, 20)) + record(message.substr(20) + "tail"), "a.example");
}

TEST(ClientHello, RecordVersionsOfTls10To13) {
    const std::string message = hello_message("a.example");
    for (unsigned version = 0x0300; version <= 0x0304; ++version)
        expect_final(record(message, 22, version), "a.example");
    expect_stop(record(message, 22, 0x0305), Stop::other);
    expect_stop(record(message, 22, 0x0200), Stop::other);
}

TEST(ClientHello, VersionMax) {
    struct Case {
        std::vector<unsigned> offered;
        unsigned want;
    };
    for (const Case& c :
         {Case{{0x0303, 0x0304}, 0x0304}, Case{{0x7a7a, 0x0303}, 0x0303},
          Case{{0x7f1c, 0x0303}, 0x0304}, Case{{0xeaea}, 0x0302}, Case{{}, 0x0302}}) {
        HelloParts p;
        p.legacy_version = 0x0302;
        p.extensions = supported_versions(c.offered);
        EXPECT_EQ(parse(records(hello_message(p)))->version_max, c.want);
    }
    HelloParts none;
    none.legacy_version = 0x0301;
    none.has_extensions = false;
    EXPECT_EQ(parse(records(hello_message(none)))->version_max, 0x0301);
}

TEST(ClientHello, EncryptedNames) {
    const auto plain = parse(records(hello_message("a.example")));
    EXPECT_FALSE(plain->has_ech || plain->has_esni);
    const auto stream = with_extensions(extension(0xfe0d, "x") + server_name("front.example"));
    const auto ech = parse(stream);
    EXPECT_TRUE(ech->has_ech);
    EXPECT_FALSE(ech->has_esni);
    EXPECT_EQ(ech->sni, "front.example");
    EXPECT_TRUE(parse(with_extensions(extension(0xffce, "x")))->has_esni);
}

TEST(ClientHello, NameListsOfRfc6066) {
    const auto list = [](const std::string& names) { return extension(0, block16(names)); };
    expect_final(with_extensions(list(name_entry("other", 1) + name_entry("a.example"))),
                 "a.example");
    expect_final(with_extensions(list(name_entry("a.example") + name_entry("other", 7))),
                 "a.example");
    expect_final(with_extensions(list(name_entry("only other", 9))), "");
    const std::pair<const char*, std::string> broken[] = {
        {"two host names", list(name_entry("a.example") + name_entry("b.example"))},
        {"the same twice", list(name_entry("a.example") + name_entry("a.example"))},
        {"another type twice",
         list(name_entry("x", 3) + name_entry("a.example") + name_entry("y", 3))},
        {"empty name", list(name_entry(""))},
        {"empty list", list("")},
        {"empty extension", extension(0, "")},
        {"list longer than the extension", extension(0, u16(20) + name_entry("a.example"))},
        {"bytes behind the list", extension(0, block16(name_entry("a.example")) + "x")},
        {"name cut", list(u8(0) + u16(9) + "a.exampl")},
        {"half an entry", list(name_entry("a.example") + u8(1))},
        {"the extension twice", server_name("a.example") + server_name("a.example")},
    };
    for (const auto& [what, extensions] : broken) {
        SCOPED_TRACE(what);
        expect_stop(with_extensions(extensions), Stop::malformed);
    }
}

TEST(ClientHello, ContradictingLengths) {
    HelloParts p;
    p.extensions = server_name("a.example");
    std::vector<std::pair<const char*, HelloParts>> cases;
    const auto add = [&](const char* what, auto change) {
        cases.emplace_back(what, p);
        change(cases.back().second);
    };
    add("session id too long", [](HelloParts& h) { h.session_id = std::string(33, 'x'); });
    add("no cipher suites", [](HelloParts& h) { h.cipher_suites.clear(); });
    add("half a cipher suite", [](HelloParts& h) { h.cipher_suites += 'x'; });
    add("no compression", [](HelloParts& h) { h.compression.clear(); });
    add("bytes behind", [](HelloParts& h) { h.after = "x"; });
    add("half an extension", [](HelloParts& h) { h.extensions += u16(10); });
    add("extension cut", [](HelloParts& h) { h.extensions += u16(10) + u16(5) + "abcd"; });
    for (const auto& [what, parts] : cases) {
        SCOPED_TRACE(what);
        expect_stop(records(hello_message(parts)), Stop::malformed);
        expect_stop(records(hello_message(parts), 11), Stop::malformed);
    }
    // Messages cut short behind their length: malformed at any length below the fixed part.
    const std::string message = hello_message(p);
    for (std::size_t size : {1, 2, 33, 34, 60})
        expect_stop(record(u8(1) + u24(static_cast<unsigned>(size)) + message.substr(4, size)),
                    Stop::malformed);
    expect_stop(record(u8(1) + u24(0)), Stop::malformed);
}

TEST(ClientHello, OtherAtTheFirstWrongByte) {
    const std::string good = records(hello_message("a.example"));
    struct Case {
        const char* what;
        std::size_t at;
        unsigned byte;
    };
    for (const Case& c :
         {Case{"alert first", 0, 21}, Case{"application data", 0, 23},
          Case{"SSLv2-compatible", 0, 0x80}, Case{"text", 0, 'G'}, Case{"version 2.x", 1, 2},
          Case{"version 3.5", 2, 5}, Case{"record over 16 KiB", 3, 0x41}, Case{"ServerHello", 5, 2},
          Case{"HelloRequest", 5, 0}, Case{"hello of TLS 4", 9, 4}}) {
        SCOPED_TRACE(c.what);
        std::string bad = good;
        bad[c.at] = static_cast<char>(c.byte);
        EXPECT_EQ(decided_after(bad), c.at + 1);
        expect_stop(bad, Stop::other);
    }
}

TEST(ClientHello, ForeignRecordInside) {
    const std::string message = hello_message("a.example");
    for (unsigned type : {20u, 21u, 23u, 0u})
        expect_stop(record(message.substr(0, 30)) + record(message.substr(30), type),
                    Stop::malformed);
}

TEST(ClientHello, TooLargeAsSoonAsTheLengthSaysSo) {
    const std::string largest = u8(1) + u24(kHelloSizeMax - 4);
    const std::string over = u8(1) + u24(kHelloSizeMax - 3);
    EXPECT_EQ(parse(record(over + std::string(60, '\x03'))).error(), Stop::too_large);
    EXPECT_EQ(parse(record(largest + std::string(60, '\x03'))).error(), Stop::need_more);
    expect_stop(records(over + std::string(60, '\x03'), 1), Stop::too_large);
    EXPECT_EQ(decided_after(record(u8(1) + u24(0x010000) + std::string(60, '\x03'))), 7u);

    HelloParts p;
    p.extensions = server_name("big.example");
    p.extensions += extension(21, std::string(kHelloSizeMax - hello_message(p).size() - 4, '\0'));
    const std::string message = hello_message(p);
    ASSERT_EQ(message.size(), kHelloSizeMax);
    EXPECT_EQ(parse(record(message))->sni, "big.example");
    EXPECT_EQ(parse(records(message, 1))->sni, "big.example");
    EXPECT_EQ(parse(records(message, 1400))->stream_size, records(message, 1400).size());
}

TEST(ClientHello, ViewsPointIntoStreamOrScratch) {
    std::array<std::uint8_t, kHelloSizeMax> scratch;
    const auto inside = [](std::string_view view, Bytes bytes) {
        const auto* p = reinterpret_cast<const std::uint8_t*>(view.data());
        return p >= bytes.data() && p + view.size() <= bytes.data() + bytes.size();
    };
    const std::string whole = records(hello_message("a.example"));
    const auto in_place = parse_client_hello(as_bytes(whole), scratch);
    EXPECT_TRUE(inside(in_place->sni, as_bytes(whole)));
    const std::string cut = records(hello_message("a.example"), 10);
    const auto joined = parse_client_hello(as_bytes(cut), scratch);
    EXPECT_TRUE(inside(joined->sni, scratch));
}

}  // namespace
}  // namespace sluice::wire
