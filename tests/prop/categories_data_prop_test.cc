// Two million real names of seventy kinds ($SLUICE_DATA, default ../shared/data) through the loader
// and the compiler, against a naive map: each name, a name below it, and names no list has.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

#include "rules/compile/compile.h"
#include "rules/load/host_name.h"
#include "rules/load/load_policy.h"
#include "rules/load/public_suffix.h"
#include "rules/model/category_set.h"

namespace sluice {
namespace {

namespace fs = std::filesystem;

fs::path domains_dir() {
    const char* given = std::getenv("SLUICE_DATA");
    return fs::path(given != nullptr ? given : SLUICE_DATA_DEFAULT) / "domains";
}

template <class Each>
bool each_line(const fs::path& xz, Each each) {
    if (!fs::exists(xz)) return false;
    std::FILE* in = popen(("xz -dc '" + xz.string() + "'").c_str(), "r");
    if (in == nullptr) return false;
    char* line = nullptr;
    std::size_t room = 0;
    for (ssize_t size; (size = getline(&line, &room, in)) > 0;)
        each(std::string_view(line, static_cast<std::size_t>(size) - (line[size - 1] == '\n')));
    std::free(line);
    return pclose(in) == 0;
}

// What the lists say, by whole spelling.
class Naive {
  public:
    void add(const std::string& name, unsigned category) {
        names_[name].add(static_cast<model::CategoryIndex>(category));
    }
    model::CategorySet of(std::string_view name) const {
        for (;;) {
            const auto at = names_.find(std::string(name));
            if (at != names_.end()) return at->second;
            const std::size_t dot = name.find('.');
            if (dot == std::string_view::npos) return {};
            name.remove_prefix(dot + 1);
        }
    }
    const auto& all() const { return names_; }

  private:
    std::unordered_map<std::string, model::CategorySet> names_;
};

struct Lists {
    std::vector<std::string> categories;
    std::vector<std::string> texts;  // a list a category
    Naive naive;
};

bool read_lists(Lists& lists) {
    std::unordered_map<std::string, unsigned> numbers;
    std::string name;
    const auto& suffixes = load::PublicSuffixes::of_system();
    return each_line(domains_dir() / "domains_open.tsv.xz", [&](std::string_view row) {
        const std::size_t first = row.find('\t'), second = row.find('\t', first + 1);
        const std::string_view domain = row.substr(0, first);
        const std::string category(row.substr(first + 1, second - first - 1));
        const auto [at, fresh] =
            numbers.emplace(category, static_cast<unsigned>(lists.categories.size()));
        if (fresh) {
            lists.categories.push_back(category);
            lists.texts.emplace_back();
        }
        lists.texts[at->second].append(domain).append("\n");
        // What the loader is asked to take; what it leaves out is counted there.
        if (load::host_name(domain, name) && !suffixes.is_suffix(name))
            lists.naive.add(name, at->second + 1);
    });
}

load::FileSet policy_of(const Lists& lists) {
    load::FileSet files;
    files["policy.yaml"] = "title: Data\n";
    std::string categories = "categories:\n", feeds = "feeds:\n";
    for (std::size_t i = 0; i < lists.categories.size(); ++i) {
        const std::string& id = lists.categories[i];
        categories += "  - {id: " + id + ", title: t, source: s}\n";
        feeds += "  - {id: " + id + ", format: domains, path: feeds/" + id + ", category: " + id +
                 ", source: s, licence: l, date: 2026-11-21, skip_bad_lines: true}\n";
        files["feeds/" + id] = lists.texts[i];
    }
    files["categories.yaml"] = categories;
    files["feeds.yaml"] = feeds;
    return files;
}

TEST(CategoriesData, AgreeWithANaiveMap) {
    Lists lists;
    if (!read_lists(lists)) GTEST_SKIP() << "no lists in " << domains_dir();
    const auto loaded = load::load_policy(policy_of(lists), model::Day{std::chrono::days{20'778}});
    ASSERT_TRUE(loaded.ok()) << to_text(loaded.diagnostics[0]);
    const auto compiled = compile::compile(loaded.policy);
    ASSERT_TRUE(compiled.ok()) << compiled.error()[0].message;
    const auto bundle = ipc::load_compiled(compiled->bundle);
    ASSERT_TRUE(bundle.ok());
    EXPECT_EQ(bundle->view.name_count(), lists.naive.all().size());
    EXPECT_LT(static_cast<double>(bundle->names->memory.size()) /
                  static_cast<double>(bundle->view.name_count()),
              16.0);
    unsigned wrong = 0;
    const auto check = [&](const std::string& name) {
        if (lookup::categorise(bundle->view, name) == lists.naive.of(name)) return;
        if (++wrong < 10) ADD_FAILURE() << name;
    };
    for (const auto& [name, set] : lists.naive.all()) {
        check(name);
        check("x." + name);
        check("x" + name);  // mostly nobody's
    }
    std::string canonical;
    std::size_t unlabelled = 0;
    each_line(domains_dir() / "domains_unlabelled.tsv.xz", [&](std::string_view row) {
        if (!load::host_name(row.substr(0, row.find('\t')), canonical)) return;
        ++unlabelled;
        check(canonical);
    });
    EXPECT_EQ(wrong, 0u);
    std::printf("%zu names, %zu without a category, %zu sets\n", lists.naive.all().size(),
                unlabelled, bundle->names->view.sets.sets.size());
}

}  // namespace
}  // namespace sluice
