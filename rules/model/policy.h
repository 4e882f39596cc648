// The policy as people write it: plain values, in the words of the rules. rules/load makes one from
// YAML, rules/compile makes a bundle of it. References between parts are ids (text); only the bulk
// parts (catalog, names) use indexes, because there may be a million of them.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rules/base/ip.h"
#include "rules/model/category_set.h"
#include "rules/model/fail_table.h"
#include "rules/model/feed.h"
#include "rules/model/geo.h"
#include "rules/model/protocol.h"

namespace sluice::model {

using Day = std::chrono::sys_days;  // a local calendar day; Policy::utc_offset_minutes places it

// Inclusive on both ends: `until` is the last local day on which it holds.
struct Validity {
    Day from{};
    Day until{};
    friend bool operator==(const Validity&, const Validity&) = default;
};

enum class ChannelRole : std::uint8_t { main, reserve };

// A channel of an operator (G5, G9): one main, one reserve, whole Gbit/s, at least 1.
struct Wire {
    std::string id;  // the data plane's configuration names the ports of this wire
    ChannelRole role = ChannelRole::main;
    std::uint32_t committed_gbit = 1;
    Position at;
    friend bool operator==(const Wire&, const Wire&) = default;
};

struct Operator {
    std::string id;
    std::string name;
    std::vector<Wire> wires;
    Position at;
    friend bool operator==(const Operator&, const Operator&) = default;
};

// The yearly access policy of an organisation (G15, G15-1).
struct AccessPolicy {
    std::string request;                  // the signed request it rests on
    std::vector<std::string> categories;  // category ids; "uncategorised" may be one
    Validity valid;
    Position at;
    friend bool operator==(const AccessPolicy&, const AccessPolicy&) = default;
};

// Not yet under inspection (G20): explicit and dated.
struct Pilot {
    Day until{};
    std::string ground;
    Position at;
    friend bool operator==(const Pilot&, const Pilot&) = default;
};

struct Organisation {
    std::string id;
    std::string name;
    std::string operator_id;
    std::string contract;  // reference of the operator-user contract (G4)
    // Its number in the state register (BIN), as certificates name it; empty: none on record.
    std::string identifier{};
    std::optional<AccessPolicy> access;
    std::optional<Pilot> pilot;
    Position at;
    friend bool operator==(const Organisation&, const Organisation&) = default;
};

// One row of an operator's IP catalog (G13). Key: (operator, prefix); longest wins.
struct CatalogEntry {
    Prefix prefix;
    std::uint16_t operator_index = 0;      // into Policy::operators
    std::uint16_t organisation_index = 0;  // into Policy::organisations
    Position at;
    friend bool operator==(const CatalogEntry&, const CatalogEntry&) = default;
};

// The seven exemptions of G20, in its order.
enum class Exemption : std::uint8_t {
    finance,
    government,
    health,
    privacy,
    conferencing,
    signature_update,
    os_update
};
inline constexpr std::size_t kExemptionCount = 7;

struct Category {
    std::string id;  // "banking"; "uncategorised" is built in and may not be defined
    std::string title;
    std::optional<Exemption> exempt;
    std::string source;  // where the names come from, and their date
    Position at;
    // What has no name is of this category by its address or by its protocol.
    std::vector<Prefix> addresses{};
    std::string segment{};  // empty: none
    std::vector<Protocol> protocols{};
    friend bool operator==(const Category&, const Category&) = default;
};

// A name and everything below it (whole labels) is of this category.
struct NameEntry {
    std::string name;                  // canonical: lower case, A-labels, no final dot
    std::uint16_t category_index = 0;  // into Policy::categories
    Position at;
    friend bool operator==(const NameEntry&, const NameEntry&) = default;
};

// A local decision about a name: replaces what every list says of it and of names below it.
struct NameOverride {
    std::string name;
    std::vector<std::string> categories;
    std::string author, ground;
    Position at;
    friend bool operator==(const NameOverride&, const NameOverride&) = default;
};

// A network that lawfully goes around the gateway (G2).
struct Bypass {
    std::string operator_id;
    Prefix prefix;
    std::string ground, author;
    Position at;
    friend bool operator==(const Bypass&, const Bypass&) = default;
};

// G13: what happens to user-side addresses that are in no catalog.
struct UnknownSourcePolicy {
    std::uint32_t deadline_working_days = 5;
    struct Overdue {  // deadline passed: exactly these addresses are blocked
        std::string operator_id;
        Prefix prefix;
        Position at;
        friend bool operator==(const Overdue&, const Overdue&) = default;
    };
    std::vector<Overdue> overdue;
    friend bool operator==(const UnknownSourcePolicy&, const UnknownSourcePolicy&) = default;
};

// A platform reached through the gateway (P, H, W, K): admitted organisations only.
struct ProtectedService {
    std::string id;
    std::string title;
    std::vector<Prefix> prefixes;      // internet-side addresses
    std::vector<std::string> names;    // canonical names, whole labels
    std::vector<std::uint16_t> ports;  // TCP and UDP; empty = all
    struct Admission {
        std::string organisation_id;
        std::string contract;
        Validity valid;
        Position at;
        friend bool operator==(const Admission&, const Admission&) = default;
    };
    std::vector<Admission> admitted;
    bool tls_only = false;  // H, K: only over TLS (the cipher demanded is checked at ServerHello)
    Position at;
    std::string segment{};  // P: only users with an address in it; empty: any
    friend bool operator==(const ProtectedService&, const ProtectedService&) = default;
};

// An enrolled mail system (M7): its server may use port 25, in both directions.
struct MailSystem {
    std::string domain;
    std::string organisation_id;
    Prefix server;
    bool suspended = false;  // M12
    Position at;
    friend bool operator==(const MailSystem&, const MailSystem&) = default;
};

// A web resource enrolled for the WAF (G17): inbound flows to it are inspected as WAF.
struct WafSite {
    std::string domain;
    std::string organisation_id;
    Prefix server;
    std::vector<std::uint16_t> ports;
    Position at;
    friend bool operator==(const WafSite&, const WafSite&) = default;
};

// A protocol, or every protocol of a class, opened for one organisation on its signed request
// (G15-2). Either `protocol` or `klass` is set, the other is unknown.
struct Grant {
    std::string organisation_id;
    Protocol protocol = Protocol::unknown;
    std::string request;
    Validity valid;
    Position at;
    ProtocolClass klass = ProtocolClass::unknown;
    friend bool operator==(const Grant&, const Grant&) = default;
};

// A protocol or class that is closed to one organisation, or to all of them (empty id), though its
// class needs no grant. A grant of the same organisation and word opens it again.
struct Closure {
    std::string organisation_id;
    Protocol protocol = Protocol::unknown;
    ProtocolClass klass = ProtocolClass::unknown;
    std::string request;  // on whose word: the request or order it rests on
    Validity valid;
    Position at;
    friend bool operator==(const Closure&, const Closure&) = default;
};

// What the policy says of a class of protocols; the shipped default is the class's own.
struct ClassRule {
    bool needs_grant = false;
    Confidence blocks_from = Confidence::certain;
    friend bool operator==(const ClassRule&, const ClassRule&) = default;
};
using ClassRules = std::array<ClassRule, kProtocolClasses.size()>;
constexpr ClassRules default_class_rules() {
    ClassRules rules{};
    for (std::size_t i = 0; i < rules.size(); ++i)
        rules[i] = {kProtocolClasses[i].needs_grant, kProtocolClasses[i].blocks_from};
    return rules;
}

// A commercial VPN service: TLS and QUIC to these names, and anything to these addresses, is
// `vpn_service` (or `warp`), on top of what the recognisers say.
struct VpnService {
    std::string id;
    Protocol protocol = Protocol::vpn_service;
    std::vector<std::string> names;  // canonical
    std::vector<Prefix> prefixes;
    std::string source;  // where this is known from, and when it was looked at
    Position at;
    friend bool operator==(const VpnService&, const VpnService&) = default;
};

enum class InboundDefault : std::uint8_t { forward, block };
enum class BlockedUdp : std::uint8_t { drop, icmp };

struct Policy {
    std::string title;
    std::int32_t utc_offset_minutes = 300;  // Asia/Almaty since 2024-03-01
    InboundDefault inbound_default = InboundDefault::forward;
    BlockedUdp blocked_udp = BlockedUdp::drop;
    FailTable fail;
    UnknownSourcePolicy unknown_source;
    std::vector<IpAddress> resolvers;  // whose answers count as evidence
    std::vector<Prefix> hairpin;       // catalogued sources allowed on the internet side
    std::vector<Operator> operators;
    std::vector<Organisation> organisations;
    std::vector<CatalogEntry> catalog;
    std::vector<Category> categories;
    std::vector<NameEntry> names;
    std::vector<NameOverride> overrides;
    std::vector<Bypass> bypass;
    std::vector<ProtectedService> services;
    std::vector<MailSystem> mail;
    std::vector<WafSite> waf;
    std::vector<Grant> grants;
    std::vector<Closure> closures;
    ClassRules class_rules = default_class_rules();
    std::vector<VpnService> vpn_services;
    std::vector<Feed> feeds;
    std::vector<GeoDatabase> geo;
    std::vector<Segment> segments;
    // Row by row with `feeds` and `geo`. Not part of equality: their descriptions are, and what the
    // files hold is compared by digest where it matters (rules/compile).
    std::vector<std::shared_ptr<const FeedContent>> feed_content;  // entries
    std::vector<std::shared_ptr<const FeedContent>> feed_changes;  // rows added and removed only
    std::vector<std::shared_ptr<const GeoContent>> geo_content;
    std::vector<std::string> files;  // what was read, for Position::file; not part of equality

    friend bool operator==(const Policy& a, const Policy& b);
};

// "finance", "government", ...: the words of the categories file.
std::string_view name_of(Exemption e);
std::optional<Exemption> exemption_named(std::string_view word);

inline constexpr std::size_t kOperatorsMax = 255;
inline constexpr std::size_t kOrganisationsMax = 65'000;

}  // namespace sluice::model
