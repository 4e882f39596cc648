// Rules: a content policy compiled for scanning. Immutable; one for all flows of a thread. Scratch
// memory of Hyperscan belongs to the thread that scans.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "rules/base/bytes.h"
#include "rules/base/result.h"
#include "rules/content/decoder.h"
#include "rules/model/content.h"

struct hs_database;
struct hs_scratch;
struct hs_stream;

namespace sluice::content {

class Rules {
  public:
    struct Refused {
        std::size_t signature = 0;  // index; kNoSignature when it is none of them
        std::string why;
    };
    static constexpr std::size_t kNoSignature = ~std::size_t{0};
    // Compiles. Cost: milliseconds for tens of signatures; not for the packet path.
    static Result<std::unique_ptr<Rules>, Refused> compile(model::ContentPolicy policy);
    ~Rules();
    Rules(const Rules&) = delete;
    Rules& operator=(const Rules&) = delete;

    const model::ContentPolicy& policy() const { return policy_; }
    const model::FileTypeRule* rule_of(model::FileType type) const;
    MemoryBudget& budget() const { return budget_; }

  private:
    friend class Matcher;
    explicit Rules(model::ContentPolicy policy);
    model::ContentPolicy policy_;
    mutable MemoryBudget budget_;
    hs_database* database_ = nullptr;  // nullptr: no signatures
    hs_scratch* scratch_ = nullptr;
};

// Signatures over one stream of bytes, however it is cut.
class Matcher {
  public:
    explicit Matcher(const Rules& rules);
    ~Matcher();
    Matcher(const Matcher&) = delete;
    Matcher& operator=(const Matcher&) = delete;

    // The first signature to block that ends in `bytes`, else the first to report that no call
    // told before; nullptr: none.
    const model::ContentSignature* feed(Bytes bytes);

  private:
    struct Found;
    const Rules& rules_;
    hs_stream* stream_ = nullptr;
    const model::ContentSignature* told_ = nullptr;
};

}  // namespace sluice::content
