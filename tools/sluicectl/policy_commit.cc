// sluicectl policy commit, undo, confirm: the commands that change what is in force.
#include <charconv>
#include <memory>

#include "tools/sluicectl/commands.h"
#include "tools/sluicectl/policy_files.h"

namespace sluice::ctl {
namespace {

std::string milliseconds(const Json& value) {
    if (!value.is_number()) return "-";
    return std::to_string(static_cast<long>(value.get<double>() + 0.5)) + " ms";
}

std::string table(const Json& document) {
    const Json& c = document.at("items")[0];
    std::string out = cell(c.at("revision")) + " " + cell(c.at("id")).substr(0, 12);
    out += c.at("unchanged").get<bool>() ? ": nothing new, this is HEAD\n" : ": committed\n";
    out += "bundle " + cell(c.at("bundle")).substr(0, 12) + ", built in " +
           milliseconds(c.at("build_ms")) + ", " + cell(c.at("activation"));
    if (c.at("activation") == "active")
        out += " " + milliseconds(c.at("publish_to_active_ms")) + " after publishing";
    else
        out += ": " + cell(c.at("activation_message"));
    out += "\naudit " + cell(c.at("audit_seq")) + "\n";
    if (c.at("confirm_until").is_string())
        out += "reverts at " + cell(c.at("confirm_until")) +
               " unless `sluicectl policy confirm --reason TEXT`\n";
    return out;
}

int code(const Json& document) {
    const std::string activation = cell(document.at("items")[0].at("activation"));
    if (activation == "late") return kTimeout;
    return activation == "refused" || activation == "unpublished" ? kNo : kYes;
}

// "90", "90s", "10m", "1h" in seconds; 0 when it is none of them.
long seconds_of(const std::string& text) {
    long n = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, n);
    if (parsed.ec != std::errc{} || n < 1 || n > 86'400) return 0;
    const std::string unit(parsed.ptr, end);
    if (unit.empty() || unit == "s") return n;
    if (unit == "m") return n * 60 <= 86'400 ? n * 60 : 0;
    return unit == "h" && n <= 24 ? n * 3600 : 0;
}

void add_commit(CLI::App& policy, Context& context) {
    CLI::App* command = policy.add_subcommand("commit", "Makes a directory the policy in force");
    struct Wanted {
        std::string directory, reason, base, confirm;
    };
    auto w = std::make_shared<Wanted>();
    command->add_option("directory", w->directory, "Directory of the policy")->required();
    command->add_option("--reason", w->reason, "Why: goes into the audit")->required();
    command->add_option("--base", w->base, "Only if HEAD is this revision");
    command->add_option("--confirm", w->confirm, "Reverts after this time unless confirmed: 10m")
        ->check([](const std::string& text) {
            return seconds_of(text) ? std::string() : std::string("not a time from 1s to 24h");
        });
    command->callback([&context, w] {
        Json body = {{"reason", w->reason}};
        if (!w->base.empty()) body["base"] = w->base;
        if (!w->confirm.empty()) body["confirm_seconds"] = seconds_of(w->confirm);
        const Response sent = add_files(context, w->directory, body);
        if (sent.code != kYes) {
            show(context, sent, {table});
            return;
        }
        const Response done = post(context, "/v1/policy/commits", body);
        if (done.code == kYes && !context.json() && done.body.at("kind") == "Commit")
            print_diagnostics(done.body.at("items")[0].at("diagnostics"));
        show(context, done, {table, code});
    });
}

void add_with_reason(CLI::App& policy, Context& context, const std::string& name,
                     const std::string& text, const View& view) {
    CLI::App* command = policy.add_subcommand(name, text);
    auto reason = std::make_shared<std::string>();
    command->add_option("--reason", *reason, "Why: goes into the audit")->required();
    command->callback([&context, reason, name, view] {
        show(context, post(context, "/v1/policy/" + name, {{"reason", *reason}}), view);
    });
}

std::string confirmed(const Json& document) {
    const Json& c = document.at("items")[0];
    return cell(c.at("revision")) + " stays, audit " + cell(c.at("audit_seq")) + "\n";
}

}  // namespace

void add_policy_commit(CLI::App& policy, Context& context) {
    add_commit(policy, context);
    add_with_reason(policy, context, "undo", "Goes back to the content before HEAD", {table, code});
    add_with_reason(policy, context, "confirm", "Keeps a commit that waits for confirmation",
                    {confirmed});
}

}  // namespace sluice::ctl
