// The category store at ten million names: what it costs to compile, to change and to hold, and a
// lookup against a hash set of the same names in the same run. No benchmark library: it prints one
// line a figure, with the ratio it is judged by, and fails when a limit is missed.
//
//   bm_categories [names]      default 10,000,000; below a million times are not judged
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

// What one run measures, and whether its limits were met. In a quick run times are shown, not
// judged.
class Run {
  public:
    Run(World world, bool quick) : w_(std::move(world)), quick_(quick) {}

    bool all() {
        compile_all();
        change();
        ask_absent();
        compare();
        return ok_;
    }

  private:
    void judge_time(const char* what, double value, const char* unit, double limit) {
        const bool met = judge(what, value, unit, limit);
        if (!quick_) ok_ &= met;
    }
    void compile_all() {
        auto begin = Clock::now();
        auto compiled = compile::compile(w_.policy);
        judge_time("compile all names", seconds_since(begin), "s", 30);
        SLUICE_ASSERT(compiled.ok());
        bundle_ = std::move(compiled->bundle);
        std::printf("%-44s %10zu\n", "names listed", w_.content->rows.size());
        publish(1);
        begin = Clock::now();
        auto loaded = ipc::load_current(dir_);
        SLUICE_ASSERT(loaded.ok());
        std::printf("%-44s %10.2f s\n", "load from files, verified", seconds_since(begin));
        loaded_ = *std::move(loaded);
        ok_ &= judge("memory a name",
                     static_cast<double>(loaded_.names->memory.size()) /
                         static_cast<double>(loaded_.view.name_count()),
                     "bytes", 16);
    }
    // 10,000 changes (or what the share allows): half new names, half removals.
    void change() {
        auto changes = std::make_shared<model::FeedContent>();
        const std::size_t count = std::min<std::size_t>(10'000, w_.content->rows.size() / 25);
        for (std::size_t i = 0; i < count; ++i) {
            const auto& row = w_.content->rows[i];
            if (i % 2 == 0)
                put(*changes, "new" + any_name(random_), 3, model::FeedContent::Kind::added);
            else
                put(*changes, std::string(w_.content->spelling(row)), row.category,
                    model::FeedContent::Kind::removed);
        }
        w_.policy.feed_changes[0] = changes;
        const auto begin = Clock::now();
        compile::CompileOptions options;
        options.previous = &bundle_;
        auto again = compile::compile(w_.policy, options);
        SLUICE_ASSERT(again.ok() && again->bundle.names.bytes == bundle_.names.bytes);
        bundle_ = std::move(again->bundle);
        publish(2);
        auto reloaded = ipc::load_current(dir_, &loaded_);
        judge_time("delta compiled, published and loaded", seconds_since(begin), "s", 1);
        SLUICE_ASSERT(reloaded.ok() && reloaded->names == loaded_.names);
        changed_ = *std::move(reloaded);
        std::printf("%-44s %10zu changes, %zu bytes\n", "delta", count,
                    changed_.delta->memory.size());
        std::filesystem::remove_all(dir_);
    }
    // As many as listed, none may be found: no listed name begins with z.
    void ask_absent() {
        std::size_t wrong = 0;
        const lookup::NamesView& names = loaded_.names->view;
        for (std::size_t i = 0; i < w_.content->rows.size(); ++i) {
            const auto hashes = lookup::hash_suffixes(names.head->key, "z" + any_name(random_));
            std::uint16_t set = 0;
            wrong += names.table.has(hashes.at[hashes.count - 1], set);
        }
        ok_ &= judge("hits among as many absent names", static_cast<double>(wrong), "names", 0);
    }
    void compare() {
        std::unordered_set<std::string> set;
        set.reserve(w_.content->rows.size());
        for (const auto& row : w_.content->rows)
            set.emplace(w_.content->spelling(row));
        const double peer =
            ns_a_lookup(w_.asked, [&](const std::string& n) { return set.count(n); });
        const double base = ns_a_lookup(w_.asked, [&](const std::string& n) {
            return std::size_t{lookup::match_name(loaded_.view, n).matched};
        });
        // Some of the names asked for were removed: only the time counts here.
        const double changed = ns_a_lookup(w_.asked, [&](const std::string& n) {
            const auto match = lookup::match_name(changed_.view, n);
            return std::size_t{match.labels < 128};
        });
        std::printf("%-44s %10.1f ns\n", "hash set of the same names (unordered_set)", peer);
        std::printf("%-44s %10.1f ns\n", "match_name, every suffix", base);
        judge_time("ratio to the hash set", base / peer, "x", 3);
        judge_time("ratio to the hash set, with a delta", changed / peer, "x", 3);
    }
    void publish(std::uint64_t serial) {
        SLUICE_ASSERT(ipc::publish(dir_, bundle_, serial, UtcTime{1}).ok());
    }

    World w_;
    const bool quick_;
    bool ok_ = true;
    std::mt19937_64 random_{11};
    ipc::CompiledBundle bundle_;
    ipc::LoadedBundle loaded_, changed_;
    const std::filesystem::path dir_ =
        std::filesystem::temp_directory_path() / ("bm_categories." + std::to_string(::getpid()));
};

}  // namespace

int main(int argc, char** argv) {
    const std::size_t names = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000'000;
    if (names < 100) {
        std::fprintf(stderr,
                     "usage: bm_categories [names]      100 or more; below 1,000,000 times "
                     "are shown and not judged\n");
        return 2;
    }
    return Run(world_of(names), names < 1'000'000).all() ? 0 : 1;
}
