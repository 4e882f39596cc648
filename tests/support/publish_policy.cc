// Compiles a policy directory and publishes it as sluiced does: for tests that need a bundle and no
// daemon.   publish_policy POLICY_DIR BUNDLE_DIR SERIAL
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "rules/compile/compile.h"
#include "rules/ipc/bundle_file.h"
#include "rules/load/day_text.h"
#include "rules/load/load_policy.h"

int main(int argc, char** argv) {
    using namespace sluice;
    if (argc != 4) return 2;
    const UtcTime now{std::chrono::duration_cast<std::chrono::seconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count()};
    const auto loaded = load::load_policy_directory(argv[1], load::local_day(now, 0));
    for (const auto& diagnostic : loaded.diagnostics)
        std::fputs(to_text(diagnostic).c_str(), stderr);
    if (!loaded.ok()) return 1;
    const auto compiled = compile::compile(loaded.policy);
    if (!compiled) {
        for (const auto& diagnostic : compiled.error())
            std::fprintf(stderr, "%s\n", diagnostic.message.c_str());
        return 1;
    }
    const auto done =
        ipc::publish(argv[2], compiled->bundle, std::strtoull(argv[3], nullptr, 10), now);
    if (!done) std::fprintf(stderr, "%s\n", done.error().message.c_str());
    return done ? 0 : 1;
}
