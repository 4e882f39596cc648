#include "control/evidence/verify.h"

#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "certs/log/audit.h"
#include "certs/log/log_files.h"
#include "certs/log/merkle.h"
#include "control/evidence/line.h"
#include "control/store/time_text.h"

namespace sluice::control {
namespace {

using render::Json;

constexpr std::size_t kProblemsMax = 100;
constexpr std::string_view kExportKind = "EvidenceExport";

std::string text_of(Bytes bytes) { return std::string(bytes.begin(), bytes.end()); }
Bytes bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

void add(EvidenceAudit& audit, std::string problem) {
    if (audit.problems.size() < kProblemsMax) audit.problems.push_back(std::move(problem));
}

// The lines lead from the peaks to the root that was signed.
void check_seal(const SealedLines& sealed, const certs::LogVerifier& verifier,
                EvidenceAudit& audit) {
    const auto head = certs::open_checkpoint(sealed.note, verifier);
    if (!head) return add(audit, "the seal is not signed by " + verifier.name);
    certs::CompactTree tree;
    if (!certs::CompactTree::from_peaks(sealed.first, sealed.peaks, tree))
        return add(audit, "the hashes before line " + std::to_string(sealed.first) +
                              " are not those of a log of that length");
    for (const std::string& line : sealed.lines)
        tree.append(certs::leaf_hash(bytes_of(line)));
    if (tree.size() != head->size)
        return add(audit, "the seal is over " + std::to_string(head->size) + " lines, here are " +
                              std::to_string(tree.size()) + ": lines were removed or added");
    if (tree.root() != head->root)
        add(audit, "the lines are not those that were sealed: some were changed or reordered");
}

// Leaves that were issued, by the one name each bears.
using Leaves = std::unordered_multimap<std::string, std::pair<std::uint64_t, std::string>>;

Leaves read_leaves(const std::filesystem::path& issuance, EvidenceAudit& audit) {
    Leaves leaves;
    if (issuance.empty()) return leaves;
    const auto walked =
        certs::walk_log(issuance, [&](std::uint64_t index, Bytes bytes, const certs::Hash&) {
            ++audit.leaves;
            const auto entry = certs::parse_entry(bytes);
            const certs::X509Ptr leaf = entry ? certs::parse_certificate(entry->leaf) : nullptr;
            const auto subject = leaf ? certs::only_subject(leaf.get()) : std::nullopt;
            if (subject)
                leaves.insert({certs::to_text(*subject), {index, ipc::to_hex(entry->bundle)}});
            else
                add(audit, "issuance log: entry " + std::to_string(index) + " cannot be read");
            return true;
        });
    if (!walked) add(audit, "issuance log: " + walked.error().message);
    return leaves;
}

// No leaf of the policy that says the name is exempt: without a leaf nothing can be opened.
void check_leaves(const EvidenceLine& line, const Leaves& leaves, EvidenceAudit& audit) {
    const auto [begin, end] = leaves.equal_range(line.name.empty() ? line.remote : line.name);
    for (auto at = begin; at != end; ++at) {
        if (at->second.second != line.bundle) {
            ++audit.leaves_of_other_policies;
            continue;
        }
        add(audit, "record " + line.serial + ": " + at->first + " was exempt, but entry " +
                       std::to_string(at->second.first) +
                       " of the issuance log is a leaf for it under the same policy");
    }
}

void check_lines(const SealedLines& sealed, const Leaves& leaves, EvidenceAudit& audit) {
    std::set<std::string> begun, seen;
    for (std::size_t i = 0; i < sealed.lines.size(); ++i) {
        const auto line = parse_line(sealed.lines[i]);
        const std::string where = "line " + std::to_string(sealed.first + i);
        if (!line) {
            add(audit, where + " is no record of this version");
            continue;
        }
        ++audit.lines;
        if (!seen.insert(line->serial).second) continue;  // an answer was lost, it was sent again
        switch (line->event) {
            case EvidenceLine::Event::begun:
                ++audit.flows;
                begun.insert(line->serial);
                if (!line->exempt) add(audit, where + ": its reason is not an exemption");
                check_leaves(*line, leaves, audit);
                break;
            case EvidenceLine::Event::ended:
                ++audit.ended;
                audit.forwarded_packets += line->packets;
                audit.forwarded_bytes += line->bytes;
                if (!line->flow.empty() && sealed.first == 0 && !begun.contains(line->flow))
                    add(audit, where + " ends a flow that has not begun: " + line->flow);
                break;
            case EvidenceLine::Event::not_kept:
                audit.not_kept += line->records;
                break;
        }
    }
}

}  // namespace

Result<SealedLines, std::string> read_sealed(const std::filesystem::path& directory,
                                             const certs::LogVerifier& verifier,
                                             std::int64_t since_utc) {
    SealedLines sealed;
    const auto note =
        certs::read_file(directory / certs::kCheckpointFile, certs::kCheckpointBytesMax);
    const auto head = note ? certs::open_checkpoint(as_text(*note), verifier) : std::nullopt;
    if (!head)
        return Err{(directory / certs::kCheckpointFile).string() +
                   ": is missing, or not signed by " + verifier.name};
    sealed.note = text_of(*note);
    certs::CompactTree before;
    bool begun = since_utc == 0;
    const auto walked =
        certs::walk_log(directory, [&](std::uint64_t index, Bytes entry, const certs::Hash& leaf) {
            if (index >= head->size) return false;
            std::string line = text_of(entry);
            if (!begun) {
                const auto parsed = parse_line(line);
                begun = parsed && parsed->at_utc >= since_utc;
            }
            if (begun)
                sealed.lines.push_back(std::move(line));
            else
                before.append(leaf);
            return true;
        });
    if (!walked) return Err{walked.error().message};
    sealed.first = before.size();
    sealed.peaks = before.peaks();
    return sealed;
}

std::string export_text(const SealedLines& sealed) {
    Json peaks = Json::array();
    for (const certs::Hash& peak : sealed.peaks)
        peaks.push_back(ipc::to_hex(peak));
    const Json head = {{"kind", kExportKind},
                       {"first", sealed.first},
                       {"peaks", peaks},
                       {"checkpoint", sealed.note}};
    std::string text = head.dump(-1, ' ', true) + "\n";
    for (const std::string& line : sealed.lines)
        text += line + "\n";
    return text;
}

Result<SealedLines, std::string> parse_export(std::string_view text) {
    const auto take_line = [&]() -> std::string_view {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        return line;
    };
    const Json head = Json::parse(take_line(), nullptr, false);
    const bool good = head.is_object() && head.value("kind", Json()) == kExportKind &&
                      head.value("first", Json()).is_number_unsigned() &&
                      head.value("peaks", Json()).is_array() &&
                      head.value("checkpoint", Json()).is_string();
    if (!good) return Err{std::string("is no export: `sluicectl tls evidence export` makes them")};
    SealedLines sealed;
    sealed.first = head["first"].get<std::uint64_t>();
    sealed.note = head["checkpoint"].get<std::string>();
    for (const Json& peak : head["peaks"]) {
        const auto hash =
            peak.is_string() ? ipc::sha256_from_hex(peak.get<std::string>()) : std::nullopt;
        if (!hash) return Err{std::string("its head has a peak that is no hash")};
        sealed.peaks.push_back(*hash);
    }
    while (!text.empty())
        sealed.lines.emplace_back(take_line());
    return sealed;
}

EvidenceAudit audit_evidence(const SealedLines& sealed, const certs::LogVerifier& verifier,
                             const std::filesystem::path& issuance) {
    EvidenceAudit audit;
    check_seal(sealed, verifier, audit);
    check_lines(sealed, read_leaves(issuance, audit), audit);
    return audit;
}

}  // namespace sluice::control
