// The signing desk: takes requests, makes leaves, logs them, and only then lets them go.
//
//   requests ─► judge ─► rate ─► mint ─► own check ─► log, all of a batch in one fsync ─► answers
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "certs/log/issuance_log.h"
#include "certs/signer/judge.h"
#include "certs/signer/rate.h"

namespace sluice::certs {

struct SignedLeaf {
    Der leaf;
    std::shared_ptr<const Generation> generation;
    ipc::SignerIssuer issuer{};
    std::uint64_t log_index = 0;
    Validity validity;
};
using DeskAnswer = std::variant<SignedLeaf, ipc::SignerRefusal>;

struct DeskCounters {
    std::uint64_t leaves = 0;
    std::array<std::uint64_t, ipc::kSignerRefusalCount> refused{};
};

class SigningDesk {
  public:
    // `log` outlives the desk.
    SigningDesk(IssuanceLog& log, std::uint32_t leaves_per_minute)
        : log_(log), rate_(leaves_per_minute) {}

    Books& books() { return books_; }
    const Books& books() const { return books_; }

    // One answer for each request, in their order; at most kLogBatchMax of them. Every leaf among
    // the answers is durable in the log.
    std::vector<DeskAnswer> serve(std::span<const ipc::CheckedLeafRequest> requests, Now now);

    // Counts a refusal that was decided elsewhere (bad_request, not_allowed).
    void count(ipc::SignerRefusal refusal) {
        ++counters_.refused[static_cast<std::size_t>(refusal)];
    }
    const DeskCounters& counters() const { return counters_; }
    // What the log said of the last batch; empty when it took it.
    const std::string& log_trouble() const { return log_trouble_; }

  private:
    struct Made {
        SignedLeaf leaf;
        std::vector<std::uint8_t> entry;
    };
    Result<Made, ipc::SignerRefusal> make(const ipc::CheckedLeafRequest& request, Now now);

    IssuanceLog& log_;
    LeafRate rate_;
    LeafKeys keys_;
    Books books_;
    DeskCounters counters_;
    std::string log_trouble_;
};

}  // namespace sluice::certs
