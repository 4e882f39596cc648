// parse_dns: questions, chains to addresses, truncation, names that no text can hold, and garbage.
#include "dataplane/wire/dns.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/wire/hello_builder.h"

namespace sluice::wire {
namespace {

using namespace sluice::test;
using namespace std::string_literals;
using namespace std::string_view_literals;

// "www.example" -> 3 www 7 example 0.
std::string labels(std::string_view name) {
    std::string out;
    while (!name.empty()) {
        const std::size_t dot = std::min(name.find('.'), name.size());
        out += block8(name.substr(0, dot));
        name.remove_prefix(std::min(dot + 1, name.size()));
    }
    return out + '\0';
}
std::string pointer(unsigned at) { return u16(0xc000 | at); }
const std::string kToQuestion = pointer(12);

struct Counts {
    unsigned questions = 1, answers = 0, authority = 0, additional = 0;
};
std::string header(unsigned flags, Counts c) {
    return u16(0x1234) + u16(flags) + u16(c.questions) + u16(c.answers) + u16(c.authority) +
           u16(c.additional);
}
constexpr unsigned kQuery = 0x0100, kResponse = 0x8180, kTruncated = 0x8380;

std::string question(std::string_view name, unsigned type = 1) {
    return labels(name) + u16(type) + u16(1);
}
std::string rr(const std::string& owner, unsigned type, std::uint32_t ttl_s,
               const std::string& data, unsigned klass = 1) {
    return owner + u16(type) + u16(klass) + u32(ttl_s) + block16(data);
}
std::string a(const std::string& owner, std::uint32_t address, std::uint32_t ttl_s = 300) {
    return rr(owner, 1, ttl_s, u32(address));
}
std::string cname(const std::string& owner, const std::string& to, std::uint32_t ttl_s = 300) {
    return rr(owner, 5, ttl_s, to);
}
std::string answer(std::string_view name, std::initializer_list<std::string> records) {
    std::string out =
        header(kResponse, {1, static_cast<unsigned>(records.size()), 0, 0}) + question(name);
    for (const std::string& record : records)
        out += record;
    return out;
}

Result<DnsMessage, Stop> parse(const std::string& message) { return parse_dns(as_bytes(message)); }

// Addresses and TTLs as one line of text.
std::string answers_of(const DnsMessage& m) {
    std::string out;
    for (unsigned i = 0; i < m.address_count; ++i) {
        if (i != 0) out += ' ';
        out += to_text(m.answers[i].address);
        out += '/';
        out += std::to_string(m.answers[i].ttl_s);
    }
    return out;
}

// Nothing shorter parses (there are no optional bytes in these messages), nothing crashes.
void expect_no_prefix_parses(const std::string& message) {
    for (std::size_t size = 0; size < message.size(); ++size) {
        const auto cut = parse(message.substr(0, size));
        ASSERT_FALSE(cut.ok()) << "after " << size;
        ASSERT_NE(cut.error(), Stop::need_more);
    }
}

TEST(Dns, Query) {
    const std::string message = header(kQuery, {}) + question("WWW.Example.ORG", 28);
    const auto m = parse(message);
    ASSERT_TRUE(m.ok());
    EXPECT_EQ(m->id, 0x1234);
    EXPECT_FALSE(m->response);
    EXPECT_EQ(m->name(), "www.example.org");
    EXPECT_EQ(m->question_type, 28);
    EXPECT_EQ(m->address_count, 0);
    expect_no_prefix_parses(message);
}

TEST(Dns, QueryWithEdns) {
    const auto m = parse(header(kQuery, {1, 0, 0, 1}) + question("a.example") + "\0"s + u16(41) +
                         u16(4096) + u32(0) + block16("cookie"));
    EXPECT_EQ(m->name(), "a.example");
}

TEST(Dns, AnswersOverAChainInAnyOrder) {
    const std::string www = kToQuestion, cdn = labels("cdn.example"), edge = labels("EDGE.example");
    const std::string ok1 =
        answer("www.example", {cname(www, cdn, 60), cname(cdn, edge, 900), a(edge, 0xc0000201, 120),
                               a(edge, 0xc0000202, 30)});
    const std::string ok2 = answer("www.example", {a(edge, 0xc0000201, 120), cname(cdn, edge, 900),
                                                   a(edge, 0xc0000202, 30), cname(www, cdn, 60)});
    EXPECT_EQ(answers_of(*parse(ok1)), "192.0.2.1/60 192.0.2.2/30");
    EXPECT_EQ(answers_of(*parse(ok2)), "192.0.2.1/60 192.0.2.2/30");
    EXPECT_EQ(parse(ok1)->name(), "www.example");
    expect_no_prefix_parses(ok1);
}

TEST(Dns, Ipv6AndForeignRecords) {
    const std::string six = "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x01";
    const auto m =
        parse(answer("a.example", {rr(kToQuestion, 28, 5, six), rr(kToQuestion, 16, 5, "text"),
                                   a(labels("b.example"), 1), rr(kToQuestion, 1, 5, "abcd", 3)}));
    EXPECT_EQ(answers_of(*m), "2001:db8::1/5");
}

TEST(Dns, TtlWithTopBitIsZero) {
    EXPECT_EQ(answers_of(*parse(answer("a.example", {a(kToQuestion, 1, 0x80000000u)}))),
              "0.0.0.1/0");
    EXPECT_EQ(answers_of(*parse(answer("a.example", {a(kToQuestion, 1, 0x7fffffffu)}))),
              "0.0.0.1/2147483647");
}

TEST(Dns, CnameLoopsEnd) {
    const std::string b = labels("b.example");
    EXPECT_EQ(parse(answer("a.example", {cname(kToQuestion, kToQuestion)}))->address_count, 0);
    EXPECT_EQ(answers_of(*parse(
                  answer("a.example", {cname(kToQuestion, b), cname(b, kToQuestion), a(b, 7)}))),
              "0.0.0.7/300");
    // A loop that does not come back to the question.
    const std::string c = labels("c.example");
    EXPECT_TRUE(parse(answer("a.example", {cname(kToQuestion, b), cname(b, c), cname(c, b)})).ok());
}

TEST(Dns, AddressesAndRecordsAreBounded) {
    std::string many;
    for (unsigned i = 0; i < 200; ++i)
        many += a(kToQuestion, i);
    const auto m = parse(header(kResponse, {1, 200, 0, 0}) + question("a.example") + many);
    EXPECT_EQ(m->address_count, kDnsAddressesMax);
    // The record behind the limit is not looked at, so it cannot count either.
    std::string late;
    for (unsigned i = 0; i < kDnsRecordsMax - 1; ++i)
        late += a(labels("b.example"), i);
    EXPECT_EQ(
        parse(header(kResponse, {1, 64, 0, 0}) + question("a.example") + late + a(kToQuestion, 1))
            ->address_count,
        0);
    EXPECT_EQ(parse(header(kResponse, {1, 63, 0, 0}) + question("a.example") +
                    late.substr(0, late.size() / 63 * 62) + a(kToQuestion, 1))
                  ->address_count,
              1);
}

TEST(Dns, TruncatedAnswerCountsAsFarAsItGoes) {
    const std::string start = header(kTruncated, {1, 3, 0, 0}) + question("a.example");
    const std::string records = a(kToQuestion, 1) + a(kToQuestion, 2) + a(kToQuestion, 3);
    const std::size_t one = records.size() / 3;
    for (std::size_t size = 0; size <= records.size(); ++size)
        EXPECT_EQ(parse(start + records.substr(0, size))->address_count, size / one);
}

TEST(Dns, QuestionCounts) {
    EXPECT_EQ(parse(header(kResponse, {0, 0, 0, 0}))->name_size, 0);
    EXPECT_EQ(parse(header(kQuery, {0, 0, 0, 0})).error(), Stop::other);
    const auto two = parse(header(kQuery, {2, 0, 0, 0}) + question("first.example", 1) +
                           question("second.example", 28));
    EXPECT_EQ(two->name(), "first.example");
    EXPECT_EQ(two->question_type, 1);
    // A multicast announcement: records, no question.
    const auto announced =
        parse(header(0x8400, {0, 1, 0, 0}) + rr(labels("host.local"), 1, 120, "abcd", 0x8001));
    EXPECT_TRUE(announced.ok());
    EXPECT_EQ(announced->name_size, 0);
    EXPECT_EQ(announced->address_count, 0);
    // More questions than are looked at.
    std::string many;
    for (int i = 0; i < 100; ++i)
        many += question("a.example");
    EXPECT_EQ(parse(header(kQuery, {100, 0, 0, 1}) + many + "..........."s)->name(), "a.example");
}

TEST(Dns, FlushBitOfMulticastAnswers) {
    const auto m = parse(header(kResponse, {1, 1, 0, 0}) + question("host.local") +
                         rr(kToQuestion, 1, 120, "\x0a\x00\x00\x01"s, 0x8001));
    EXPECT_EQ(answers_of(*m), "10.0.0.1/120");
}

TEST(Dns, QuestionOfAMessageWhoseRecordsAreCut) {
    const std::string cut = header(kResponse, {1, 1, 0, 0}) + question("www.example", 16) + "\xc0"s;
    ASSERT_FALSE(parse(cut).ok());
    EXPECT_EQ(parse(cut).error(), Stop::malformed);
    const auto asked = parse_dns_question(as_bytes(cut));
    ASSERT_TRUE(asked.ok());
    EXPECT_EQ(asked->name(), "www.example");
    EXPECT_EQ(asked->question_type, 16);
    EXPECT_TRUE(asked->response);
    const std::string bad_label = header(kQuery, {}) + "\x40x"s + u32(0);
    EXPECT_EQ(parse_dns_question(as_bytes(bad_label)).error(), Stop::malformed);
    EXPECT_EQ(parse_dns_question(as_bytes("no message"sv)).error(), Stop::other);
}

TEST(Dns, NamesAsText) {
    struct Case {
        std::string labels;
        std::string_view text;
    };
    for (const Case& c : {
             Case{labels("_ldap._tcp.DC.example"), "_ldap._tcp.dc.example"},
             Case{labels("a-b*c!~.example"), "a-b*c!~.example"},
             Case{"\0"s, ""},
             Case{block8("My Printer") + labels("_ipp._tcp.local"), ""},
             Case{block8("dot.inside") + labels("example"), ""},
             Case{block8("\xd0\xb0") + labels("example"), "\xd0\xb0.example"},
             Case{block8("\xd0") + labels("example"), ""},
             Case{block8("\xe2\x80\xae"
                         "x") +
                      labels("example"),
                  ""},  // right-to-left override
             Case{block8("\0x"s) + labels("example"), ""},
         }) {
        const auto m = parse(header(kQuery, {}) + c.labels + u16(1) + u16(1));
        ASSERT_TRUE(m.ok());
        EXPECT_EQ(m->name(), c.text);
    }
    // 255 bytes on the wire are 253 of text; one more is no name.
    const std::string longest = block8(std::string(63, 'a')) + block8(std::string(63, 'b')) +
                                block8(std::string(63, 'c')) + block8(std::string(61, 'd')) + "\0"s;
    ASSERT_EQ(longest.size(), 255u);
    EXPECT_EQ(parse(header(kQuery, {}) + longest + u32(0))->name_size, 253);
    EXPECT_EQ(parse(header(kQuery, {}) + "\x01x"s + longest + u32(0)).error(), Stop::malformed);
}

TEST(Dns, OddOwnersStillChain) {
    // A question without plain text: the answers are found all the same.
    const std::string odd = block8("My Printer") + labels("local");
    const auto m =
        parse(header(kResponse, {1, 1, 0, 0}) + odd + u16(1) + u16(1) + a(kToQuestion, 9));
    EXPECT_EQ(m->name_size, 0);
    EXPECT_EQ(answers_of(*m), "0.0.0.9/300");
}

TEST(Dns, Pointers) {
    const auto ask = [](const std::string& name) {
        return parse(header(kQuery, {}) + name + u16(1) + u16(1) + std::string(20, '\0'));
    };
    EXPECT_EQ(ask(pointer(12)).error(), Stop::malformed) << "to itself";
    EXPECT_EQ(ask(pointer(14)).error(), Stop::malformed) << "forward";
    EXPECT_EQ(ask(pointer(0)).error(), Stop::malformed) << "into the header";
    EXPECT_EQ(ask("\x01x"s + pointer(12)).error(), Stop::malformed) << "to its own start";
    EXPECT_EQ(ask("\x01x"s + pointer(13)).error(), Stop::malformed) << "into its own labels";
    EXPECT_EQ(ask("\x40x"s).error(), Stop::malformed) << "label type 01";
    EXPECT_EQ(ask("\x80x"s).error(), Stop::malformed) << "label type 10";
    // Suffixes shared as servers share them: mail.example -> pointer to "example" in the question.
    const auto m = parse(answer("www.example", {cname(kToQuestion, "\x04mail"s + pointer(16)),
                                                a("\x04MAIL"s + pointer(16), 5)}));
    EXPECT_EQ(answers_of(*m), "0.0.0.5/300");
    // An owner that cannot be read makes the message malformed.
    EXPECT_EQ(parse(answer("a.example", {a(pointer(200), 5)})).error(), Stop::malformed);
}

TEST(Dns, HttpsRecordsOfTheChain) {
    const std::string ech =
        u16(0xfe0d) + block16(u8(7) + u16(0x0020) + block16("K") + block16(u32(1)) + u8(0) +
                              block8("cover.example") + u16(0));
    const std::string data = u16(1) + u8(0) + u16(5) + block16(block16(ech));
    const auto said = [&](const std::string& message) {
        const auto m = parse(message);
        return m ? std::string(m->ech_public_name) + "/" + std::to_string(m->ech_ttl_s)
                 : "malformed";
    };
    EXPECT_EQ(said(answer("a.example", {rr(kToQuestion, 65, 300, data)})), "cover.example/300");
    EXPECT_EQ(said(answer("a.example", {cname(kToQuestion, labels("b.example"), 60),
                                        rr(labels("b.example"), 65, 300, data)})),
              "cover.example/60");
    EXPECT_EQ(said(answer("a.example", {rr(labels("c.example"), 65, 300, data)})), "/0")
        << "another's";
    EXPECT_EQ(said(answer("a.example", {rr(kToQuestion, 64, 300, data)})), "/0")
        << "SVCB: not of the web";
    EXPECT_EQ(said(answer("a.example", {rr(kToQuestion, 65, 300, "")})), "/300");
}

TEST(Dns, WrongSizesOfAddresses) {
    EXPECT_EQ(parse(answer("a.example", {rr(kToQuestion, 1, 5, "abc")})).error(), Stop::malformed);
    EXPECT_EQ(parse(answer("a.example", {rr(kToQuestion, 28, 5, "abcd")})).error(),
              Stop::malformed);
    EXPECT_EQ(parse(answer("a.example", {rr(kToQuestion, 1, 5, "")})).error(), Stop::malformed);
}

TEST(Dns, OtherThanDns) {
    EXPECT_EQ(parse("").error(), Stop::other);
    EXPECT_EQ(parse("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n").error(), Stop::other);
    EXPECT_EQ(parse(std::string(200, '\0')).error(), Stop::other);
    EXPECT_EQ(parse(std::string(200, '\xff')).error(), Stop::other);
    for (unsigned opcode : {3u, 6u, 15u})
        EXPECT_EQ(parse(header(opcode << 11, {}) + question("a.example")).error(), Stop::other);
    EXPECT_EQ(parse(header(kResponse, {1, 50, 0, 0}) + question("a.example")).error(), Stop::other);
    // Counts that fit by number and not by content.
    EXPECT_EQ(parse(header(kResponse, {1, 1, 0, 0}) + question("a.example") + std::string(10, 'x'))
                  .error(),
              Stop::malformed);
}

}  // namespace
}  // namespace sluice::wire
