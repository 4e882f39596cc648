// What a bundle's lists say, as JSON: shared by the API and by `sluicectl category --policy DIR`.
#pragma once
#include <string>
#include <variant>

#include "control/render/flow_json.h"
#include "rules/base/time.h"
#include "rules/lookup/bundle_view.h"

namespace sluice::render {

// A name, "name/path", or an address; what `category lookup` asks about.
struct NameAndPath {
    std::string name;  // canonical
    std::string path;  // begins with '/'; empty: a name alone
};
using CategorySubject = std::variant<std::monostate, NameAndPath, IpAddress>;
// "https://" and "http://" are left out, a port too. monostate: it is none of them.
CategorySubject parse_category_subject(std::string_view text);

// One item: subject, kind, categories, exempt, country, asn, asn_name (addresses), claims.
Json category_lookup_json(const lookup::BundleView& bundle, const CategorySubject& subject);

// One item a source: id, format, date, age_days, names, urls, addresses, duplicates, skipped,
// suffixes, unmapped, precedence, licence, source, last_skipped.
Json category_feeds_json(const lookup::BundleView& bundle, UtcTime now);

// country, asn, asn_name; null where not known.
Json place_json(const lookup::BundleView& bundle, const IpAddress& address);

}  // namespace sluice::render
