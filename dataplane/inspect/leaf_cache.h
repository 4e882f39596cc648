// LeafCache: leaf certificates of one worker, by name, origin certificate, CA generation and
// bundle. Several flows that want the same leaf at once ask the signer once. Keys are this worker's
// own, drawn at start, never written anywhere.
#pragma once
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include "dataplane/inspect/leaf_source.h"
#include "rules/base/time.h"

namespace sluice::inspect {

struct KeyFree {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, KeyFree>;

enum class LeafKey : std::uint8_t { p256, rsa2048 };

struct Leaf {
    LeafChain chain;
    EVP_PKEY* key = nullptr;  // of the cache
};

struct LeafWish {
    LeafOrder order;  // `key` is set here
    LeafKey key = LeafKey::p256;
};

class LeafCache final : public LeafTaker {
  public:
    // Who waits for a leaf; forgotten when it is destroyed.
    class Waiter {
      public:
        virtual void on_leaf(Result<std::shared_ptr<const Leaf>, LeafRefusal> leaf) = 0;

      protected:
        Waiter() = default;
        virtual ~Waiter();

      private:
        friend class LeafCache;
        LeafCache* cache_ = nullptr;
        std::uint64_t token_ = 0;
    };

    LeafCache(LeafSource& source, std::size_t leaves_max);
    ~LeafCache();
    LeafCache(const LeafCache&) = delete;
    LeafCache& operator=(const LeafCache&) = delete;

    // Answers `waiter` now or later, once.
    void want(LeafWish wish, Waiter& waiter, UtcTime now);
    // Another bundle or CA generation: what was made under the old is not used again.
    void clear();
    std::size_t size() const { return index_.size(); }

    void on_leaf(std::uint64_t token, Result<LeafChain, LeafRefusal> answer) override;

  private:
    struct Entry {
        std::string id;
        std::shared_ptr<const Leaf> leaf;
    };
    struct Asked {
        std::string id;
        EVP_PKEY* key = nullptr;
        bool stale = false;  // cleared meanwhile: for those who wait, not for the cache
        std::list<Waiter*> waiters;
    };
    std::string id_of(const LeafWish& wish) const;
    EVP_PKEY* key_of(LeafKey kind);
    void keep(const std::string& id, std::shared_ptr<const Leaf> leaf);

    LeafSource& source_;
    std::size_t leaves_max_;
    KeyPtr p256_, rsa_;
    std::list<Entry> entries_;  // most recently used first
    std::unordered_map<std::string, std::list<Entry>::iterator> index_;
    std::unordered_map<std::uint64_t, Asked> asked_;
    std::uint64_t next_token_ = 1;
};

}  // namespace sluice::inspect
