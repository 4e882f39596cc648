// The office around the signing desk: opens keys, log, bundle and trust anchors as the
// configuration says, and reads again what has changed. What cannot be read leaves what was read
// before in force.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "certs/signer/desk.h"
#include "rules/load/signer_config.h"

namespace sluice::certs {

class Office {
  public:
    // Opens everything. The bundle may still be missing (every request is refused as no_bundle
    // until sluiced publishes one); all else must be there. The error is for people.
    static Result<std::unique_ptr<Office>, std::string> open(const load::SignerConfig& config,
                                                             UtcTime now);

    SigningDesk& desk() { return *desk_; }

    // Looks whether sluiced has published another bundle, and loads it. Call before each batch: one
    // stat() when nothing changed. (A name that has just become exempt must not get a leaf.)
    void refresh_bundle();
    // Reads bundle, trust anchors and the CA generation in force again.
    //   returns  whether the CA generation changed.
    bool reload();
    // Adds lines to the evidence log: all of them, durably, or none.
    //   returns  the index of the first; no_evidence_log, log_full, log_failed.
    Result<std::uint64_t, ipc::SignerRefusal> record(std::span<const Bytes> lines);
    // Signs both logs' heads when checkpoint_seconds have passed since the last time, or
    // `now_at_all`.
    void checkpoint(UtcTime now, bool now_at_all);

    ipc::StatusReply status() const;
    // The current generation's id.
    const std::string& generation() const { return desk_->books().generation->id; }

  private:
    explicit Office(const load::SignerConfig& config) : config_(config) {}
    Result<Done, std::string> open_log(const Passphrase& passphrase);
    Result<Done, std::string> open_evidence();
    Result<Done, std::string> read_anchors();
    Result<Done, std::string> read_generation(const Passphrase& passphrase);
    std::string read_bundle();

    load::SignerConfig config_;
    KeyPtr log_key_;
    std::unique_ptr<IssuanceLog> log_;
    std::unique_ptr<IssuanceLog> evidence_;  // the same kind of log; empty: none is kept
    std::unique_ptr<SigningDesk> desk_;
    struct FileMark {
        std::uint64_t inode = 0;
        std::int64_t changed_ns = 0;
        friend bool operator==(const FileMark&, const FileMark&) = default;
    };
    FileMark bundle_mark_;
    UtcTime started_, checkpoint_at_;
    // What went wrong last time; empty when all is well.
    std::string bundle_trouble_, reload_trouble_, checkpoint_trouble_, evidence_trouble_;
};

}  // namespace sluice::certs
