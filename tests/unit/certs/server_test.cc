// The signer as a process sees it: a real socket, a real log, the client of sluice-inspect; and
// what changes under way: bundle, CA generation, rate, a full log, a worker that does not read.
#include "tests/unit/certs/server_fixture.h"

namespace sluice::certs {
namespace {

TEST_F(Server, AnswersWithALeafThatIsInTheLog) {
    start();
    SignerClient client(client_options());
    ASSERT_TRUE(client.connect());
    const auto outcome = ask(client, "www.news.example");
    ASSERT_TRUE(std::holds_alternative<Leaf>(outcome));
    const Leaf& leaf = std::get<Leaf>(outcome);
    ASSERT_EQ(leaf.chain.size(), 2u);
    EXPECT_EQ(leaf.chain[1], gateway().generation->trusted.der);
    EXPECT_EQ(leaf.generation, "g1");
    EXPECT_EQ(client.generation(), "g1");
    EXPECT_EQ(leaf.log_index, 0u);
    std::optional<LogEntry> entry;
    ASSERT_TRUE(walk_log(config_.log_dir, [&](std::uint64_t, Bytes bytes, const Hash&) {
                    entry = parse_entry(bytes);
                    return true;
                }).ok());
    ASSERT_TRUE(entry.has_value());
    EXPECT_EQ(entry->leaf, leaf.chain[0]);
    EXPECT_EQ(entry->organisation, "ministry");
    EXPECT_EQ(entry->origin, fingerprint(chain_[0]));
    EXPECT_EQ(problem_of(*entry), "");
}

TEST_F(Server, UntrustedLeavesComeFromTheUntrustedCa) {
    start();
    SignerClient client(client_options());
    ASSERT_TRUE(client.connect());
    const auto outcome = ask(client, "www.news.example", SignerIssuer::untrusted);
    ASSERT_TRUE(std::holds_alternative<Leaf>(outcome));
    EXPECT_EQ(std::get<Leaf>(outcome).chain[1], gateway().generation->untrusted.der);
    EXPECT_EQ(std::get<Leaf>(outcome).issuer, SignerIssuer::untrusted);
}

// A bundle published meanwhile counts for the very next leaf.
TEST_F(Server, ANameThatHasJustBecomeExemptGetsNoLeaf) {
    start();
    SignerClient client(client_options());
    ASSERT_TRUE(client.connect());
    EXPECT_TRUE(std::holds_alternative<Leaf>(ask(client, "www.news.example")));
    publish(true, 2);
    EXPECT_EQ(std::get<Refusal>(ask(client, "www.news.example")), Refusal::exempt);
    EXPECT_EQ(status().bundle_serial, 2u);
}

TEST_F(Server, ADamagedBundleLeavesTheOldOneInForce) {
    start();
    SignerClient client(client_options());
    ASSERT_TRUE(client.connect());
    test::overwrite(fs::path(config_.bundle_dir) / "current", "not a hash");
    EXPECT_TRUE(std::holds_alternative<Leaf>(ask(client, "www.news.example")));
    EXPECT_TRUE(status().trouble);
    EXPECT_EQ(std::get<Refusal>(ask(client, "bank.example")), Refusal::exempt);
}

TEST_F(Server, WithoutABundleThereIsNoLeafUntilThereIsOne) {
    fs::remove_all(config_.bundle_dir);
    start();
    SignerClient client(client_options());
    ASSERT_TRUE(client.connect());
    EXPECT_EQ(std::get<Refusal>(ask(client, "www.news.example")), Refusal::no_bundle);
    publish(false, 1);
    EXPECT_TRUE(std::holds_alternative<Leaf>(ask(client, "www.news.example")));
    EXPECT_FALSE(status().trouble);
}

TEST_F(Server, TheGenerationChangesUnderAnOpenConnection) {
    start();
    SignerClient client(client_options());
    ASSERT_TRUE(client.connect());
    EXPECT_EQ(std::get<Leaf>(ask(client, "www.news.example")).generation, "g1");
    CeremonyPlan plan;
    plan.out = home() / "out";
    plan.generation = "g2";
    plan.organisation = "Test Gateway";
    plan.log_name = config_.log_name;
    plan.now = UtcTime{real_now()};
    plan.cost = test::kCheap;
    plan.root_from = gateway().offline();
    ASSERT_TRUE(
        hold_ceremony(plan, Passphrase(test::kRootPassphrase), Passphrase(test::kOnlinePassphrase))
            .ok());
    fs::copy(home() / "out" / "gateway" / "g2", home() / "ca" / "g2", fs::copy_options::recursive);
    ASSERT_TRUE(set_current(home() / "ca", "g2").ok());
    EXPECT_EQ(std::get<Leaf>(ask(client, "www.news.example")).generation, "g1");  // not before told
    signal(SIGHUP);
    pollfd ready{client.fd(), POLLIN, 0};
    ASSERT_EQ(::poll(&ready, 1, 10'000), 1);
    EXPECT_TRUE(client.on_ready(mono()));
    EXPECT_EQ(client.generation(), "g2");
    const auto outcome = ask(client, "www.news.example");
    EXPECT_EQ(std::get<Leaf>(outcome).generation, "g2");
    EXPECT_NE(std::get<Leaf>(outcome).chain[1], gateway().generation->trusted.der);
}

TEST_F(Server, AGenerationThatCannotBeReadLeavesTheOldOneInForce) {
    start();
    ASSERT_TRUE(set_current(home() / "ca", "g9").ok());
    const ipc::StatusReply reply = status(ipc::SignerKind::reload);
    EXPECT_TRUE(reply.trouble);
    EXPECT_STREQ(reply.generation, "g1");
    EXPECT_NE(std::string(reply.message).find("g9"), std::string::npos);
    ASSERT_TRUE(set_current(home() / "ca", "g1").ok());
    EXPECT_FALSE(status(ipc::SignerKind::reload).trouble);
}

TEST_F(Server, AnOrganisationHasItsRate) {
    config_.leaves_per_minute = 2;
    start();
    SignerClient client(client_options());
    ASSERT_TRUE(client.connect());
    EXPECT_TRUE(std::holds_alternative<Leaf>(ask(client, "a.news.example")));
    EXPECT_TRUE(std::holds_alternative<Leaf>(ask(client, "b.news.example")));
    EXPECT_EQ(std::get<Refusal>(ask(client, "c.news.example")), Refusal::rate_limited);
    EXPECT_EQ(status().refused[static_cast<std::size_t>(Refusal::rate_limited)], 1u);
    EXPECT_EQ(status().leaves, 2u);
}

TEST_F(Server, AFullLogMeansNoLeaf) {
    config_.log_mib_max = 1;
    start();
    SignerClient client(client_options());
    ASSERT_TRUE(client.connect());
    std::size_t leaves = 0;
    for (;;) {
        for (std::uint64_t i = 0; i < 200; ++i)
            ASSERT_TRUE(order(client, "www.news.example", i));
        bool full = false;
        for (const LeafAnswer& answer : wait_for(client, 200)) {
            // By the last answer: a smaller batch may still have had room after one that had none.
            full = !std::holds_alternative<Leaf>(answer.outcome) &&
                   std::get<Refusal>(answer.outcome) == Refusal::log_full;
            if (std::holds_alternative<Leaf>(answer.outcome)) ++leaves;
        }
        if (full) break;
    }
    const ipc::StatusReply reply = status();
    EXPECT_EQ(reply.log_entries, leaves);
    EXPECT_LE(reply.log_bytes, reply.log_bytes_max);
    EXPECT_TRUE(reply.trouble);
}

TEST_F(Server, ManyAtOnceAreAnsweredEachOnce) {
    start();
    SignerClient one(client_options()), two(client_options());
    ASSERT_TRUE(one.connect() && two.connect());
    for (std::uint64_t i = 0; i < 250; ++i) {
        ASSERT_TRUE(order(one, "www.news.example", i));
        if (i % 2 == 0) {
            ASSERT_TRUE(order(two, "bank.example", 1'000 + i));
        }
    }
    std::vector<bool> seen(250);
    for (const LeafAnswer& answer : wait_for(one, 250)) {
        EXPECT_TRUE(std::holds_alternative<Leaf>(answer.outcome));
        EXPECT_FALSE(seen.at(answer.token));
        seen.at(answer.token) = true;
    }
    for (const LeafAnswer& answer : wait_for(two, 125))
        EXPECT_EQ(std::get<Refusal>(answer.outcome), Refusal::exempt);
    stop();
    const auto key = read_key(config_.log_key, Passphrase(test::kOnlinePassphrase));
    const auto verifier = verifier_of(key->get(), config_.log_name);
    const LogAudit audit = audit_log(config_.log_dir, *verifier, {});
    EXPECT_TRUE(audit.problems.empty());
    EXPECT_EQ(audit.log.size, 250u);
    EXPECT_EQ(audit.checkpoint, audit.log);
}

// ---- who may ask what ----

TEST_F(Server, AStrangerIsRefusedAndSentAway) {
    start({{::getuid() + 1}, {::getuid() + 2}});
    const int fd = raw_socket();
    EXPECT_EQ(refusal_from(fd), Refusal::not_allowed);
    char byte;
    EXPECT_EQ(::recv(fd, &byte, 1, 0), 0);
    ::close(fd);
}
TEST_F(Server, AnAdminMayNotHaveLeaves) {
    start({{::getuid() + 1}, {::getuid()}});
    SignerClient client(client_options());
    ASSERT_TRUE(client.connect());
    EXPECT_EQ(std::get<Refusal>(ask(client, "www.news.example")), Refusal::not_allowed);
    EXPECT_EQ(status().log_entries, 0u);
}
TEST_F(Server, AWorkerMayNotAdminister) {
    start({{::getuid()}, {::getuid() + 1}});
    const auto reply = ask_signer(config_.socket, ipc::SignerKind::reload, 10'000);
    ASSERT_FALSE(reply.ok());
    EXPECT_EQ(reply.error().refusal, Refusal::not_allowed);
}
TEST_F(Server, ThereIsALimitOfConnections) {
    start();
    std::vector<int> all;
    for (int i = 0; i < 4; ++i)
        all.push_back(raw_socket());
    const int one_more = raw_socket();
    EXPECT_EQ(refusal_from(one_more), Refusal::not_allowed);
    all.push_back(one_more);
    for (int fd : all)
        ::close(fd);
}
TEST_F(Server, BadMessagesAreRefusedAndTheConnectionGoesOn) {
    start();
    const int fd = raw_socket();
    const auto good = test::Asking::good().message();
    const auto say = [&](std::vector<std::uint8_t> bytes) {
        EXPECT_EQ(::send(fd, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
        return refusal_from(fd);
    };
    EXPECT_EQ(say({1, 2, 3}), Refusal::bad_request);
    EXPECT_EQ(say({good.begin(), good.end() - 1}), Refusal::bad_request);
    auto version = good;
    version[0] ^= 1;
    EXPECT_EQ(say(version), Refusal::bad_request);
    auto kind = good;
    kind[offsetof(ipc::SignerHead, kind)] = static_cast<std::uint8_t>(ipc::SignerKind::refused);
    EXPECT_EQ(say(kind), Refusal::bad_request);
    kind[offsetof(ipc::SignerHead, kind)] = static_cast<std::uint8_t>(ipc::SignerKind::status);
    EXPECT_EQ(say(kind), Refusal::bad_request);
    EXPECT_EQ(say(std::vector<std::uint8_t>(ipc::kSignerMessageBytesMax + 1)),
              Refusal::bad_request);
    ::close(fd);
}

// ---- the client's own promises ----

TEST_F(Server, ADeadSignerIsSaidOfEveryOrder) {
    start();
    SignerClient client(client_options());
    ASSERT_TRUE(client.connect());
    EXPECT_TRUE(std::holds_alternative<Leaf>(ask(client, "www.news.example")));
    stop();
    order(client, "www.news.example", 1);
    order(client, "www.news.example", 2);
    EXPECT_FALSE(client.on_ready(mono()));
    const auto answers = client.take_answers();
    ASSERT_EQ(answers.size(), 2u);
    for (const LeafAnswer& answer : answers)
        EXPECT_EQ(std::get<SignerFault>(answer.outcome), SignerFault::gone);
    EXPECT_FALSE(client.connected());
    EXPECT_FALSE(client.connect());
    EXPECT_FALSE(order(client, "www.news.example", 3));
    start();
    ASSERT_TRUE(client.connect());
    EXPECT_TRUE(std::holds_alternative<Leaf>(ask(client, "www.news.example")));
}

TEST_F(Server, AnOrderThatIsGivenUpIsNotTakenForAnother) {
    start();
    SignerClient client(client_options());
    ASSERT_TRUE(client.connect());
    ASSERT_TRUE(order(client, "www.news.example", 1));
    client.expire(after_ms(mono(), 60'000));
    const auto given_up = client.take_answers();
    ASSERT_EQ(given_up.size(), 1u);
    EXPECT_EQ(std::get<SignerFault>(given_up[0].outcome), SignerFault::timed_out);
    EXPECT_EQ(client.under_way(), 0u);
    const auto outcome = ask(client, "bank.example");
    EXPECT_EQ(std::get<Refusal>(outcome), Refusal::exempt);
}

TEST_F(Server, OrdersThatTheProtocolHasNoRoomForAreNotTaken) {
    start();
    SignerClient client(client_options());
    ASSERT_TRUE(client.connect());
    LeafOrder order;
    order.spki = test::p256_spki();
    EXPECT_EQ(client.ask(order, mono()).error(), AskError::bad_order);  // neither name nor address
    order.name = "a.example";
    order.address = IpAddress{};
    EXPECT_EQ(client.ask(order, mono()).error(), AskError::bad_order);  // both
    order.address.reset();
    const std::string long_id(64, 'a'), long_name(254, 'a');
    order.organisation = long_id;
    EXPECT_EQ(client.ask(order, mono()).error(), AskError::bad_order);
    order.organisation = "ministry";
    order.name = long_name;
    EXPECT_EQ(client.ask(order, mono()).error(), AskError::bad_order);
    order.name = "a.example";
    const Der large(ipc::kSignerChainBytesMax);
    const std::vector<Bytes> chain = {large};
    order.origin_chain = chain;
    EXPECT_EQ(client.ask(order, mono()).error(), AskError::bad_order);
    const std::vector<Bytes> many(11, Bytes(test::p256_spki()));
    order.origin_chain = many;
    EXPECT_EQ(client.ask(order, mono()).error(), AskError::bad_order);
    EXPECT_EQ(client.under_way(), 0u);
}

TEST_F(Server, AnotherSignerDoesNotTakeItsSocket) {
    start();
    EXPECT_FALSE(listen_at(config_.socket).ok());
    stop();
    const auto again = listen_at(config_.socket);  // a stale one
    ASSERT_TRUE(again.ok());
    ::close(*again);
}

// ---- the rate by itself ----

TEST(LeafRate, FillsEvenlyAndHoldsAMinute) {
    LeafRate rate(60);
    MonoTime now{1};
    for (int i = 0; i < 60; ++i)
        EXPECT_TRUE(rate.take("a", now)) << i;
    EXPECT_FALSE(rate.take("a", now));
    EXPECT_TRUE(rate.take("b", now));
    EXPECT_FALSE(rate.take("a", after_ms(now, 999)));
    EXPECT_TRUE(rate.take("a", after_ms(now, 1'000)));
    EXPECT_FALSE(rate.take("a", after_ms(now, 1'001)));
    now = after_ms(now, 3'600'000);
    for (int i = 0; i < 60; ++i)
        EXPECT_TRUE(rate.take("a", now)) << i;
    EXPECT_FALSE(rate.take("a", now));
    rate.give_back("a");
    EXPECT_TRUE(rate.take("a", now));
}

}  // namespace
}  // namespace sluice::certs
