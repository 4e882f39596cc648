// sluicectl completion bash: a script that asks the command tree itself (hidden `__complete`).
#include <cstdio>
#include <memory>

#include "tools/sluicectl/commands.h"

namespace sluice::ctl {
namespace {

constexpr const char* kBash =
    R"(# bash completion for sluicectl: source <(sluicectl completion bash)
_sluicectl() {
    local current="${COMP_WORDS[COMP_CWORD]}"
    local words
    words=$(sluicectl __complete "${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    if [ ${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -F _sluicectl sluicectl
)";

// Subcommands and options of the command that the words lead to.
void print_next(const CLI::App* at, const std::vector<std::string>& words) {
    for (const std::string& word : words)
        for (const CLI::App* sub : at->get_subcommands([](const CLI::App*) { return true; }))
            if (sub->get_name() == word) at = sub;
    for (const CLI::App* sub : at->get_subcommands([](const CLI::App*) { return true; }))
        if (!sub->get_group().empty()) std::printf("%s\n", sub->get_name().c_str());
    for (const CLI::App* level = at; level; level = level->get_parent())
        for (const CLI::Option* option : level->get_options())
            for (const std::string& name : option->get_lnames())
                std::printf("--%s\n", name.c_str());
}

}  // namespace

void add_completion(CLI::App& app, Context&) {
    CLI::App* command = app.add_subcommand("completion", "A completion script for a shell");
    auto shell = std::make_shared<std::string>();
    command->add_option("shell", *shell, "bash")->required()->check(CLI::IsMember({"bash"}));
    command->callback([shell] { std::fputs(kBash, stdout); });  // keeps `shell` alive

    CLI::App* hidden = app.add_subcommand("__complete", "Words that may come next");
    hidden->group("");
    hidden->prefix_command();  // what follows is not ours to parse
    hidden->fallthrough(false);
    hidden->callback([&app, hidden] { print_next(&app, hidden->remaining()); });
}

}  // namespace sluice::ctl
