#include "certs/signer/office.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "rules/ipc/bundle_file.h"

namespace sluice::certs {
namespace {

void copy_text(std::span<char> field, std::string_view text) {
    const std::size_t size = std::min(text.size(), field.size() - 1);
    std::transform(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size), field.begin(),
                   [](char c) { return c >= 0x20 && c < 0x7f ? c : '?'; });
}

void copy_hash(std::uint8_t (&field)[32], const ipc::Sha256& hash) {
    std::copy(hash.begin(), hash.end(), field);
}

std::string joined(std::initializer_list<std::string_view> troubles) {
    std::string all;
    for (std::string_view trouble : troubles) {
        if (trouble.empty()) continue;
        if (!all.empty()) all += "; ";
        all += trouble;
    }
    return all;
}

}  // namespace

Result<std::unique_ptr<Office>, std::string> Office::open(const load::SignerConfig& config,
                                                          UtcTime now) {
    std::unique_ptr<Office> office(new Office(config));
    office->started_ = office->checkpoint_at_ = now;
    const auto passphrase = read_passphrase(config.passphrase_file);
    if (!passphrase) return Err{passphrase.error().message};
    SLUICE_TRY(log, office->open_log(*passphrase));
    static_cast<void>(log);
    SLUICE_TRY(evidence, office->open_evidence());
    static_cast<void>(evidence);
    SLUICE_TRY(anchors, office->read_anchors());
    static_cast<void>(anchors);
    SLUICE_TRY(generation, office->read_generation(*passphrase));
    static_cast<void>(generation);
    office->refresh_bundle();
    return office;
}

Result<Done, std::string> Office::open_log(const Passphrase& passphrase) {
    auto key = read_key(config_.log_key, passphrase);
    if (!key) return Err{key.error().message};
    log_key_ = std::move(key).value();
    const auto verifier = verifier_of(log_key_.get(), config_.log_name);
    if (!verifier) return Err{config_.log_key + ": is no Ed25519 key"};
    LogOptions options;
    options.directory = config_.log_dir;
    options.bytes_max = std::uint64_t{config_.log_mib_max} << 20;
    auto log = IssuanceLog::open(options, *verifier, log_key_.get());
    if (!log) return Err{log.error().message};
    log_ = std::move(log).value();
    desk_ = std::make_unique<SigningDesk>(*log_, config_.leaves_per_minute);
    desk_->books().log_spki = spki_of(log_key_.get());
    return Done{};
}

Result<Done, std::string> Office::open_evidence() {
    if (config_.recorders.empty()) return Done{};
    const auto verifier =
        verifier_of(log_key_.get(), config_.log_name + std::string(kEvidenceLogSuffix));
    if (!verifier) return Err{config_.log_name + ": too long for the name of the evidence log"};
    LogOptions options;
    options.directory = config_.evidence_dir;
    options.bytes_max = std::uint64_t{config_.evidence_mib_max} << 20;
    auto log = IssuanceLog::open(options, *verifier, log_key_.get());
    if (!log) return Err{log.error().message};
    evidence_ = std::move(log).value();
    return Done{};
}

Result<std::uint64_t, ipc::SignerRefusal> Office::record(std::span<const Bytes> lines) {
    if (!evidence_) return Err{ipc::SignerRefusal::no_evidence_log};
    std::vector<std::vector<std::uint8_t>> entries;
    for (Bytes line : lines)
        entries.emplace_back(line.begin(), line.end());
    const auto first = evidence_->append(entries);
    evidence_trouble_ = first ? std::string() : first.error().message;
    if (first) return *first;
    return Err{first.error().fault == LogFault::full ? ipc::SignerRefusal::log_full
                                                     : ipc::SignerRefusal::log_failed};
}

Result<Done, std::string> Office::read_anchors() {
    auto anchors = TrustAnchors::load(config_.trust_anchors);
    if (!anchors) return Err{anchors.error()};
    desk_->books().anchors = std::move(anchors).value();
    return Done{};
}

Result<Done, std::string> Office::read_generation(const Passphrase& passphrase) {
    const auto id = current_generation(config_.ca_dir);
    if (!id) return Err{id.error().message};
    auto generation = load_generation(config_.ca_dir, *id, passphrase);
    if (!generation) return Err{generation.error().message};
    desk_->books().generation = std::move(generation).value();
    return Done{};
}

std::string Office::read_bundle() {
    const auto& old = desk_->books().policy;
    auto loaded = ipc::load_current(config_.bundle_dir, old ? &old->bundle() : nullptr);
    if (!loaded) return loaded.error().message;
    desk_->books().policy = std::make_shared<PolicyBook>(std::move(loaded).value());
    return {};
}

void Office::refresh_bundle() {
    struct stat info {};
    const std::string file = config_.bundle_dir + "/current";
    if (::stat(file.c_str(), &info) != 0) info = {};
    const FileMark mark{info.st_ino, info.st_mtim.tv_sec * kNsPerSecond + info.st_mtim.tv_nsec};
    if (mark == bundle_mark_ && (mark.inode != 0 || !bundle_trouble_.empty())) return;
    bundle_mark_ = mark;
    bundle_trouble_ = read_bundle();
}

bool Office::reload() {
    const std::string before = generation();
    const auto passphrase = read_passphrase(config_.passphrase_file);
    std::string generation_trouble;
    if (!passphrase) {
        generation_trouble = passphrase.error().message;
    } else if (const auto read = read_generation(*passphrase); !read) {
        generation_trouble = read.error();
    }
    const auto anchors = read_anchors();
    bundle_trouble_ = read_bundle();
    reload_trouble_ = joined({generation_trouble, anchors ? "" : anchors.error()});
    return generation() != before;
}

void Office::checkpoint(UtcTime now, bool now_at_all) {
    const std::int64_t since = now.raw() - checkpoint_at_.raw();
    // A clock that was set back counts as time passed.
    if (!now_at_all && since >= 0 && since < config_.checkpoint_seconds) return;
    checkpoint_at_ = now;
    const auto written = log_->write_checkpoint();
    checkpoint_trouble_ = written ? "" : written.error().message;
    if (!evidence_) return;
    const auto sealed = evidence_->write_checkpoint();
    if (!sealed) evidence_trouble_ = sealed.error().message;
}

ipc::StatusReply Office::status() const {
    ipc::StatusReply reply;
    reply.head.kind = ipc::SignerKind::status;
    reply.pid = static_cast<std::uint32_t>(::getpid());
    reply.started_utc = started_.raw();
    const Books& books = desk_->books();
    copy_text(reply.generation, books.generation->id);
    for (const auto which : {ipc::SignerIssuer::trusted, ipc::SignerIssuer::untrusted}) {
        const Issuer& issuer = books.generation->issuer(which);
        ipc::SignerCaRecord& record = reply.ca[static_cast<std::size_t>(which)];
        record.loaded = true;
        copy_hash(record.fingerprint, fingerprint(issuer.der));
        copy_hash(record.root_fingerprint, fingerprint(books.generation->root));
        record.not_after_utc = issuer.validity.not_after.raw();
    }
    if (books.policy) {
        copy_hash(reply.bundle_hash, books.policy->bundle().hash);
        reply.bundle_serial = books.policy->bundle().serial;
    }
    reply.trust_anchors = static_cast<std::uint32_t>(books.anchors.size());
    const TreeHead head = log_->head();
    reply.log_entries = head.size;
    reply.log_bytes = log_->bytes();
    reply.log_bytes_max = std::uint64_t{config_.log_mib_max} << 20;
    copy_hash(reply.log_root, head.root);
    reply.leaves = desk_->counters().leaves;
    std::copy(desk_->counters().refused.begin(), desk_->counters().refused.end(), reply.refused);
    const std::string trouble = joined({bundle_trouble_, reload_trouble_, checkpoint_trouble_,
                                        desk_->log_trouble(), evidence_trouble_});
    reply.trouble = !trouble.empty();
    const std::uint64_t torn = log_->torn_bytes();
    const std::string repaired = torn == 0 ? ""
                                           : "at start " + std::to_string(torn) +
                                                 " bytes of an unanswered entry were cut off";
    copy_text(reply.message, joined({trouble, repaired}));
    return reply;
}

}  // namespace sluice::certs
