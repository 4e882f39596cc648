// sluicectl explain: each step of the decision, and what would change it. Exit code 1: blocked.
#include <memory>

#include "tools/render/table.h"
#include "tools/sluicectl/commands.h"

namespace sluice::ctl {
namespace {

std::string reason_of(const Json& item) {
    return cell(item.at("verdict")) + "  " + cell(item.at("reason_code")) + " " +
           cell(item.at("reason"));
}

std::string one(const Json& item) {
    const Json& f = item.at("facts");
    std::string out = "flow      " + cell(f.at("proto")) + " " + cell(f.at("user")) + ":" +
                      cell(f.at("user_port")) + " - " + cell(f.at("remote")) + ":" +
                      cell(f.at("remote_port")) + ", opened by the " + cell(f.at("opened_by")) +
                      " side (" + cell(item.at("basis")) + ")\n";
    out +=
        "who       " + cell(f.at("organisation")) + " of operator " + cell(f.at("operator")) + "\n";
    out += "what      " + cell(f.at("protocol")) + ", name " + cell(f.at("name")) +
           ", categories " + cell(item.at("categories")) + "\n";
    out += "verdict   " + reason_of(item) + ": " + cell(item.at("reason_text")) + "\n";
    for (const Json& s : item.at("steps")) {
        const std::string outcome = cell(s.at("outcome"));
        std::string number = s.at("step").dump();
        number.insert(0, number.size() < 2 ? 1 : 0, ' ');
        out += std::string(outcome == "matched" ? "  ● " : "  ○ ") + number + " " +
               cell(s.at("title")) + ": " +
               (outcome == "matched" || outcome == "not_matched" ? cell(s.at("answer"))
                                                                 : "(" + outcome + ")");
        if (!s.at("rules").empty()) out += "  [" + cell(s.at("rules")) + "]";
        out += "\n";
    }
    for (const Json& change : item.at("would_change"))
        out += "would be changed by: " + cell(change) + "\n";
    if (const Json& live = item.at("live"); live.is_object())
        out += "data plane says      " + reason_of(live) +
               (live.at("equal").get<bool>() ? "  (equal)\n" : "  (DIFFERENT)\n");
    if (const Json& kept = item.at("recorded"); kept.is_object())
        out += "recorded " + cell(kept.at("at")) + "  " + reason_of(kept) + "\n";
    return out;
}

std::string table(const Json& document) {
    const Json& items = document.at("items");
    if (items.size() == 1) return one(items[0]);
    render::Table t({{"OPERATOR"}, {"ORG"}, {"VERDICT"}, {"CODE"}, {"REASON"}, {"CATEGORIES"}});
    for (const Json& item : items)
        t.add({cell(item.at("facts").at("operator")), cell(item.at("facts").at("organisation")),
               cell(item.at("verdict")), cell(item.at("reason_code")), cell(item.at("reason")),
               cell(item.at("categories"))});
    return t.text() + "\neach step: the same with --org ORG\n";
}

int code(const Json& document) {
    for (const Json& item : document.at("items")) {
        if (item.at("verdict") == "block") return kNo;
        const Json& live = item.at("live");
        if (live.is_object() && !live.at("equal").get<bool>()) return kNo;
    }
    return kYes;
}

}  // namespace

void add_explain(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand(
        "explain", "Why a flow gets its verdict: flow id, reference, tuple, address or name");
    struct Wanted {
        std::vector<std::string> subject;
        std::string organisation, operator_id;
    };
    auto wanted = std::make_shared<Wanted>();
    command
        ->add_option("subject", wanted->subject, "What: \"tcp SRC:PORT > DST:PORT\", a name, ...")
        ->required();
    command->add_option("--org", wanted->organisation, "For this organisation");
    command->add_option("--operator", wanted->operator_id, "In this operator's catalog");
    command->callback([&context, wanted] {
        std::string subject;
        for (const std::string& word : wanted->subject)
            subject += (subject.empty() ? "" : " ") + word;
        Json body = {{"subject", subject}};
        if (!wanted->organisation.empty()) body["organisation"] = wanted->organisation;
        if (!wanted->operator_id.empty()) body["operator"] = wanted->operator_id;
        show(context, post(context, "/v1/explain", body), {table, code});
    });
}

}  // namespace sluice::ctl
