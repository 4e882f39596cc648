// Burst functions for any x86-64-v2 machine: SSE2 tags, SipHash (about 15 ns a key).
#include "dataplane/flow/burst_code.h"
#include "dataplane/flow/touch_lines.h"

namespace sluice::flow {
namespace {

std::uint64_t hash_one(const TableView& t, const FlowKey& key) noexcept {
    std::uint64_t words[5];
    std::memcpy(words, &key, sizeof words);
    SipHash sip(t.key);
    for (unsigned i = 0; i < 4; ++i)
        sip.word(words[i]);
    return sip.finish(words[4]);  // all keys have one length: it need not be hashed
}

void hash_burst(const TableView& t, KeysView keys, Match* matches, std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t hash = hash_one(t, keys[i]);
        const std::uint32_t group = home_group(hash, t.groups);
        prefetch_tags(t, group);
        matches[i] = Match{hash, group, 0};
    }
}

void match_burst(const TableView& t, Match* matches, std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; ++i) {
        Match& match = matches[i];
        const std::uint16_t* line = &t.tags[std::size_t{match.group} * kGroupSize];
        match.candidates = match_tags(line, tag_of(match.hash));
        if (match.candidates != 0) [[likely]]
            prefetch_entry(t, match);
        else
            touch_for_new(t, match, match_tags(line, 0));
    }
}

}  // namespace

const BurstCode kPlainCode{"x86-64-v2", hash_one, hash_burst, match_burst};

}  // namespace sluice::flow
