// Geo databases: what they say of addresses, refused ones, segments. With the data collection,
// against the reference reader's answers ($SLUICE_DATA, default ../shared/data).
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "rules/compile/compile.h"
#include "rules/compile/mmdb_reader.h"
#include "tests/support/mmdb_writer.h"
#include "tests/unit/lookup/small_policy.h"

// libmaxminddb 1.7 forgets to free some of a file whose metadata it refuses.
extern "C" const char* __lsan_default_suppressions() { return "leak:libmaxminddb"; }

namespace sluice::compile {
namespace {

namespace fs = std::filesystem;
using test::ip;
using test::prefix;

model::Policy policy_with(const std::vector<std::string>& databases) {
    model::Policy policy = test::small_policy();
    for (const std::string& bytes : databases) {
        auto content = std::make_shared<model::GeoContent>();
        content->bytes = bytes;
        content->digest = ipc::sha256(std::as_bytes(std::span(bytes.data(), bytes.size())));
        policy.geo.push_back({"geo/" + std::to_string(policy.geo.size()), "", "", {}, {}});
        policy.geo_content.push_back(std::move(content));
    }
    return policy;
}
ipc::LoadedBundle load(const model::Policy& policy) {
    const auto compiled = compile(policy);
    EXPECT_TRUE(compiled.ok()) << compiled.error()[0].message;
    auto loaded = ipc::load_compiled(compiled->bundle);
    EXPECT_TRUE(loaded.ok());
    return *std::move(loaded);
}
std::string place(const ipc::LoadedBundle& bundle, const IpAddress& address) {
    const lookup::GeoView& geo = bundle.view.geo();
    const layout::PlaceRow& row = geo.place_of(address);
    std::string text = row.country[0] == '\0' ? "-" : std::string(row.country, 2);
    if (row.asn != 0)
        text += " AS" + std::to_string(row.asn) + " " + std::string(geo.text(row.asn_name));
    return text;
}
std::string place(const ipc::LoadedBundle& bundle, const char* address) {
    return place(bundle, ip(address));
}

std::string countries(unsigned record_bits = 24) {
    return test::mmdb({{prefix("10.0.0.0/8"), "KZ", 0, ""},
                       {prefix("10.1.0.0/16"), "BY", 0, ""},
                       {prefix("198.51.100.7/32"), "KZ", 0, ""},
                       {prefix("2001:db8::/32"), "KZ", 0, ""}},
                      record_bits);
}
std::string networks() {
    return test::mmdb({{prefix("10.1.2.0/24"), "", 64500, "Example Net"},
                       {prefix("192.0.2.0/24"), "", 64501, "Other"}});
}

TEST(Geo, SaysWhereAnAddressIs) {
    for (const unsigned bits : {24u, 28u, 32u}) {
        const auto bundle = load(policy_with({countries(bits), networks()}));
        EXPECT_EQ(place(bundle, "10.0.0.0"), "KZ");
        EXPECT_EQ(place(bundle, "10.255.255.255"), "KZ");
        EXPECT_EQ(place(bundle, "9.255.255.255"), "-");
        EXPECT_EQ(place(bundle, "11.0.0.0"), "-");
        EXPECT_EQ(place(bundle, "10.1.0.1"), "BY");
        EXPECT_EQ(place(bundle, "10.1.2.3"), "BY AS64500 Example Net");
        EXPECT_EQ(place(bundle, "192.0.2.9"), "- AS64501 Other");
        EXPECT_EQ(place(bundle, "198.51.100.7"), "KZ");
        EXPECT_EQ(place(bundle, "198.51.100.8"), "-");
        EXPECT_EQ(place(bundle, "2001:db8:1::1"), "KZ");
        EXPECT_EQ(place(bundle, "2001:db9::"), "-");
        EXPECT_EQ(place(bundle, "::"), "-");
        EXPECT_EQ(place(bundle, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), "-");
    }
    const auto none = load(test::small_policy());
    EXPECT_EQ(place(none, "10.0.0.1"), "-");
    EXPECT_EQ(place(none, "2001:db8::1"), "-");
}

TEST(Geo, OfTwoDatabasesTheLaterOneCounts) {
    const auto later = test::mmdb({{prefix("10.0.0.0/9"), "RU", 0, ""}});
    const auto bundle = load(policy_with({countries(), later}));
    EXPECT_EQ(place(bundle, "10.1.0.1"), "RU");
    EXPECT_EQ(place(bundle, "10.200.0.1"), "KZ");
}

TEST(Geo, RefusesWhatIsNoDatabase) {
    const std::string good = countries();
    for (std::size_t size = 0; size + 1 < good.size(); size += 7) {
        const auto map = read_mmdb(std::string_view(good).substr(0, size));
        if (!map.ok()) {
            EXPECT_FALSE(map.error().empty());
        }
    }
    const auto refused = compile(policy_with({"no database"}));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error()[0].code, Code::bad_geo);
}

TEST(Geo, SegmentsByCountryNetworkAndPrefix) {
    model::Policy policy = policy_with({countries(), networks()});
    policy.segments.push_back({"national",
                               {"KZ"},
                               {64501},
                               {prefix("203.0.113.0/24")},
                               {prefix("10.5.0.0/16"), prefix("203.0.113.128/25")},
                               {}});
    policy.categories[0].segment = "national";
    policy.services[0].segment = "national";
    const auto bundle = load(policy);
    const lookup::GeoView& geo = bundle.view.geo();
    for (const char* inside : {"10.0.0.1", "10.4.255.255", "10.6.0.0", "198.51.100.7", "192.0.2.1",
                               "203.0.113.1", "2001:db8::1"})
        EXPECT_TRUE(geo.in_segment(0, ip(inside))) << inside;
    for (const char* outside : {"10.1.0.1", "10.5.1.1", "198.51.100.6", "203.0.113.200",
                                "2001:db9::1", "0.0.0.0", "255.255.255.255"})
        EXPECT_FALSE(geo.in_segment(0, ip(outside))) << outside;
    EXPECT_FALSE(geo.in_segment(1, ip("10.0.0.1"))) << "no such segment";
    EXPECT_TRUE(lookup::categorise_address(bundle.view, ip("10.0.0.1")).has(1));
    EXPECT_TRUE(lookup::categorise_address(bundle.view, ip("10.1.0.1")).empty());

    policy.segments[0].countries.push_back("XX");
    const auto refused = compile(policy);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error()[0].code, Code::bad_geo);
    policy.segments.clear();
    EXPECT_EQ(compile(policy).error()[0].code, Code::unknown_segment);
}

// ---- with the data collection ----
fs::path geo_dir() {
    const char* given = std::getenv("SLUICE_DATA");
    return fs::path(given != nullptr ? given : SLUICE_DATA_DEFAULT) / "geo";
}
std::string content(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream all;
    all << in.rdbuf();
    return all.str();
}

TEST(GeoData, AgreesWithTheReferenceReader) {
    std::ifstream expected(geo_dir() / "lookups_expected.tsv");
    const fs::path file = geo_dir() / "geo-whois-asn-country.mmdb";
    if (!expected || !fs::exists(file)) GTEST_SKIP() << "no geo data in " << geo_dir();
    const auto bundle = load(policy_with({content(file)}));
    std::string line;
    std::getline(expected, line);
    std::size_t column = 0;  // of this database
    std::istringstream head(line);
    std::string title;
    for (std::size_t i = 0; std::getline(head, title, '\t'); ++i)
        if (title.find("whois") != std::string::npos) column = i;
    ASSERT_GT(column, 0u) << line;
    unsigned asked = 0, wrong = 0;
    while (std::getline(expected, line)) {
        std::istringstream fields(line);
        std::string field, address, country;
        for (std::size_t i = 0; std::getline(fields, field, '\t'); ++i)
            (i == 0 ? address : i == column ? country : title) = field;
        const auto parsed = parse_ip(address);
        // A mapped address is the IPv4 one here; the reference reader looks in the IPv6 tree.
        if (!parsed || address.starts_with("::ffff:")) continue;
        if (country.size() != 2) country = "-";
        ++asked;
        const std::string said = place(bundle, *parsed).substr(0, country.size());
        if (said != country && ++wrong < 5) ADD_FAILURE() << line << ": " << said;
    }
    EXPECT_GT(asked, 1000u);
    EXPECT_EQ(wrong, 0u);
}

TEST(GeoData, DatabasesOfAllKindsAreReadOrRefusedInWords) {
    unsigned read = 0, refused = 0;
    std::error_code none;
    for (const auto& entry : fs::recursive_directory_iterator(geo_dir(), none)) {
        if (entry.path().extension() != ".mmdb" || entry.file_size() > 2'000'000) continue;
        const auto map = read_mmdb(content(entry.path()));
        if (map.ok()) {
            ++read;
        } else {
            ++refused;
            EXPECT_FALSE(map.error().empty());
        }
    }
    if (read + refused == 0) GTEST_SKIP() << "no geo data in " << geo_dir();
    EXPECT_GT(read, 10u);
    EXPECT_GT(refused, 0u);
}

}  // namespace
}  // namespace sluice::compile
