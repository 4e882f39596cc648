// sluicectl tls workers|sessions|pins|spliced|counters: asks the workers of sluice-inspect on this
// machine, each on its own socket.
#include <functional>
#include <memory>

#include "rules/ipc/inspect_query.h"
#include "rules/ipc/sha256.h"
#include "tools/render/table.h"
#include "tools/sluicectl/commands.h"
#include "tools/sluicectl/local.h"

namespace sluice::ctl {
namespace {

using ipc::InspectKind;

struct Where {
    std::string runtime_dir = "/run/sluice";
};

std::string time_of(std::int64_t utc) { return control::rfc3339(UtcTime{utc}); }
std::string text_of(std::string_view text) { return std::string(text); }

Json to_json(const ipc::InspectStatus& r) {
    ipc::Sha256 hash;
    std::copy(std::begin(r.bundle_hash), std::end(r.bundle_hash), hash.begin());
    return {{"pid", r.pid},
            {"attached", r.attached},
            {"content", r.has_content},
            {"flows", r.flows_live},
            {"flows_max", r.flows_max},
            {"leaves", r.leaves},
            {"upstream_sessions", r.upstream_sessions},
            {"started", time_of(r.started_utc)},
            {"bundle", hash == ipc::Sha256{} ? Json() : Json(ipc::to_hex(hash))},
            {"generation", text_of(ipc::text_in(r.generation))}};
}
Json to_json(const ipc::InspectCounter& r) {
    return {{"name", text_of(ipc::text_in(r.name))}, {"value", r.value}};
}
Json to_json(const ipc::InspectSession& r) {
    return {{"user", to_text(r.tuple.user)},
            {"user_port", r.tuple.user_port},
            {"remote", to_text(r.tuple.remote)},
            {"remote_port", r.tuple.remote_port},
            {"state", text_of(ipc::text_in(r.state))},
            {"organisation", text_of(ipc::text_in(r.organisation))},
            {"name", text_of(ipc::text_in(r.name))},
            {"application", text_of(ipc::text_in(r.application))},
            {"opened", r.opened},
            {"bytes_to_client", r.bytes_to_client},
            {"bytes_to_server", r.bytes_to_server},
            {"age_ms", r.age_ms}};
}
Json to_json(const ipc::InspectPin& r) {
    return {{"organisation", text_of(ipc::text_in(r.organisation))},
            {"name", text_of(ipc::text_in(r.name))},
            {"complaints", r.complaints},
            {"accepted", r.accepted},
            {"alert", r.alert},
            {"user", to_text(r.user)},
            {"first", time_of(r.first_utc)},
            {"last", time_of(r.last_utc)}};
}
Json to_json(const ipc::InspectSplice& r) {
    return {{"user", to_text(r.user)},
            {"name", text_of(ipc::text_in(r.name))},
            {"remote", to_text(r.remote)},
            {"remote_port", r.remote_port},
            {"flows", r.flows},
            {"since", time_of(r.since_utc)},
            {"until", time_of(r.until_utc)}};
}

// All records of one kind of all workers, each with its worker's number.
template <class Record>
Response collect(const Where& where, InspectKind kind, std::string_view document) {
    const auto sockets = ipc::inspect_sockets(where.runtime_dir);
    if (sockets.empty())
        return error_of(kUnreachable, "not_running",
                        "no worker of sluice-inspect has a socket in " + where.runtime_dir,
                        "start sluice-inspect, or name its runtime_dir with --runtime-dir");
    Json items = Json::array();
    unsigned worker = 0;
    for (const std::string& socket : sockets) {
        const auto records = ipc::ask_inspect(socket, kind);
        if (!records) return error_of(kUnreachable, "not_running", records.error(), "see its log");
        for (const Record& record : records->as<Record>()) {
            Json item = to_json(record);
            item["worker"] = worker;
            items.push_back(std::move(item));
        }
        ++worker;
    }
    return local_document(document, std::move(items));
}

// The rows of a document: keys are columns.
struct ColumnOf {
    std::string title, key;
    render::Align align = render::Align::left;
};
std::string table_of(const Json& document, const std::vector<ColumnOf>& columns,
                     const std::string& none) {
    std::vector<render::Column> heads;
    for (const ColumnOf& column : columns)
        heads.push_back({column.title, column.align});
    render::Table table(heads);
    for (const Json& item : document.at("items")) {
        std::vector<std::string> cells;
        for (const ColumnOf& column : columns)
            cells.push_back(cell(item.at(column.key)));
        table.add(std::move(cells));
    }
    return table.empty() ? none : table.text();
}

constexpr auto kRight = render::Align::right;

template <class Record>
void add_verb(CLI::App& tls, Context& context, const std::shared_ptr<Where>& where,
              const std::string& verb, const std::string& help, InspectKind kind,
              const std::string& document, std::vector<ColumnOf> columns, const std::string& none) {
    CLI::App* command = tls.add_subcommand(verb, help);
    command->add_option("--runtime-dir", where->runtime_dir, "Where its sockets are")
        ->capture_default_str();
    command->callback([=, &context] {
        show(context, collect<Record>(*where, kind, document),
             {[columns, none](const Json& d) { return table_of(d, columns, none); }});
    });
}

}  // namespace

void add_tls_inspect(CLI::App& tls, Context& context) {
    const auto where = std::make_shared<Where>();
    add_verb<ipc::InspectStatus>(tls, context, where, "workers", "Workers of sluice-inspect",
                                 InspectKind::status, "InspectWorkers",
                                 {{"WORKER", "worker", kRight},
                                  {"PID", "pid", kRight},
                                  {"FLOWS", "flows", kRight},
                                  {"OF", "flows_max", kRight},
                                  {"ATTACHED", "attached"},
                                  {"LEAVES", "leaves", kRight},
                                  {"GENERATION", "generation"},
                                  {"STARTED", "started"}},
                                 "no worker\n");
    add_verb<ipc::InspectSession>(tls, context, where, "sessions", "Flows that are inspected now",
                                  InspectKind::sessions, "InspectSessions",
                                  {{"USER", "user"},
                                   {"PORT", "user_port", kRight},
                                   {"REMOTE", "remote"},
                                   {"ORGANISATION", "organisation"},
                                   {"NAME", "name"},
                                   {"STATE", "state"},
                                   {"ALPN", "application"},
                                   {"OPENED", "opened"},
                                   {"DOWN", "bytes_to_client", kRight},
                                   {"UP", "bytes_to_server", kRight}},
                                  "no flow is inspected now\n");
    add_verb<ipc::InspectPin>(tls, context, where, "pins",
                              "Names whose clients complain of our certificate: proposals",
                              InspectKind::pins, "InspectPins",
                              {{"ORGANISATION", "organisation"},
                               {"NAME", "name"},
                               {"COMPLAINTS", "complaints", kRight},
                               {"ACCEPTED", "accepted", kRight},
                               {"ALERT", "alert", kRight},
                               {"LAST USER", "user"},
                               {"LAST", "last"}},
                              "no client complained\n");
    add_verb<ipc::InspectSplice>(tls, context, where, "spliced",
                                 "Servers relayed untouched: they ask clients for certificates",
                                 InspectKind::spliced, "InspectSpliced",
                                 {{"USER", "user"},
                                  {"NAME", "name"},
                                  {"REMOTE", "remote"},
                                  {"FLOWS", "flows", kRight},
                                  {"SINCE", "since"},
                                  {"UNTIL", "until"}},
                                 "no server is relayed for its client certificates\n");
    add_verb<ipc::InspectCounter>(
        tls, context, where, "counters", "What the workers count", InspectKind::counters,
        "InspectCounters",
        {{"NAME", "name"}, {"WORKER", "worker", kRight}, {"VALUE", "value", kRight}}, "none\n");
}

}  // namespace sluice::ctl
