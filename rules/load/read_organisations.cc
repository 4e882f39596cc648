// organisations.yaml: who is behind the gateway, by which contract, what the yearly list opens
// (G15) and who is not yet under inspection (G20).
#include <algorithm>

#include "rules/load/building.h"
#include "rules/load/day_text.h"

namespace sluice::load {
namespace {

// G15-1: the access asked for is open for one calendar year.
bool over_a_year(const model::Validity& valid) {
    const std::chrono::year_month_day first{valid.from};
    return valid.until >= model::Day{first + std::chrono::years{1}};
}

void check_days(Building& b, Reader& reader, const YamlNode& until, const model::Validity& valid) {
    if (valid.until < b.today)
        b.report.warning(reader.at(until), "expired_access",
                         "this yearly list ended on " + to_text(valid.until) +
                             ": the organisation's traffic is blocked by rule (G15-1)",
                         "enter the organisation's new signed list");
    if (over_a_year(valid))
        b.report.warning(reader.at(until), "over_a_year",
                         "a yearly list is open for one calendar year (G15-1), this one for longer",
                         "end it on the day before its anniversary, or sooner");
}

void read_access(Building& b, Reader& reader, const YamlNode& node, model::AccessPolicy& access) {
    Fields fields(reader, node, "an access policy", {"request", "categories", "from", "until"});
    access.at = reader.at(node);
    reader.text(fields.need("request"), access.request);
    for (const YamlNode& item : reader.list(fields.need("categories"))) {
        std::string id;
        if (!b.category_ref(reader, &item, id)) continue;
        auto& ids = access.categories;
        if (std::find(ids.begin(), ids.end(), id) != ids.end())
            reader.error(item, "duplicate_entry", "category " + in_quotes(id) + " is listed twice",
                         "keep one of them");
        else
            ids.push_back(std::move(id));
    }
    if (read_validity(reader, fields, access.valid))
        check_days(b, reader, *fields.find("until"), access.valid);
}

void read_pilot(Building& b, Reader& reader, const YamlNode& node, model::Pilot& pilot) {
    Fields fields(reader, node, "a pilot", {"until", "ground"});
    pilot.at = reader.at(node);
    reader.text(fields.need("ground"), pilot.ground);
    const YamlNode* until = fields.need("until");
    if (reader.day(until, pilot.until)) b.check_not_expired(reader, until, pilot.until);
}

void read_organisation(Building& b, Reader& reader, const YamlNode& node) {
    auto& organisations = b.policy.organisations;
    if (organisations.size() == model::kOrganisationsMax) {
        if (!b.report.full())
            reader.error(node, "too_many", "there are more than 65,000 organisations");
        return;
    }
    Fields fields(reader, node, "an organisation",
                  {"id", "name", "operator", "contract", "identifier", "access", "pilot"});
    model::Organisation organisation;
    organisation.at = reader.at(node);
    const YamlNode* id = fields.need("id");
    if (reader.id(id, organisation.id))
        b.add_id(b.organisations, organisations.size(), reader, *id, organisation.id);
    reader.text(fields.need("name"), organisation.name);
    b.operator_ref(reader, fields.need("operator"), organisation.operator_id);
    reader.text(fields.need("contract"), organisation.contract);
    reader.text(fields.find("identifier"), organisation.identifier);
    if (const YamlNode* access = fields.find("access"))
        read_access(b, reader, *access, organisation.access.emplace());
    if (const YamlNode* pilot = fields.find("pilot"))
        read_pilot(b, reader, *pilot, organisation.pilot.emplace());
    organisations.push_back(std::move(organisation));
}

}  // namespace

void read_organisations(Building& b) {
    read_list_file(
        b, "organisations.yaml", "organisations",
        [&](Reader& reader, const YamlNode& node) { read_organisation(b, reader, node); });
}

}  // namespace sluice::load
