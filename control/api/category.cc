// GET /v1/category/lookup, /v1/category/feeds: what the lists say, and how old they are.
#include "control/api/resolve.h"
#include "control/render/category_json.h"

namespace sluice::control {
namespace {

Result<const lookup::BundleView*, ApiError> view_of(const Candidate& current) {
    const lookup::BundleView* view = current.rules->view();
    if (view == nullptr)
        return Err{ApiError{ErrorCode::unavailable, "no compiled bundle is in force", "", {}}};
    return view;
}

}  // namespace

Answer get_category_lookup(const Call& call, Services& s) {
    SLUICE_TRY(current, rules_in_force(s));
    SLUICE_TRY(view, view_of(*current));
    const auto subject = render::parse_category_subject(call.get("subject"));
    Json item = render::category_lookup_json(*view, subject);
    if (item.is_null())
        return fail(ErrorCode::usage, "\"" + call.get("subject") + "\" is no name, URL or address");
    return reply("CategoryLookup", s, Json::array({std::move(item)}));
}

Answer get_category_feeds(const Call&, Services& s) {
    SLUICE_TRY(current, rules_in_force(s));
    SLUICE_TRY(view, view_of(*current));
    return reply("CategoryFeeds", s, render::category_feeds_json(*view, s.now()));
}

}  // namespace sluice::control
