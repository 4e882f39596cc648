#include "rules/load/load_policy.h"

#include "rules/load/building.h"
#include "rules/load/nearest.h"

namespace sluice::load {
namespace {

constexpr std::string_view kKnownFiles[] = {
    "policy.yaml",   "operators.yaml",  "organisations.yaml", "catalog.yaml",
    "catalog.csv",   "categories.yaml", "overrides.yaml",     "bypass.yaml",
    "services.yaml", "mail.yaml",       "waf.yaml",           "grants.yaml",
    "feeds.yaml",    "geo.yaml",        "closures.yaml",      "protocol_classes.yaml"};

bool is_left_alone(std::string_view name) {
    const std::string_view base = name.substr(name.rfind('/') + 1);
    return base.starts_with("README") || base.starts_with('.');
}

// A file nobody reads is mostly a misspelt one, whose rules would silently not hold.
void check_unused(Building& b) {
    const std::vector<std::string_view> known(std::begin(kKnownFiles), std::end(kKnownFiles));
    for (const auto& [name, content] : b.files) {
        if (b.used_files.contains(name) || is_left_alone(name)) continue;
        const std::uint32_t file = b.report.add_file(name);
        b.report.error(
            {file, 0, 0}, "unreferenced_file", "nothing refers to this file",
            did_you_mean(name, known,
                         "name it under 'lists' of a category or in feeds.yaml, or move it "
                         "elsewhere"));
    }
}

}  // namespace

Loaded load_policy(const FileSet& files, model::Day today, const model::Policy* before) {
    Report report;
    Building b(files, report, today);
    if (before != nullptr) {
        b.contents_before = before->feed_content;
        b.geo_before = before->geo_content;
    }
    read_operators(b);
    read_geo(b);
    read_categories(b);
    read_feeds(b);
    read_organisations(b);
    read_catalog(b);
    read_overrides(b);
    read_bypass(b);
    read_services(b);
    read_mail(b);
    read_waf(b);
    read_protocols(b);
    read_policy_file(b);
    check_unused(b);
    check_contradictions(b);
    Loaded loaded;
    if (!report.has_errors()) {
        loaded.policy = std::move(b.policy);
        loaded.policy.files = report.files();
    }
    loaded.diagnostics = report.take();
    return loaded;
}

Loaded load_policy_directory(const std::filesystem::path& directory, model::Day today) {
    Loaded loaded;
    const FileSet files = read_policy_files(directory, loaded.diagnostics);
    if (!loaded.ok()) return loaded;
    return load_policy(files, today);
}

}  // namespace sluice::load
