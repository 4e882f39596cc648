#include "control/lifecycle/read_parts.h"

#include <algorithm>

namespace sluice::control {
namespace {

using load::Fields;
using load::YamlNode;

constexpr std::uint32_t kNumberMax = 1'000'000;

std::vector<std::string_view> words_of(const auto& list) {
    return {std::begin(list), std::end(list)};
}

}  // namespace

void PartReader::ids(const YamlNode* node, std::vector<std::string>& out, bool any_text) {
    if (node == nullptr) return;
    for (const YamlNode& item : reader.list(node)) {
        std::string id;
        if (any_text ? !reader.text(&item, id) : !reader.id(&item, id)) continue;
        if (std::find(out.begin(), out.end(), id) != out.end())
            reader.error(item, "duplicate_entry", load::in_quotes(id) + " is listed twice");
        else
            out.push_back(id);
    }
}

void PartReader::span(const YamlNode* node, Span& out) {
    std::string text;
    if (!reader.text(node, text)) return;
    if (const auto parsed = parse_span(text))
        out = *parsed;
    else
        reader.error(*node, "bad_span", load::in_quotes(text) + " is no span of time",
                     "write a number and wd, cd, h, wh or y: \"5 wd\"");
}

void PartReader::refer(const model::Position& at, bool known, std::string_view code,
                       const std::string& id) {
    if (known) return;
    const std::string text = code == "effect_without_field"
                                 ? "an effect of this state reads the field " +
                                       load::in_quotes(id) + ", which the life cycle does not have"
                                 : load::in_quotes(id) + " is not defined in this file";
    reader.report().error(at, code, text, "define it, or correct the word");
}

void PartReader::row_id(const YamlNode* node, std::string& out, std::vector<std::string>& seen) {
    if (!reader.id(node, out)) return;
    if (std::find(seen.begin(), seen.end(), out) != seen.end())
        reader.error(*node, "duplicate_id", load::in_quotes(out) + " is defined twice");
    seen.push_back(out);
}

FieldRule PartReader::field(const YamlNode& node) {
    FieldRule rule;
    rule.at = reader.at(node);
    Fields fields(reader, node, "a field", {"id", "type", "options"});
    row_id(fields.need("id"), rule.id, fields_seen_);
    std::size_t type = 0;
    if (reader.word(fields.need("type"), words_of(kFieldTypeWords), type))
        rule.type = static_cast<FieldType>(type);
    ids(fields.find("options"), rule.options, true);
    if ((rule.type == FieldType::word) != !rule.options.empty())
        reader.error(node, "missing_key", "a word has `options`, and only a word has");
    return rule;
}

StateRule PartReader::state(const YamlNode& node) {
    StateRule rule;
    rule.at = reader.at(node);
    Fields fields(reader, node, "a state", {"id", "final", "effects"});
    row_id(fields.need("id"), rule.id, states_seen_);
    if (const YamlNode* final = fields.find("final")) reader.boolean(final, rule.final);
    const YamlNode* effects = fields.find("effects");
    if (effects == nullptr) return rule;
    for (const YamlNode& item : reader.list(effects)) {
        std::string word;
        if (!reader.text(&item, word)) continue;
        if (const auto kind = effect_named(word))
            rule.effects.push_back(*kind);
        else
            reader.error(item, "unknown_effect", load::in_quotes(word) + " is no effect",
                         "control/lifecycle/effect.h lists them");
    }
    return rule;
}

void PartReader::guard_value(const YamlNode& value, Guard& out) {
    switch (out.kind) {
        case Guard::Kind::field_is:
        case Guard::Kind::number_at_most:
        case Guard::Kind::number_above:
        case Guard::Kind::time_left: {
            const bool number =
                out.kind == Guard::Kind::number_at_most || out.kind == Guard::Kind::number_above;
            const std::string_view second = number                              ? "number"
                                            : out.kind == Guard::Kind::field_is ? "word"
                                                                                : "span";
            const std::string_view first =
                out.kind == Guard::Kind::time_left ? "deadline" : "field";
            Fields fields(reader, value, "this condition", {first, second});
            reader.id(fields.need(first), out.field);
            if (second == "word") reader.text(fields.need(second), out.word);
            if (second == "number") reader.number(fields.need(second), 0, kNumberMax, out.number);
            if (second == "span") span(fields.need(second), out.span);
            return;
        }
        case Guard::Kind::field_set:
            reader.id(&value, out.field);
            return;
        case Guard::Kind::time_passed:
        case Guard::Kind::valid_at_most:
            span(&value, out.span);
            return;
    }
}

Guard PartReader::guard(const YamlNode& node) {
    constexpr std::string_view kWords[] = {"field_is",     "field_set", "number_at_most",
                                           "number_above", "time_left", "time_passed",
                                           "valid_at_most"};
    Guard out;
    Fields fields(reader, node, "a condition", words_of(kWords));
    std::size_t found = 0;
    for (std::size_t i = 0; i < std::size(kWords); ++i) {
        const YamlNode* value = fields.find(kWords[i]);
        if (value == nullptr) continue;
        ++found;
        out.kind = static_cast<Guard::Kind>(i);
        guard_value(*value, out);
    }
    if (found != 1)
        reader.error(node, "missing_key", "a condition is one of its words, and only one",
                     "put each condition into an entry of its own");
    return out;
}

EventRule PartReader::event(const YamlNode& node) {
    EventRule rule;
    rule.at = reader.at(node);
    Fields fields(reader, node, "an event",
                  {"id", "from", "to", "by", "rule", "needs", "clears", "when", "notices"});
    reader.id(fields.need("id"), rule.id);
    ids(fields.need("from"), rule.from);
    if (const YamlNode* to = fields.find("to")) reader.id(to, rule.to);
    if (rule.from.empty() && rule.to.empty())
        reader.error(node, "missing_key", "an event that opens a case needs `to`");
    for (const YamlNode& item : reader.list(fields.need("by"))) {
        std::size_t party = 0;
        if (reader.word(&item, words_of(kPartyWords), party))
            rule.by.push_back(static_cast<Party>(party));
    }
    reader.text(fields.need("rule"), rule.rule);
    ids(fields.find("needs"), rule.needs);
    ids(fields.find("clears"), rule.clears);
    ids(fields.find("notices"), rule.notices);
    if (const YamlNode* when = fields.find("when"))
        for (const YamlNode& item : reader.list(when))
            rule.when.push_back(guard(item));
    return rule;
}

DeadlineRule PartReader::deadline(const YamlNode& node) {
    DeadlineRule rule;
    rule.at = reader.at(node);
    Fields fields(reader, node, "a deadline",
                  {"id", "from", "while", "after", "at", "then", "remind", "notice", "rule"});
    row_id(fields.need("id"), rule.id, deadlines_seen_);
    reader.id(fields.need("from"), rule.from);
    ids(fields.find("while"), rule.while_);
    if (rule.while_.empty()) rule.while_.push_back(rule.from);
    if (std::find(rule.while_.begin(), rule.while_.end(), rule.from) == rule.while_.end())
        reader.error(node, "unknown_state", "`while` must name the state of `from` too");
    const YamlNode* after = fields.find("after");
    const YamlNode* at = fields.find("at");
    if ((after == nullptr) == (at == nullptr))
        reader.error(node, "missing_key", "a deadline has `after` or `at`, and not both");
    if (after != nullptr) span(after, rule.after.emplace());
    if (at != nullptr) reader.id(at, rule.at_field);
    reader.id(fields.need("then"), rule.then);
    reader.text(fields.need("rule"), rule.rule);
    if (const YamlNode* remind = fields.find("remind"))
        for (const YamlNode& item : reader.list(remind))
            span(&item, rule.remind.emplace_back());
    const YamlNode* notice = fields.find("notice");
    if (notice != nullptr) reader.id(notice, rule.notice);
    if (rule.remind.empty() != (notice == nullptr))
        reader.error(node, "missing_key", "reminders need a `notice`, and a notice needs `remind`");
    return rule;
}

NoticeRule PartReader::notice(const YamlNode& node) {
    NoticeRule rule;
    rule.at = reader.at(node);
    Fields fields(reader, node, "a notice", {"id", "to", "kk", "ru", "en"});
    row_id(fields.need("id"), rule.id, notices_seen_);
    std::size_t party = 0;
    if (reader.word(fields.need("to"), words_of(kPartyWords), party))
        rule.to = static_cast<Party>(party);
    for (std::size_t i = 0; i < kLanguageCount; ++i) {
        const YamlNode* text = fields.find(kLanguageWords[i]);
        if (text == nullptr)
            reader.error(node, "missing_language",
                         "this notice has no text in " + std::string(kLanguageWords[i]),
                         "every notice is sent in Kazakh, Russian and English");
        else
            reader.text(text, rule.text[i]);
    }
    return rule;
}

}  // namespace sluice::control
