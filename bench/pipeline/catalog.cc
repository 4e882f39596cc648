#include "bench/pipeline/catalog.h"

#include <algorithm>
#include <cstdio>
#include <random>

#include "bench/pipeline/traffic.h"
#include "rules/base/assert.h"
#include "rules/compile/compile.h"

namespace sluice::bench {
namespace {

using Random = std::mt19937_64;

constexpr std::uint16_t kOrganisations = 50'000;
constexpr std::chrono::year_month_day kFrom{std::chrono::year{2026}, std::chrono::January,
                                            std::chrono::day{1}};
constexpr std::chrono::year_month_day kUntil{std::chrono::year{2026}, std::chrono::December,
                                             std::chrono::day{31}};
constexpr model::Validity kYear{kFrom, kUntil};

// Unicast, and not where remote ends are.
std::uint32_t random_host(Random& random) {
    for (;;) {
        const auto a = static_cast<std::uint32_t>(random());
        const std::uint32_t first = a >> 24;
        if (first >= 32 && first < 224 && first != 127 && a >> 16 != 0xa9fe) return a;
    }
}

std::uint32_t mask_of(unsigned length) { return ~0u << (32 - length); }

unsigned random_length(Random& random) {
    const unsigned d = random() % 10;
    if (d == 0) return 20 + random() % 3;
    if (d < 3) return 23;
    if (d < 8) return 24;
    return d == 8 ? 28 : 32;
}

Prefix prefix_of(std::uint32_t network, unsigned length) {
    return {IpAddress::v4(network & mask_of(length)), static_cast<std::uint8_t>(96 + length)};
}

void add_organisations(model::Policy& policy, Random& random) {
    for (unsigned i = 0; i < kOrganisations; ++i) {
        model::Organisation org;
        org.id = "org-" + std::to_string(i);
        org.name = org.id;
        org.operator_id = "north";
        org.contract = "C-" + std::to_string(i);
        org.access = model::AccessPolicy{"R-1", {"news", "uncategorised"}, kYear, {}};
        if (random() % 4 == 0) org.pilot = model::Pilot{kYear.until, "not yet enrolled", {}};
        policy.organisations.push_back(std::move(org));
    }
}

// What decide() looks at besides the catalog: a few dozen rows of each kind.
void add_decisions(model::Policy& policy) {
    constexpr std::uint32_t kOutside = 10u << 24;  // nobody of the catalog is there
    for (unsigned i = 0; i < 32; ++i) {
        const std::string n = std::to_string(i);
        const std::uint32_t net = kOutside + (i << 16);
        policy.bypass.push_back({"north", prefix_of(net, 24), "law " + n, "officer", {}});
        policy.unknown_source.overdue.push_back({"north", prefix_of(net + 256, 32), {}});
        model::ProtectedService service;
        service.id = service.title = "service-" + n;
        service.prefixes = {prefix_of((12u << 24) + (i << 16), 24)};
        service.ports = {443};
        service.admitted = {{"org-" + n, "K-" + n, kYear, {}}};
        policy.services.push_back(std::move(service));
        policy.mail.push_back(
            {"org" + n + ".example", "org-" + n, prefix_of(net + 512, 32), false, {}});
        policy.waf.push_back(
            {"www.org" + n + ".example", "org-" + n, prefix_of(net + 768, 32), {443}, {}});
    }
}

void add_prefixes(model::Policy& policy, std::uint32_t count, Random& random) {
    auto& rows = policy.catalog;
    const auto same = [](const auto& a, const auto& b) { return a.prefix == b.prefix; };
    const auto before = [](const auto& a, const auto& b) { return a.prefix < b.prefix; };
    while (rows.size() < count) {
        while (rows.size() < count) {
            const unsigned length = random_length(random);
            model::CatalogEntry row;
            row.prefix = prefix_of(random_host(random), length);
            row.organisation_index = static_cast<std::uint16_t>(random() % kOrganisations);
            rows.push_back(row);
        }
        std::sort(rows.begin(), rows.end(), before);
        rows.erase(std::unique(rows.begin(), rows.end(), same), rows.end());
    }
}

std::uint32_t random_user(const model::Policy& policy, Random& random) {
    const Prefix& prefix = policy.catalog[random() % policy.catalog.size()].prefix;
    const std::uint32_t host = static_cast<std::uint32_t>(random());
    return prefix.network.as_v4() | (host & ~mask_of(prefix.family_length()));
}

ipc::LoadedBundle compiled(const model::Policy& policy) {
    auto done = compile::compile(policy);
    if (!done) std::fprintf(stderr, "%s\n", done.error().front().message.c_str());
    SLUICE_ASSERT(done.ok());
    auto loaded = ipc::load_compiled(done->bundle);
    SLUICE_ASSERT(loaded.ok());
    return std::move(*loaded);
}

}  // namespace

ipc::CompiledBundle compile_again(const Catalog& catalog) {
    auto done = compile::compile(catalog.policy);
    SLUICE_ASSERT(done.ok());
    return std::move(done->bundle);
}

Catalog make_catalog(std::uint32_t prefixes, std::uint32_t users, std::uint64_t seed,
                     std::uint32_t names) {
    Random random(seed);
    model::Policy policy;
    policy.title = "bench";
    policy.operators = {{"north", "North", {{"north-main", model::ChannelRole::main, 10, {}}}, {}}};
    policy.categories = {{"news", "News", {}, "bench", {}}};
    for (std::uint32_t i = 0; i < names; ++i)
        policy.names.push_back({"n" + std::to_string(i) + ".news.example", 0, {}});
    add_organisations(policy, random);
    add_decisions(policy);
    add_prefixes(policy, prefixes, random);
    ipc::LoadedBundle bundle = compiled(policy);
    Catalog catalog{std::move(policy), std::move(bundle), {}};
    catalog.users.resize(users);
    for (std::uint32_t& user : catalog.users)
        user = random_user(catalog.policy, random);
    return catalog;
}

}  // namespace sluice::bench
