// Damaged sections of a bundle, as a reader would meet them if hashes did not keep damage out. The
// input is a list of edits to the sections of a good bundle. Either open_bundle refuses the result,
// or whatever is asked of it stays inside its sections (the sanitizer's part) and agrees with
// itself.
#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <random>

#include "rules/base/assert.h"
#include "rules/base/bytes.h"
#include "rules/compile/compile.h"
#include "rules/lookup/decide.h"
#include "rules/lookup/explain.h"
#include "tests/unit/lookup/small_policy.h"

using namespace sluice;

namespace {

// The small policy, and enough prefixes for tables of several levels and for deep IPv6 sets.
model::Policy fuzz_policy() {
    model::Policy p = test::small_policy();
    std::mt19937 random(1);
    for (std::uint32_t i = 0; i < 300; ++i) {
        const IpAddress v4 = IpAddress::v4(0x0b000000u + i * 256 + random() % 2 * 0x00ff0000u);
        p.catalog.push_back({{v4, 125}, 0, static_cast<std::uint16_t>(i % 4), {}});
    }
    for (const char* text : {"2001:db8:1:7::/64", "2001:db8:1:7::8/125", "2001:db8:1:7::9/128",
                             "2001:db8:9::1/128", "2001:db8:4000::/34"})
        p.catalog.push_back({test::prefix(text), 0, 1, {}});
    return p;
}

const ipc::CompiledBundle& good_bundle() {
    static const ipc::CompiledBundle bundle = [] {
        compile::CompileOptions options;
        options.name_key = layout::NameKey{1, 2};
        auto compiled = compile::compile(fuzz_policy(), options);
        SLUICE_ASSERT(compiled.ok());
        return compiled->bundle;
    }();
    return bundle;
}

// One section in memory of exactly its size, so that a sanitizer sees each byte read past it.
struct Copy {
    struct Free {
        void operator()(std::byte* p) const {
            ::operator delete (p, std::align_val_t{layout::kSectionAlign});
        }
    };
    std::unique_ptr<std::byte, Free> bytes;
    std::size_t size = 0;

    explicit Copy(std::span<const std::byte> from) : size(from.size()) {
        bytes.reset(static_cast<std::byte*>(
            ::operator new (size, std::align_val_t{layout::kSectionAlign})));
        std::copy(from.begin(), from.end(), bytes.get());
    }
    lookup::SectionBytes view() const { return {bytes.get(), size}; }
};

// Eight bytes of input: what is changed, where, to what.
struct Edit {
    std::uint8_t section : 2, directory : 1, width : 2, cut : 1, own_size : 1, shifted : 1;
    std::uint8_t where[2];
    std::uint8_t far : 4, late : 4;  // upper bits of where; the sections after the policy
    std::int32_t value;
};
static_assert(sizeof(Edit) == 8);

void apply(const Edit& edit, Copy& copy) {
    std::size_t where =
        std::size_t{edit.where[0]} | std::size_t{edit.where[1]} << 8 | std::size_t{edit.far} << 16;
    if (copy.size == 0) return;
    where %= edit.directory != 0 ? std::min<std::size_t>(copy.size, 64 + 16 * 32) : copy.size;
    if (edit.cut != 0) {
        if (edit.own_size != 0) where = where / layout::kSectionAlign * layout::kSectionAlign;
        copy = Copy(copy.view().first(where));
        const std::uint64_t size = where;
        if (edit.own_size != 0 && where >= sizeof(layout::SectionHeader))
            std::memcpy(copy.bytes.get() + offsetof(layout::SectionHeader, size), &size, 8);
        return;
    }
    const std::size_t width = std::size_t{1} << edit.width;
    where -= where % width;  // numbers lie at multiples of their size
    if (where + width > copy.size) return;
    std::uint64_t value = static_cast<std::uint64_t>(std::int64_t{edit.value});
    if (edit.shifted != 0) value <<= 32;
    std::memcpy(copy.bytes.get() + where, &value, width);
}

void check_text(const lookup::BundleView& bundle, std::string_view text) {
    const auto all = bundle.policy().texts;
    SLUICE_ASSERT(text.empty() || (text.data() >= all.data() &&
                                   text.data() + text.size() <= all.data() + all.size()));
}

void ask_texts(const lookup::BundleView& bundle) {
    check_text(bundle, bundle.title());
    for (std::size_t i = 0; i <= bundle.organisation_count() + 1; ++i) {
        const OrgId org{static_cast<std::uint16_t>(i)};
        check_text(bundle, bundle.organisation_id(org));
        check_text(bundle, bundle.organisation_name(org));
    }
    for (unsigned i = 0; i < 256; ++i) {
        const auto category = static_cast<model::CategoryIndex>(i);
        check_text(bundle, bundle.operator_id(OperatorId{static_cast<std::uint8_t>(i)}));
        check_text(bundle, bundle.category_id(category));
        check_text(bundle, bundle.category_title(category));
    }
    (void)bundle.organisation_named("school");
    (void)bundle.operator_named("south");
    (void)bundle.category_named("casino");
    if (const auto wire = bundle.find_wire("north-main"))
        SLUICE_ASSERT(wire->operator_id.raw() < bundle.operator_count());
}

// Near what the policy speaks of, or anywhere.
IpAddress any_address(std::mt19937_64& random) {
    static const char* const kKnown[] = {"10.1.0.25",   "10.1.7.1",     "10.2.5.9",
                                         "10.8.0.7",    "10.9.0.1",     "203.0.113.130",
                                         "203.0.113.1", "2001:db8:1::", "2001:db8:1:7::9",
                                         "11.0.7.3",    "2001:db8:9::1"};
    IpAddress a = test::ip(kKnown[random() % std::size(kKnown)]);
    if (random() % 2 == 0) a.bytes[15] = static_cast<std::uint8_t>(random());
    if (random() % 4 == 0) a.bytes[random() % 16] = static_cast<std::uint8_t>(random());
    return a;
}

lookup::Facts any_facts(const lookup::BundleView& bundle, std::mt19937_64& random) {
    static const char* const kNames[] = {"casino.example",   "a.b.pay.shop.example", "x",
                                         "mail.gov.example", "host.gov.example",     "both.example",
                                         "www.news.example"};
    lookup::Facts f;
    f.operator_id = OperatorId{static_cast<std::uint8_t>(random() % 3)};
    f.user = any_address(random);
    f.remote = any_address(random);
    lookup::prefetch_users(bundle, 1, [&](unsigned) {
        return lookup::UserAddress{f.operator_id, f.user};
    });
    f.org = lookup::find_user(bundle, f.operator_id, f.user);
    SLUICE_ASSERT(f.org.raw() <= bundle.organisation_count());
    f.user_port = static_cast<std::uint16_t>(random() % 2 == 0 ? 25 : 40'000);
    f.remote_port = static_cast<std::uint16_t>(random() % 3 == 0 ? 25 : 443);
    f.ip_protocol = random() % 2 == 0 ? 6 : 17;
    f.from_internet = random() % 2 == 0;
    f.midstream = random() % 4 == 0;
    f.protocol = static_cast<model::Protocol>(random() % model::kProtocols.size());
    f.name_state = static_cast<lookup::NameState>(random() % 3);
    if (f.name_state == lookup::NameState::known) {
        f.name = kNames[random() % std::size(kNames)];
        f.name_source = model::NameSource::tls_sni;
    }
    f.now = test::kNoon;
    return f;
}

void check_geo(const lookup::BundleView& bundle, const IpAddress& address) {
    const auto& place = bundle.geo().place_of(address);
    SLUICE_ASSERT(&place >= bundle.geo().places.data() &&
                  &place < bundle.geo().places.data() + bundle.geo().places.size());
    (void)bundle.geo().text(place.asn_name);
    (void)lookup::categorise_unnamed(bundle, address, model::Protocol::unknown);
}

void ask_everything(const lookup::BundleView& bundle, std::mt19937_64& random) {
    ask_texts(bundle);
    const auto& prefixes = bundle.policy().prefixes;
    for (int i = 0; i < 8; ++i) {
        const lookup::Facts f = any_facts(bundle, random);
        SLUICE_ASSERT(bundle.is_catalogued(f.operator_id, f.user) == (f.org != kNoOrg));
        (void)bundle.is_resolver(f.remote);
        (void)bundle.is_hairpin(f.user);
        for (unsigned set = 0; set < prefixes.sets(); ++set)
            SLUICE_ASSERT(prefixes.match(set, f.remote).value == prefixes.find(set, f.remote));
        check_geo(bundle, f.remote);
        const auto url = lookup::find_url(
            bundle.names(), lookup::hash_suffixes(bundle.names().head->key, f.name), "/a/b/c");
        SLUICE_ASSERT(!url.found || url.set < bundle.names().sets.sets.size());
        const auto match = lookup::match_name(bundle, f.name);
        if (match.matched && !match.by_override)
            (void)(match.list.by_delta ? bundle.delta().sets : bundle.names().sets)
                .origins_of(match.list.set);
        SLUICE_ASSERT(!match.by_override || match.override_row < bundle.policy().overrides.size());
        const auto decision = lookup::decide(bundle, f);
        SLUICE_ASSERT(lookup::explain(bundle, f).decision == decision);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto good = good_bundle().sections();
    Copy copies[] = {Copy(*good[0]->bytes), Copy(*good[1]->bytes), Copy(*good[2]->bytes),
                     Copy(*good[3]->bytes), Copy(*good[4]->bytes)};
    std::uint64_t seed = 0;
    for (std::size_t at = 0; at + sizeof(Edit) <= size; at += sizeof(Edit)) {
        Edit edit;
        std::memcpy(&edit, data + at, sizeof edit);
        seed = (seed ^ static_cast<std::uint32_t>(edit.value)) * 0x9e3779b97f4a7c15;
        const unsigned late = edit.section == 3 ? edit.late % 2 + 1u : 0;
        apply(edit, copies[std::min<unsigned>(edit.section, 2) + late]);
    }
    const auto bundle = lookup::open_bundle(
        {copies[0].view(), copies[1].view(), copies[2].view(), copies[3].view(), copies[4].view()});
    SLUICE_ASSERT(bundle.ok() || size >= sizeof(Edit));
    if (!bundle) return 0;
    std::mt19937_64 random(seed);
    ask_everything(*bundle, random);
    return 0;
}
