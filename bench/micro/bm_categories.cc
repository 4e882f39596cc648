// The category store at ten million names: what it costs to compile, to change and to hold, and a
// lookup against a hash set of the same names in the same run. No benchmark library: it prints one
// line a figure, with the ratio it is judged by, and fails when a limit is missed.
//
//   bm_categories [names]      default 10,000,000
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <unordered_set>
#include <vector>

#include "rules/base/assert.h"
#include "rules/compile/compile.h"
#include "rules/ipc/bundle_file.h"

using namespace sluice;

namespace {

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

// Names as lists have them: a word, mostly a second one, and one of some hundred endings.
std::string any_name(std::mt19937_64& random) {
    static const char* const kEndings[] = {"com",  "net", "org", "ru",     "kz", "com.kz", "co.uk",
                                           "info", "xyz", "top", "online", "de", "by",     "io"};
    const auto word = [&](std::string& to, unsigned size) {
        for (unsigned i = 0; i < size; ++i)
            to.push_back("abcdefghijklmnopqrstuvwxyz0123456789"[random() % 36]);
    };
    std::string name = "a";
    if (random() % 3 == 0) {
        word(name, 2 + random() % 6);
        name.push_back('.');
    }
    name.push_back('b');
    word(name, 6 + random() % 9);
    return name.append(".").append(kEndings[random() % std::size(kEndings)]);
}

void put(model::FeedContent& content, std::string_view name, std::uint8_t category,
         model::FeedContent::Kind kind) {
    content.rows.push_back({static_cast<std::uint32_t>(content.text.size()),
                            static_cast<std::uint16_t>(name.size()), category, kind});
    content.text.append(name);
}

struct World {
    model::Policy policy;
    std::shared_ptr<model::FeedContent> content = std::make_shared<model::FeedContent>();
    std::vector<std::string> asked;   // listed names, in random order
    std::vector<std::string> absent;  // as many that are not
};

World world_of(std::size_t names) {
    World w;
    std::mt19937_64 random(7);
    for (int i = 0; i < 60; ++i)
        w.policy.categories.push_back({"c" + std::to_string(i), "", {}, "", {}});
    for (std::size_t i = 0; i < names; ++i) {
        const std::string name = any_name(random);
        put(*w.content, name, static_cast<std::uint8_t>(random() % 60),
            model::FeedContent::Kind::name);
    }
    w.content->counts.names = names;
    model::Feed feed;
    feed.id = "all";
    w.policy.feeds.push_back(feed);
    w.policy.feed_content.push_back(w.content);
    w.policy.feed_changes.push_back(nullptr);
    for (std::size_t i = 0; i < 1'000'000; ++i) {
        const auto& row = w.content->rows[random() % names];
        w.asked.emplace_back(w.content->spelling(row));
    }
    return w;
}

bool judge(const char* what, double value, const char* unit, double limit) {
    const bool ok = value <= limit;
    std::printf("%-44s %10.2f %-8s limit %8.2f  %s\n", what, value, unit, limit,
                ok ? "met" : "MISSED");
    return ok;
}

template <class Ask>
double ns_a_lookup(const std::vector<std::string>& names, Ask ask) {
    double best = 1e18;
    for (int round = 0; round < 9; ++round) {
        const auto begin = Clock::now();
        std::size_t found = 0;
        for (const std::string& name : names)
            found += ask(name);
        best = std::min(best, seconds_since(begin) * 1e9 / static_cast<double>(names.size()));
        SLUICE_ASSERT(found == names.size());
    }
    return best;
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t names = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000'000;
    if (names == 0) {
        std::fprintf(stderr, "usage: bm_categories [names]\n");
        return 2;
    }
    World w = world_of(names);
    bool ok = true;

    auto begin = Clock::now();
    auto compiled = compile::compile(w.policy);
    const double compile_s = seconds_since(begin);
    SLUICE_ASSERT(compiled.ok());
    ok &= judge("compile all names", compile_s, "s", 30);
    std::printf("%-44s %10zu\n", "names listed", names);

    const std::filesystem::path dir =
        std::filesystem::temp_directory_path() / ("bm_categories." + std::to_string(::getpid()));
    const auto publish = [&](std::uint64_t serial) {
        SLUICE_ASSERT(ipc::publish(dir, compiled->bundle, serial, UtcTime{1}).ok());
    };
    publish(1);
    begin = Clock::now();
    auto loaded = ipc::load_current(dir);
    SLUICE_ASSERT(loaded.ok());
    std::printf("%-44s %10.2f s\n", "load from files, verified", seconds_since(begin));
    const double distinct = loaded->view.name_count();
    ok &= judge("memory a name", static_cast<double>(loaded->names->memory.size()) / distinct,
                "bytes", 16);

    // A delta of 10,000 (or what the share allows): half new names, half removals.
    std::mt19937_64 random(11);
    auto changes = std::make_shared<model::FeedContent>();
    const std::size_t change_count = std::min<std::size_t>(10'000, names / 25);
    std::string removed;
    for (std::size_t i = 0; i < change_count; ++i) {
        if (i % 2 == 0) {
            put(*changes, "new" + any_name(random), 3, model::FeedContent::Kind::added);
            continue;
        }
        const auto& row = w.content->rows[i];
        removed = w.content->spelling(row);
        put(*changes, removed, row.category, model::FeedContent::Kind::removed);
    }
    w.policy.feed_changes[0] = changes;
    begin = Clock::now();
    compile::CompileOptions options;
    options.previous = &compiled->bundle;
    auto again = compile::compile(w.policy, options);
    SLUICE_ASSERT(again.ok() && again->bundle.names.bytes == compiled->bundle.names.bytes);
    compiled = std::move(again);
    publish(2);
    auto reloaded = ipc::load_current(dir, &*loaded);
    const double delta_s = seconds_since(begin);
    SLUICE_ASSERT(reloaded.ok() && reloaded->names == loaded->names);
    ok &= judge("delta compiled, published and loaded", delta_s, "s", 1);
    std::printf("%-44s %10zu changes, %zu bytes\n", "delta", change_count,
                reloaded->delta->memory.size());
    std::filesystem::remove_all(dir);

    // Absent names: as many as listed, none may be found.
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < names; ++i) {
        const std::string absent =
            "z" + any_name(random);  // no listed name begins with z or ends so
        const auto hashes = lookup::hash_suffixes(loaded->names->view.head->key, absent);
        std::uint16_t set = 0;
        wrong += loaded->names->view.table.has(hashes.at[hashes.count - 1], set);
    }
    ok &= judge("hits among as many absent names", static_cast<double>(wrong), "names", 0);

    std::unordered_set<std::string> set;
    set.reserve(names);
    for (const auto& row : w.content->rows)
        set.emplace(w.content->spelling(row));
    const double peer = ns_a_lookup(w.asked, [&](const std::string& n) { return set.count(n); });
    const double base = ns_a_lookup(w.asked, [&](const std::string& n) {
        return std::size_t{lookup::match_name(loaded->view, n).matched};
    });
    std::printf("%-44s %10.1f ns\n", "hash set of the same names (unordered_set)", peer);
    std::printf("%-44s %10.1f ns\n", "match_name, every suffix", base);
    ok &= judge("ratio to the hash set", base / peer, "x", 3);
    const double with_delta = ns_a_lookup(w.asked, [&](const std::string& n) {
        return std::size_t{1} + 0 * lookup::match_name(reloaded->view, n).labels;
    });
    ok &= judge("ratio to the hash set, with a delta", with_delta / peer, "x", 3);
    return ok ? 0 : 1;
}
