#include "certs/log/merkle.h"

#include <bit>

#include "rules/base/assert.h"

namespace sluice::certs {
namespace {

constexpr std::byte kLeaf{0}, kNode{1};

std::span<const std::byte> bytes_of(const Hash& hash) { return std::as_bytes(std::span(hash)); }

// The largest power of two below `size`: where RFC 6962 splits a tree of size > 1.
std::uint64_t split_of(std::uint64_t size) { return std::bit_ceil(size) / 2; }

void prove_inclusion(std::uint64_t index, std::span<const Hash> leaves, std::vector<Hash>& path) {
    if (leaves.size() <= 1) return;
    const std::uint64_t k = split_of(leaves.size());
    if (index < k) {
        prove_inclusion(index, leaves.first(k), path);
        path.push_back(root_of(leaves.subspan(k)));
    } else {
        prove_inclusion(index - k, leaves.subspan(k), path);
        path.push_back(root_of(leaves.first(k)));
    }
}

// `whole`: the old tree is this complete subtree, whose root the verifier already has.
void prove_consistency(std::uint64_t old_size, std::span<const Hash> leaves, bool whole,
                       std::vector<Hash>& path) {
    if (old_size == leaves.size()) {
        if (!whole) path.push_back(root_of(leaves));
        return;
    }
    const std::uint64_t k = split_of(leaves.size());
    if (old_size <= k) {
        prove_consistency(old_size, leaves.first(k), whole, path);
        path.push_back(root_of(leaves.subspan(k)));
    } else {
        prove_consistency(old_size - k, leaves.subspan(k), false, path);
        path.push_back(root_of(leaves.first(k)));
    }
}

}  // namespace

Hash leaf_hash(Bytes entry) {
    ipc::Sha256Stream stream;
    stream.add({&kLeaf, 1});
    stream.add(std::as_bytes(entry));
    return stream.result();
}

Hash node_hash(const Hash& left, const Hash& right) {
    ipc::Sha256Stream stream;
    stream.add({&kNode, 1});
    stream.add(bytes_of(left));
    stream.add(bytes_of(right));
    return stream.result();
}

bool CompactTree::from_peaks(std::uint64_t size, std::vector<Hash> peaks, CompactTree& out) {
    if (peaks.size() != static_cast<std::size_t>(std::popcount(size))) return false;
    out.size_ = size;
    out.peaks_ = std::move(peaks);
    return true;
}

void CompactTree::append(const Hash& leaf) {
    Hash hash = leaf;
    for (std::uint64_t ones = size_; (ones & 1) != 0; ones >>= 1) {
        hash = node_hash(peaks_.back(), hash);
        peaks_.pop_back();
    }
    peaks_.push_back(hash);
    ++size_;
}

Hash CompactTree::root() const {
    if (peaks_.empty()) return ipc::sha256({});
    Hash root = peaks_.back();
    for (std::size_t i = peaks_.size() - 1; i-- > 0;)
        root = node_hash(peaks_[i], root);
    return root;
}

Hash root_of(std::span<const Hash> leaves) {
    CompactTree tree;
    for (const Hash& leaf : leaves)
        tree.append(leaf);
    return tree.root();
}

std::vector<Hash> inclusion_proof(std::uint64_t index, std::span<const Hash> leaves) {
    SLUICE_ASSERT(index < leaves.size());
    std::vector<Hash> path;
    prove_inclusion(index, leaves, path);
    return path;
}

std::vector<Hash> consistency_proof(std::uint64_t old_size, std::span<const Hash> leaves) {
    SLUICE_ASSERT(old_size > 0 && old_size <= leaves.size());
    std::vector<Hash> path;
    prove_consistency(old_size, leaves, true, path);
    return path;
}

bool verify_inclusion(const TreeHead& head, std::uint64_t index, const Hash& leaf,
                      std::span<const Hash> proof) {
    if (index >= head.size) return false;
    std::uint64_t fn = index, sn = head.size - 1;
    Hash r = leaf;
    for (const Hash& p : proof) {
        if (sn == 0) return false;
        if ((fn & 1) != 0 || fn == sn) {
            r = node_hash(p, r);
            while ((fn & 1) == 0 && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            r = node_hash(r, p);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && r == head.root;
}

bool verify_consistency(const TreeHead& older, const TreeHead& newer, std::span<const Hash> proof) {
    if (older.size > newer.size) return false;
    if (older.size == 0) return proof.empty();
    if (older.size == newer.size) return proof.empty() && older.root == newer.root;
    std::vector<Hash> path(proof.begin(), proof.end());
    if (std::has_single_bit(older.size)) path.insert(path.begin(), older.root);
    if (path.empty()) return false;
    std::uint64_t fn = older.size - 1, sn = newer.size - 1;
    while ((fn & 1) != 0) {
        fn >>= 1;
        sn >>= 1;
    }
    Hash fr = path[0], sr = path[0];
    for (const Hash& c : std::span(path).subspan(1)) {
        if (sn == 0) return false;
        if ((fn & 1) != 0 || fn == sn) {
            fr = node_hash(c, fr);
            sr = node_hash(c, sr);
            while ((fn & 1) == 0 && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            sr = node_hash(sr, c);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && fr == older.root && sr == newer.root;
}

}  // namespace sluice::certs
