// The Merkle tree against RFC 6962's definition written down word for word, and its proofs against
// every other tree: what proves one thing proves nothing else.
#include "certs/log/merkle.h"

#include <gtest/gtest.h>

#include <random>

namespace sluice::certs {
namespace {

using Entries = std::vector<std::vector<std::uint8_t>>;

// RFC 6962 2.1, MTH.
Hash naive_root(const Entries& d, std::size_t begin, std::size_t end) {
    const std::size_t n = end - begin;
    if (n == 0) return ipc::sha256({});
    if (n == 1) return leaf_hash(d[begin]);
    std::size_t k = 1;
    while (k * 2 < n)
        k *= 2;
    return node_hash(naive_root(d, begin, begin + k), naive_root(d, begin + k, end));
}

Entries random_entries(std::size_t count, std::mt19937_64& random) {
    Entries entries(count);
    for (auto& entry : entries) {
        entry.resize(random() % 40);
        for (auto& byte : entry)
            byte = static_cast<std::uint8_t>(random());
    }
    return entries;
}

std::vector<Hash> hashes_of(const Entries& entries) {
    std::vector<Hash> hashes;
    for (const auto& entry : entries)
        hashes.push_back(leaf_hash(entry));
    return hashes;
}

constexpr std::size_t kSizes = 40;

class Merkle : public testing::Test {
  protected:
    std::mt19937_64 random_{20260601};
    Entries entries_ = random_entries(kSizes, random_);
    std::vector<Hash> leaves_ = hashes_of(entries_);
    TreeHead head(std::size_t size) const { return {size, naive_root(entries_, 0, size)}; }
    std::span<const Hash> first(std::size_t size) const { return std::span(leaves_).first(size); }
};

// The roots published with the reference implementation (certificate-transparency, merkle tree
// tests): inputs "", 00, 10, 2021, 3031, 40414243, ... .
TEST_F(Merkle, PublishedRoots) {
    EXPECT_EQ(ipc::to_hex(root_of({})),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    Entries d = {{}, {0x00}, {0x10}, {0x20, 0x21}, {0x30, 0x31}, {0x40, 0x41, 0x42, 0x43}};
    const auto leaves = hashes_of(d);
    EXPECT_EQ(ipc::to_hex(root_of(std::span(leaves).first(1))),
              "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    EXPECT_EQ(ipc::to_hex(root_of(std::span(leaves).first(2))),
              "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
    EXPECT_EQ(ipc::to_hex(root_of(std::span(leaves).first(3))),
              "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
    EXPECT_EQ(ipc::to_hex(root_of(std::span(leaves).first(6))),
              "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef");
}

TEST_F(Merkle, GrowsAsTheDefinitionSays) {
    CompactTree tree;
    for (std::size_t size = 0; size <= kSizes; ++size) {
        EXPECT_EQ(tree.root(), head(size).root) << size;
        EXPECT_EQ(root_of(first(size)), head(size).root) << size;
        CompactTree again;
        ASSERT_TRUE(CompactTree::from_peaks(size, tree.peaks(), again));
        EXPECT_EQ(again.root(), tree.root());
        EXPECT_FALSE(CompactTree::from_peaks(size * 2 + 1, tree.peaks(), again));
        if (size < kSizes) tree.append(leaves_[size]);
    }
}

TEST_F(Merkle, InclusionProvesOneEntryAtOnePlace) {
    for (std::size_t size = 1; size <= kSizes; ++size)
        for (std::size_t index = 0; index < size; ++index) {
            const auto proof = inclusion_proof(index, first(size));
            ASSERT_TRUE(verify_inclusion(head(size), index, leaves_[index], proof));
            for (std::size_t other = 0; other <= size; ++other)
                if (other != index) {
                    EXPECT_FALSE(verify_inclusion(head(size), other, leaves_[index], proof));
                    EXPECT_FALSE(other < size &&
                                 verify_inclusion(head(size), index, leaves_[other], proof));
                }
        }
}

TEST_F(Merkle, ConsistencyProvesThatItOnlyGrew) {
    for (std::size_t size = 1; size <= kSizes; ++size)
        for (std::size_t old = 1; old <= size; ++old) {
            const auto proof = consistency_proof(old, first(size));
            ASSERT_TRUE(verify_consistency(head(old), head(size), proof)) << old << " " << size;
            TreeHead changed = head(old);
            changed.root[0] ^= 1;
            EXPECT_FALSE(verify_consistency(changed, head(size), proof));
            changed = head(size);
            changed.root[31] ^= 1;
            EXPECT_FALSE(verify_consistency(head(old), changed, proof));
            if (old < size) {
                EXPECT_FALSE(verify_consistency(head(size), head(old), proof));
            }
        }
    EXPECT_TRUE(verify_consistency({}, head(3), {}));
    EXPECT_FALSE(verify_consistency({}, head(3), first(1)));
}

// A byte of a proof changed, a hash left out, doubled or added: never a proof.
TEST_F(Merkle, DamagedProofsProveNothing) {
    for (int round = 0; round < 2'000; ++round) {
        const std::size_t size = 2 + random_() % (kSizes - 1);
        const std::size_t index = random_() % size;
        const bool inclusion = random_() % 2 == 0;
        const std::size_t old = 1 + random_() % (size - 1);
        auto proof =
            inclusion ? inclusion_proof(index, first(size)) : consistency_proof(old, first(size));
        if (proof.empty()) continue;
        const std::size_t at = random_() % proof.size();
        switch (random_() % 3) {
            case 0:
                proof[at][random_() % 32] ^= static_cast<std::uint8_t>(1u << random_() % 8);
                break;
            case 1:
                proof.erase(proof.begin() + static_cast<std::ptrdiff_t>(at));
                break;
            default:
                proof.insert(proof.begin() + static_cast<std::ptrdiff_t>(at), proof[at]);
        }
        EXPECT_FALSE(inclusion ? verify_inclusion(head(size), index, leaves_[index], proof)
                               : verify_consistency(head(old), head(size), proof));
    }
}

}  // namespace
}  // namespace sluice::certs
