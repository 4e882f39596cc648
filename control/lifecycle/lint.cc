#include "control/lifecycle/lint.h"

#include <algorithm>
#include <set>

namespace sluice::control {
namespace {

template <class List, class Value>
bool holds(const List& list, const Value& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

std::set<std::string> reachable(const LifeCycle& c) {
    std::set<std::string> found;
    for (bool grown = true; grown;) {
        grown = false;
        for (const EventRule& e : c.events) {
            const bool starts =
                e.from.empty() || std::any_of(e.from.begin(), e.from.end(), [&](const auto& state) {
                    return found.contains(state);
                });
            if (starts && !e.to.empty()) grown |= found.insert(e.to).second;
        }
    }
    return found;
}

void check_states(const LifeCycle& c, load::Report& report) {
    const std::set<std::string> found = reachable(c);
    for (const StateRule& s : c.states) {
        if (!found.contains(s.id))
            report.error(s.at, "unreachable_state", "no event leads to " + load::in_quotes(s.id));
        const bool left = std::any_of(c.events.begin(), c.events.end(), [&](const EventRule& e) {
            return holds(e.from, s.id) && !e.to.empty();
        });
        if (!s.final && !left)
            report.error(s.at, "dead_end", "nothing leads out of " + load::in_quotes(s.id),
                         "add an event, or say `final: true`");
        if (s.final && left)
            report.error(s.at, "leaves_final_state",
                         "an event leads out of the final state " + load::in_quotes(s.id));
    }
}

// In every state the deadline lives in, the system must be able to say its event, and that must
// move the case or tell somebody.
void check_deadline(const LifeCycle& c, const DeadlineRule& d, load::Report& report) {
    for (const std::string& state : d.while_) {
        const bool acts = std::any_of(c.events.begin(), c.events.end(), [&](const EventRule& e) {
            return e.id == d.then && holds(e.from, state) && holds(e.by, Party::system) &&
                   (!e.to.empty() || !e.notices.empty());
        });
        if (!acts)
            report.error(
                d.at, "deadline_without_effect",
                "when " + load::in_quotes(d.id) + " is over in state " + load::in_quotes(state) +
                    ", nothing happens",
                "let `" + d.then + "` be possible there by system, with `to` or `notices`");
    }
}

void check_rules(const LifeCycle& c, load::Report& report) {
    const auto check = [&](const std::string& rule, const model::Position& at) {
        if (!holds(c.rules, rule))
            report.error(at, "unknown_rule",
                         "the rule " + load::in_quotes(rule) + " is not among this file's `rules`");
    };
    for (const EventRule& e : c.events)
        check(e.rule, e.at);
    for (const DeadlineRule& d : c.deadlines)
        check(d.rule, d.at);
}

void check_placeholders(const LifeCycle& c, const NoticeRule& n, load::Report& report) {
    for (const std::string& text : n.text)
        for (std::size_t open = text.find('{'); open != std::string::npos;
             open = text.find('{', open + 1)) {
            const std::size_t close = std::min(text.find('}', open), text.size());
            const std::string word = text.substr(open + 1, close - open - 1);
            const bool known = word == "case" || word == "ground" || c.field(word) != nullptr ||
                               (word.starts_with("due:") && c.deadline(word.substr(4)) != nullptr);
            if (!known)
                report.error(n.at, "unknown_placeholder",
                             "{" + word + "} is no field and no deadline of this life cycle");
        }
}

void check_notices(const LifeCycle& c, load::Report& report) {
    for (const NoticeRule& n : c.notices) {
        const bool sent = std::any_of(c.events.begin(), c.events.end(),
                                      [&](const EventRule& e) { return holds(e.notices, n.id); }) ||
                          std::any_of(c.deadlines.begin(), c.deadlines.end(),
                                      [&](const DeadlineRule& d) { return d.notice == n.id; });
        if (!sent) report.error(n.at, "unused_notice", load::in_quotes(n.id) + " is never sent");
        check_placeholders(c, n, report);
    }
}

}  // namespace

void lint(const LifeCycle& cycle, load::Report& report) {
    check_states(cycle, report);
    for (const DeadlineRule& d : cycle.deadlines)
        check_deadline(cycle, d, report);
    check_rules(cycle, report);
    check_notices(cycle, report);
}

std::string draw(const LifeCycle& c) {
    std::string out = "stateDiagram-v2\n";
    const auto word = [](std::string id) {
        std::replace(id.begin(), id.end(), '-', '_');
        return id;
    };
    for (const EventRule& e : c.events) {
        if (e.from.empty())
            out += "    [*] --> " + word(e.to) + ": " + e.id + " (" + e.rule + ")\n";
        for (const std::string& from : e.from)
            out += "    " + word(from) + " --> " + word(e.to.empty() ? from : e.to) + ": " + e.id +
                   " (" + e.rule + ")\n";
    }
    for (const DeadlineRule& d : c.deadlines)
        out += "    note right of " + word(d.from) + ": " +
               (d.after ? to_text(*d.after) : "until " + d.at_field) + ", then " + d.then + "\n";
    for (const StateRule& s : c.states) {
        for (const EffectKind kind : s.effects)
            out += "    " + word(s.id) + ": " + s.id + " / " + std::string(name_of(kind)) + "\n";
        if (s.final) out += "    " + word(s.id) + " --> [*]\n";
    }
    return out;
}

}  // namespace sluice::control
