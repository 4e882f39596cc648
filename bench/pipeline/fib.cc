#include <rte_fib.h>
#include <rte_memory.h>

#include "bench/pipeline/peers.h"
#include "rules/base/assert.h"

namespace sluice::bench {
namespace {

// Addresses that share their first 24 bits with a longer prefix need a second table of 256.
std::uint32_t second_tables(const Catalog& catalog) {
    std::uint32_t count = 0, last = 0;
    for (const auto& row : catalog.policy.catalog) {
        const std::uint32_t net = row.prefix.network.as_v4() >> 8;
        if (row.prefix.family_length() <= 24 || net == last) continue;
        last = net;
        ++count;
    }
    return count;
}

}  // namespace

Fib::Fib(const Catalog& catalog) {
    rte_fib_conf conf{};
    conf.type = RTE_FIB_DIR24_8;
    conf.default_nh = 0;
    conf.max_routes = static_cast<int>(catalog.policy.catalog.size() * 2 + 1024);
    conf.dir24_8.nh_sz = RTE_FIB_DIR24_8_4B;
    conf.dir24_8.num_tbl8 = second_tables(catalog) + 1024;
    fib_ = rte_fib_create("catalog", SOCKET_ID_ANY, &conf);
    SLUICE_ASSERT(fib_ != nullptr);
    for (const auto& row : catalog.policy.catalog)
        SLUICE_ASSERT(rte_fib_add(fib_, row.prefix.network.as_v4(),
                                  static_cast<std::uint8_t>(row.prefix.family_length()),
                                  row.organisation_index + 1u) == 0);
    // The vector lookup where EAL's limit on vector width allows it.
    rte_fib_select_lookup(fib_, RTE_FIB_LOOKUP_DEFAULT);
}

Fib::~Fib() { rte_fib_free(fib_); }

UserLookups::UserLookups(const Catalog& catalog, const Fib& fib)
    : catalog_(catalog), fib_(fib.get()) {}

void UserLookups::next_burst() {
    const auto& users = catalog_.users;
    if (at_ + kBurst > users.size()) at_ = 0;
    for (unsigned i = 0; i < kBurst; ++i)
        addresses_[i] = users[at_ + i];
    at_ += kBurst;
}

// All users are catalogued, so every answer is an organisation.
std::uint64_t UserLookups::by_fib(std::uint64_t count) {
    std::array<std::uint64_t, kBurst> values;
    std::uint64_t done = 0, found = 0;
    for (; done < count; done += kBurst) {
        next_burst();
        rte_fib_lookup_bulk(fib_, addresses_.data(), values.data(), kBurst);
        for (const std::uint64_t value : values)
            found += value != 0;
    }
    SLUICE_ASSERT(found == done);
    return done;
}

std::uint64_t UserLookups::by_catalog(std::uint64_t count) {
    std::array<IpAddress, kBurst> addresses;
    std::uint64_t done = 0, found = 0;
    for (; done < count; done += kBurst) {
        next_burst();
        for (unsigned i = 0; i < kBurst; ++i)
            addresses[i] = IpAddress::v4(addresses_[i]);
        lookup::prefetch_users(catalog_.bundle.view, kBurst, [&](unsigned i) {
            return lookup::UserAddress{OperatorId{0}, addresses[i]};
        });
        for (const IpAddress& address : addresses)
            found += lookup::find_user(catalog_.bundle.view, OperatorId{0}, address) != kNoOrg;
    }
    SLUICE_ASSERT(found == done);
    return done;
}

void UserLookups::compare() {
    for (std::uint32_t user : catalog_.users) {
        std::uint64_t value = 0;
        rte_fib_lookup_bulk(fib_, &user, &value, 1);
        const OrgId org =
            lookup::find_user(catalog_.bundle.view, OperatorId{0}, IpAddress::v4(user));
        SLUICE_ASSERT(org != kNoOrg && org.raw() == value);
    }
}

}  // namespace sluice::bench
