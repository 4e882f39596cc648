// EvidenceKeeper: takes what the data plane tells of exempt flows, puts it into lines, and has
// sluice-signer add those to the evidence log. Nothing here can make the data plane wait; what
// finds no room is counted, and the log itself says so (`not_kept`).
//
//   rings ──► open records (by flow) ──► lines waiting ──► sluice-signer ──► log, sealed every 10 s
#pragma once
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "certs/signer/recorder.h"
#include "control/evidence/line.h"
#include "rules/base/time.h"
#include "rules/ipc/shm_reader.h"

namespace sluice::control {

struct EvidenceStatus {
    bool configured = false;     // a signer is named
    std::uint64_t kept = 0;      // lines that are in the log, since start
    std::uint64_t waiting = 0;   // lines that are not yet
    std::uint64_t not_kept = 0;  // records that are lost, since start
    std::uint64_t open = 0;      // exempt flows whose end has not come
    std::string trouble;         // why the latest lines are not in the log; empty: they are
};

class EvidenceKeeper {
  public:
    struct Config {
        std::string runtime_dir;
        std::string signer_socket;         // empty: exempt flows are listed, no evidence is kept
        std::int64_t started_utc = 0;      // part of every serial
        std::size_t open_max = 65'536;     // x ~700 B = 46 MB
        std::size_t waiting_max = 65'536;  // lines, while the signer does not answer: x ~800 B
        std::size_t ended_max = 1'000;     // that `tls exempt list` still shows
    };
    explicit EvidenceKeeper(Config config)
        : config_(std::move(config)), recorder_(config_.signer_socket) {}

    // Reads what the rings hold and sends what waits: at most 16 batches. Called about every 100
    // ms. `bundle`: the hash of what is in force.
    void turn(const Rulebook* rules, const std::string& bundle, Now now);
    // One record, as turn() does it.
    void take(const ipc::Evidence& evidence, const Rulebook& rules, const std::string& bundle);
    // Sends what waits; at the end.
    void flush(Now now) { send(now); }

    // ---- from any thread ----
    EvidenceStatus status() const;
    // Exempt flows, the newest first: those whose record is open, then those that ended lately.
    std::vector<render::Json> list(const Rulebook& rules, const std::string& organisation,
                                   const std::string& name, std::size_t limit) const;

  private:
    struct Ended {
        OpenEvidence open;
        ipc::Evidence ended;
    };
    void open_rings(Now now);
    void drain(const Rulebook& rules, const std::string& bundle, std::size_t& left);
    void begin(const ipc::Evidence& evidence, const Rulebook& rules, const std::string& bundle);
    void end(const ipc::Evidence& evidence, const Rulebook& rules);
    void count_lost(Now now);
    void lose(std::uint64_t records, std::int64_t utc_ns, std::string_view why);
    void wait_for_log(std::string line, std::int64_t utc_ns);
    void send(Now now);
    std::string next_serial();

    Config config_;
    certs::Recorder recorder_;
    std::vector<ipc::EvidenceReader> rings_;
    std::uint64_t serial_ = 0;
    std::uint64_t lost_in_rings_ = 0;  // as the data plane last said
    std::uint64_t lost_unsaid_ = 0;    // not in a line yet
    std::uint16_t generation_ = 0;     // of the latest record, and its bundle
    std::string bundle_of_generation_;
    MonoTime not_before_;  // the signer is not asked again sooner

    mutable std::mutex mutex_;  // all below: the API's threads read it
    std::unordered_map<std::uint64_t, OpenEvidence> open_;
    std::deque<Ended> ended_;  // the newest last
    std::deque<std::string> waiting_;
    EvidenceStatus status_;
};

}  // namespace sluice::control
