// sluicectl tls issuance proof: that one leaf is in the log, or that the log has only grown since a
// checkpoint, in a form that others check without the log (RFC 9162 2.1.3.2, 2.1.4.2).
#include <optional>

#include "certs/log/audit.h"
#include "certs/log/log_files.h"
#include "tools/sluicectl/issuance.h"

namespace sluice::ctl {
namespace {

struct ProofOptions {
    std::optional<std::uint64_t> index;
    std::string since;  // file of an earlier checkpoint
};

// The log up to its checkpoint: what a proof is about.
struct SignedLog {
    std::string note;
    certs::TreeHead head;
    std::vector<certs::Hash> leaves;
};

Json hex_list(const std::vector<certs::Hash>& hashes) {
    Json list = Json::array();
    for (const certs::Hash& hash : hashes)
        list.push_back(ipc::to_hex(hash));
    return list;
}

Result<SignedLog, std::string> read_signed(const IssuanceOptions& where,
                                           const certs::LogVerifier& verifier) {
    SignedLog log;
    const std::string file = where.log + "/" + certs::kCheckpointFile;
    const auto note = certs::read_file(file, certs::kCheckpointBytesMax);
    const auto head = note ? certs::open_checkpoint(as_text(*note), verifier) : std::nullopt;
    if (!head) return Err{file + ": is missing, or not signed by " + verifier.name};
    auto leaves = certs::leaf_hashes(where.log);
    if (!leaves) return Err{leaves.error().message};
    log.leaves = std::move(leaves).value();
    if (log.leaves.size() < head->size ||
        certs::root_of(std::span(log.leaves).first(head->size)) != head->root)
        return Err{where.log + ": is not what its checkpoint was signed over; see `verify`"};
    log.leaves.resize(head->size);
    log.note = as_text(*note);
    log.head = *head;
    return log;
}

Response inclusion(const SignedLog& log, std::uint64_t index) {
    if (index >= log.leaves.size())
        return issuance_error("entry " + std::to_string(index) + " is not under a checkpoint",
                              "the checkpoint covers " + std::to_string(log.head.size) +
                                  " entries; a newer one is signed every few seconds");
    Json item = {{"index", index},
                 {"tree_size", log.head.size},
                 {"leaf_hash", ipc::to_hex(log.leaves[index])},
                 {"root", ipc::to_hex(log.head.root)},
                 {"path", hex_list(certs::inclusion_proof(index, log.leaves))},
                 {"checkpoint", log.note}};
    return local_document("InclusionProof", Json::array({std::move(item)}));
}

Response consistency(const SignedLog& log, const certs::LogVerifier& verifier,
                     const std::string& since) {
    const auto older = certs::read_checkpoint(since, verifier);
    if (!older) return issuance_error(since + ": is no checkpoint of " + verifier.name);
    if (older->size > log.head.size)
        return issuance_error("the log had " + std::to_string(older->size) + " entries then and " +
                              std::to_string(log.head.size) + " now: entries were removed");
    const auto path = older->size == 0 ? std::vector<certs::Hash>{}
                                       : certs::consistency_proof(older->size, log.leaves);
    if (!certs::verify_consistency(*older, log.head, path))
        return issuance_error("the log does not begin with what that checkpoint was signed over");
    Json item = {{"old_size", older->size},    {"old_root", ipc::to_hex(older->root)},
                 {"tree_size", log.head.size}, {"root", ipc::to_hex(log.head.root)},
                 {"path", hex_list(path)},     {"checkpoint", log.note}};
    return local_document("ConsistencyProof", Json::array({std::move(item)}));
}

Response prove(const IssuanceOptions& where, const ProofOptions& o) {
    const auto verifier = verifier_named(where.key);
    if (!verifier) return issuance_error(verifier.error());
    const auto log = read_signed(where, *verifier);
    if (!log) return issuance_error(log.error());
    return o.index ? inclusion(*log, *o.index) : consistency(*log, *verifier, o.since);
}

std::string proof_text(const Json& document) {
    const Json& p = document.at("items")[0];
    std::string out;
    for (const auto& [key, value] : p.items())
        if (key != "path" && key != "checkpoint") out += key + " " + cell(value) + "\n";
    for (const Json& hash : p.at("path"))
        out += "path " + cell(hash) + "\n";
    return out + "\n" + cell(p.at("checkpoint"));
}

}  // namespace

void add_issuance_proof(CLI::App& issuance, Context& context) {
    CLI::App* command = issuance.add_subcommand(
        "proof", "That a leaf is in the log, or (--since) that the log has only grown");
    auto where = issuance_options(*command, true);
    auto o = std::make_shared<ProofOptions>();
    auto* index = command->add_option("index", o->index, "Of the leaf");
    auto* since = command->add_option("--since", o->since, "File of an earlier checkpoint");
    index->excludes(since);
    command->callback([&context, where, o] {
        if (!o->index && o->since.empty())
            throw CLI::RequiredError("proof: an index, or --since FILE");
        show(context, prove(*where, *o), {proof_text});
    });
}

}  // namespace sluice::ctl
