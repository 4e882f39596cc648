// sluicectl audit list, export, verify.
#include <charconv>
#include <fstream>
#include <memory>

#include "control/store/audit_chain.h"
#include "tools/sluicectl/commands.h"
#include "tools/sluicectl/items_table.h"

namespace sluice::ctl {
namespace {

using control::AuditChain;
using control::AuditHead;
using control::AuditRecord;

constexpr const char* kPage = "1000";

// One record of the API or of an export; nothing when it is none.
std::optional<AuditRecord> record_of(const Json& j) {
    try {
        AuditRecord r;
        r.seq = j.at("seq").get<std::uint64_t>();
        r.at = UtcTime{j.at("at_s").get<std::int64_t>()};
        r.actor = {j.at("person").get<std::string>(), j.at("uid").get<std::uint32_t>()};
        r.action = j.at("action").get<std::string>();
        r.subject = j.at("subject").get<std::string>();
        r.reason = j.at("reason").get<std::string>();
        r.previous = j.at("previous").get<std::string>();
        r.hash = j.at("hash").get<std::string>();
        return r;
    } catch (const Json::exception&) {
        return std::nullopt;
    }
}

// All records of the daemon, oldest first, until `each` says no. An error response, or kYes.
Response each_record(const Context& context, const std::function<bool(const Json&)>& each) {
    std::uint64_t after = 0;
    for (;;) {
        Response page =
            get(context, "/v1/audit", {{"after", std::to_string(after)}, {"limit", kPage}});
        if (page.code != kYes || page.body.at("items").empty()) return page;
        for (const Json& item : page.body.at("items")) {
            if (!each(item)) return page;
            after = item.at("seq").get<std::uint64_t>();
        }
    }
}

// What a check found, and the record of a head that was noted elsewhere.
struct Check {
    AuditChain chain;
    std::string trouble;
    std::optional<AuditHead> against;
    bool met = false;

    bool add(const Json& item) {
        const auto record = record_of(item);
        trouble = record ? chain.add(*record)
                         : "after record " + std::to_string(chain.head().seq) +
                               " stands something that is no record";
        if (trouble.empty() && against && record->seq == against->seq) {
            met = record->hash == against->hash;
            if (!met) trouble = "record " + std::to_string(record->seq) + " is not the one noted";
        }
        return trouble.empty();
    }
    void end() {
        if (trouble.empty() && against && !met)
            trouble = "it ends at record " + std::to_string(chain.head().seq) + ", before record " +
                      std::to_string(against->seq) + " that was noted: its end was cut off";
    }
};

std::optional<AuditHead> head_of(const std::string& text) {
    AuditHead head;
    const std::size_t colon = text.find(':');
    const auto parsed =
        std::from_chars(text.data(), text.data() + std::min(colon, text.size()), head.seq);
    if (colon == text.npos || parsed.ec != std::errc{} || parsed.ptr != text.data() + colon ||
        text.size() - colon - 1 != 64)
        return std::nullopt;
    head.hash = text.substr(colon + 1);
    return head;
}

void say(Context& context, const Check& check) {
    const AuditHead& head = check.chain.head();
    const Json item = {{"records", head.seq},
                       {"head", std::to_string(head.seq) + ":" + head.hash},
                       {"good", check.trouble.empty()},
                       {"trouble", check.trouble.empty() ? Json(nullptr) : Json(check.trouble)}};
    const Json document = {
        {"apiVersion", "sluice/v1"}, {"kind", "AuditCheck"}, {"items", Json::array({item})}};
    show(context, {kYes, document},
         {[](const Json& d) {
              const Json& i = d.at("items").at(0);
              return i.at("good").get<bool>()
                         ? cell(i.at("records")) + " records hang together; head " +
                               cell(i.at("head")) + "\n"
                         : "NOT GOOD: " + cell(i.at("trouble")) + "\n";
          },
          [](const Json& d) {
              return d.at("items").at(0).at("good").get<bool>() ? int{kYes} : int{kNo};
          }});
}

// An export: a record a line, then its head.
Response verify_file(const std::string& name, Check& check) {
    std::ifstream in(name);
    if (!in) return error_of(kUsage, "usage", name + ": cannot be read", "name an existing export");
    bool ended = false;
    for (std::string line; check.trouble.empty() && std::getline(in, line);) {
        const Json j = Json::parse(line, nullptr, false);
        if (j.is_object() && j.contains("head")) {
            ended = j.at("head") ==
                    std::to_string(check.chain.head().seq) + ":" + check.chain.head().hash;
            if (!ended) check.trouble = "records before its last line were removed";
        } else if (ended) {
            check.trouble = "something stands behind its last line";
        } else {
            check.add(j);
        }
    }
    if (check.trouble.empty() && !ended) check.trouble = "its last line is missing: cut off";
    return {};
}

void add_verify(CLI::App& noun, Context& context) {
    CLI::App* command = noun.add_subcommand(
        "verify", "Recomputes the chain here: of the daemon, or of an export without it");
    auto file = std::make_shared<std::string>(), against = std::make_shared<std::string>();
    command->add_option("file", *file, "An export (the daemon's own chain)");
    command->add_option("--against", *against,
                        "A head noted before, SEQ:HASH: it must still be in the chain");
    command->callback([&context, file, against] {
        Check check;
        check.against = head_of(*against);
        if (!against->empty() && !check.against) {
            show(context,
                 error_of(kUsage, "usage", "--against is no SEQ:HASH",
                          "`audit verify` prints the head to note"),
                 {});
            return;
        }
        const Response response =
            file->empty() ? each_record(context, [&](const Json& item) { return check.add(item); })
                          : verify_file(*file, check);
        if (response.code != kYes) return show(context, response, {});
        check.end();
        say(context, check);
    });
}

void add_export(CLI::App& noun, Context& context) {
    CLI::App* command = noun.add_subcommand(
        "export", "Writes all records to a file, one JSON a line, and the head");
    auto file = std::make_shared<std::string>();
    command->add_option("file", *file, "File")->required();
    command->callback([&context, file] {
        std::ofstream out(*file, std::ios::trunc);
        Check check;
        const Response response = each_record(context, [&](const Json& item) {
            out << item.dump() << "\n";
            return check.add(item);
        });
        if (response.code != kYes) return show(context, response, {});
        const AuditHead& head = check.chain.head();
        out << Json{{"head", std::to_string(head.seq) + ":" + head.hash}}.dump() << "\n";
        if (!out.flush()) {
            show(context,
                 error_of(kUsage, "usage", *file + ": cannot be written",
                          "name a file in a directory you may write"),
                 {});
            return;
        }
        say(context, check);
    });
}

void add_list(CLI::App& noun, Context& context) {
    CLI::App* command = noun.add_subcommand("list", "Who did what and why, newest first");
    auto wanted = std::make_shared<Parameters>();
    command->add_option_function<std::string>(
        "--limit", [wanted](const std::string& v) { (*wanted)["limit"] = v; },
        "At most so many (20)");
    command->callback([&context, wanted] {
        show(context, get(context, "/v1/audit", *wanted), {[](const Json& d) {
                 return items_table(d.at("items"),
                                    {"seq", "at", "person", "action", "subject", "reason"});
             }});
    });
}

}  // namespace

void add_audit(CLI::App& app, Context& context) {
    CLI::App* noun = app.add_subcommand("audit", "The chain of who did what");
    noun->require_subcommand(1);
    add_list(*noun, context);
    add_verify(*noun, context);
    add_export(*noun, context);
}

}  // namespace sluice::ctl
