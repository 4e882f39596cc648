#include "certs/signer/desk.h"

#include "certs/log/entry.h"
#include "rules/base/assert.h"

namespace sluice::certs {
namespace {

using Refusal = ipc::SignerRefusal;

LogEntry entry_of(const ipc::CheckedLeafRequest& request, const Judged& judged, const Books& books,
                  UtcTime now, const Der& leaf) {
    LogEntry entry;
    entry.issued = now;
    entry.issuer = request.request.issuer;
    entry.operator_id = request.operator_id();
    entry.organisation = request.organisation();
    entry.generation = books.generation->id;
    entry.bundle = books.policy->bundle().hash;
    entry.origin = judged.origin.leaf;
    entry.anchor = judged.origin.anchor;
    entry.leaf = leaf;
    return entry;
}

Refusal refusal_of(LogFault fault) {
    return fault == LogFault::full ? Refusal::log_full : Refusal::log_failed;
}

}  // namespace

Result<SigningDesk::Made, Refusal> SigningDesk::make(const ipc::CheckedLeafRequest& request,
                                                     Now now) {
    SLUICE_TRY(judged, judge(books_, memory_, request, now.utc));
    const std::string organisation(request.organisation());
    if (!rate_.take(organisation, now.mono)) return Err{Refusal::rate_limited};
    const LeafPlan plan{judged.subject, judged.key, judged.validity};
    const X509Ptr leaf = mint_leaf(plan, *judged.issuer);
    Made made;
    if (leaf) made.leaf.leaf = der_of(leaf.get());
    if (!leaf || !is_as_promised(made.leaf.leaf, plan, *judged.issuer)) {
        rate_.give_back(organisation);
        return Err{Refusal::internal};
    }
    made.leaf.generation = books_.generation;
    made.leaf.issuer = request.request.issuer;
    made.leaf.validity = judged.validity;
    made.entry = bytes_of(entry_of(request, judged, books_, now.utc, made.leaf.leaf));
    return made;
}

std::vector<DeskAnswer> SigningDesk::serve(std::span<const ipc::CheckedLeafRequest> requests,
                                           Now now) {
    SLUICE_ASSERT(requests.size() <= kLogBatchMax);
    std::vector<DeskAnswer> answers;
    std::vector<std::vector<std::uint8_t>> entries;
    for (const ipc::CheckedLeafRequest& request : requests) {
        auto made = make(request, now);
        if (made) {
            entries.push_back(std::move(made->entry));
            answers.emplace_back(std::move(made->leaf));
        } else {
            answers.emplace_back(made.error());
        }
    }
    const auto logged = entries.empty() ? Result<std::uint64_t, LogError>(0) : log_.append(entries);
    // A batch without entries asked the log nothing: what it said last still stands.
    if (!entries.empty()) log_trouble_ = logged ? std::string() : logged.error().message;
    std::uint64_t index = logged ? *logged : 0;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        auto* leaf = std::get_if<SignedLeaf>(&answers[i]);
        if (leaf != nullptr && logged) {
            leaf->log_index = index++;
            ++counters_.leaves;
            continue;
        }
        if (leaf != nullptr) {
            rate_.give_back(std::string(requests[i].organisation()));
            answers[i] = refusal_of(logged.error().fault);
        }
        count(std::get<Refusal>(answers[i]));
    }
    return answers;
}

}  // namespace sluice::certs
