// What people may ask about, and which end of a tuple is the user's.
#include "control/api/subject.h"

#include <gtest/gtest.h>

#include "control/api/reference_text.h"
#include "fakes.h"

namespace sluice::control {
namespace {

TEST(Subject, EachForm) {
    EXPECT_EQ(std::get<FlowNumber>(parse_subject("3-77")).id, (std::uint64_t{3} << 32 | 77));
    EXPECT_EQ(std::get<NameText>(parse_subject(" Bank.Example. ")).name, "bank.example");
    EXPECT_TRUE(std::holds_alternative<IpAddress>(parse_subject("2001:db8::1")));
    const std::string reference = reference_as_text(123456789);
    EXPECT_EQ(std::get<ReferenceText>(parse_subject(reference)).text, reference);
    const auto ends = std::get<Ends>(parse_subject("udp [2001:db8::1]:53 -> 10.0.0.1:4000"));
    EXPECT_EQ(ends.from_port, 53);
    EXPECT_EQ(ends.to_port, 4000);
    EXPECT_EQ(ends.ip_protocol, 17);
    EXPECT_EQ(std::get<Ends>(parse_subject("icmp 10.0.0.1 > 10.0.0.2")).ip_protocol, 1);
}

TEST(Subject, NothingOfTheKind) {
    for (const char* bad : {"", " ", "tcp 1.2.3.4 >", "tcp 1.2.3.4:1 > 5.6.7.8:99999", "tcp a > b",
                            "nope 1.2.3.4:1 > 5.6.7.8:2", "a b", "bad..name", "-"})
        EXPECT_FALSE(std::holds_alternative<Ends>(parse_subject(bad))) << bad;
    for (const char* bad : {"", " ", "a b", "bad..name"})
        EXPECT_TRUE(std::holds_alternative<std::monostate>(parse_subject(bad))) << bad;
}

TEST(Subject, TheCataloguedEndIsTheUser) {
    const FakeRulebook rules;
    const IpAddress ours = *parse_ip("10.0.0.1"), theirs = *parse_ip("192.0.2.9");
    const Oriented out = orient({ours, theirs, 1, 2, 6}, rules, {});
    EXPECT_EQ(out.tuple.user, ours);
    EXPECT_FALSE(out.from_internet);
    const Oriented in = orient({theirs, ours, 2, 1, 6}, rules, {});
    EXPECT_EQ(in.tuple.user, ours);
    EXPECT_EQ(in.tuple.user_port, 1);
    EXPECT_TRUE(in.from_internet);
    EXPECT_EQ(orient({theirs, theirs, 2, 1, 6}, rules, {}).tuple.user_port, 2);
    EXPECT_FALSE(orient({ours, ours, 2, 1, 6}, rules, {}).from_internet);
}

}  // namespace
}  // namespace sluice::control
