// Each check that open_bundle() makes: one field of a good bundle is changed, and the error says
// what kind of damage it is. A check that is taken out makes its row fail.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <string>

#include "rules/lookup/bundle_view.h"
#include "tests/unit/lookup/load_policy.h"
#include "tests/unit/lookup/small_policy.h"

namespace sluice::lookup {
namespace {

using layout::PolicyPart;
using layout::SectionKind;

// Copies of a bundle's sections that may be damaged.
struct Copy {
    ipc::SectionMemory catalog, names, policy, delta, geo;

    explicit Copy(const ipc::LoadedBundle& bundle)
        : catalog(copy(bundle.catalog->memory)),
          names(copy(bundle.names->memory)),
          policy(copy(bundle.policy->memory)),
          delta(copy(bundle.delta->memory)),
          geo(copy(bundle.geo->memory)) {}

    ipc::SectionMemory& section(SectionKind kind) {
        if (kind == SectionKind::catalog) return catalog;
        if (kind == SectionKind::names_delta) return delta;
        if (kind == SectionKind::geo) return geo;
        return kind == SectionKind::names ? names : policy;
    }
    BundleSections sections() const {
        return {catalog.bytes(), names.bytes(), policy.bytes(), delta.bytes(), geo.bytes()};
    }

  private:
    static ipc::SectionMemory copy(const ipc::SectionMemory& from) {
        ipc::SectionMemory to(from.size());
        std::memcpy(to.data(), from.bytes().data(), from.size());
        return to;
    }
};

constexpr int kHeader = -1, kDirectory = -2;  // instead of a part: what is in front of the parts

struct Damage {
    const char* what;
    SectionKind section;
    int part;
    std::size_t row_size, field, size;  // [bytes]
    std::uint64_t value;
    BundleError error;
    unsigned row = 0;
};

#define FIELD(Row, member) sizeof(Row), offsetof(Row, member), sizeof(Row::member)

using layout::NamesPart;
int names_part(NamesPart part) { return static_cast<int>(part); }
int policy_part(PolicyPart part) { return static_cast<int>(part); }
int forest(int first, layout::ForestPart part) { return first + static_cast<int>(part); }
constexpr int kPolicyForest = static_cast<int>(PolicyPart::forest);
constexpr int kCatalogForest = static_cast<int>(layout::kCatalogForestPart);

std::byte* place_of(ipc::SectionMemory& section, const Damage& damage) {
    if (damage.part == kHeader) return section.data() + damage.field;
    auto* const directory = section.data() + sizeof(layout::SectionHeader);
    if (damage.part == kDirectory)
        return directory + damage.row * sizeof(layout::PartRow) + damage.field;
    layout::PartRow part;
    std::memcpy(&part, directory + static_cast<unsigned>(damage.part) * sizeof part, sizeof part);
    EXPECT_EQ(part.row_size, damage.row_size) << damage.what;
    EXPECT_LT(damage.row, part.count) << damage.what << ": the small policy has no such row";
    return section.data() + part.offset + damage.row * damage.row_size + damage.field;
}

constexpr auto kCatalog = SectionKind::catalog;
constexpr auto kNames = SectionKind::names;
constexpr auto kPolicy = SectionKind::policy;
constexpr auto kDelta = SectionKind::names_delta;
constexpr auto kGeo = SectionKind::geo;
constexpr auto kReference = BundleError::bad_reference;
constexpr std::uint64_t kFar = 0xffff'fff0;

const Damage kDamages[] = {
    // ---- every section: header and directory ----
    {"magic", kCatalog, kHeader, FIELD(layout::SectionHeader, magic), 1, BundleError::bad_header},
    {"version", kCatalog, kHeader, FIELD(layout::SectionHeader, version), 99,
     BundleError::bad_version},
    {"another kind", kCatalog, kHeader, FIELD(layout::SectionHeader, kind), 3,
     BundleError::bad_header},
    {"size beyond the bytes", kCatalog, kHeader, FIELD(layout::SectionHeader, size), 1u << 30,
     BundleError::bad_size},
    {"a part too many", kCatalog, kHeader, FIELD(layout::SectionHeader, part_count), 99,
     BundleError::bad_part},
    {"part off its cache line", kCatalog, kDirectory, FIELD(layout::PartRow, offset), 1,
     BundleError::bad_part},
    {"part in the directory", kCatalog, kDirectory, FIELD(layout::PartRow, offset), 0,
     BundleError::bad_part},
    {"part beyond the section", kCatalog, kDirectory, FIELD(layout::PartRow, offset), 1ull << 40,
     BundleError::bad_part},
    {"more rows than bytes", kCatalog, kDirectory, FIELD(layout::PartRow, count), kFar,
     BundleError::bad_part, 1},
    {"rows of another size", kCatalog, kDirectory, FIELD(layout::PartRow, row_size), 4,
     BundleError::bad_part, 1},
    {"two heads", kCatalog, kDirectory, FIELD(layout::PartRow, count), 2, BundleError::bad_part},
    // ---- catalog, and prefix sets ----
    {"organisation beyond all limits", kCatalog, 0, FIELD(layout::CatalogHead, org_max), 0xffff'ffff,
     kReference},
    {"value above the largest organisation", kCatalog, 0, FIELD(layout::CatalogHead, org_max), 0,
     kReference},
    {"another number of operators", kCatalog, 0, FIELD(layout::CatalogHead, operators), 1,
     kReference},
    {"organisation the policy does not have", kCatalog, 0, FIELD(layout::CatalogHead, org_max), 999,
     BundleError::mismatch},
    {"no IPv4 table", kCatalog, forest(kCatalogForest, layout::ForestPart::sets),
     FIELD(layout::IntervalSet, root4), kFar, kReference},
    {"IPv6 table as IPv4's", kCatalog, forest(kCatalogForest, layout::ForestPart::sets),
     FIELD(layout::IntervalSet, root4), 1, kReference},
    {"no IPv6 table", kCatalog, forest(kCatalogForest, layout::ForestPart::sets),
     FIELD(layout::IntervalSet, root6), kFar, kReference},
    {"table without slots", kCatalog, forest(kCatalogForest, layout::ForestPart::tables),
     FIELD(layout::IndexTable, slot_count), 0, kReference},
    {"slots outside", kCatalog, forest(kCatalogForest, layout::ForestPart::tables),
     FIELD(layout::IndexTable, first_slot), kFar, kReference},
    {"shift of all bits", kCatalog, forest(kCatalogForest, layout::ForestPart::tables),
     FIELD(layout::IndexTable, shift), 64, kReference},
    {"table too deep", kCatalog, forest(kCatalogForest, layout::ForestPart::tables),
     FIELD(layout::IndexTable, level), layout::kIndexLevels, kReference},
    {"table of no family", kCatalog, forest(kCatalogForest, layout::ForestPart::tables),
     FIELD(layout::IndexTable, family), 2, kReference},
    {"block outside", kCatalog, forest(kCatalogForest, layout::ForestPart::slots),
     FIELD(layout::IndexSlot, first), kFar, kReference},
    {"blocks outside", kCatalog, forest(kCatalogForest, layout::ForestPart::slots),
     FIELD(layout::IndexSlot, span), kFar, kReference},
    {"a slot that leads to its own table", kCatalog, forest(kCatalogForest, layout::ForestPart::slots),
     FIELD(layout::IndexSlot, span), layout::IndexSlot::kTable, kReference},
    {"IPv4 value of nobody", kCatalog, forest(kCatalogForest, layout::ForestPart::blocks4),
     FIELD(layout::Block4, values), 0x7fff, kReference},
    {"prefix longer than an address", kCatalog, forest(kCatalogForest, layout::ForestPart::lengths4),
     1, 0, 1, 129, kReference},
    {"IPv6 value of nobody", kCatalog, forest(kCatalogForest, layout::ForestPart::blocks6),
     FIELD(layout::Block6, values), 0x7fff, kReference},
    {"deep value that leads nowhere", kCatalog,
     forest(kCatalogForest, layout::ForestPart::blocks6), FIELD(layout::Block6, values),
     layout::kDeepValue, kReference},
    // ---- names ----
    {"more categories than there may be", kNames, 0, FIELD(layout::NamesHead, categories), 999,
     kReference},
    {"categories a set has and the head does not", kNames, 0,
     FIELD(layout::NamesHead, categories), 0, kReference},
    {"names of more labels than a name", kNames, 0, FIELD(layout::NamesHead, labels_max), 999,
     kReference},
    {"hashed by another key", kNames, 0, FIELD(layout::NamesHead, key), 1, BundleError::mismatch},
    {"URLs of more segments than a path", kNames, 0, FIELD(layout::NamesHead, url_depth_max), 99,
     kReference},
    {"origins outside", kNames, names_part(NamesPart::sets) + 1, FIELD(layout::Run, count), kFar,
     kReference},
    {"origin of no category", kNames, names_part(NamesPart::sets) + 2,
     FIELD(layout::OriginRow, category), 200, kReference},
    {"source's name outside", kNames, names_part(NamesPart::sources),
     FIELD(layout::SourceRow, id.offset), kFar, kReference},
    {"address of a set that is not there", kNames,
     forest(names_part(NamesPart::addresses), layout::ForestPart::blocks4),
     FIELD(layout::Block4, values), 0x7fff, kReference},
    // ---- names_delta ----
    {"delta by another key", kDelta, 0, FIELD(layout::DeltaHead, key), 1, BundleError::mismatch},
    {"delta of other names", kDelta, 0, FIELD(layout::DeltaHead, base), 1, BundleError::mismatch},
    {"delta of more categories", kDelta, 0, FIELD(layout::DeltaHead, categories), 99,
     BundleError::mismatch},
    {"delta of impossibly many categories", kDelta, 0, FIELD(layout::DeltaHead, categories), 999,
     kReference},
    // ---- geo ----
    {"geo of more categories", kGeo, 0, FIELD(layout::GeoHead, categories), 99,
     BundleError::mismatch},
    {"network's name outside", kGeo, static_cast<int>(layout::GeoPart::places),
     FIELD(layout::PlaceRow, asn_name.size), kFar, kReference},
    // ---- policy ----
    {"service for users of no segment", kPolicy, policy_part(PolicyPart::services),
     FIELD(layout::ServiceRow, segment), 9, BundleError::mismatch},
    {"protocol of a category nobody has defined", kPolicy, policy_part(PolicyPart::protocols),
     FIELD(layout::ProtocolRow, categories), ~0ull, kReference},
    {"inbound neither way", kPolicy, 0, FIELD(layout::PolicyHead, inbound_default), 2, kReference},
    {"blocked UDP neither way", kPolicy, 0, FIELD(layout::PolicyHead, blocked_udp), 2, kReference},
    {"fail mode neither way", kPolicy, 0, FIELD(layout::PolicyHead, fail_modes), 2, kReference},
    {"a day from UTC", kPolicy, 0, FIELD(layout::PolicyHead, utc_offset_minutes), 24 * 60 + 1,
     kReference},
    {"title outside the texts", kPolicy, 0, FIELD(layout::PolicyHead, title.offset), kFar,
     kReference},
    {"overrides of more labels than a name", kPolicy, 0,
     FIELD(layout::PolicyHead, override_labels_max), 999, kReference},
    {"organisation of no operator", kPolicy, policy_part(PolicyPart::organisations),
     FIELD(layout::OrganisationRow, operator_index), 200, kReference},
    {"grants outside", kPolicy, policy_part(PolicyPart::organisations),
     FIELD(layout::OrganisationRow, grants_first), kFar, kReference},
    {"a list that is valid from no day", kPolicy, policy_part(PolicyPart::organisations),
     FIELD(layout::OrganisationRow, valid.from), 1ull << 62, kReference},
    {"a pilot until no day", kPolicy, policy_part(PolicyPart::organisations),
     FIELD(layout::OrganisationRow, pilot_until), 1ull << 62, kReference},
    {"a category nobody has defined", kPolicy, policy_part(PolicyPart::organisations),
     FIELD(layout::OrganisationRow, allowed), ~0ull, kReference},
    {"organisation's name outside", kPolicy, policy_part(PolicyPart::organisation_texts),
     FIELD(layout::OrganisationText, name.size), kFar, kReference},
    {"operator's id outside", kPolicy, policy_part(PolicyPart::operators),
     FIELD(layout::OperatorRow, id.offset), kFar, kReference},
    {"category that is exempt by no rule", kPolicy, policy_part(PolicyPart::categories),
     FIELD(layout::CategoryRow, exempt), 77, kReference},
    {"grant of no protocol", kPolicy, policy_part(PolicyPart::grants),
     FIELD(layout::GrantRow, protocol), 255, kReference},
    {"grant of no class", kPolicy, policy_part(PolicyPart::grants),
     FIELD(layout::GrantRow, klass), 255, kReference},
    {"class that blocks from no confidence", kPolicy, policy_part(PolicyPart::class_rules),
     FIELD(layout::ClassRuleRow, blocks_from), 255, kReference},
    {"grant until no day", kPolicy, policy_part(PolicyPart::grants),
     FIELD(layout::GrantRow, valid.until), 1ull << 62, kReference},
    {"ground outside", kPolicy, policy_part(PolicyPart::bypass),
     FIELD(layout::BypassRow, ground.offset), kFar, kReference},
    {"override to a category nobody has defined", kPolicy, policy_part(PolicyPart::overrides),
     FIELD(layout::OverrideRow, categories), ~0ull, kReference},
    {"service's ports outside", kPolicy, policy_part(PolicyPart::services),
     FIELD(layout::ServiceRow, ports.first), kFar, kReference},
    {"service's admissions outside", kPolicy, policy_part(PolicyPart::services),
     FIELD(layout::ServiceRow, admissions.count), kFar, kReference},
    {"TLS only, perhaps", kPolicy, policy_part(PolicyPart::services),
     FIELD(layout::ServiceRow, tls_only), 2, kReference},
    {"admission of nobody", kPolicy, policy_part(PolicyPart::admissions),
     FIELD(layout::AdmissionRow, org), 999, kReference},
    {"mail system of nobody", kPolicy, policy_part(PolicyPart::mail), FIELD(layout::MailRow, org),
     999, kReference},
    {"WAF resource of nobody", kPolicy, policy_part(PolicyPart::waf), FIELD(layout::WafRow, org),
     999, kReference},
    {"WAF ports outside", kPolicy, policy_part(PolicyPart::waf), FIELD(layout::WafRow, ports.first),
     kFar, kReference},
    {"list outside its items", kPolicy, policy_part(PolicyPart::lists),
     FIELD(layout::Run, first), kFar, kReference},
    {"more names in a bucket than it holds", kPolicy, policy_part(PolicyPart::override_buckets),
     FIELD(layout::NameBucket, count), 7, kReference},
    {"prefix set without its table", kPolicy, forest(kPolicyForest, layout::ForestPart::sets),
     FIELD(layout::IntervalSet, root6), kFar, kReference},
};

#undef FIELD

const ipc::LoadedBundle& good() {
    static const ipc::LoadedBundle loaded = test::load(test::small_policy());
    return loaded;
}

TEST(OpenBundle, TakesWhatCompileMade) {
    const Copy copy(good());
    EXPECT_TRUE(open_bundle(copy.sections()).ok());
}

TEST(OpenBundle, RefusesEachDamagedFieldByItsKind) {
    for (const Damage& damage : kDamages) {
        SCOPED_TRACE(damage.what);
        Copy copy(good());
        std::byte* const at = place_of(copy.section(damage.section), damage);
        if (testing::Test::HasFailure()) return;
        std::memcpy(at, &damage.value, std::min(damage.size, sizeof damage.value));
        const auto opened = open_bundle(copy.sections());
        if (opened.ok()) {
            ADD_FAILURE() << "was taken";
            continue;
        }
        EXPECT_STREQ(name_of(opened.error()), name_of(damage.error));
    }
}

TEST(OpenBundle, RefusesASectionThatIsCutAnywhere) {
    for (const SectionKind kind : {kCatalog, kNames, kPolicy, kDelta, kGeo}) {
        const Copy copy(good());
        BundleSections sections = copy.sections();
        SectionBytes& cut = kind == kCatalog ? sections.catalog
                            : kind == kNames ? sections.names
                            : kind == kDelta ? sections.delta
                            : kind == kGeo   ? sections.geo
                                             : sections.policy;
        const SectionBytes whole = cut;
        for (std::size_t size = 0; size < whole.size(); ++size) {
            cut = whole.first(size);
            ASSERT_FALSE(open_bundle(sections).ok()) << size << " bytes of section "
                                                     << static_cast<int>(kind);
        }
    }
}

TEST(OpenBundle, RefusesSectionsOffACacheLine) {
    const Copy copy(good());
    BundleSections sections = copy.sections();
    sections.names = sections.names.subspan(8);
    const auto opened = open_bundle(sections);
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error(), BundleError::misaligned);
}

TEST(OpenBundle, RefusesSectionsOfTwoPolicies) {
    model::Policy other = test::small_policy();
    other.categories.push_back({"weather", "Weather", {}, {}, {}});
    const ipc::LoadedBundle second = test::load(other);
    const auto mixed = BundleView::combine(good().catalog->view, second.names->view,
                                           good().policy->view, good().delta->view,
                                           good().geo->view);
    ASSERT_FALSE(mixed.ok());
    EXPECT_EQ(mixed.error(), BundleError::mismatch);
}

}  // namespace
}  // namespace sluice::lookup
