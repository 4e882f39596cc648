// verify_cases: reads verification cases from standard input, one word and value a line, and prints
// what certs/verify answers. tools/conformance/certificates writes the cases.
//
//   case ID | profile web|rfc5280 | purpose server|client|signer | now SECONDS | name HOST |
//   address IP | depth N | scope none|leaf|chain | unknown accept|refuse | nameless |
//   anchor, leaf, intermediate, crl, staple HEX | times N | run
//
// Answer: ID <tab> fault <tab> microseconds (median of N runs without cache) <tab> detail
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "certs/verify/crl_store.h"
#include "certs/verify/parsed.h"
#include "certs/verify/trust_store.h"
#include "certs/verify/verify_chain.h"
#include "rules/load/public_suffix.h"

using namespace sluice;
using namespace sluice::certs::verify;

namespace {

using Der = std::vector<std::uint8_t>;

struct Case {
    std::string id, name;
    VerifyPolicy policy;
    VerifyRequest request;
    std::vector<Der> anchors, intermediates, crls;
    Der leaf, staple;
    unsigned times = 1;
};

Der from_hex(const std::string& text) {
    Der bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2)
        bytes.push_back(static_cast<std::uint8_t>(std::stoul(text.substr(i, 2), nullptr, 16)));
    return bytes;
}

bool set_bytes(Case& c, const std::string& word, const std::string& value) {
    if (word == "anchor")
        c.anchors.push_back(from_hex(value));
    else if (word == "intermediate")
        c.intermediates.push_back(from_hex(value));
    else if (word == "crl")
        c.crls.push_back(from_hex(value));
    else if (word == "leaf")
        c.leaf = from_hex(value);
    else if (word == "staple")
        c.staple = from_hex(value);
    else
        return false;
    return true;
}

bool set_policy(Case& c, const std::string& word, const std::string& value) {
    if (word == "profile")
        c.policy.profile = value == "web" ? Profile::web : Profile::rfc5280;
    else if (word == "depth")
        c.policy.intermediates_max = std::stoul(value);
    else if (word == "scope")
        c.policy.crl_scope = value == "none"   ? CrlScope::none
                             : value == "leaf" ? CrlScope::leaf
                                               : CrlScope::chain;
    else if (word == "unknown")
        c.policy.revocation_unknown = value == "refuse" ? OnUnknown::refuse : OnUnknown::accept;
    else if (word == "nameless")
        c.policy.name_required = false;
    else
        return false;
    return true;
}

bool set_request(Case& c, const std::string& word, const std::string& value) {
    if (word == "case")
        c.id = value;
    else if (word == "name")
        c.name = value;
    else if (word == "address")
        c.request.address = parse_ip(value);
    else if (word == "now")
        c.request.now = UtcTime{std::stoll(value)};
    else if (word == "times")
        c.times = static_cast<unsigned>(std::stoul(value));
    else if (word == "purpose")
        c.request.purpose = value == "client"   ? Purpose::client
                            : value == "signer" ? Purpose::signer
                                                : Purpose::server;
    else
        return false;
    return true;
}

std::vector<Bytes> views(const std::vector<Der>& all) { return {all.begin(), all.end()}; }

void run(Case& c) {
    std::vector<CertificateHandle> owned;
    std::vector<X509*> anchors;
    for (const Der& der : c.anchors)
        if (auto x = certificate_from_der(der)) {
            anchors.push_back(x.get());
            owned.push_back(std::move(x));
        }
    std::vector<Bytes> chain{c.leaf};
    for (const Der& der : c.intermediates)
        chain.push_back(der);
    const auto crls = c.crls.empty() ? nullptr : CrlStore::of(views(c.crls));
    ChainVerifier verifier(TrustStore::of(anchors), crls, c.policy, 0);
    c.request.name = c.name;
    c.request.staple = c.staple;
    std::vector<double> times;
    Verdict verdict;
    for (unsigned i = 0; i < c.times; ++i) {
        const auto start = std::chrono::steady_clock::now();
        verdict = verifier.verify_der(chain, c.request);
        times.push_back(
            std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start)
                .count());
    }
    std::nth_element(times.begin(), times.begin() + times.size() / 2, times.end());
    std::printf("%s\t%s\t%.0f\t%s\n", c.id.c_str(), info(verdict.fault).word.data(),
                times[times.size() / 2], verdict.detail.c_str());
}

}  // namespace

int main() {
    const auto& suffixes = load::PublicSuffixes::of_system();
    const auto fresh = [&] {
        Case c;
        c.policy.is_public_suffix = [&](const std::string& n) {
            return suffixes.is_registry_suffix(n);
        };
        return c;
    };
    Case c = fresh();
    for (std::string line; std::getline(std::cin, line);) {
        const std::size_t blank = line.find(' ');
        const std::string word = line.substr(0, blank);
        const std::string value = blank == std::string::npos ? "" : line.substr(blank + 1);
        if (word == "run") {
            run(c);
            c = fresh();
        } else if (!set_bytes(c, word, value) && !set_policy(c, word, value) &&
                   !set_request(c, word, value)) {
            std::fprintf(stderr, "unknown word: %s\n", word.c_str());
            return 2;
        }
    }
    return 0;
}
