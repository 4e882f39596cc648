#include "certs/log/audit.h"

#include <map>

#include "certs/log/log_files.h"
#include "certs/log/segment.h"

namespace sluice::certs {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kProblemsMax = 100;
constexpr std::uint64_t kSegmentBytesMost = 4ull << 30;
constexpr std::int64_t kLeafSecondsMax = 7 * 86'400;

Err<LogError> damaged(const fs::path& file, const std::string& what) {
    return Err{LogError{LogFault::damaged, file.string() + ": " + what}};
}

enum class Walk : std::uint8_t { on, stopped };

// One segment, which must go on where `tree` ends.
Result<Walk, LogError> walk_segment(const SegmentFile& segment, bool last, CompactTree& tree,
                                    const VisitEntry& visit) {
    const auto file = read_file(segment.path, kSegmentBytesMost);
    if (!file) return Err{LogError{LogFault::io, segment.path.string() + ": cannot be read"}};
    const auto head = parse_segment_head(*file);
    if (!head) return damaged(segment.path, "its head is damaged");
    if (head->before.size() != segment.first_index || head->before.size() != tree.size())
        return damaged(segment.path, "begins with entry " + std::to_string(segment.first_index) +
                                         " where entry " + std::to_string(tree.size()) +
                                         " was to come: a segment or entries are missing");
    if (head->before.root() != tree.root())
        return damaged(segment.path, "an entry before it was changed after it was written");
    RecordReader records(Bytes(*file).subspan(head->bytes));
    Bytes entry;
    Hash leaf{};
    while (records.next(entry, leaf)) {
        if (!visit(tree.size(), entry, leaf)) return Walk::stopped;
        tree.append(leaf);
    }
    if (!records.at_end() && !last)
        return damaged(segment.path, "entry " + std::to_string(tree.size()) + " is damaged");
    return Walk::on;
}

// What the log must have been at certain sizes.
class Expected {
  public:
    void add(const TreeHead& head, const std::string& whose) {
        heads_.insert({head.size, {head, whose}});
    }
    void check(const CompactTree& tree, std::vector<std::string>& problems) {
        const auto [begin, end] = heads_.equal_range(tree.size());
        for (auto it = begin; it != end; ++it)
            if (it->second.head.root != tree.root())
                problems.push_back("the first " + std::to_string(tree.size()) +
                                   " entries are not those that " + it->second.whose +
                                   " was signed over: entries were changed, removed or reordered");
        heads_.erase(begin, end);
    }
    void finish(std::uint64_t size, std::vector<std::string>& problems) const {
        for (const auto& [at, expected] : heads_)
            problems.push_back(expected.whose + " was signed over " + std::to_string(at) +
                               " entries, but the log has only " + std::to_string(size) +
                               ": entries were removed");
    }

  private:
    struct Row {
        TreeHead head;
        std::string whose;
    };
    std::multimap<std::uint64_t, Row> heads_;
};

Expected expectations(const fs::path& directory, const LogVerifier& verifier,
                      const std::vector<std::string>& earlier, LogAudit& audit) {
    Expected expected;
    audit.checkpoint = read_checkpoint(directory / kCheckpointFile, verifier);
    if (audit.checkpoint)
        expected.add(*audit.checkpoint, "the log's checkpoint");
    else
        audit.problems.push_back("the checkpoint is missing, or not signed by " + verifier.name);
    for (std::size_t i = 0; i < earlier.size(); ++i) {
        const std::string whose = "earlier checkpoint " + std::to_string(i + 1);
        if (const auto head = open_checkpoint(earlier[i], verifier))
            expected.add(*head, whose);
        else
            audit.problems.push_back(whose + " is not signed by " + verifier.name);
    }
    return expected;
}

std::string problem_in(Bytes bytes) {
    const auto entry = parse_entry(bytes);
    return entry ? problem_of(*entry) : "is not an entry of this version";
}

}  // namespace

Result<TreeHead, LogError> walk_log(const fs::path& directory, const VisitEntry& visit) {
    SLUICE_TRY(segments, list_segments(directory));
    CompactTree tree;
    for (const SegmentFile& segment : segments) {
        SLUICE_TRY(walk, walk_segment(segment, &segment == &segments.back(), tree, visit));
        if (walk == Walk::stopped) break;
    }
    return TreeHead{tree.size(), tree.root()};
}

std::string problem_of(const LogEntry& entry) {
    const X509Ptr leaf = parse_certificate(entry.leaf);
    if (!leaf) return "holds no certificate";
    if (!only_subject(leaf.get())) return "its certificate is not for exactly one name";
    if (says_ca(leaf.get())) return "its certificate is a CA's";
    const auto validity = validity_of(leaf.get());
    if (!validity || validity->not_after.raw() - validity->not_before.raw() > kLeafSecondsMax)
        return "its certificate is valid for more than seven days";
    if (!validity->contains(entry.issued))
        return "its certificate was not valid when it was issued";
    return {};
}

LogAudit audit_log(const fs::path& directory, const LogVerifier& verifier,
                   const std::vector<std::string>& earlier) {
    LogAudit audit;
    Expected expected = expectations(directory, verifier, earlier, audit);
    CompactTree tree;
    expected.check(tree, audit.problems);
    const auto walked =
        walk_log(directory, [&](std::uint64_t index, Bytes entry, const Hash& leaf) {
            if (const std::string problem = problem_in(entry); !problem.empty())
                audit.problems.push_back("entry " + std::to_string(index) + ": " + problem);
            tree.append(leaf);
            expected.check(tree, audit.problems);
            return audit.problems.size() < kProblemsMax;
        });
    if (!walked) audit.problems.push_back(walked.error().message);
    audit.log = {tree.size(), tree.root()};
    if (audit.problems.size() < kProblemsMax) expected.finish(tree.size(), audit.problems);
    return audit;
}

Result<std::vector<Hash>, LogError> leaf_hashes(const fs::path& directory) {
    std::vector<Hash> leaves;
    const auto walked = walk_log(directory, [&](std::uint64_t, Bytes, const Hash& leaf) {
        leaves.push_back(leaf);
        return true;
    });
    if (!walked) return Err{walked.error()};
    return leaves;
}

}  // namespace sluice::certs
