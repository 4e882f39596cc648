// The small parts of a worker: time limits, lists, caches, what the first bytes say.
#include <gtest/gtest.h>

#include <vector>

#include "dataplane/inspect/http_judge.h"
#include "dataplane/inspect/judge.h"
#include "dataplane/inspect/pins.h"
#include "dataplane/inspect/splice_list.h"
#include "dataplane/inspect/timer_wheel.h"
#include "rules/ipc/inspect_query.h"
#include "rules/lookup/decide_url.h"
#include "tests/unit/inspect/bench_of_flows.h"

namespace sluice::inspect::test {
namespace {

struct Fired {
    explicit Fired(TimerWheel* w = nullptr) : wheel(w), timer(&Fired::fire, this) {}
    static void fire(void* self) {
        auto& f = *static_cast<Fired*>(self);
        ++f.count;
        if (f.again != 0) f.wheel->set(f.timer, MonoTime{f.again});
    }
    TimerWheel* wheel;
    std::int64_t again = 0;
    unsigned count = 0;
    Timer timer;
};

TEST(TimerWheel, FiresOnceWhenDueWhateverTheStepAndNotBefore) {
    for (const std::int64_t step_ms : {1, 49, 50, 51, 999, 60'000}) {
        SCOPED_TRACE(step_ms);
        TimerWheel wheel{MonoTime{5}};
        std::vector<std::unique_ptr<Fired>> all;
        std::vector<std::int64_t> due_ms = {0, 1, 49, 50, 51, 1000, 51'200, 51'201, 200'000};
        for (const std::int64_t ms : due_ms) {
            all.push_back(std::make_unique<Fired>());
            wheel.set(all.back()->timer, after_ms(MonoTime{5}, ms));
        }
        for (std::int64_t now = 0; now <= 210'000; now += step_ms) {
            wheel.advance(after_ms(MonoTime{5}, now));
            for (std::size_t i = 0; i < all.size(); ++i) {
                if (now < due_ms[i]) {
                    EXPECT_EQ(all[i]->count, 0u) << due_ms[i] << " at " << now;
                } else if (now >= due_ms[i] + 2 * TimerWheel::kTickMs) {
                    EXPECT_EQ(all[i]->count, 1u) << due_ms[i] << " at " << now;
                }
            }
        }
    }
}

TEST(TimerWheel, StoppedMovedAndDestroyedTimersDoNotFire) {
    TimerWheel wheel{MonoTime{0}};
    Fired stopped, moved;
    wheel.set(stopped.timer, after_ms(MonoTime{0}, 100));
    wheel.set(moved.timer, after_ms(MonoTime{0}, 100));
    {
        Fired gone;
        wheel.set(gone.timer, after_ms(MonoTime{0}, 100));
    }
    stopped.timer.stop();
    wheel.set(moved.timer, after_ms(MonoTime{0}, 500));
    wheel.advance(after_ms(MonoTime{0}, 300));
    EXPECT_EQ(stopped.count + moved.count, 0u);
    wheel.advance(after_ms(MonoTime{0}, 700));
    EXPECT_EQ(moved.count, 1u);
}

TEST(TimerWheel, ATimerMaySetItselfWhileItFiresAndSoonIsTheNextRound) {
    TimerWheel wheel{MonoTime{0}};
    Fired f(&wheel);
    f.again = 1;
    wheel.soon(f.timer);
    EXPECT_TRUE(wheel.has_soon());
    wheel.advance(MonoTime{0});
    EXPECT_EQ(f.count, 1u);
    EXPECT_FALSE(wheel.has_soon());
    wheel.advance(after_ms(MonoTime{0}, 1000));
    EXPECT_GE(f.count, 2u);
}

TEST(SpliceList, ForgetsByTimeAndByNumber) {
    SpliceList list(2, 100);
    const auto key = [](const char* user) {
        return SpliceKey{*parse_ip(user), "a.example", *parse_ip("192.0.2.1"), 443};
    };
    list.add(key("10.0.0.1"), UtcTime{0});
    EXPECT_TRUE(list.use(key("10.0.0.1"), UtcTime{99}));
    EXPECT_FALSE(list.use(key("10.0.0.2"), UtcTime{99})) << "of that client only";
    EXPECT_FALSE(list.use(key("10.0.0.1"), UtcTime{100}));
    for (const char* user : {"10.0.0.1", "10.0.0.2", "10.0.0.3"})
        list.add(key(user), UtcTime{200});
    EXPECT_FALSE(list.use(key("10.0.0.1"), UtcTime{201}));
    EXPECT_EQ(list.list(UtcTime{201}).size(), 2u);
    SpliceList none(0, 100);
    none.add(key("10.0.0.1"), UtcTime{0});
    EXPECT_FALSE(none.use(key("10.0.0.1"), UtcTime{1}));
}

TEST(Pins, OnlyAlertsAboutCertificatesAreComplaints) {
    for (int alert = -1; alert < 256; ++alert)
        EXPECT_EQ(Pins::is_complaint(alert),
                  alert == 42 || alert == 43 || alert == 46 || alert == 48)
            << alert;
    Pins pins(1);
    pins.complain({"o", "a", {}, 48}, UtcTime{1});
    pins.complain({"o", "b", {}, 42}, UtcTime{2});
    ASSERT_EQ(pins.list().size(), 1u);
    EXPECT_EQ(pins.list()[0].name, "b");
}

TEST(Opening, IsReadFromTheFirstBytes) {
    std::array<std::uint8_t, wire::kHelloSizeMax> scratch;
    const auto read = [&](std::string_view text) { return read_opening(as_bytes(text), scratch); };
    EXPECT_FALSE(read(""));
    EXPECT_FALSE(read("G"));
    EXPECT_FALSE(read(std::string_view("\x16\x03\x01", 3)));
    EXPECT_EQ(read("GET / HTTP/1.1\r\n")->kind, Opening::Kind::http);
    EXPECT_EQ(read("SSH-2.0-x\r\n")->kind, Opening::Kind::other);
    EXPECT_EQ(read(std::string_view("\x16\x03\x01\x00\x04\x01\xff\xff\xff", 9))->kind,
              Opening::Kind::tls)
        << "too long a hello is TLS without a name";
}

TEST(HostOf, IsOneSpellingOrNone) {
    EXPECT_EQ(host_of("News.Example:8443"), "news.example");
    EXPECT_EQ(host_of("news.example."), "news.example");
    EXPECT_EQ(host_of("192.0.2.1:80"), "192.0.2.1");
    EXPECT_EQ(host_of("[2001:DB8::1]:443"), "2001:db8::1");
    for (const char* bad : {"", "a b", "[::1", "a..b", "user@host"})
        EXPECT_EQ(host_of(bad), "") << bad;
}

TEST(DecideUrl, ListedUrlsSpeakBeforeTheirNamesAndAfterOverrides) {
    auto files = small_policy();
    const auto decide = [&](const std::string& name, const char* path, const char* user) {
        const auto bundle = bundle_of(files);
        lookup::Facts facts;
        facts.user = *parse_ip(user);
        facts.org = lookup::find_user(bundle->view, OperatorId{0}, facts.user);
        facts.remote = *parse_ip("198.51.100.7");
        facts.protocol = model::Protocol::tls;
        facts.ip_protocol = 6;
        facts.name = name;
        facts.name_state = lookup::NameState::known;
        facts.name_source = model::NameSource::tls_sni;
        facts.now = UtcTime{1'780'000'000};
        return lookup::decide_url(bundle->view, facts, path).reason;
    };
    using model::Reason;
    EXPECT_EQ(decide("news.example", "/", "10.1.0.5"), Reason::under_inspection);
    EXPECT_EQ(decide("news.example", "/games", "10.1.0.5"), Reason::not_granted);
    EXPECT_EQ(decide("news.example", "/games/a/b", "10.1.0.5"), Reason::not_granted);
    EXPECT_EQ(decide("news.example", "/gamesome", "10.1.0.5"), Reason::under_inspection);
    EXPECT_EQ(decide("social.example", "/x", "10.1.0.5"), Reason::not_granted);
    EXPECT_EQ(decide("bank.example", "/games", "10.1.0.5"), Reason::exempt_finance);
    EXPECT_EQ(decide("news.example", "/games", "192.0.2.9"), Reason::unknown_source);
    files["overrides.yaml"] =
        "overrides:\n  - {name: news.example, categories: [news], ground: g, author: a}\n";
    EXPECT_EQ(decide("news.example", "/games", "10.1.0.5"), Reason::under_inspection);
}

TEST(InspectRequest, IsBelievedOnlyWhenItIsOne) {
    ipc::InspectRequest request;
    const auto bytes = [&] {
        return Bytes{reinterpret_cast<const std::uint8_t*>(&request), sizeof request};
    };
    request.kind = ipc::InspectKind::spliced;
    EXPECT_TRUE(ipc::check_inspect_request(bytes()));
    EXPECT_FALSE(ipc::check_inspect_request(bytes().first(sizeof request - 1)));
    request.version = 2;
    EXPECT_FALSE(ipc::check_inspect_request(bytes()));
    request.version = ipc::kInspectVersion;
    std::vector<std::uint8_t> raw(bytes().begin(), bytes().end());
    raw[4] = 5;
    EXPECT_FALSE(ipc::check_inspect_request(raw));
}

}  // namespace
}  // namespace sluice::inspect::test
