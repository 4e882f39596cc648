// certs/verify as the ChainVerifier of a worker: its words for what is wrong become ours, its path
// becomes what the signer wants to see.
#pragma once
#include <memory>
#include <string>

#include "certs/verify/verify_chain.h"
#include "dataplane/inspect/chain_verifier.h"
#include "rules/base/result.h"

namespace sluice::inspect {

class OriginVerifier final : public ChainVerifier {
  public:
    struct Files {
        std::string trust_store;    // PEM
        std::string crl_directory;  // empty: none
    };
    // The error names the file.
    static Result<std::unique_ptr<OriginVerifier>, std::string> load(const Files& files);
    explicit OriginVerifier(certs::verify::ChainVerifier verifier)
        : verifier_(std::move(verifier)) {}

    ChainVerdict verify(const ChainQuestion& question) override;

  private:
    certs::verify::ChainVerifier verifier_;
};

}  // namespace sluice::inspect
