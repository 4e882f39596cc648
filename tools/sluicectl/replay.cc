// sluicectl replay: what the gateway would do with a capture; needs no daemon and no root.
#include "tools/replay/replay_command.h"

#include <memory>

#include "tools/sluicectl/commands.h"

namespace sluice::ctl {
namespace {

replay::Output output_of(const std::string& word) {
    if (word == "json") return replay::Output::json;
    return word == "ndjson" ? replay::Output::ndjson : replay::Output::table;
}

}  // namespace

void add_replay(CLI::App& app, Context& context) {
    CLI::App* command =
        app.add_subcommand("replay", "What the gateway would do with a capture; needs no daemon");
    auto arguments = std::make_shared<replay::Arguments>();
    command->add_option("capture", arguments->capture, "A pcap or pcapng file")->required();
    command->add_option("--policy", arguments->policy, "Directory of the policy")->required();
    command->add_option("--operator", arguments->operator_id,
                        "Whose flows are that no catalog knows (the first operator's)");
    command->add_option("--at", arguments->day, "The day to judge by, 2026-11-21 (today)");
    command->add_option("--flows-max", arguments->flows_max, "Room for flows at one time")
        ->check(CLI::Range(1u, 1u << 26))
        ->capture_default_str();
    command->callback([&context, arguments] {
        arguments->output = output_of(context.output);
        context.exit_code = replay::run_replay(*arguments);
    });
}

}  // namespace sluice::ctl
