// The two handshakes of a session: server first.
#include <openssl/err.h>
#include <openssl/x509.h>

#include "dataplane/inspect/http_judge.h"
#include "dataplane/inspect/insides.h"
#include "dataplane/inspect/session.h"

namespace sluice::inspect {

using model::FailCase;
using model::FailMode;
using model::Reason;

namespace {

constexpr std::int64_t kLeafBackSeconds = 3'600;  // for workstations whose clock is behind
constexpr std::int64_t kLeafSeconds = 7 * 86'400;

bool offers(std::string_view alpn, std::string_view wanted) {
    ByteReader reader(as_bytes(alpn));
    Bytes offered;
    while (reader.block8(offered))
        if (as_text(offered) == wanted) return true;
    return false;
}

std::string chosen_alpn(const SSL* ssl) {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl, &name, &size);
    return std::string(as_text(Bytes{name, size}));
}

}  // namespace

void Session::greet_server() {
    server_notes_.sessions = &shared_.upstream;
    server_notes_.session_key = opening_.name + '\n' + to_text(flow_.info.remote) + '\n' +
                                std::to_string(flow_.info.remote_port) + '\n' + opening_.alpn;
    SSL* ssl = server_.start_tls(shared_.tls.to_servers());
    if (ssl == nullptr ||
        !TlsContexts::prepare_client(ssl, server_notes_, opening_.name, as_bytes(opening_.alpn)))
        return refuse(Reason::origin_untrusted, "no memory for TLS");
    state_ = State::server_shake;
    limit(shared_.settings.handshake_ms);
    shake_server();
}

void Session::shake_server() {
    switch (server_.handshake()) {
        case Leg::Shake::again:
            return;
        case Leg::Shake::certificate_wanted:
            return on_certificate_wanted();
        case Leg::Shake::failed:
            return on_server_failed();
        case Leg::Shake::done:
            break;
    }
    const bool resumed = SSL_session_reused(server_.ssl()) != 0;
    if (resumed) ++shared_.counters.upstream_resumed;
    if (server_notes_.certificate_asked) ++shared_.counters.certificate_not_given;
    server_notes_.alpn = chosen_alpn(server_.ssl());
    const ChainVerdict verdict = verify_server(resumed);
    if (!verdict.trusted) return on_bad_origin(verdict.fault, verdict.detail);
    want_leaf(ipc::SignerIssuer::trusted, verdict.path);
}

ChainVerdict Session::verify_server(bool resumed) const {
    SSL* ssl = server_.ssl();
    ChainQuestion question;
    question.chain = SSL_get_peer_cert_chain(ssl);
    if (question.chain == nullptr || sk_X509_num(question.chain) == 0)
        return {.fault = OriginFault::malformed, .detail = "no certificate"};
    question.name = opening_.name;
    question.address = flow_.info.remote;
    const unsigned char* staple = nullptr;
    const long size = SSL_get_tlsext_status_ocsp_resp(ssl, &staple);
    if (staple != nullptr && size > 0)
        question.staple = Bytes{staple, static_cast<std::size_t>(size)};
    question.resumed = resumed;
    question.now = shared_.loop.now().utc;
    return shared_.verifier.verify(question);
}

// Only the client has the key of its certificate, so nobody can answer for it. Where the server is
// known good and known for what it is, the flow goes around; else the server is answered with no
// certificate, and says itself what it makes of that.
void Session::on_certificate_wanted() {
    const FailMode mode = shared_.bundle->view.fail_table()[FailCase::client_certificate];
    if (may_splice()) {
        ++shared_.counters.spliced;
        const SpliceKey key{flow_.info.user, subject(), flow_.info.remote, flow_.info.remote_port};
        shared_.splices.add(key, shared_.loop.now().utc);
        shared_.reporter.report(report(ReportKind::spliced));
        return splice();
    }
    shared_.counters.fail(FailCase::client_certificate, mode);
    if (mode == FailMode::closed)
        return refuse(Reason::client_certificate, "the server asks for a client certificate");
    server_notes_.go_without = true;
    shake_server();
}

// In a category that is not uncategorised and not of high risk, with a chain that is good.
bool Session::may_splice() const {
    if (opening_.name.empty()) return false;
    const auto& view = shared_.bundle->view;
    const model::CategorySet categories = lookup::categorise(view, opening_.name);
    if (categories.empty() || categories.has(lookup::kUncategorised)) return false;
    for (const std::string& id : shared_.settings.high_risk)
        if (const auto category = view.category_named(id); category && categories.has(*category))
            return false;
    return verify_server(SSL_session_reused(server_.ssl()) != 0).trusted;
}

void Session::on_server_failed() {
    const bool tls = ERR_GET_LIB(ERR_peek_error()) == ERR_LIB_SSL &&
                     ERR_GET_REASON(ERR_peek_error()) != SSL_R_UNEXPECTED_EOF_WHILE_READING;
    const std::string detail = tls_error();
    if (tls) return on_bad_origin(OriginFault::handshake, detail);
    // A server that is not there is not there for the client either.
    ++shared_.counters.server_unreachable;
    abort();
}

void Session::on_bad_origin(OriginFault fault, const std::string& detail) {
    ++shared_.counters.origin_faults[static_cast<std::size_t>(fault)];
    Report what = report(ReportKind::origin);
    what.reason = Reason::origin_untrusted;
    what.detail = std::string(info(fault).word) + ": " + detail;
    shared_.reporter.report(what);
    server_notes_.sessions = nullptr;
    if (shared_.settings.bad_origin == BadOrigin::page || fault == OriginFault::handshake) {
        page_ = Reason::origin_untrusted;
        // The page is HTTP/1.1; the server is not needed for it, and must not end it.
        server_.close();
        server_notes_.alpn = offers(opening_.alpn, "http/1.1") ? "http/1.1" : "";
    }
    want_leaf(ipc::SignerIssuer::untrusted, nullptr);
}

void Session::want_leaf(ipc::SignerIssuer issuer, std::shared_ptr<const OriginPath> path) {
    issuer_ = issuer;
    const auto& view = shared_.bundle->view;
    const std::int64_t now = shared_.loop.now().utc.raw();
    LeafWish wish;
    wish.key = opening_.ecdsa ? LeafKey::p256 : LeafKey::rsa2048;
    LeafOrder& order = wish.order;
    order.operator_id = view.operator_id(flow_.info.operator_id);
    order.organisation = organisation();
    order.name = opening_.name;
    order.address = flow_.info.remote;
    order.issuer = issuer;
    order.path = std::move(path);
    unsigned size = 0;
    if (X509* own = SSL_get0_peer_certificate(server_.ssl()))
        X509_digest(own, EVP_sha256(), order.origin.data(), &size);
    order.not_before_utc = now - kLeafBackSeconds;
    order.not_after_utc = now + kLeafSeconds;
    std::ranges::copy(shared_.bundle->hash, order.bundle_hash.begin());
    ++shared_.counters.leaves_asked;
    state_ = State::leaf;
    limit(shared_.settings.signer_ms);
    shared_.leaves.want(std::move(wish), *this, shared_.loop.now().utc);
}

void Session::on_leaf(Result<std::shared_ptr<const Leaf>, LeafRefusal> leaf) {
    if (state_ != State::leaf) return;
    if (!leaf) return on_no_leaf(leaf.error());
    greet_client(**leaf);
}

void Session::on_no_leaf(const LeafRefusal& refusal) {
    if (refusal.trouble == LeafTrouble::refused) {
        ++shared_.counters.leaves_refused;
        if (refusal.refusal == ipc::SignerRefusal::exempt) {
            // The signer holds a newer bundle: the more exempt verdict wins.
            ++shared_.counters.signer_exempt;
            return splice();
        }
    }
    const FailMode mode = shared_.bundle->view.fail_table()[FailCase::signer_unavailable];
    shared_.counters.fail(FailCase::signer_unavailable, mode);
    if (mode == FailMode::open) return splice();
    const bool said = refusal.trouble == LeafTrouble::refused;
    refuse(Reason::no_leaf, said ? std::string(ipc::info_of(refusal.refusal).word)
                                 : std::string("the signer does not answer"));
}

void Session::greet_client(const Leaf& leaf) {
    opened_ = true;
    client_notes_.alpn = server_notes_.alpn;
    SSL* ssl = client_.start_tls(shared_.tls.to_clients());
    const std::string scope = subject() + '\n' + leaf.chain.generation + '\n' +
                              std::to_string(static_cast<int>(issuer_)) +
                              std::to_string(static_cast<int>(page_.has_value())) + '\n' +
                              std::string(as_text(shared_.bundle->hash));
    bool good = ssl != nullptr && TlsContexts::prepare_server(ssl, client_notes_, scope);
    const auto& certificates = leaf.chain.certificates;
    good = good && !certificates.empty() && SSL_use_certificate(ssl, certificates[0].get()) == 1 &&
           SSL_use_PrivateKey(ssl, leaf.key) == 1;
    for (std::size_t i = 1; good && i < certificates.size(); ++i)
        good = SSL_add1_chain_cert(ssl, certificates[i].get()) == 1;
    if (!good) return refuse(Reason::no_leaf, "the certificate cannot be used: " + tls_error());
    state_ = State::client_shake;
    limit(shared_.settings.handshake_ms);
    shake_client();
}

void Session::shake_client() {
    const Leg::Shake step = client_.handshake();
    if (step == Leg::Shake::again) return;
    if (step != Leg::Shake::done) return on_client_failed();
    ++shared_.counters.inspected;
    if (SSL_session_reused(client_.ssl()) != 0) ++shared_.counters.client_resumed;
    shared_.pins.accept(organisation(), subject());
    open_inside();
}

void Session::on_client_failed() {
    ++shared_.counters.client_failed;
    const std::string detail = tls_error();
    if (Pins::is_complaint(client_notes_.alert_received) && issuer_ == ipc::SignerIssuer::trusted) {
        ++shared_.counters.client_complained;
        shared_.pins.complain(
            {organisation(), subject(), flow_.info.user, client_notes_.alert_received},
            shared_.loop.now().utc);
        Report what = report(ReportKind::pin);
        what.detail = detail;
        shared_.reporter.report(what);
    }
    abort();
}

void Session::open_inside() {
    HttpJudge judge(shared_, flow_.info, {.leaf_name = subject(), .page = page_});
    speak(make_inside(server_notes_.alpn, *this, std::move(judge)));
}

}  // namespace sluice::inspect
