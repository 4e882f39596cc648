// A policy small enough to know by heart, with one of everything.
#pragma once
#include <string_view>

#include "rules/base/time.h"
#include "rules/model/policy.h"

namespace sluice::test {

inline IpAddress ip(std::string_view text) { return parse_ip(text).value(); }
inline Prefix prefix(std::string_view text) { return parse_prefix(text).prefix.value(); }
inline model::Day day(int year, unsigned month, unsigned d) {
    return std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(d);
}
inline UtcTime utc(model::Day d, std::int64_t seconds = 0) {
    return UtcTime{d.time_since_epoch().count() * std::int64_t{86'400} + seconds};
}
inline const model::Validity kYear2026{day(2026, 1, 1), day(2026, 12, 31)};
inline const UtcTime kNoon = utc(day(2026, 6, 1), 12 * 3600);

// What was decided about names, networks, services and protocols.
inline void add_decisions(model::Policy& p) {
    p.overrides = {{"good.casino.example", {"news"}, "officer", "order 1", {}},
                   {"pay.shop.example", {}, "officer", "order 2", {}}};
    p.bypass = {{"north", prefix("10.9.0.0/16"), "law 12", "officer", {}}};
    p.unknown_source.overdue = {{"north", prefix("10.8.0.7/32"), {}}};
    p.hairpin = {prefix("10.2.5.0/24")};
    p.resolvers = {ip("10.1.0.53"), ip("2001:db8:1::53")};
    p.services = {{"mail",
                   "Secure mail",
                   {prefix("203.0.113.0/24")},
                   {"mail.gov.example"},
                   {443, 25},
                   {{"ministry", "K-1", kYear2026, {}}},
                   false,
                   {}},
                  {"hosting",
                   "Hosting",
                   {prefix("203.0.113.128/25")},
                   {"host.gov.example"},
                   {},
                   {{"ministry", "K-2", kYear2026, {}}},
                   true,
                   {}}};
    p.mail = {{"ministry.example", "ministry", prefix("10.1.0.25/32"), false, {}},
              {"school.example", "school", prefix("10.2.0.25/32"), true, {}}};
    p.waf = {{"www.ministry.example", "ministry", prefix("10.1.0.80/32"), {80, 443}, {}}};
    p.grants = {
        {"ministry", model::Protocol::wireguard, "G-1", kYear2026, {}},
        {"school", model::Protocol::openvpn, "G-2", {day(2026, 7, 1), day(2026, 12, 31)}, {}}};
}

// Operators north and south use the same private addresses.
//   ministry  10.1.0.0/16, 2001:db8:1::/48   news, banking, shopping; under inspection
//   school    10.2.0.0/16                    news, uncategorised; in pilot
//   archive   10.3.0.0/16                    no yearly list
//   clinic    10.1.0.0/16 of south           expired list
inline model::Policy small_policy() {
    model::Policy p;
    p.title = "Small";
    p.utc_offset_minutes = 300;
    p.operators = {{"north",
                    "North Telecom",
                    {{"north-main", model::ChannelRole::main, 10, {}},
                     {"north-reserve", model::ChannelRole::reserve, 4, {}}},
                    {}},
                   {"south", "South Telecom", {}, {}}};
    p.categories = {{"news", "News", {}, "", {}},
                    {"banking", "Banking", model::Exemption::finance, "", {}},
                    {"casino", "Casino", {}, "", {}},
                    {"shopping", "Shopping", {}, "", {}},
                    {"clinic_sites", "Clinics", model::Exemption::health, "", {}}};
    p.organisations = {
        {"ministry",
         "The Ministry",
         "north",
         "C-1",
         "",
         model::AccessPolicy{"R-1", {"news", "banking", "shopping", "clinic_sites"}, kYear2026, {}},
         {},
         {}},
        {"school",
         "The School",
         "north",
         "C-2",
         "",
         model::AccessPolicy{"R-2", {"news", "uncategorised"}, kYear2026, {}},
         model::Pilot{day(2026, 6, 30), "order 7", {}},
         {}},
        {"archive", "The Archive", "north", "C-3", "", {}, {}, {}},
        {"clinic",
         "The Clinic",
         "south",
         "C-4",
         "",
         model::AccessPolicy{"R-4", {"news"}, {day(2025, 1, 1), day(2025, 12, 31)}, {}},
         {},
         {}}};
    p.catalog = {{prefix("10.1.0.0/16"), 0, 0, {}},
                 {prefix("2001:db8:1::/48"), 0, 0, {}},
                 {prefix("10.2.0.0/16"), 0, 1, {}},
                 {prefix("10.3.0.0/16"), 0, 2, {}},
                 {prefix("10.1.0.0/16"), 1, 3, {}},
                 {prefix("10.1.7.0/24"), 0, 1, {}}};  // a school inside the ministry's range
    p.names = {{"news.example", 0, {}},  {"bank.example", 1, {}},  {"casino.example", 2, {}},
               {"shop.example", 3, {}},  {"shop.example", 0, {}},  {"pay.shop.example", 1, {}},
               {"mixed.example", 1, {}}, {"mixed.example", 2, {}}, {"both.example", 1, {}},
               {"both.example", 3, {}},  {"both.example", 4, {}}};
    add_decisions(p);
    return p;
}

}  // namespace sluice::test
