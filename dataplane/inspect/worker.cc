#include "dataplane/inspect/worker.h"

#include <unistd.h>

#include <algorithm>

namespace sluice::inspect {
namespace {

constexpr int kRoundMs = 20;  // a tick of the wheel is 50

TlsVersion version_of(load::InspectConfig::Tls tls) {
    return tls == load::InspectConfig::Tls::tls13 ? TlsVersion::tls13 : TlsVersion::tls12;
}

SessionSettings settings_of(const load::InspectConfig& config) {
    SessionSettings settings;
    settings.bad_origin = static_cast<BadOrigin>(config.bad_origin);
    settings.log_path = static_cast<LogPath>(config.log_path);
    settings.where_to_apply = config.where_to_apply;
    settings.high_risk = config.high_risk;
    settings.opening_ms = config.limits.opening_ms;
    settings.handshake_ms = config.limits.handshake_ms;
    settings.signer_ms = config.limits.signer_ms;
    settings.idle_ms = config.limits.idle_ms;
    settings.linger_ms = config.limits.linger_ms;
    settings.flows_max = config.limits.flows_max;
    return settings;
}

}  // namespace

Worker::Worker(const load::InspectConfig& config, WorkerParts parts)
    : config_(config),
      parts_(std::move(parts)),
      settings_(settings_of(config_)),
      tls_({version_of(config_.server_least), version_of(config_.client_least)}, *parts_.tickets),
      upstream_(config_.limits.upstream_sessions_max),
      signer_(loop_, config_.signer_socket, config_.limits.signer_ms),
      leaves_(signer_, config_.limits.leaves_max),
      splices_(config_.limits.splices_max, config_.limits.splice_seconds),
      pins_(config_.limits.pins_max),
      source_(make_source()),
      shared_{loop_,
              tls_,
              upstream_,
              leaves_,
              *parts_.verifier,
              *source_,
              splices_,
              pins_,
              counters_,
              *parts_.reporter,
              *this,
              settings_,
              parts_.rules.get()},
      bundles_(
          loop_, config_.bundle_dir, [this] { on_bundle(); },
          [this](const std::string& trouble) { tell(trouble); }),
      query_(loop_, parts_.query_listening,
             [this](const ipc::InspectRequest& request) { return answer(request); }),
      started_(loop_.now().utc) {
    on_bundle();
}

Worker::~Worker() {
    while (!sessions_.empty())
        sessions_.begin()->first->stop();
    loop_.run_once(0);
}

std::unique_ptr<FlowSource> Worker::make_source() {
    FlowTaker& taker = *this;
    if (config_.source == load::InspectConfig::Source::tproxy) {
        auto made = std::make_unique<TproxySource>(loop_, parts_.tproxy_listening, taker);
        tproxy_ = made.get();
        return made;
    }
    auto made = std::make_unique<HandoverSource>(
        loop_, ipc::broker_socket_path(config_.runtime_dir), config_.limits.flows_max, taker);
    handover_ = made.get();
    return made;
}

void Worker::run(const volatile std::sig_atomic_t& stop) {
    while (stop == 0)
        loop_.run_once(kRoundMs);
}

void Worker::take(const Flow& flow) {
    if (sessions_.size() >= settings_.flows_max) {
        ++counters_.flows_refused;
        close(flow.client);
        close(flow.server);
        return;
    }
    auto session = std::make_unique<Session>(shared_, flow);
    Session* raw = session.get();
    sessions_.emplace(raw, std::move(session));
    raw->start();
}

void Worker::ended(Session& session) {
    const auto found = sessions_.find(&session);
    loop_.bury(std::move(found->second));
    sessions_.erase(found);
}

// What was decided by the old bundle is decided again: a flow that became exempt is closed, and
// leaves, listed splices and sessions to resume are not used any more.
void Worker::on_bundle() {
    shared_.bundle = bundles_.share();
    if (!shared_.bundle) return tell("no policy bundle yet in " + config_.bundle_dir);
    leaves_.clear();
    splices_.clear();
    upstream_.clear();
    if (tproxy_ != nullptr) {
        const auto op = shared_.bundle->view.operator_named(config_.tproxy_operator);
        if (op)
            tproxy_->set_operator(*op);
        else
            tell("the policy has no operator " + config_.tproxy_operator);
    }
    std::vector<Session*> all;
    for (const auto& [session, owned] : sessions_)
        all.push_back(session);
    for (Session* session : all)
        session->rejudge();
}

void Worker::tell(const std::string& trouble) {
    Report report;
    report.detail = trouble;
    parts_.reporter->report(report);
}

}  // namespace sluice::inspect
