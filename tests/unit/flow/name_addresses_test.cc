// Evidence for names: what answers say for and against an address, and when they say nothing.
#include "dataplane/flow/name_addresses.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::flow {
namespace {

using model::NameEvidence;

MonoTime at(std::int64_t seconds) { return MonoTime{seconds * kNsPerSecond}; }
IpAddress ip(const char* text) { return *parse_ip(text); }

class Evidence : public testing::Test {
  protected:
    NameAddresses names_{1024, 7};
    void learn(const char* name, const char* address, std::int64_t until, std::int64_t now = 0,
               std::uint8_t op = 1) {
        names_.learn(op, name, ip(address), at(until), at(now));
    }
    NameEvidence ask(const char* name, const char* address, std::int64_t now,
                     std::uint8_t op = 1) const {
        return names_.ask(op, name, ip(address), at(now));
    }
};

TEST_F(Evidence, AgreesContradictsOrDoesNotKnow) {
    learn("bank.example", "192.0.2.1", 100);
    learn("bank.example", "192.0.2.2", 100);
    EXPECT_EQ(ask("bank.example", "192.0.2.1", 10), NameEvidence::agree);
    EXPECT_EQ(ask("bank.example", "192.0.2.2", 10), NameEvidence::agree);
    EXPECT_EQ(ask("bank.example", "192.0.2.3", 10), NameEvidence::contradict);
    EXPECT_EQ(ask("shop.example", "192.0.2.1", 10), NameEvidence::unknown);
    EXPECT_EQ(ask("bank.example", "192.0.2.1", 10, 2), NameEvidence::unknown) << "other operator";
    EXPECT_EQ(ask("bank.example", "2001:db8::1", 10), NameEvidence::unknown) << "other family";
    EXPECT_EQ(ask("bank.example", "192.0.2.1", 200), NameEvidence::unknown) << "ran out";
    EXPECT_EQ(ask("bank.example", "192.0.2.3", 200), NameEvidence::unknown);
}

TEST_F(Evidence, AnOldAnswerIsNoContradiction) {
    learn("cdn.example", "192.0.2.1", 50);
    learn("cdn.example", "192.0.2.2", 500);
    EXPECT_EQ(ask("cdn.example", "192.0.2.1", 100), NameEvidence::unknown);
    EXPECT_EQ(ask("cdn.example", "192.0.2.9", 100), NameEvidence::contradict);
    learn("cdn.example", "192.0.2.1", 600, 100);  // told again
    EXPECT_EQ(ask("cdn.example", "192.0.2.1", 550), NameEvidence::agree);
}

TEST_F(Evidence, WhatHadNoRoomIsNotHeldAgainstAFlow) {
    for (int i = 1; i <= 9; ++i)
        learn("big.example", ("192.0.2." + std::to_string(i)).c_str(), 100 + i);
    EXPECT_EQ(ask("big.example", "192.0.2.9", 10), NameEvidence::agree);
    EXPECT_EQ(ask("big.example", "192.0.2.200", 10), NameEvidence::unknown);
    EXPECT_EQ(ask("big.example", "192.0.2.200", 102), NameEvidence::contradict)
        << "the forgotten answer has run out, others have not";
}

TEST_F(Evidence, NamesMakeRoomForNewerOnes) {
    NameAddresses few(1, 7);  // one group
    for (int i = 0; i < 100; ++i) {
        const std::string name = "n" + std::to_string(i) + ".example";
        few.learn(1, name, ip("192.0.2.1"), at(1000), at(i));
        EXPECT_EQ(few.ask(1, name, ip("192.0.2.1"), at(i)), NameEvidence::agree);
        EXPECT_EQ(few.ask(1, name, ip("192.0.2.2"), at(i)), NameEvidence::contradict);
    }
    EXPECT_EQ(few.ask(1, "n0.example", ip("192.0.2.2"), at(100)), NameEvidence::unknown);
    EXPECT_EQ(few.ask(1, "n98.example", ip("192.0.2.1"), at(100)), NameEvidence::agree);
}

}  // namespace
}  // namespace sluice::flow
