// SignerClient: asks sluice-signer for leaf certificates without waiting, from an epoll loop. One
// connection, one thread; no OpenSSL, so that whoever includes this gets no keys and no CA code.
//
//   order ──ask()──► queue ──on_ready()──► signer ──on_ready()──► answers (in any order, by token)
//
// Every accepted order is answered exactly once: a leaf, a refusal, or what the connection died of.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "rules/base/bytes.h"
#include "rules/base/ip.h"
#include "rules/base/result.h"
#include "rules/base/time.h"
#include "rules/ipc/signer.h"

namespace sluice::certs {

using Der = std::vector<std::uint8_t>;

// One leaf, for one exact name. The texts and bytes are copied by ask().
struct LeafOrder {
    std::uint64_t token = 0;                     // the caller's: unique among its orders under way
    std::string_view operator_id, organisation;  // ids of the policy (BundleView::operator_id, ...)
    std::string_view name;             // canonical host name; empty: `address` is the subject
    std::optional<IpAddress> address;  // exactly one of the two
    ipc::SignerIssuer issuer = ipc::SignerIssuer::trusted;
    // SubjectPublicKeyInfo: an ephemeral P-256 key of this worker, or RSA-2048 where the client
    // cannot do ECDSA. The private half never leaves the asker.
    Bytes spki;
    // The origin's chain as it was verified: end entity first, the trust anchor last. May be empty
    // only for an untrusted leaf.
    std::span<const Bytes> origin_chain;
    UtcTime not_before, not_after;  // wanted; the signer clips (never longer than 7 days)
    ipc::Sha256 bundle_hash{};      // of the bundle the decision to inspect rests on
};

struct Leaf {
    std::vector<Der> chain;  // leaf first, then what leads to (and not) the root
    std::uint64_t log_index = 0;
    UtcTime not_before, not_after;
    std::string generation;  // of the CA: part of a cache's key
    ipc::SignerIssuer issuer = ipc::SignerIssuer::trusted;
};

// Why no answer of the signer came. The caller's policy is FailCase signer_unavailable.
enum class SignerFault : std::uint8_t {
    gone,       // the connection ended with the order under way: the leaf may have been logged
    timed_out,  // no answer within answer_ms_max
    broken,     // the other end speaks another version; the connection is closed
};

using LeafOutcome = std::variant<Leaf, ipc::SignerRefusal, SignerFault>;
struct LeafAnswer {
    std::uint64_t token = 0;
    LeafOutcome outcome;
};

// Why ask() took no order. Nothing was queued.
enum class AskError : std::uint8_t {
    not_connected,  // connect() first
    full,           // kSignerOutstandingMax orders are under way: wait for an answer
    bad_order,      // no name or both, a text, key or chain larger than the protocol allows
};

class SignerClient {
  public:
    struct Options {
        std::string socket_path = "/run/sluice/signer.sock";
        std::int64_t answer_ms_max = 2'000;
    };
    explicit SignerClient(Options options);
    SignerClient(const SignerClient&) = delete;
    SignerClient& operator=(const SignerClient&) = delete;
    ~SignerClient();

    // Connects without waiting (a Unix socket connects at once or not at all). True: fd() is to be
    // watched. May be called again after the connection ended.
    bool connect();
    bool connected() const;
    // For epoll: readable always, writable only while wants_write(). Changes with every connect().
    int fd() const;
    bool wants_write() const;

    // Takes an order; sends it at once where the socket has room.
    Result<Done, AskError> ask(const LeafOrder& order, MonoTime now);
    std::size_t under_way() const;

    // Reads and writes what the socket has room for. Call when fd() is ready.
    //   returns  false when the connection ended: fd() is closed, the orders under way are among
    //            the answers as `gone` (or `broken`).
    bool on_ready(MonoTime now);
    // Gives up orders older than answer_ms_max (their late answers are dropped); call about every
    // 100 ms, or at next_deadline().
    void expire(MonoTime now);
    std::optional<MonoTime> next_deadline() const;

    // The answers since the last call.
    std::vector<LeafAnswer> take_answers();
    // The CA generation the signer last spoke of (an answer or a notice); empty before that. Leaves
    // of an older one stay valid: a cache may let them run out.
    const std::string& generation() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sluice::certs
