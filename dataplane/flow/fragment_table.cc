// FragmentTable: a chained hash table of datagrams, each in one of four lists by age.
#include "dataplane/flow/fragment_table.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "rules/base/assert.h"

namespace sluice::flow {
namespace {

using model::DropReason;

constexpr std::uint64_t kFragmentsDomain = 0x736c756963656674;  // "sluiceft"
constexpr std::uint32_t kDatagramMax = 65'535;
constexpr std::uint32_t kIpv4Header = 20;
constexpr std::uint32_t kReuseMs = 100;

// One fragment as its datagram sees it.
struct Piece {
    std::uint32_t from, size;
    bool is_head, is_last;
    std::uint32_t end() const { return from + size; }
};

Piece piece_of(const wire::PacketView& p) {
    const std::uint32_t header = std::uint32_t{p.payload_offset} - p.l4_offset;
    return {.from = p.fragment_offset,
            .size = header + p.payload_size,
            .is_head = p.kind == wire::PacketKind::fragment_head,
            .is_last = !p.more_fragments};
}

FragmentHead head_of(const wire::PacketView& p) {
    return {.source_port = p.source_port,
            .destination_port = p.destination_port,
            .ip_protocol = p.ip_protocol,
            .tcp_flags = p.tcp_flags,
            .l4_header_size = static_cast<std::uint16_t>(p.payload_offset - p.l4_offset),
            .tcp_seq = p.tcp_seq,
            .tcp_ack = p.tcp_ack,
            .tcp_window = p.tcp_window};
}

bool is_oversize(const Piece& piece, bool is_v4) {
    return piece.end() > kDatagramMax - (is_v4 ? kIpv4Header : 0);
}

// What is wrong with `piece` in this datagram, if anything; `accepted` when nothing is.
enum class Fit : std::uint8_t { accepted, duplicate, overlap, contradiction, too_many };

template <class Datagram>
Fit fit(const Datagram& d, const Piece& piece) {
    for (unsigned i = 0; i < d.fragment_count; ++i) {
        const auto& known = d.fragments[i];
        const bool same = known.from == piece.from && known.size == piece.size;
        const bool apart = known.from + known.size <= piece.from || piece.end() <= known.from;
        if (apart) continue;
        if (!same) return Fit::overlap;
        // The last one again without saying so, or a middle one that now says it is the last.
        const bool was_last = d.last_seen && d.end == piece.end();
        return was_last == piece.is_last ? Fit::duplicate : Fit::contradiction;
    }
    if (d.last_seen && (piece.is_last || piece.end() > d.end)) return Fit::contradiction;
    if (piece.is_last && piece.end() < d.end) return Fit::contradiction;
    return d.fragment_count == kFragmentsMax ? Fit::too_many : Fit::accepted;
}

}  // namespace

FragmentTable::FragmentTable(std::uint32_t datagrams_max, std::uint32_t timeout_ms,
                             std::uint64_t hash_key, std::uint32_t head_wait_ms)
    : datagrams_(datagrams_max),
      buckets_(std::bit_ceil(std::size_t{datagrams_max} + 1)),
      timeout_ms_(timeout_ms),
      head_wait_ms_(head_wait_ms),
      key_{hash_key, kFragmentsDomain} {
    SLUICE_ASSERT(datagrams_max >= 1 && head_wait_ms <= timeout_ms);
    for (std::uint32_t i = 0; i < datagrams_max; ++i)
        enter_list(i, free, 0);
}

Result<FragmentAnswer, DropReason> FragmentTable::add(const wire::PacketView& packet,
                                                      std::uint8_t operator_id,
                                                      std::uint32_t now_ms) noexcept {
    const Piece piece = piece_of(packet);
    if (piece.size == 0) return Err{DropReason::fragment_tiny};
    const Key key = key_of(packet, operator_id);
    std::uint32_t index = find(key);
    if (index != kNobody && piece.is_head && is_over(datagrams_[index], now_ms)) {
        forget(index);
        index = kNobody;
    }
    if (index == kNobody) index = begin(key, piece.is_head ? known : headless, now_ms);
    if (index == kNobody) return Err{DropReason::fragment_table_full};

    Datagram& d = datagrams_[index];
    if (d.poisoned) return Err{d.poison};
    const Fit how = is_oversize(piece, packet.source.is_v4()) ? Fit::contradiction : fit(d, piece);
    if (how == Fit::duplicate) return Err{DropReason::fragment_duplicate};
    if (how == Fit::too_many) return Err{DropReason::fragment_table_full};
    if (how != Fit::accepted) {
        d.poisoned = true;
        d.poison =
            how == Fit::overlap ? DropReason::fragment_overlap : DropReason::fragment_oversize;
        return Err{d.poison};
    }

    d.fragments[d.fragment_count++] = {static_cast<std::uint16_t>(piece.from),
                                       static_cast<std::uint16_t>(piece.size)};
    d.end = std::max(d.end, piece.end());
    d.seen += piece.size;
    d.last_seen = d.last_seen || piece.is_last;
    const bool waited = d.list == headless;
    if (piece.is_head) d.head = head_of(packet);
    move_on(index, piece.is_head, now_ms);

    FragmentAnswer answer;
    answer.state = d.list == headless ? FragmentState::wait : FragmentState::head_known;
    answer.head = d.head;
    answer.datagram = index;
    answer.head_arrived = piece.is_head && waited;
    return answer;
}

// Its sender may use the id again: not at once, because networks duplicate packets, but 16-bit ids
// come round in 0.16 s on a 10G link.
bool FragmentTable::is_over(const Datagram& d, std::uint32_t now_ms) noexcept {
    return d.list == complete && now_ms - d.since_ms > kReuseMs;
}

// Puts a datagram that has grown into the list it belongs to now.
void FragmentTable::move_on(std::uint32_t index, bool is_head, std::uint32_t now_ms) noexcept {
    const Datagram& d = datagrams_[index];
    if (d.list == headless && !is_head) return;
    const ListId after = d.last_seen && d.seen == d.end ? complete : known;
    if (after == d.list) return;
    leave_list(index);
    enter_list(index, after, now_ms);
}

FragmentTable::Key FragmentTable::key_of(const wire::PacketView& packet,
                                         std::uint8_t operator_id) noexcept {
    return {.source = packet.source,
            .destination = packet.destination,
            .id = packet.fragment_id,
            .operator_id = operator_id,
            .ip_protocol = packet.source.is_v4() ? packet.ip_protocol : std::uint8_t{0},
            .zero = 0};
}

std::uint32_t& FragmentTable::bucket(const Key& key) noexcept {
    std::uint64_t words[5];
    std::memcpy(words, &key, sizeof words);
    SipHash sip(key_);
    for (unsigned i = 0; i < 4; ++i)
        sip.word(words[i]);
    return buckets_[sip.finish(words[4]) & (buckets_.size() - 1)];
}

std::uint32_t FragmentTable::find(const Key& key) noexcept {
    std::uint32_t at = bucket(key);
    while (at != 0 && std::memcmp(&datagrams_[at - 1].key, &key, sizeof key) != 0)
        at = datagrams_[at - 1].next;
    return at == 0 ? kNobody : at - 1;
}

std::uint32_t FragmentTable::begin(const Key& key, ListId list, std::uint32_t now_ms) noexcept {
    if (lists_[free].oldest == kNobody) make_room(now_ms);
    const std::uint32_t index = lists_[free].oldest;
    if (index == kNobody) return kNobody;
    leave_list(index);
    Datagram& d = datagrams_[index];
    d.key = key;
    d.end = d.seen = 0;
    d.head = {};
    d.last_seen = d.poisoned = false;
    d.fragment_count = 0;
    enter_list(index, list, now_ms);
    std::uint32_t& head = bucket(key);
    d.next = head;
    head = index + 1;
    ++size_;
    return index;
}

// A headless datagram never makes room here: packets may wait for it.
void FragmentTable::make_room(std::uint32_t now_ms) noexcept {
    std::uint32_t index = lists_[complete].oldest;
    if (index == kNobody) {
        index = lists_[known].oldest;
        if (index == kNobody || now_ms - datagrams_[index].since_ms <= timeout_ms_) return;
    }
    forget(index);
}

void FragmentTable::forget(std::uint32_t index) noexcept {
    Datagram& d = datagrams_[index];
    std::uint32_t* link = &bucket(d.key);
    while (*link != index + 1)
        link = &datagrams_[*link - 1].next;
    *link = d.next;
    leave_list(index);
    enter_list(index, free, 0);
    --size_;
}

void FragmentTable::leave_list(std::uint32_t index) noexcept {
    const Datagram& d = datagrams_[index];
    List& list = lists_[d.list];
    (d.older == kNobody ? list.oldest : datagrams_[d.older].newer) = d.newer;
    (d.newer == kNobody ? list.newest : datagrams_[d.newer].older) = d.older;
}

void FragmentTable::enter_list(std::uint32_t index, ListId list_id, std::uint32_t now_ms) noexcept {
    Datagram& d = datagrams_[index];
    List& list = lists_[list_id];
    d.list = list_id;
    d.since_ms = now_ms;
    d.older = list.newest;
    d.newer = kNobody;
    (d.older == kNobody ? list.oldest : datagrams_[d.older].newer) = index;
    list.newest = index;
}

// The oldest datagram whose head did not come in time, or kNobody. Poisoned ones are remembered.
std::uint32_t FragmentTable::give_up_headless(std::uint32_t now_ms) noexcept {
    const std::uint32_t index = lists_[headless].oldest;
    if (index == kNobody || now_ms - datagrams_[index].since_ms <= head_wait_ms_) return kNobody;
    if (datagrams_[index].poisoned) {
        leave_list(index);
        enter_list(index, known, now_ms);
    } else {
        forget(index);
    }
    return index;
}

void FragmentTable::forget_old(std::uint32_t now_ms) noexcept {
    for (const ListId list : {known, complete}) {
        for (unsigned i = 0; i < kExpiredMax; ++i) {
            const std::uint32_t index = lists_[list].oldest;
            if (index == kNobody || now_ms - datagrams_[index].since_ms <= timeout_ms_) break;
            forget(index);
        }
    }
}

std::size_t FragmentTable::memory_bytes() const noexcept {
    return datagrams_.memory_bytes() + buckets_.memory_bytes();
}

}  // namespace sluice::flow
