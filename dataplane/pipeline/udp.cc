// UDP and everything else without a stream: judged on its first packets, DNS read for its whole
// life.
#include "dataplane/detect/detect.h"
#include "dataplane/pipeline/evidence.h"
#include "dataplane/pipeline/stages.h"
#include "dataplane/wire/dns.h"
#include "rules/base/canonical_name.h"
#include "rules/base/siphash.h"

namespace sluice::pipeline {

using model::NameSource;
using model::Protocol;
using model::Reason;
using model::Verdict;

namespace {

// A protocol that has not shown itself in this many packets is not asked for again.
constexpr std::uint32_t kDetectPackets = 6;

// Names this question: 0 stands for none.
std::uint32_t question_tag(const Core& core, const FlowEntry& entry,
                           const wire::DnsMessage& message) noexcept {
    const flow::FlowKey key = entry.key();
    SipHash sip(core.deps.hash_key);
    sip.word(
        siphash13(core.deps.hash_key, {reinterpret_cast<const std::uint8_t*>(&key), sizeof key}));
    sip.word(message.id);
    const auto hash = static_cast<std::uint32_t>(
        sip.finish(siphash13(core.deps.hash_key, as_bytes(message.name()))));
    return hash == 0 ? 1 : hash;
}

// An answer counts once, and only for a question that was asked: anybody can send one.
bool matches_a_question(Core& core, const FlowEntry& entry,
                        const wire::DnsMessage& message) noexcept {
    const std::uint32_t tag = question_tag(core, entry, message);
    std::uint32_t& asked = core.dns_questions[tag % core.dns_questions.size()];
    if (!message.response) asked = tag;
    const bool matches = message.response && asked == tag;
    if (matches) asked = 0;
    return matches;
}

// Records cut or broken: what was asked can still be told.
void tell_cut_question(Core& core, const Packet& packet, Slot slot) noexcept {
    const auto message = wire::parse_dns_question(packet.payload());
    if (message && message->name_size > 0) tell_question(core, slot, message->name());
}

void read_dns(Turn& turn, const Packet& packet, Slot slot) noexcept {
    Core& core = turn.core;
    FlowEntry& entry = core.table.at(slot);
    const auto message = wire::parse_dns(packet.payload());
    if (!message) return tell_cut_question(core, packet, slot);
    if (message->name_size > 0) tell_question(core, slot, message->name());
    // Only resolvers named in the policy are evidence for what an address is called.
    if (message->response == packet.from_user() || message->name_size == 0 ||
        !core.bundle->is_resolver(entry.remote) || !matches_a_question(core, entry, *message))
        return;
    const auto tell = [&](const IpAddress& address, std::string_view name, std::uint32_t ttl_s) {
        learn(core, entry.operator_id, address, name, ttl_s, turn.now.mono);
        if (core.name_learnt != nullptr)
            core.name_learnt(core.name_learnt_context, entry.operator_id, address, name, ttl_s);
        ++core.counters.dns_answers;
    };
    for (unsigned i = 0; i < message->address_count; ++i)
        if (message->answers[i].address != kNoAddress)  // "::" says that there is no such host
            tell(message->answers[i].address, message->name(), message->answers[i].ttl_s);
    char buffer[254];
    std::size_t size = 0;
    if (canonical_name(message->ech_public_name, buffer, size))
        tell(kNoAddress, {buffer, size}, message->ech_ttl_s);
}

// DNSCrypt asks for its certificates in plain DNS: that question is told, whatever the flow is
// called.
void tell_stray_question(Turn& turn, const Packet& packet, Slot slot) noexcept {
    constexpr std::size_t kQuestionsAt = 4;
    const Bytes payload = packet.payload();
    if (payload.size() <= wire::kDnsHeaderSize || be16(payload, kQuestionsAt) != 1 ||
        !wire::plausible_dns_header(payload.first(wire::kDnsHeaderSize), payload.size()))
        return;
    const auto message = wire::parse_dns_question(payload);
    if (message && message->name().find('.') != std::string_view::npos)
        tell_question(turn.core, slot, message->name());
}

// A protocol that shows itself only in a later packet is judged again. The first one was looked at
// when the flow began.
void recognise_late(Turn& turn, const Packet& packet, Slot slot) noexcept {
    FlowEntry& entry = turn.core.table.at(slot);
    if (entry.protocol != Protocol::unknown || entry.packets <= 1 ||
        entry.packets > kDetectPackets || entry.verdict == Verdict::block)
        return;
    recognise_datagram(turn.core, packet, slot);
    if (entry.protocol == Protocol::unknown || entry.reason == Reason::bypass ||
        entry.reason == Reason::link_local)
        return;
    if (begins_datagram_hello(packet, entry)) return judge_early(turn, slot);
    judge(turn, slot, {}, NameSource::none);
    if (entry.verdict == Verdict::block) tell_blocked(turn, slot);
}

}  // namespace

bool still_read(const FlowEntry& entry) noexcept {
    if (entry.ip_protocol != wire::kUdp || entry.verdict == Verdict::block ||
        entry.reason == Reason::bypass)
        return false;
    return entry.protocol == Protocol::dns ||
           (entry.protocol == Protocol::unknown && entry.packets <= kDetectPackets);
}

void recognise_datagram(Core& core, const Packet& packet, Slot slot) noexcept {
    FlowEntry& entry = core.table.at(slot);
    if (packet.key.ip_protocol != wire::kUdp) {
        entry.protocol = detect::detect_ip(packet.key.ip_protocol);
        entry.confidence = entry.protocol == Protocol::unknown ? model::Confidence::none
                                                               : model::Confidence::certain;
        return;
    }
    if (packet.is_fragment_rest) return;
    const bool first =
        entry.packets == 0;  // of the flow: nothing is known of it, and not yet counted
    detect::FirstBytesView view;
    view.ip_protocol = wire::kUdp;
    view.user_port = packet.key.user_port;
    view.remote_port = packet.key.remote_port;
    view.from_user = packet.from_user();
    view.bytes = packet.payload();
    view.cut = packet.view.kind == wire::PacketKind::fragment_head;
    view.index = first ? 0 : entry.packets - 1;
    if (!first) view.past = core.past.find(slot);
    const auto found = detect::detect_udp(view);
    entry.protocol = found.protocol;
    entry.confidence = found.confidence;
    if (found.answer == detect::Answer::yes) return;
    if (first)
        core.past.begin(slot, view.from_user, view.bytes);
    else
        core.past.remember(slot, view.from_user, view.bytes);
}

void handle_datagram(Turn& turn, Packet& packet, Slot slot) noexcept {
    FlowEntry& entry = turn.core.table.at(slot);
    const bool from_opener = packet.from_user() != entry.has(FlowEntry::kFromInternet);
    if (!from_opener && entry.stage() == flow::Stage::embryonic) {
        if (spoofed(turn.core, packet))
            return drop(turn, packet.mbuf, model::DropReason::spoofed_source);
        entry.set_stage(flow::Stage::established);
    }
    recognise_late(turn, packet, slot);
    if (entry.reason != Reason::learning && !still_read(entry)) entry.set(FlowEntry::kSettled);
    const bool stray = entry.protocol == Protocol::unknown || entry.protocol == Protocol::dnscrypt;
    if (stray && entry.packets <= kDetectPackets && !packet.is_fragment_rest)
        tell_stray_question(turn, packet, slot);
    if (entry.protocol == Protocol::dns && packet.key.ip_protocol == wire::kUdp &&
        !packet.is_fragment_rest)
        read_dns(turn, packet, slot);
    if (entry.verdict == Verdict::block) return answer_blocked(turn, packet, slot);
    if (entry.protocol == Protocol::quic || entry.protocol == Protocol::dtls)
        return handle_datagram_hello(turn, packet, slot);
    forward(turn, packet);
}

}  // namespace sluice::pipeline
