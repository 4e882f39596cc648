// Ids (text) -> numbers of the bundle, with a diagnostic for each reference that leads nowhere.
#pragma once
#include <string>
#include <string_view>
#include <unordered_map>

#include "rules/base/strong.h"
#include "rules/compile/compile.h"

namespace sluice::compile {

// Collects errors up to a limit; the rest would only repeat a broken input.
class Errors {
  public:
    void add(Code code, std::string message, const model::Position& at) {
        if (list_.size() < kErrorsMax) list_.push_back({code, std::move(message), at});
        any_ = true;
    }
    bool any() const { return any_; }
    Diagnostics take() { return std::move(list_); }

  private:
    Diagnostics list_;
    bool any_ = false;
};

class Ids {
  public:
    // Reports duplicates. `policy` and `errors` outlive the object.
    Ids(const model::Policy& policy, Errors& errors);

    // The number, or nothing after a diagnostic was added. `who` begins the message.
    std::optional<unsigned> operator_index(std::string_view id, const model::Position& at,
                                           std::string_view who) const;
    std::optional<unsigned> organisation_index(std::string_view id, const model::Position& at,
                                               std::string_view who) const;
    // CategoryIndex of the bundle: 0 for "uncategorised".
    std::optional<model::CategoryIndex> category(std::string_view id, const model::Position& at,
                                                 std::string_view who) const;
    // Unknown categories are reported and left out.
    model::CategorySet category_set(const std::vector<std::string>& ids, const model::Position& at,
                                    std::string_view who) const;
    // Row of Policy::segments.
    std::optional<unsigned> segment(std::string_view id, const model::Position& at,
                                    std::string_view who) const;
    // The operator of an organisation; both known, else nothing (the organisation is reported).
    std::optional<unsigned> operator_of(unsigned organisation_index) const;

  private:
    using Map = std::unordered_map<std::string_view, unsigned>;
    std::optional<unsigned> find(const Map& map, std::string_view id, const model::Position& at,
                                 std::string_view who, Code code) const;

    const model::Policy& policy_;
    Errors& errors_;
    Map operators_, organisations_, categories_, segments_;
};

// [from, until) in UTC seconds of a validity in whole local days; reports one that ends before it
// begins, or lies outside the years 1900..9999.
layout::Period period_of(const model::Validity& valid, const model::Policy& policy, Errors& errors,
                         const model::Position& at, std::string_view who);
// The second after the last of `day`, local time; reports a day outside those years.
std::int64_t end_of(model::Day day, const model::Policy& policy, Errors& errors,
                    const model::Position& at, std::string_view who);

// Reports prefixes with host bits set or an impossible length.
bool check_prefix(const Prefix& prefix, Errors& errors, const model::Position& at);
// Reports names that are not canonical: lookups would never meet them.
bool check_name(std::string_view name, Errors& errors, const model::Position& at);

}  // namespace sluice::compile
