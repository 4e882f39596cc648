// What the verbs of `sluicectl tls issuance` share: where the log is, and whose it is.
#pragma once
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "certs/log/note.h"
#include "tools/sluicectl/local.h"

namespace sluice::ctl {

struct IssuanceOptions {
    std::string log = "/var/lib/sluice/issuance";
    std::string key = "/var/lib/sluice/ca/log.vkey";
};
std::shared_ptr<IssuanceOptions> issuance_options(CLI::App& command, bool with_key);

// `key` is a verifier's text, or a file that holds one. The error is for people.
Result<certs::LogVerifier, std::string> verifier_named(const std::string& key);

// "the answer is no", about the log.
Response issuance_error(const std::string& message, const std::string& hint = {});

void add_issuance_proof(CLI::App& issuance, Context& context);

}  // namespace sluice::ctl
