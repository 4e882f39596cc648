// One function a command: it adds the command to the tree; the command's work runs as its callback
// and leaves its exit code in the context. Each lives in a file of its own.
#pragma once
#include <CLI/CLI.hpp>

#include "tools/sluicectl/context.h"

namespace sluice::ctl {

void add_status(CLI::App& app, Context& context);
void add_top(CLI::App& app, Context& context);
void add_flow(CLI::App& app, Context& context);
void add_explain(CLI::App& app, Context& context);
void add_whatis(CLI::App& app, Context& context);
void add_catalog(CLI::App& app, Context& context);
void add_catalog_sources(CLI::App& catalog, Context& context);
void add_category(CLI::App& app, Context& context);
void add_uplink(CLI::App& app, Context& context);
void add_capture(CLI::App& app, Context& context);
void add_counters(CLI::App& app, Context& context);
void add_protocol(CLI::App& app, Context& context);
void add_vpn(CLI::App& app, Context& context);
void add_replay(CLI::App& app, Context& context);
void add_ca(CLI::App& app, Context& context);
void add_completion(CLI::App& app, Context& context);
void add_lifecycle(CLI::App& app, Context& context);
void add_case(CLI::App& app, Context& context);
void add_deadline(CLI::App& app, Context& context);
void add_notice(CLI::App& app, Context& context);
void add_audit(CLI::App& app, Context& context);
void add_store(CLI::App& app, Context& context);
void add_request(CLI::App& app, Context& context);
void add_calendar(CLI::App& app, Context& context);
void add_approvals(CLI::App& app, Context& context);
void add_person(CLI::App& app, Context& context);

// `sluicectl tls ...`: `tls` is the noun's own subcommand.
void add_tls(CLI::App& app, Context& context);
void add_tls_issuance(CLI::App& tls, Context& context);
void add_tls_inspect(CLI::App& tls, Context& context);
void add_tls_exempt(CLI::App& tls, Context& context);
void add_tls_evidence(CLI::App& tls, Context& context);

// `sluicectl policy ...`: `policy` is the noun's own subcommand.
void add_policy(CLI::App& app, Context& context);
void add_policy_check(CLI::App& policy, Context& context);
void add_policy_show(CLI::App& policy, Context& context);
void add_policy_diff(CLI::App& policy, Context& context);
void add_policy_commit(CLI::App& policy, Context& context);
void add_policy_blame(CLI::App& policy, Context& context);
void add_policy_history(CLI::App& policy, Context& context);

}  // namespace sluice::ctl
