// The rows of a life-cycle file: fields, states, events, deadlines, notices.
#pragma once
#include "control/lifecycle/life_cycle.h"
#include "rules/load/reader.h"

namespace sluice::control {

class PartReader {
  public:
    explicit PartReader(load::Reader& the_reader) : reader(the_reader) {}

    load::Reader& reader;

    // Ids, each once; `any_text`: requirement ids, which have capitals and dots. A null node is
    // nothing.
    void ids(const load::YamlNode* node, std::vector<std::string>& out, bool any_text = false);
    void span(const load::YamlNode* node, Span& out);
    // An error with `code` at `at` unless `known`.
    void refer(const model::Position& at, bool known, std::string_view code, const std::string& id);

    FieldRule field(const load::YamlNode& node);
    StateRule state(const load::YamlNode& node);
    EventRule event(const load::YamlNode& node);
    DeadlineRule deadline(const load::YamlNode& node);
    NoticeRule notice(const load::YamlNode& node);

  private:
    Guard guard(const load::YamlNode& node);
    void guard_value(const load::YamlNode& value, Guard& out);
    void row_id(const load::YamlNode* node, std::string& out, std::vector<std::string>& seen);

    std::vector<std::string> fields_seen_, states_seen_, deadlines_seen_, notices_seen_;
};

}  // namespace sluice::control
