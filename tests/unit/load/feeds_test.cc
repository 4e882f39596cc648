// Feeds in each format: what is taken, what is skipped and counted, what is refused and where;
// every prefix of each file; reuse of what was read before; save and load again.
#include "rules/load/feed_formats.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "rules/load/host_name.h"
#include "rules/load/public_suffix.h"
#include "rules/load/save_policy.h"
#include "tests/unit/load/diagnostic_rows.h"

namespace sluice::load {
namespace {

using Kind = model::FeedContent::Kind;

// "name", "!name" (exception), "host/path", "+name", "-name", addresses: what a file came to.
struct Read {
    model::FeedContent content;
    std::vector<Diagnostic> diagnostics;
    std::vector<std::string> entries;
};

Read read(model::FeedFormat format, std::string_view text, bool lenient = false,
          void (*how)(std::string_view, FeedSink&) = nullptr) {
    Read out;
    Report report;
    model::Feed feed;
    feed.allow_suffix = {"gov.kz"};
    FeedSink sink(feed, lenient, report, out.content);
    sink.in_file(report.add_file("feed"), "feed", 0);
    using enum model::FeedFormat;
    if (how != nullptr)
        how(text, sink);
    else if (format == domains)
        read_domains(text, sink);
    else if (format == hosts)
        read_hosts(text, sink);
    else if (format == adblock)
        read_adblock(text, sink);
    else if (format == rpz)
        read_rpz(text, sink);
    else
        read_ut1_urls(text, sink);
    sink.finish();
    out.diagnostics = report.take();
    for (const auto& row : out.content.rows) {
        const char* mark = row.kind == Kind::exception ? "!"
                           : row.kind == Kind::added   ? "+"
                           : row.kind == Kind::removed ? "-"
                                                       : "";
        out.entries.push_back(mark + std::string(out.content.spelling(row)));
    }
    for (const auto& address : out.content.addresses)
        out.entries.push_back(to_text(address.prefix));
    return out;
}

using Lines = std::vector<std::string>;

TEST(Feeds, Domains) {
    const Read r = read(model::FeedFormat::domains,
                        "# head\nExample.COM\r\n  *.wild.example # why\n.dot.example\n\n"
                        "http://url.example/a/b?q#f\nurl.example:443/c/\nurl.example/\n"
                        "192.0.2.1\n198.51.100.0/24\n2001:db8::/32\n"
                        "\xd0\xb1\xd0\xb0\xd0\xbd\xd0\xba.example\ngov.kz\nxn--80ak6aa92e.com.\n");
    EXPECT_EQ(shapes(r.diagnostics), Lines{});
    EXPECT_EQ(r.entries,
              (Lines{"example.com", "wild.example", "dot.example", "url.example/a/b",
                     "url.example/c", "url.example", "xn--80ab2al.example", "gov.kz",
                     "xn--80ak6aa92e.com", "192.0.2.1/32", "198.51.100.0/24", "2001:db8::/32"}));
    EXPECT_EQ(r.content.counts.lines, 12u);
    EXPECT_EQ(r.content.counts.skipped, 0u);
}

TEST(Feeds, DomainsAreStrict) {
    const struct {
        const char* text;
        const char* code;
    } rows[] = {
        {"a b.example", "bad_name"},
        {"a!b.example", "bad_name"},
        {"com", "public_suffix"},
        {"co.uk", "public_suffix"},
        {"github.io", "public_suffix"},
        {"kz", "public_suffix"},
        {"madeuptld", "public_suffix"},
        {"10.0.0.1/8", "host_bits_set"},
        {"a..b", "bad_name"},
        {"x.example//a", "bad_url"},
        {"1.2.3.4.5", "bad_name"},
        {"||x.example^", "bad_name"},
        {"0.0.0.0 x.example", "bad_name"},
    };
    for (const auto& row : rows) {
        const Read r = read(model::FeedFormat::domains, std::string("ok.example\n") + row.text);
        EXPECT_EQ(shapes(r.diagnostics), Lines{std::string("error ") + row.code + " feed:2:1"})
            << row.text;
        const Read lenient =
            read(model::FeedFormat::domains, std::string("ok.example\n") + row.text, true);
        EXPECT_EQ(shapes(lenient.diagnostics), Lines{}) << row.text;
        EXPECT_EQ(lenient.content.counts.skipped, 1u) << row.text;
        EXPECT_NE(lenient.content.last_skipped.find("feed:2: "), std::string::npos)
            << lenient.content.last_skipped;
        EXPECT_EQ(lenient.entries, Lines{"ok.example"}) << row.text;
    }
}

TEST(Feeds, Hosts) {
    const Read r = read(model::FeedFormat::hosts,
                        "# hosts\n127.0.0.1 localhost localhost.localdomain\n::1 ip6-loopback\n"
                        "fe80::1%lo0 localhost\n255.255.255.255\tbroadcasthost\n0.0.0.0 0.0.0.0\n"
                        "0.0.0.0 a.example B.example # two\n127.0.0.1\tc.example\nd.example\n"
                        "0.0.0.0 not_a..name\n0.0.0.0\n",
                        true);
    EXPECT_EQ(r.entries, (Lines{"a.example", "b.example", "c.example"}));
    EXPECT_EQ(r.content.counts.skipped, 9u);
}

TEST(Feeds, AdBlock) {
    const Read r =
        read(model::FeedFormat::adblock,
             "[Adblock Plus 2.0]\n! comment\n||ads.example^\n||Track.example^$all,important\n"
             "@@||good.ads.example^\n||deep.good.ads.example^\n||page.example^$script\n"
             "||path.example/ads\n##.banner\nexample.com##div\n/regex/\n||*.star.example^\n"
             "||192.0.2.9^\n|https://x.example^\n||pipe.example^|\n@@||odd.example^$ghide\n",
             true);
    EXPECT_EQ(r.entries, (Lines{"ads.example", "track.example", "!good.ads.example", "pipe.example",
                                "192.0.2.9/32"}));
    EXPECT_EQ(r.content.counts.excepted, 1u);
    EXPECT_EQ(r.content.counts.skipped, 9u) << "eight rules of other kinds and the excepted name";
}

TEST(Feeds, Rpz) {
    const Read r = read(model::FeedFormat::rpz,
                        "$TTL 1h\n$ORIGIN rpz.example.\n"
                        "@ IN SOA ns.example. host.example. (\n 1 ; serial\n 1h 15m 30d 2h )\n"
                        "  IN NS ns.example.\n"
                        "bad.example CNAME . ; nothing\n*.bad.example 60 IN CNAME .\n"
                        "Redirected.example IN CNAME walled.garden.example.\n"
                        "local.example A 192.0.2.1\n  TXT \"a ; b ( c\"\n"
                        "good.bad.example CNAME rpz-passthru.\n"
                        "absolute.example.rpz.example. CNAME *.\n"
                        "32.1.2.0.192.rpz-ip CNAME .\n24.0.100.51.198.rpz-ip CNAME rpz-drop.\n"
                        "48.zz.7.db8.2001.rpz-ip CNAME .\n128.1.zz.7.db8.2001.rpz-ip CNAME .\n"
                        "ns.bad.example.rpz-nsdname CNAME .\ntcp.example CNAME rpz-tcp-only.\n"
                        "$ORIGIN sub.rpz.example.\nbelow.x.example CNAME .\n");
    EXPECT_EQ(shapes(r.diagnostics), Lines{});
    EXPECT_EQ(r.entries, (Lines{"bad.example", "bad.example", "redirected.example", "local.example",
                                "local.example", "!good.bad.example", "absolute.example",
                                "below.x.example.sub", "192.0.2.1/32", "198.51.100.0/24",
                                "2001:db8:7::/48", "2001:db8:7::1/128"}));
    EXPECT_EQ(r.content.counts.skipped, 2u);
}

TEST(Feeds, RpzIsStrict) {
    for (const char* text :
         {"$INCLUDE other\n", "bad.example CNAME\n", "bad.example\n", "bad.example FOO .\n",
          " CNAME .\n", "@ IN SOA a. b. ( 1 2 3\n", "x.example TXT \"open\n", "y ) CNAME .\n",
          "$ORIGIN rpz.example.\nout.example. CNAME .\n", "33.1.2.0.192.rpz-ip CNAME .\n"}) {
        const Read r = read(model::FeedFormat::rpz, text);
        EXPECT_EQ(r.diagnostics.size(), 1u) << text;
        EXPECT_EQ(r.entries, Lines{}) << text;
    }
}

TEST(Feeds, Ut1Urls) {
    const Read r = read(model::FeedFormat::ut1,
                        "host.example/~user\nwww.host.example/a/b/\n192.0.2.4/path\n192.0.2.4\n"
                        "host.example\nhost.example/a b\n",
                        true);
    EXPECT_EQ(r.entries, (Lines{"host.example/~user", "www.host.example/a/b", "host.example",
                                "192.0.2.4/32"}));
    EXPECT_EQ(r.content.counts.skipped, 2u);
}

TEST(Feeds, Changes) {
    const Read r = read(model::FeedFormat::domains, "+new.example # why\n- old.example\n-com\n",
                        false, read_changes);
    EXPECT_EQ(r.entries, (Lines{"+new.example", "-old.example", "-com"}));
    EXPECT_EQ(
        shapes(read(model::FeedFormat::domains, "new.example", false, read_changes).diagnostics),
        Lines{"error bad_row feed:1:1"});
    EXPECT_EQ(shapes(read(model::FeedFormat::domains, "+com", false, read_changes).diagnostics),
              Lines{"error public_suffix feed:1:1"});
}

TEST(Feeds, EveryPrefixOfEveryFormat) {
    const std::string text =
        "||a.example^\n@@||b.a.example^$all\n0.0.0.0 c.example\nd.example/p?q\n"
        "$ORIGIN z.\n@ SOA ( 1\n)\ne CNAME \"x\" .\n48.zz.db8.2001.rpz-ip CNAME .\n+f.example\n";
    for (std::size_t size = 0; size <= text.size(); ++size)
        for (const auto format :
             {model::FeedFormat::domains, model::FeedFormat::hosts, model::FeedFormat::adblock,
              model::FeedFormat::rpz, model::FeedFormat::ut1}) {
            const Read r = read(format, std::string(text.data(), size), true);
            EXPECT_EQ(shapes(r.diagnostics), Lines{});
            EXPECT_LE(r.content.counts.names + r.content.counts.skipped,
                      2 * r.content.counts.lines + 2);
        }
}

// ---- feeds.yaml ----
FileSet with_feeds(const std::string& yaml) {
    FileSet files = small_policy();
    files["feeds.yaml"] = yaml;
    files["feeds/ads.txt"] = "ads.example\ntrack.example\n";
    files["feeds/ads.new"] = "+fresh.example\n-ads.example\n";
    files["feeds/ut1/bank/domains"] = "bank.example\n192.0.2.1\n";
    files["feeds/ut1/bank/urls"] = "host.example/bank\n";
    files["feeds/ut1/bank/usage"] = "black\n";
    files["feeds/ut1/adult/domains"] = "adult.example\n";
    return files;
}
const std::string kHead = "feeds:\n";
const std::string kAds =
    "  - {id: ads, format: domains, path: feeds/ads.txt, category: news, source: s, licence: l,\n"
    "     date: 2026-01-02, changes: [feeds/ads.new]}\n";
const std::string kUt1 =
    "  - {id: ut1, format: ut1, path: feeds/ut1, source: s, licence: l, date: 2026-01-02,\n"
    "     precedence: 60, categories: [{folder: bank, category: banking}]}\n";

TEST(FeedsFile, ReadsWhatItNames) {
    const FileSet files = with_feeds(kHead + kAds + kUt1);
    const Loaded loaded = load_policy(files, test_day());
    ASSERT_EQ(shapes(loaded.diagnostics), Lines{});
    ASSERT_EQ(loaded.policy.feeds.size(), 2u);
    EXPECT_EQ(loaded.policy.feed_content[0]->counts.names, 2u);
    EXPECT_EQ(loaded.policy.feed_changes[0]->counts.changes, 2u);
    EXPECT_EQ(loaded.policy.feed_content[1]->counts.names, 1u);
    EXPECT_EQ(loaded.policy.feed_content[1]->counts.urls, 1u);
    EXPECT_EQ(loaded.policy.feed_content[1]->counts.addresses, 1u);
    EXPECT_EQ(loaded.policy.feed_content[1]->counts.unmapped, 1u);
    EXPECT_EQ(loaded.policy.feeds[1].precedence, 10);

    FileSet changed = files;
    changed["feeds/ads.txt"] += "third.example\n";
    changed["feeds/ads.new"] += "+fourth.example\n";
    const Loaded again = load_policy(changed, test_day(), &loaded.policy);
    ASSERT_TRUE(again.ok());
    EXPECT_NE(again.policy.feed_content[0], loaded.policy.feed_content[0]);
    EXPECT_EQ(again.policy.feed_content[0]->counts.names, 3u);
    EXPECT_EQ(again.policy.feed_content[1], loaded.policy.feed_content[1]) << "read once";
    EXPECT_EQ(again.policy.feed_changes[0]->counts.changes, 3u);

    const Loaded saved = load_policy(save_policy(loaded.policy), test_day());
    ASSERT_EQ(shapes(saved.diagnostics), Lines{});
    EXPECT_TRUE(saved.policy == loaded.policy);
    for (std::size_t f = 0; f < 2; ++f) {
        EXPECT_EQ(saved.policy.feed_content[f]->text, loaded.policy.feed_content[f]->text);
        EXPECT_EQ(saved.policy.feed_changes[f]->text, loaded.policy.feed_changes[f]->text);
    }
}

TEST(FeedsFile, SaysWhatIsWrong) {
    const struct {
        const char* what;
        std::string from, to;
        Lines expected;
    } rows[] = {
        {"format", "format: domains", "format: domain", {"error unknown_word feeds.yaml:2:23"}},
        {"category", "category: news", "category: nws", {"error unknown_category feeds.yaml:2:63"}},
        {"path",
         "path: feeds/ads.txt",
         "path: feeds/add.txt",
         {"error missing_file feeds.yaml:2:38", "error unreferenced_file feeds/ads.txt:0:0"}},
        {"outside",
         "path: feeds/ads.txt",
         "path: ../ads.txt",
         {"error bad_path feeds.yaml:2:38", "error unreferenced_file feeds/ads.txt:0:0"}},
        {"future", "date: 2026-01-02", "date: 2126-01-02", {"error out_of_range feeds.yaml:3:12"}},
        {"precedence",
         "changes:",
         "precedence: 101, changes:",
         {"error out_of_range feeds.yaml:3:36"}},
        {"mapping", "category: news", "categories: []", {"error missing_key feeds.yaml:2:5"}},
        {"unknown key", "changes:", "change:", {"error unknown_key feeds.yaml:3:24"}},
    };
    for (const auto& row : rows) {
        std::string yaml = kHead + kAds;
        yaml.replace(yaml.find(row.from), row.from.size(), row.to);
        FileSet files = with_feeds(yaml);
        for (const char* ut1 : {"bank/domains", "bank/urls", "bank/usage", "adult/domains"})
            files.erase("feeds/ut1/" + std::string(ut1));
        auto got = shapes(load_policy(files, test_day()).diagnostics);
        std::erase(got, "error unreferenced_file feeds/ads.new:0:0");
        for (const std::string& wanted : row.expected)
            EXPECT_NE(std::find(got.begin(), got.end(), wanted), got.end())
                << row.what << ": " << wanted << " not among " << testing::PrintToString(got);
    }
}

TEST(GeoFile, ReadsSegments) {
    FileSet files = small_policy();
    files["geo.yaml"] =
        "segments:\n  - {id: national, countries: [KZ], asns: [9198], prefixes: [10.0.0.0/8],\n"
        "     except: [10.9.0.0/16]}\n";
    const Loaded loaded = load_policy(files, test_day());
    ASSERT_EQ(shapes(loaded.diagnostics), Lines{});
    ASSERT_EQ(loaded.policy.segments.size(), 1u);
    EXPECT_EQ(loaded.policy.segments[0].asns, std::vector<std::uint32_t>{9198});
    const Loaded saved = load_policy(save_policy(loaded.policy), test_day());
    EXPECT_TRUE(saved.ok() && saved.policy == loaded.policy);
    check({
        {"no country",
         "geo.yaml",
         "segments:\n  - {id: a, countries: [kaz]}\n",
         {"error missing_key geo.yaml:2:5", "error unknown_word geo.yaml:2:25"}},
        {"nothing", "geo.yaml", "segments:\n  - {id: a}\n", {"error missing_key geo.yaml:2:5"}},
        {"twice",
         "geo.yaml",
         "segments:\n  - {id: a, asns: [1]}\n  - {id: a, asns: [1]}\n",
         {"error duplicate_id geo.yaml:3:10"}},
        {"no file",
         "geo.yaml",
         "databases:\n  - {path: geo/x.mmdb, source: s, licence: l, date: 2026-01-01}\n",
         {"error missing_file geo.yaml:2:12"}},
    });
}

// ---- public suffixes ----
std::string data_dir() {
    const char* given = std::getenv("SLUICE_DATA");
    return given != nullptr ? given : SLUICE_DATA_DEFAULT;
}

TEST(PublicSuffixes, TheListsOwnTestsPass) {
    const std::string dir = data_dir() + "/domains/psl/";
    const auto list = PublicSuffixes::from_file(dir + "public_suffix_list.dat");
    std::ifstream tests(dir + "tests.txt");
    if (!list || !tests) GTEST_SKIP() << "no public-suffix tests under " << dir;
    std::string line;
    unsigned asked = 0;
    while (std::getline(tests, line)) {
        if (line.empty() || line.starts_with("//")) continue;
        const std::size_t blank = line.find(' ');
        const std::string input = line.substr(0, blank);
        std::string expected = line.substr(blank + 1);
        while (!expected.empty() && (expected.back() == '\r' || expected.back() == ' '))
            expected.pop_back();
        std::string name, wanted;
        const bool is_name = input != "null" && host_name(input, name);
        if (expected != "null") {
            ASSERT_TRUE(is_name && host_name(expected, wanted)) << line;
        }
        if (!is_name) continue;  // what is no name has no registrable part
        ++asked;
        EXPECT_EQ(list->registrable(name), wanted) << line;
        EXPECT_EQ(list->is_suffix(name), wanted.empty()) << line;
    }
    EXPECT_GT(asked, 60u);
}

}  // namespace
}  // namespace sluice::load
