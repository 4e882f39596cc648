// Rows inside the sections of a bundle. rules/compile writes them, rules/lookup checks every index
// in them once and reads them from then on without checks. All rows are plain bytes.
#pragma once
#include <cstdint>
#include <type_traits>

#include "rules/base/ip.h"
#include "rules/lookup/section_layout.h"
#include "rules/model/category_set.h"
#include "rules/model/fail_table.h"
#include "rules/model/policy.h"

namespace sluice::layout {

// ---- prefixes: the same eight parts in the catalog and in the policy section ----
//
// Prefixes are flattened to disjoint intervals that cover the whole address space; an interval ends
// where the next begins. Ten IPv4 intervals with their values are one cache line:
//
//   set -> table -> slot (-> table -> slot ...) -> block, and maybe its neighbours
//
// A table divides [base, ...) into slots of 2^shift keys; keys before base go to slot 0, keys past
// the end to the last. A crowded slot leads to a table of its own, with its own base and shift, so
// prefixes that are bunched together (one operator's range) cost hardly more than spread ones.
// IPv6 intervals are over the upper 64 bits; where prefixes longer than /64 exist the value is
// kDeepValue and a further set of intervals over the lower 64 bits decides.
inline constexpr std::uint16_t kNoValue = 0;
inline constexpr std::uint16_t kDeepValue = 0xffff;
inline constexpr std::uint16_t kValueMax = 0xfffe;
inline constexpr std::uint8_t kIndexLevels = 4;  // tables on one path, at most

struct IntervalSet {
    std::uint32_t root4, root6;  // tables
};
struct IndexTable {
    std::uint64_t base;
    std::uint32_t first_slot, slot_count;
    std::uint8_t shift, level;  // a slot leads to a table of the next level only
    std::uint8_t family;        // 0 IPv4, 1 IPv6
    std::uint8_t zero[5];
};
struct IndexSlot {
    static constexpr std::uint32_t kTable = ~0u;
    std::uint32_t first;  // block; or table when span is kTable
    std::uint32_t span;   // further blocks that may hold the key
};
template <class Key, unsigned Size>
struct IntervalBlock {
    static constexpr unsigned kSize = Size;
    using KeyType = Key;
    Key starts[Size];  // ascending; unused tail: the largest key, with the last value
    std::uint16_t values[Size];
    std::uint32_t zero;
};
using Block4 = IntervalBlock<std::uint32_t, 10>;
using Block6 = IntervalBlock<std::uint64_t, 6>;
static_assert(sizeof(Block4) == 64 && sizeof(Block6) == 64);
struct DeepSet {  // blocks over the lower 64 bits
    std::uint32_t first, span;
};
enum class ForestPart : unsigned {
    sets,      // IntervalSet
    tables,    // IndexTable
    slots,     // IndexSlot
    blocks4,   // Block4
    blocks6,   // Block6
    lengths4,  // u8 for each IPv4 interval: length of the prefix behind it, in 128 bits (explain)
    details6,  // u32 for each IPv6 interval: that length, or the DeepSet of a kDeepValue
    deep,      // DeepSet
};
inline constexpr unsigned kForestParts = 8;

// ---- names: fingerprints in cache-line buckets ----
struct NameKey {
    std::uint64_t k0, k1;  // SipHash key: secret, so that nobody can make names that collide
    friend bool operator==(const NameKey&, const NameKey&) = default;
};
struct NameBucket {
    static constexpr unsigned kSize = 6;
    std::uint64_t fingerprints[kSize];
    std::uint16_t values[kSize];
    std::uint8_t count;
    std::uint8_t
        spilled;  // names that belong here lie in the next bucket (the first after the last)
    std::uint16_t zero;
};
static_assert(sizeof(NameBucket) == 64);
// A piece of the `texts` part of the same section.
struct Text {
    std::uint32_t offset, size;
};
struct Run {  // rows [first, first + count) of another part
    std::uint32_t first, count;
};

// ---- catalog section: CatalogHead, then the prefix parts; set number = operator number ----
struct CatalogHead {
    std::uint32_t operators;
    std::uint32_t org_max;  // largest OrgId used as a value
    std::uint64_t prefixes;
};
inline constexpr unsigned kCatalogHeadPart = 0, kCatalogForestPart = 1;
inline constexpr unsigned kCatalogParts = 1 + kForestParts;

// ---- sets of categories, and why: the same three parts in the names and the names_delta section
// ----
//
// What lookup answers with is a set number. A set's origins are all entries that stand for it,
// those of a lower precedence too, so that a change can be worked out from the sections alone.
struct OriginRow {
    std::uint16_t source;   // row of the names section's `sources`
    std::uint8_t category;  // CategoryIndex
    std::uint8_t decides;   // 0: a source of higher precedence decides
};
enum class SetPart : unsigned {
    sets,     // CategorySet
    runs,     // Run of `origins`, one a set
    origins,  // OriginRow
};
inline constexpr unsigned kSetParts = 3;

// ---- names section ----
struct SourceRow {
    Text id, title, licence, last_skipped;
    std::int64_t date;  // days since 1970-01-01; kNoDate for a category's own names
    std::int32_t precedence;
    std::uint8_t format;  // model::FeedFormat, or kOwnNames
    std::uint8_t zero[3];
    // Entries that are in the section; what a source says twice; lines left out.
    std::uint64_t names, urls, addresses, duplicates, skipped, suffixes, unmapped;
    static constexpr std::int64_t kNoDate = INT64_MIN;
    static constexpr std::uint8_t kOwnNames = 0xff;
};
struct NamesHead {
    NameKey key;
    std::uint64_t identity;  // a delta says which section it changes
    std::uint32_t names;
    std::uint32_t labels_max;  // of the longest name listed: longer suffixes need no probe
    std::uint32_t categories;  // category indexes in sets are below this
    std::uint32_t urls, url_labels_max, url_depth_max;  // depth: segments of the longest path
    std::uint32_t addresses;
    std::uint32_t zero;
};
enum class NamesPart : unsigned {
    head,         // NamesHead, one
    buckets,      // NameBucket; value = set
    sets,         // kSetParts parts
    sources = 5,  // SourceRow
    texts,        // UTF-8
    url_buckets,  // NameBucket of url_fingerprint(); value = set
    addresses,    // kForestParts parts, one set: 1 + set of categories
};
inline constexpr unsigned kNamesParts = static_cast<unsigned>(NamesPart::addresses) + kForestParts;

// ---- names_delta section: names whose set is another now. Set 0 is "no longer listed". ----
struct DeltaHead {
    NameKey key;
    std::uint64_t base;  // NamesHead::identity
    std::uint32_t names, labels_max, categories, removed;
};
enum class DeltaPart : unsigned {
    head,     // DeltaHead, one
    buckets,  // NameBucket
    sets,     // kSetParts parts
};
inline constexpr unsigned kDeltaParts = static_cast<unsigned>(DeltaPart::sets) + kSetParts;
inline constexpr std::uint16_t kRemovedSet = 0;

// ---- geo section: where an address is, and which segments it is in ----
//
// Both families are intervals that cover the address space, as starts and what they mean, with an
// index by the first 16 bits of an address: index[i] is the interval that holds the first address
// of slot i. An empty part: nothing is known of that family.
struct GeoHead {
    std::uint32_t categories;  // category indexes are below this
    std::uint32_t zero;
};
struct PlaceRow {     // row 0 is "nowhere"
    char country[2];  // ISO 3166, zeros when not known
    std::uint8_t zero[2];
    std::uint32_t asn;  // 0: not known
    Text asn_name;
};
struct SegmentRow {
    Text id;
    model::CategorySet categories;  // of what has no name, in it
};
inline constexpr std::uint32_t kGeoSlots = 0x10000;
enum class GeoPart : unsigned {
    head,      // GeoHead, one
    index4,    // u32 x kGeoSlots, or none
    starts4,   // u32, ascending, first 0
    values4,   // u32: rows of `places`
    index6,    // likewise for IPv6
    starts6,   // IpAddress
    values6,   // u32
    places,    // PlaceRow
    segments,  // SegmentRow
    texts,     // UTF-8
    forest,    // kForestParts parts: a set for each segment, kInSegment or kOutOfSegment
};
inline constexpr unsigned kGeoParts = static_cast<unsigned>(GeoPart::forest) + kForestParts;
inline constexpr std::uint16_t kInSegment = 1, kOutOfSegment = 2;

// ---- policy section ----
// [from, until) in UTC seconds.
struct Period {
    std::int64_t from, until;
};
struct PolicyHead {
    std::int32_t utc_offset_minutes;
    std::uint8_t inbound_default, blocked_udp;  // model::InboundDefault, model::BlockedUdp
    std::uint8_t zero0[2];
    std::uint8_t fail_modes[model::kFailCaseCount];  // model::FailMode
    std::uint8_t zero1[8 - model::kFailCaseCount % 8];
    NameKey name_key;  // the names section's, so that a name is hashed once for all tables
    Text title;
    std::uint32_t override_labels_max, service_labels_max;
    model::CategorySet exempt[model::kExemptionCount];
};
struct OrganisationRow {  // what deciding reads: one cache line
    static constexpr std::uint8_t kHasAccess = 1;
    model::CategorySet allowed;
    Period valid;
    std::int64_t pilot_until;  // exclusive; the smallest number when not in pilot
    std::uint32_t grants_first;
    std::uint16_t grants_count;
    std::uint8_t operator_index;
    std::uint8_t flags;
};
static_assert(sizeof(OrganisationRow) == 64);
struct OrganisationText {
    Text id, name, contract, request, pilot_ground;
};
struct OperatorRow {
    Text id, name;
};
struct WireRow {
    Text id;
    std::uint32_t committed_gbit;
    std::uint8_t operator_index, role;  // model::ChannelRole
    std::uint8_t zero[2];
};
struct CategoryRow {
    static constexpr std::uint8_t kNotExempt = 0xff;
    Text id, title;
    std::uint8_t exempt;  // model::Exemption, or kNotExempt
    std::uint8_t zero[7];
};
struct GrantRow {  // by organisation
    Period valid;
    Text request;
    std::uint8_t protocol;  // model::Protocol, or 0 when it is for a class
    std::uint8_t klass;     // model::ProtocolClass, or 0
    std::uint8_t zero[6];
};
struct ClosureRow {  // by organisation; those for all of them first
    Period valid;
    Text request;
    std::uint16_t org;      // 0: every organisation
    std::uint8_t protocol;  // as in GrantRow
    std::uint8_t klass;
    std::uint8_t zero[4];
};
struct ClassRuleRow {  // by model::ProtocolClass, all of them
    std::uint8_t needs_grant;
    std::uint8_t blocks_from;  // model::Confidence
};
struct BypassRow {
    Text ground, author;
};
struct OverrideRow {
    Text name, author, ground;
    model::CategorySet categories;
};
struct ServiceRow {
    static constexpr std::uint8_t kAnywhere = 0;
    Text id, title;
    Run ports, admissions;
    std::uint8_t tls_only;
    std::uint8_t segment;  // 1 + row of the geo section's `segments`: where users must be
    std::uint8_t zero[6];
};
struct ProtocolRow {  // what has no name and speaks this protocol is of these categories
    model::CategorySet categories;
};
struct AdmissionRow {  // by organisation inside a service
    Period valid;
    Text contract;
    std::uint16_t org;
    std::uint8_t zero[6];
};
struct MailRow {
    Text domain;
    std::uint16_t org;
    std::uint8_t suspended;
    std::uint8_t zero[5];
};
struct WafRow {
    Text domain;
    Run ports;
    std::uint16_t org;
    std::uint8_t zero[6];
};

enum class PolicyPart : unsigned {
    head,                // PolicyHead, one
    organisations,       // OrganisationRow, by OrgId - 1
    organisation_texts,  // OrganisationText, likewise
    operators,           // OperatorRow, by OperatorId
    wires,               // WireRow
    categories,          // CategoryRow, by CategoryIndex
    grants,              // GrantRow
    bypass,              // BypassRow
    override_buckets,    // NameBucket; value = row of `overrides`
    overrides,           // OverrideRow
    service_buckets,     // NameBucket; value = row of `services`
    services,            // ServiceRow
    admissions,          // AdmissionRow
    mail,                // MailRow
    waf,                 // WafRow
    lists,               // Run of `list_items`
    list_items,          // u16: rows of `services` or `waf`, most specific prefix first
    ports,               // u16, ascending inside a run
    resolvers,           // IpAddress, ascending
    texts,               // UTF-8
    protocols,           // ProtocolRow, by model::Protocol
    closures,            // ClosureRow
    class_rules,         // ClassRuleRow
    forest,              // kForestParts prefix parts from here on
};
inline constexpr unsigned kPolicyParts = static_cast<unsigned>(PolicyPart::forest) + kForestParts;

// Prefix sets of the policy section: four for each operator, then two for all.
enum class OperatorSet : unsigned {
    bypass,   // 1 + row of `bypass`
    overdue,  // 1
    mail,     // 1 + row of `mail`
    waf,      // 1 + row of `lists`
};
inline constexpr unsigned kSetsPerOperator = 4;
constexpr unsigned set_of(unsigned operator_index, OperatorSet kind) {
    return operator_index * kSetsPerOperator + static_cast<unsigned>(kind);
}
constexpr unsigned hairpin_set(unsigned operators) { return operators * kSetsPerOperator; }  // 1
constexpr unsigned service_set(unsigned operators) {
    return hairpin_set(operators) + 1;
}  // 1 + list
constexpr unsigned policy_sets(unsigned operators) { return hairpin_set(operators) + 2; }

static_assert(std::is_trivially_copyable_v<PolicyHead> &&
              std::is_trivially_copyable_v<OrganisationRow> &&
              std::is_trivially_copyable_v<IpAddress>);

}  // namespace sluice::layout
