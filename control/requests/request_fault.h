// Why a signed request is not taken: a stable word for scripts and the audit, a sentence for
// people.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::control::requests {

// X(word, sentence)
#define SLUICE_REQUEST_FAULTS(X)                                                           \
    X(too_large, "the message or what was signed is larger than 1 MiB")                    \
    X(not_cms, "the file is no CMS SignedData, in DER or PEM")                             \
    X(no_content, "the signature is detached and what it signs did not come with it")      \
    X(two_contents, "the message holds what was signed, and a file of it came as well")    \
    X(wrong_content_type, "what was signed is not plain data (id-data)")                   \
    X(not_one_signer, "a request is signed by exactly one signer")                         \
    X(no_certificate, "the signer's certificate is not in the message")                    \
    X(no_signing_time, "there is not exactly one signed attribute signingTime")            \
    X(algorithm, "an algorithm is not accepted, or no configured provider has it")         \
    X(bad_signature, "the signature is not that of what came")                             \
    X(signed_in_future, "it was signed later than now")                                    \
    X(signed_long_ago, "it was signed longer ago than requests are taken")                 \
    X(bad_request, "what was signed is no request")                                        \
    X(unknown_organisation, "the policy has no such organisation, or no identifier of it") \
    X(pki, "the configured trust anchors or revocation lists cannot be read")              \
    X(certificate, "the signer's certificate is not accepted")                             \
    X(wrong_organisation, "the certificate belongs to another organisation")               \
    X(taken_already, "this request, or one with its number, has been taken already")       \
    X(wrong_case,                                                                          \
      "there is no such case of this organisation, or no such life cycle for requests")    \
    X(refused, "the life cycle does not allow what is asked for")                          \
    X(store, "it could not be stored")

enum class Fault : std::uint8_t {
#define X(word, sentence) word,
    SLUICE_REQUEST_FAULTS(X)
#undef X
};

struct FaultInfo {
    std::string_view word, sentence;
};
inline constexpr std::array kFaults = {
#define X(word, sentence) FaultInfo{#word, sentence},
    SLUICE_REQUEST_FAULTS(X)
#undef X
};
constexpr const FaultInfo& info(Fault fault) { return kFaults[static_cast<std::size_t>(fault)]; }

struct Refusal {
    Fault fault = Fault::not_cms;
    std::string detail;  // what exactly, for people; may be empty
    std::string text() const {
        return std::string(info(fault).sentence) + (detail.empty() ? "" : ": " + detail);
    }
};

}  // namespace sluice::control::requests
