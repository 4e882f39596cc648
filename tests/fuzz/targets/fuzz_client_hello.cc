// Fuzzes parse_client_hello. The first byte chooses: even, the rest is a stream; odd, the rest is a
// handshake message that must read the same in one record and cut into records of that size.
#include <algorithm>
#include <vector>

#include "dataplane/wire/tls_client_hello.h"
#include "rules/base/assert.h"
#include "tests/fuzz/targets/prefixes.h"

using namespace sluice;

namespace {

bool inside(std::string_view view, Bytes bytes) {
    const auto* start = reinterpret_cast<const std::uint8_t*>(view.data());
    return start >= bytes.data() && start + view.size() <= bytes.data() + bytes.size();
}

Result<wire::ClientHello, wire::Stop> parse(Bytes stream, std::vector<std::uint8_t>& scratch) {
    const auto hello = wire::parse_client_hello(stream, scratch);
    if (!hello) return hello;
    SLUICE_ASSERT(hello->sni.empty() || inside(hello->sni, stream) || inside(hello->sni, scratch));
    SLUICE_ASSERT(hello->stream_size <= stream.size());
    return hello;
}

void check_stream(Bytes stream, std::vector<std::uint8_t>& scratch) {
    std::vector<std::uint8_t> other_scratch(wire::kHelloSizeMax);
    const auto last = parse(stream, scratch);
    test::for_prefixes(stream, [&](Bytes prefix) {
        const auto early = parse(prefix, other_scratch);
        if (!early && early.error() == wire::Stop::need_more) return;
        SLUICE_ASSERT(early.ok() == last.ok());
        if (!early) {
            SLUICE_ASSERT(early.error() == last.error());
            return;
        }
        SLUICE_ASSERT(early->sni == last->sni && early->stream_size == last->stream_size);
        SLUICE_ASSERT(early->version_max == last->version_max && early->has_ech == last->has_ech);
    });
}

std::vector<std::uint8_t> in_records(Bytes message, std::size_t record_size) {
    std::vector<std::uint8_t> out;
    for (std::size_t at = 0; at < message.size(); at += record_size) {
        const Bytes part = message.subspan(at, std::min(record_size, message.size() - at));
        const std::uint8_t header[] = {22, 3, 1, static_cast<std::uint8_t>(part.size() >> 8),
                                       static_cast<std::uint8_t>(part.size())};
        out.insert(out.end(), std::begin(header), std::end(header));
        out.insert(out.end(), part.begin(), part.end());
    }
    return out;
}

void check_cuts(Bytes message, std::size_t record_size, std::vector<std::uint8_t>& scratch) {
    if (message.empty() || message.size() > wire::kHelloSizeMax) return;
    std::vector<std::uint8_t> cut_scratch(wire::kHelloSizeMax);
    const auto whole_stream = in_records(message, wire::kHelloSizeMax);
    const auto cut_stream = in_records(message, record_size);
    const auto whole = parse(whole_stream, scratch);
    const auto cut = parse(cut_stream, cut_scratch);
    SLUICE_ASSERT(whole.ok() == cut.ok());
    SLUICE_ASSERT(whole.ok() ? whole->sni == cut->sni : whole.error() == cut.error());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    static std::vector<std::uint8_t> scratch(wire::kHelloSizeMax);
    const Bytes rest{data + 1, size - 1};
    if (data[0] % 2 == 0)
        check_stream(rest, scratch);
    else
        check_cuts(rest, data[0], scratch);
    return 0;
}
