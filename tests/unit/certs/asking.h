// A request to the signer as tests write it: a good one, of which a row changes one thing.
#pragma once
#include <string>
#include <vector>

#include "certs/signer/judge.h"
#include "tests/unit/certs/pki.h"

namespace sluice::certs::test {

struct Asking {
    std::string operator_id = "north", organisation = "ministry";
    std::string name = "www.news.example";
    std::optional<IpAddress> address;
    ipc::SignerIssuer issuer = ipc::SignerIssuer::trusted;
    Der spki;
    std::vector<Der> chain;
    std::int64_t not_before = kNoon - 3'600, not_after = kNoon + 30 * kDay;
    std::uint64_t token = 1;

    // For www.news.example, whose origin shows a good chain; a P-256 key.
    static Asking good();
    std::vector<std::uint8_t> message() const;
};

// Keys that a leaf may be for.
const Der& p256_spki();
const Der& rsa_spki();

// small_policy() with addresses of banks, compiled and loaded.
ipc::CompiledBundle compiled_policy(bool news_is_exempt = false);
std::shared_ptr<const PolicyBook> policy_book(bool news_is_exempt = false);

// Everything the signer goes by, at kNoon.
Books books();

}  // namespace sluice::certs::test
