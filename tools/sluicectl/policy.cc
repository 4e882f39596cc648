// sluicectl policy ...: the noun; its verbs live in files of their own.
#include "tools/sluicectl/commands.h"

namespace sluice::ctl {

void add_policy(CLI::App& app, Context& context) {
    CLI::App* policy = app.add_subcommand("policy", "The policy: check, commit, go back, compare");
    policy->require_subcommand(1);
    add_policy_check(*policy, context);
    add_policy_show(*policy, context);
    add_policy_diff(*policy, context);
    add_policy_commit(*policy, context);
    add_policy_history(*policy, context);
    add_policy_blame(*policy, context);
}

}  // namespace sluice::ctl
