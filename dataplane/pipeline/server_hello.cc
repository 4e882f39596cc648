// What the server answers a hello with, read from a copy while it passes: nothing of it is ever
// held. Version and cipher suite are told; the name of a certificate counts where the client sent
// none.
#include "dataplane/pipeline/stages.h"
#include "dataplane/wire/tls_server_hello.h"

namespace sluice::pipeline {

using model::NameSource;
using model::TlsFacts;

namespace {

// A server that has not said it in this many segments is not read on.
constexpr std::uint8_t kSegmentsMax = 16;

void stop(Core& core, Cold& cold) noexcept {
    cold.answer_read = true;
    cold.answer.release(core.buffers);
}

// "*.bank.example" is judged as what all its names have in common.
std::string_view without_wildcard(std::string_view name) noexcept {
    return name.starts_with("*.") ? name.substr(2) : name;
}

void tell(Turn& turn, Slot slot, const wire::ServerHello& hello) noexcept {
    Core& core = turn.core;
    const FlowEntry& entry = core.table.at(slot);
    TlsFacts facts = tls_facts_of(core, entry);
    facts.version = hello.version;
    facts.cipher = hello.cipher;
    facts.flags |= TlsFacts::kServerSaid;
    tell_answered(turn, slot, hello.message);
    char buffer[254];
    const std::string_view name = readable_name(without_wildcard(hello.certificate_name), buffer);
    const bool named = !facts_of(core, entry, UtcTime{}).name.empty();
    if (!named && !name.empty())
        return judge(turn, slot, name, NameSource::tls_certificate, &facts);
    keep_facts(core, slot, facts);
}

}  // namespace

bool waits_for_server(const FlowEntry& entry, const Cold& cold) noexcept {
    return cold.phase == Phase::decided && !cold.answer_read && cold.hello_read &&
           entry.verdict != model::Verdict::block;
}

void read_server(Turn& turn, const Packet& packet, Slot slot, Cold& cold) noexcept {
    Core& core = turn.core;
    const FlowEntry& entry = core.table.at(slot);
    const Bytes payload = packet.payload();
    if (payload.empty()) return;
    if (cold.answer_segments == 0) {
        // With a hello at the very beginning so is the answer; else it begins with what comes now.
        const TcpEnd& server = cold.ends[static_cast<std::size_t>(packet.side)];
        const bool from_start = server.isn != 0 && !cold.upgraded;
        cold.answer_start = from_start ? server.isn + 1 : packet.view.tcp_seq;
    }
    if (++cold.answer_segments > kSegmentsMax) return stop(core, cold);
    const std::uint32_t position = packet.view.tcp_seq - cold.answer_start;
    const auto added = cold.answer.add(core.buffers, position, payload);
    if (added != flow::Added::grew) {
        if (added != flow::Added::duplicate) stop(core, cold);
        return;
    }
    const bool named = !facts_of(core, entry, UtcTime{}).name.empty();
    const auto hello =
        wire::parse_server_hello(cold.answer.contiguous(core.buffers), core.scratch, !named);
    if (!hello && hello.error() == wire::Stop::need_more) return;
    stop(core, cold);
    if (hello) tell(turn, slot, *hello);
}

}  // namespace sluice::pipeline
