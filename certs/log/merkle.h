// The Merkle tree of RFC 6962 2.1 (and RFC 9162 2.1): one root hash that stands for a list of
// entries and their order, and short proofs that an entry is in it, and that it only ever grew.
//
//            root = H(1 | a | b)            an inner node hashes its two children
//           a              b
//        H(0|e0) H(0|e1)  H(0|e2) ...       a leaf hashes its entry
//
// Pure values; SHA-256.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "rules/base/bytes.h"
#include "rules/ipc/sha256.h"

namespace sluice::certs {

using Hash = ipc::Sha256;

// SHA-256(0x00 | entry): what stands for one entry.
Hash leaf_hash(Bytes entry);
// SHA-256(0x01 | left | right).
Hash node_hash(const Hash& left, const Hash& right);

// A tree as it grows: the roots of its complete subtrees, largest first, and nothing else. 64
// hashes are room for 2^64 entries.
class CompactTree {
  public:
    CompactTree() = default;
    // A tree of `size` entries from its subtrees' roots; false when there are not as many as `size`
    // has ones, or size is 0 and there are any.
    static bool from_peaks(std::uint64_t size, std::vector<Hash> peaks, CompactTree& out);

    void append(const Hash& leaf);  // at most log2(size) node hashes
    std::uint64_t size() const { return size_; }
    const std::vector<Hash>& peaks() const { return peaks_; }
    // Of the empty tree: SHA-256 of nothing.
    Hash root() const;

  private:
    std::uint64_t size_ = 0;
    std::vector<Hash> peaks_;
};

// The root over the first `leaves.size()` leaf hashes. Cost: as many node hashes.
Hash root_of(std::span<const Hash> leaves);

// The path from leaf `index` to the root of `leaves` (RFC 6962 2.1.1). index < leaves.size().
std::vector<Hash> inclusion_proof(std::uint64_t index, std::span<const Hash> leaves);
// That the first `old_size` leaves are the tree of that size (RFC 6962 2.1.2).
// 0 < old_size <= leaves.size(); empty when they are equal.
std::vector<Hash> consistency_proof(std::uint64_t old_size, std::span<const Hash> leaves);

struct TreeHead {
    std::uint64_t size = 0;
    Hash root{};
    friend bool operator==(const TreeHead&, const TreeHead&) = default;
};
// RFC 9162 2.1.3.2: does the proof lead from the leaf at `index` to the head's root?
bool verify_inclusion(const TreeHead& head, std::uint64_t index, const Hash& leaf,
                      std::span<const Hash> proof);
// RFC 9162 2.1.4.2: is `newer` a tree that begins with all of `older`? An older tree of size 0 is
// the beginning of any, with an empty proof.
bool verify_consistency(const TreeHead& older, const TreeHead& newer, std::span<const Hash> proof);

}  // namespace sluice::certs
