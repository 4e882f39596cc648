#include "dataplane/inspect/signer_source.h"

#include <algorithm>

namespace sluice::inspect {
namespace {

constexpr std::int64_t kTickMs = 100;

std::vector<std::uint8_t> public_half(EVP_PKEY* key) {
    std::vector<std::uint8_t> der;
    const int size = i2d_PUBKEY(key, nullptr);
    if (size <= 0) return der;
    der.resize(static_cast<std::size_t>(size));
    unsigned char* at = der.data();
    i2d_PUBKEY(key, &at);
    return der;
}

Result<LeafChain, LeafRefusal> chain_of(const certs::Leaf& leaf) {
    LeafChain chain;
    for (const certs::Der& der : leaf.chain) {
        const unsigned char* at = der.data();
        CertificatePtr certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
        if (!certificate) return Err{LeafRefusal{}};
        chain.certificates.push_back(std::move(certificate));
    }
    chain.not_after_utc = leaf.not_after.raw();
    chain.generation = leaf.generation;
    return chain;
}

}  // namespace

SignerSource::SignerSource(Loop& loop, const std::string& socket, std::uint32_t answer_ms_max)
    : loop_(loop),
      client_({.socket_path = socket, .answer_ms_max = answer_ms_max}),
      tick_(on_tick, this) {
    connect();
    on_tick(this);
}

SignerSource::~SignerSource() { disconnect(); }

bool SignerSource::connect() {
    if (client_.connected()) return true;
    if (!client_.connect()) return false;
    watched_ = client_.fd();
    return loop_.watch(watched_, *this);
}

void SignerSource::disconnect() {
    if (watched_ >= 0 && client_.connected()) loop_.forget(watched_);
    watched_ = -1;
}

void SignerSource::ask(std::uint64_t token, const LeafOrder& order, LeafTaker& taker) {
    const auto spki = public_half(order.key);
    std::vector<Bytes> chain;
    if (order.path) chain.assign(order.path->begin(), order.path->end());
    certs::LeafOrder wanted;
    wanted.token = token;
    wanted.operator_id = order.operator_id;
    wanted.organisation = order.organisation;
    wanted.name = order.name;
    if (order.name.empty()) wanted.address = order.address;
    wanted.issuer = order.issuer;
    wanted.spki = spki;
    wanted.origin_chain = chain;
    wanted.not_before = UtcTime{order.not_before_utc};
    wanted.not_after = UtcTime{order.not_after_utc};
    std::ranges::copy(order.bundle_hash, wanted.bundle_hash.begin());
    takers_[token] = &taker;
    const bool asked = connect() && client_.ask(wanted, loop_.now().mono).ok();
    if (asked) return deliver();
    takers_.erase(token);
    taker.on_leaf(token, Err{LeafRefusal{}});
}

void SignerSource::on_events(std::uint32_t /*events*/) {
    if (!client_.on_ready(loop_.now().mono)) watched_ = -1;
    deliver();
}

// Orders that were not answered in time are given up; a signer that was away is looked for.
void SignerSource::on_tick(void* self) {
    auto& source = *static_cast<SignerSource*>(self);
    source.client_.expire(source.loop_.now().mono);
    source.deliver();
    source.connect();
    source.loop_.timers().set(source.tick_, after_ms(source.loop_.now().mono, kTickMs));
}

void SignerSource::deliver() {
    for (const certs::LeafAnswer& answer : client_.take_answers()) {
        const auto found = takers_.find(answer.token);
        if (found == takers_.end()) continue;
        LeafTaker* taker = found->second;
        takers_.erase(found);
        if (const auto* leaf = std::get_if<certs::Leaf>(&answer.outcome))
            taker->on_leaf(answer.token, chain_of(*leaf));
        else if (const auto* refusal = std::get_if<ipc::SignerRefusal>(&answer.outcome))
            taker->on_leaf(answer.token, Err{LeafRefusal{LeafTrouble::refused, *refusal}});
        else
            taker->on_leaf(answer.token, Err{LeafRefusal{}});
    }
}

}  // namespace sluice::inspect
