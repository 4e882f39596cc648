// catalog-publisher: the reference publisher of an operator's IP catalog (G13). Makes files; any
// web server serves DIR/public over HTTPS.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <sstream>

#include "tools/catalog_publisher/publication.h"

namespace {

using namespace sluice;
using publisher::Publication;

UtcTime now() { return UtcTime{static_cast<std::int64_t>(std::time(nullptr))}; }

int complain(const std::string& what) {
    std::fprintf(stderr, "catalog-publisher: %s\n", what.c_str());
    return 6;
}

int init(const std::string& dir, const std::string& operator_id) {
    auto made = Publication::create(dir, operator_id);
    if (!made) return complain(made.error());
    std::printf("%s\n", made->public_key().c_str());
    std::fprintf(
        stderr,
        "that is the key to give to the gateway: sluicectl catalog source-add %s --url https://... "
        "--key %s\n",
        operator_id.c_str(), made->public_key().c_str());
    const auto published = made->publish({}, now());
    return published ? 0 : complain(published.error());
}

int publish(const std::string& dir, const std::string& csv) {
    auto publication = Publication::open(dir);
    if (!publication) return complain(publication.error());
    std::ifstream in(csv, std::ios::binary);
    if (!in) return complain(csv + " cannot be read");
    std::ostringstream text;
    text << in.rdbuf();
    const auto rows = control::catalog::parse_csv(text.str());
    if (!rows) return complain(csv + ": " + rows.error());
    const auto change = publication->publish(*rows, now());
    if (!change) return complain(change.error());
    std::printf("version %llu: %zu added, %zu removed, %zu in all\n",
                static_cast<unsigned long long>(publication->notification().version),
                change->added.size(), change->removed.size(), rows->size());
    return 0;
}

int refresh(const std::string& dir) {
    auto publication = Publication::open(dir);
    if (!publication) return complain(publication.error());
    const auto done = publication->refresh(now());
    return done ? 0 : complain(done.error());
}

int roll(const std::string& dir) {
    auto publication = Publication::open(dir);
    if (!publication) return complain(publication.error());
    const auto change = publication->roll_key(now());
    if (!change) return complain(change.error());
    std::printf("%s %s%s\n", change->in_use ? "signs with" : "announces", change->key.c_str(),
                change->in_use ? " from now on" : "; roll again when followers have seen it");
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Publishes an operator's IP catalog as a signed feed."};
    app.require_subcommand(1);
    std::string dir, operator_id, csv;
    int code = 0;
    const auto with_dir = [&](CLI::App* command) {
        command->add_option("dir", dir, "Directory of the feed; DIR/public is what to serve")
            ->required();
        return command;
    };
    CLI::App* begin =
        with_dir(app.add_subcommand("init", "A new feed: prints the key to give to the gateway"));
    begin->add_option("--operator", operator_id, "The operator's id in the policy")->required();
    begin->callback([&] { code = init(dir, operator_id); });
    CLI::App* next =
        with_dir(app.add_subcommand("publish", "The next version: a delta and a snapshot"));
    next->add_option("catalog", csv, "prefix,organisation a line")->required();
    next->callback([&] { code = publish(dir, csv); });
    with_dir(app.add_subcommand("refresh", "Signs again: once a day at least"))->callback([&] {
        code = refresh(dir);
    });
    with_dir(
        app.add_subcommand("roll-key", "Announces the next key; the second time, signs with it"))
        ->callback([&] { code = roll(dir); });
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    return code;
}
