// GET /v1/policy/blame: who last changed each file, or each line of one, from the store's history.
#include <algorithm>

#include "control/api/commits.h"
#include "control/commit/blame.h"

namespace sluice::control {
namespace {

constexpr unsigned kLinesDefault = 10'000, kLinesMax = 100'000;

Json line_items(const std::vector<BlamedLine>& lines, const std::map<std::uint64_t, Commit>& by,
                std::size_t first, std::size_t limit) {
    Json items = Json::array();
    for (std::size_t i = first - 1; i < lines.size() && items.size() < limit; ++i) {
        Json item = commit_json(by.at(lines[i].serial));
        item["line"] = i + 1;
        item["text"] = lines[i].text;
        items.push_back(std::move(item));
    }
    return items;
}

}  // namespace

Answer get_blame(const Call& call, Services& s) {
    SLUICE_TRY(from, number_of(call, "from", 1, 1'000'000'000));
    SLUICE_TRY(limit, number_of(call, "limit", kLinesDefault, kLinesMax));
    const std::string file = call.get("file");
    if (file.empty()) {
        const auto files = s.store.file_changes("");
        if (!files) return fail(files.error());
        Json items = Json::array();
        for (const FileChange& f : *files) {
            Json item = commit_json(f.commit);
            item["file"] = f.path;
            items.push_back(std::move(item));
        }
        return reply("Blame", s, std::move(items));
    }
    const auto changes = s.store.file_changes(file);
    if (!changes) return fail(changes.error());
    if (changes->empty() || !changes->back().present)
        return fail(ErrorCode::not_found, "the policy has no file " + file,
                    "`sluicectl policy blame` without a file lists them");
    std::vector<BlamedLine> lines;
    std::map<std::uint64_t, Commit> by;
    for (const FileChange& change : *changes) {
        lines = blame(std::move(lines), {change.commit.serial, change.content});
        by.emplace(change.commit.serial, change.commit);
    }
    return reply("Blame", s, line_items(lines, by, from, limit));
}

}  // namespace sluice::control
