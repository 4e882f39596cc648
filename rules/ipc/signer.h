// Asking sluice-signer for a certificate: <runtime_dir>/signer.sock, SOCK_SEQPACKET. One message is
// one packet: a flat head of one build, then bytes whose sizes the head says. Both ends check
// version, sizes and every text before they believe any of it (signer_check.h); the signer answers
// each request exactly once, in any order, with the token of the request.
//
//   LeafRequest   | head | SPKI | chain of the origin |       -> LeafReply or Refused
//   StatusRequest | head |                                     -> StatusReply or Refused
//   RecordRequest | head | entries |                           -> RecordReply or Refused
//                                       (unasked, to all)      -> GenerationNotice
//
// A chain is written as in TLS (RFC 5246 7.4.2): for each certificate three bytes of length, then
// its DER; the end-entity certificate first, each signed by the next.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include "rules/base/ip.h"
#include "rules/ipc/flow_record.h"
#include "rules/ipc/sha256.h"

namespace sluice::ipc {

inline constexpr std::uint32_t kSignerVersion = 2;
// OpenSSL's default of what it takes from a peer (SSL_MAX_CERT_LIST_DEFAULT).
inline constexpr std::size_t kSignerChainBytesMax = 102'400;
inline constexpr std::size_t kSignerChainCertificatesMax = 10;
inline constexpr std::size_t kSignerSpkiBytesMax = 600;  // RSA-4096 has 550, P-256 91
inline constexpr std::size_t kSignerMessageBytesMax = kSignerChainBytesMax + 2'048;
inline constexpr std::size_t kSignerIdBytes = 64;  // a policy id (at most 63 bytes), zero-ended
// That one connection may have under way: how many handshakes of uncached names a worker can have
// at a time. The signer reads no more from a connection while so many answers wait to be sent.
inline constexpr std::size_t kSignerOutstandingMax = 256;

enum class SignerKind : std::uint8_t { leaf, status, reload, generation, refused, record };

// Whose name signs: the CA that workstations trust, or the one nobody installs, so that the browser
// warns as it would have without us (research R3: an untrusted server is never laundered).
enum class SignerIssuer : std::uint8_t { trusted, untrusted };

struct SignerHead {
    std::uint32_t version = kSignerVersion;
    SignerKind kind = SignerKind::leaf;
    std::uint8_t zero[3] = {};
    std::uint64_t token = 0;  // the asker's own; comes back with the answer
};

struct LeafRequest {
    SignerHead head;
    // Ids of the policy and not OperatorId, OrgId: those are numbers inside one bundle, and the
    // signer may already hold a newer one.
    char operator_id[kSignerIdBytes] = {};
    char organisation[kSignerIdBytes] = {};
    // Exactly one name: canonical host name (canonical_name.h), zero-ended; or an address.
    char name[kNameSizeMax + 1] = {};
    SignerIssuer issuer = SignerIssuer::trusted;
    bool by_address = false;  // `address` is the subject, `name` is empty
    IpAddress address;
    std::uint16_t spki_bytes = 0;          // SubjectPublicKeyInfo, DER: P-256, or RSA 2048..4096
    std::uint16_t chain_certificates = 0;  // 0 only where the issuer is untrusted
    std::uint32_t chain_bytes = 0;
    std::int64_t not_before_utc = 0;  // wanted; the signer clips to origin, issuer and 7 days
    std::int64_t not_after_utc = 0;
    std::uint8_t bundle_hash[32] = {};  // of the bundle the asker decided by; logged
};

struct LeafReply {
    SignerHead head;
    std::uint64_t log_index = 0;  // of the leaf in the issuance log: durable before this was sent
    std::int64_t not_before_utc = 0, not_after_utc = 0;
    char generation[kSignerIdBytes] = {};  // of the CA, zero-ended: part of a cache's key
    SignerIssuer issuer = SignerIssuer::trusted;
    std::uint8_t zero[3] = {};
    std::uint16_t chain_certificates = 0;  // leaf, then what leads to (and not) the root
    std::uint32_t chain_bytes = 0;
};

// X(word, retry, sentence). Why there is no certificate; the word is stable, order is append only.
// retry: later (the same request may succeed), never (it will not).
#define SLUICE_SIGNER_REFUSALS(X)                                                               \
    X(bad_request, never, "sizes, version or a field are not those of the protocol")            \
    X(not_allowed, never, "this user may not ask for that (clients and admins of signer.yaml)") \
    X(bad_name, never, "neither one canonical host name nor one address")                       \
    X(wildcard, never, "a wildcard: a leaf is for exactly one name")                            \
    X(bad_key, never, "the key is neither P-256 nor RSA of 2048 to 4096 bits")                  \
    X(ca_key, never, "the key is one a CA or the log signs with")                               \
    X(no_bundle, later, "no policy bundle is loaded: exemption cannot be told")                 \
    X(unknown_operator, later, "no such operator in the bundle")                                \
    X(unknown_organisation, later, "no such organisation in the bundle")                        \
    X(exempt, never, "the name is in an exempt category: it is never opened (G20)")             \
    X(not_inspected, later, "the organisation is not under inspection")                         \
    X(no_ca, later, "no CA generation with that issuer is loaded")                              \
    X(no_origin_chain, never, "no chain of the origin came with the request")                   \
    X(bad_origin_chain, never, "the origin's chain cannot be read, or a link is not signed")    \
    X(origin_is_ca, never, "the origin shows a CA's certificate as its own")                    \
    X(origin_untrusted, never, "the origin's chain ends in no trust anchor")                    \
    X(origin_expired, never, "a certificate of the origin's chain is not valid now")            \
    X(name_not_covered, never, "the origin's certificate is not for that name")                 \
    X(name_constraint, never, "the CA's name constraints exclude the name")                     \
    X(no_validity, never, "the validity asked for, the origin's and the CA's have no overlap")  \
    X(rate_limited, later, "the organisation had as many leaves as it may have in a minute")    \
    X(log_full, later, "the issuance log has no room: no leaf without a log entry")             \
    X(log_failed, later, "the issuance log could not be written")                               \
    X(internal, later, "the certificate that was made failed its own check")                    \
    X(no_evidence_log, later, "no evidence log is kept here (recorders of signer.yaml)")

enum class SignerRefusal : std::uint8_t {
#define X(word, retry, text) word,
    SLUICE_SIGNER_REFUSALS(X)
#undef X
};
enum class SignerRetry : std::uint8_t { never, later };
struct SignerRefusalInfo {
    std::string_view word;
    SignerRetry retry;
    std::string_view text;
};
inline constexpr std::array kSignerRefusals = {
#define X(word, retry, text) SignerRefusalInfo{#word, SignerRetry::retry, text},
    SLUICE_SIGNER_REFUSALS(X)
#undef X
};
inline constexpr std::size_t kSignerRefusalCount = kSignerRefusals.size();
constexpr const SignerRefusalInfo& info_of(SignerRefusal r) {
    return kSignerRefusals[static_cast<std::size_t>(r)];
}

struct RefusedReply {
    SignerHead head;  // kind refused; the token of the request
    SignerRefusal refusal = SignerRefusal::bad_request;
    std::uint8_t zero[7] = {};
};

// kind status: how it is. kind reload: reads CA generation, bundle and trust anchors again first;
// what cannot be read leaves the old one in force and says so in `message`.
struct StatusRequest {
    SignerHead head;
};

struct SignerCaRecord {
    bool loaded = false;
    std::uint8_t fingerprint[32] = {};  // SHA-256 of the issuing certificate
    std::uint8_t root_fingerprint[32] = {};
    std::int64_t not_after_utc = 0;
};

struct StatusReply {
    SignerHead head;
    std::uint32_t pid = 0;
    char generation[kSignerIdBytes] = {};
    SignerCaRecord ca[2];  // by SignerIssuer
    std::int64_t started_utc = 0;
    std::uint8_t bundle_hash[32] = {};  // zero: none
    std::uint64_t bundle_serial = 0;
    std::uint32_t trust_anchors = 0;
    std::uint64_t log_entries = 0, log_bytes = 0, log_bytes_max = 0;
    std::uint8_t log_root[32] = {};  // of the Merkle tree over all entries (RFC 6962 2.1)
    std::uint64_t leaves = 0;        // since start
    std::uint64_t refused[kSignerRefusalCount] = {};
    bool trouble = false;    // something of `message` needs a person
    char message[512] = {};  // zero-ended: what could not be (re)read, what the log said at start
};

// The generation changed: leaves of the old one stay valid, new ones come from the new.
struct GenerationNotice {
    SignerHead head;
    char generation[kSignerIdBytes] = {};
};

// Evidence of exempt flows, for the log of it. `entries` texts follow, each two bytes of length
// (big-endian) and one line of printable ASCII; what a line says is not the signer's concern. All
// of them are durable in the log when the answer comes, or none is.
inline constexpr std::size_t kEvidenceEntryBytesMax = 2'048;
inline constexpr std::size_t kEvidenceBatchMax = 64;
struct RecordRequest {
    SignerHead head;
    std::uint32_t entries = 0;  // 1..kEvidenceBatchMax
    std::uint32_t zero = 0;
};
struct RecordReply {
    SignerHead head;
    std::uint64_t first_index = 0;  // in the log, of the first of them
};

static_assert(std::is_trivially_copyable_v<RecordRequest> &&
              std::is_trivially_copyable_v<RecordReply>);
static_assert(std::is_trivially_copyable_v<LeafRequest> &&
              std::is_trivially_copyable_v<LeafReply> &&
              std::is_trivially_copyable_v<RefusedReply> &&
              std::is_trivially_copyable_v<StatusReply> &&
              std::is_trivially_copyable_v<GenerationNotice>);
static_assert(sizeof(LeafRequest) + kSignerSpkiBytesMax + kSignerChainBytesMax <=
              kSignerMessageBytesMax);

}  // namespace sluice::ipc
