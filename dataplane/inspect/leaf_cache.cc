#include "dataplane/inspect/leaf_cache.h"

#include <openssl/evp.h>

#include <utility>

#include "rules/base/assert.h"
#include "rules/base/bytes.h"

namespace sluice::inspect {
namespace {

// A leaf this close to its end is made anew, so that no connection begins with one that ends.
constexpr std::int64_t kLeafMarginSeconds = 300;

}  // namespace

LeafCache::Waiter::~Waiter() {
    if (cache_ == nullptr) return;
    const auto asked = cache_->asked_.find(token_);
    if (asked != cache_->asked_.end()) asked->second.waiters.remove(this);
}

LeafCache::LeafCache(LeafSource& source, std::size_t leaves_max)
    : source_(source), leaves_max_(leaves_max), p256_(EVP_EC_gen("P-256")) {
    SLUICE_ASSERT(p256_);
}

LeafCache::~LeafCache() {
    for (auto& [token, asked] : asked_)
        for (Waiter* waiter : asked.waiters)
            waiter->cache_ = nullptr;
}

EVP_PKEY* LeafCache::key_of(LeafKey kind) {
    if (kind == LeafKey::p256) return p256_.get();
    // Few clients cannot do ECDSA any more: the key is drawn (some 50 ms) when the first comes.
    if (!rsa_) rsa_.reset(EVP_RSA_gen(2048));
    SLUICE_ASSERT(rsa_);
    return rsa_.get();
}

std::string LeafCache::id_of(const LeafWish& wish) const {
    const LeafOrder& order = wish.order;
    std::string id = order.name.empty() ? to_text(order.address) : order.name;
    id.push_back('\n');
    id.push_back(static_cast<char>('0' + static_cast<int>(order.issuer)));
    id.push_back(static_cast<char>('0' + static_cast<int>(wish.key)));
    id.append(source_.generation()).push_back('\n');
    id.append(reinterpret_cast<const char*>(order.bundle_hash.data()), order.bundle_hash.size());
    id.append(reinterpret_cast<const char*>(order.origin.data()), order.origin.size());
    return id;
}

void LeafCache::want(LeafWish wish, Waiter& waiter, UtcTime now) {
    const std::string id = id_of(wish);
    if (const auto found = index_.find(id); found != index_.end()) {
        const std::shared_ptr<const Leaf> leaf = found->second->leaf;
        if (leaf->chain.not_after_utc > now.raw() + kLeafMarginSeconds) {
            entries_.splice(entries_.begin(), entries_, found->second);
            waiter.on_leaf(leaf);
            return;
        }
        entries_.erase(found->second);
        index_.erase(found);
    }
    for (auto& [token, asked] : asked_) {
        if (asked.id != id || asked.stale) continue;
        waiter.cache_ = this;
        waiter.token_ = token;
        asked.waiters.push_back(&waiter);
        return;
    }
    const std::uint64_t token = next_token_++;
    waiter.cache_ = this;
    waiter.token_ = token;
    wish.order.key = key_of(wish.key);
    Asked& asked = asked_[token];
    asked.id = id;
    asked.key = wish.order.key;
    asked.waiters = {&waiter};
    source_.ask(token, wish.order, *this);
}

void LeafCache::on_leaf(std::uint64_t token, Result<LeafChain, LeafRefusal> answer) {
    const auto found = asked_.find(token);
    if (found == asked_.end()) return;
    Asked asked = std::move(found->second);
    asked_.erase(found);
    std::shared_ptr<const Leaf> leaf;
    if (answer) {
        leaf = std::make_shared<Leaf>(Leaf{std::move(answer).value(), asked.key});
        if (!asked.stale) keep(asked.id, leaf);
    }
    // Each is taken off first: what it does may end others that wait for the same.
    const LeafRefusal refusal = answer ? LeafRefusal{} : answer.error();
    Asked& waiting = asked_[token] = std::move(asked);
    waiting.stale = true;  // nobody joins it any more
    while (!waiting.waiters.empty()) {
        Waiter* waiter = waiting.waiters.front();
        waiting.waiters.pop_front();
        waiter->cache_ = nullptr;
        if (leaf)
            waiter->on_leaf(leaf);
        else
            waiter->on_leaf(Err{refusal});
    }
    asked_.erase(token);
}

void LeafCache::keep(const std::string& id, std::shared_ptr<const Leaf> leaf) {
    SLUICE_ASSERT(
        !index_.contains(id));  // whoever wants one that is asked for waits with the first
    entries_.push_front({id, std::move(leaf)});
    index_[id] = entries_.begin();
    if (index_.size() <= leaves_max_) return;
    index_.erase(entries_.back().id);
    entries_.pop_back();
}

void LeafCache::clear() {
    index_.clear();
    entries_.clear();
    for (auto& [token, asked] : asked_)
        asked.stale = true;
}

}  // namespace sluice::inspect
