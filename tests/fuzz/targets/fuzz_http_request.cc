// Fuzzes parse_http_request and ChunkedBody. The first byte chooses: even, the rest is a connection
// of requests; odd, a chunked body that must end at the same byte however it is cut.
#include <algorithm>

#include "dataplane/wire/http_request.h"
#include "rules/base/assert.h"
#include "tests/fuzz/targets/prefixes.h"

using namespace sluice;

namespace {

bool inside(std::string_view view, Bytes bytes) {
    const auto* start = reinterpret_cast<const std::uint8_t*>(view.data());
    return view.empty() ||
           (start >= bytes.data() && start + view.size() <= bytes.data() + bytes.size());
}

void check_request(const wire::HttpRequest& request, Bytes stream) {
    SLUICE_ASSERT(request.head_size > 0 && request.head_size <= stream.size());
    SLUICE_ASSERT(request.head_size <= wire::kHttpHeadMax);
    SLUICE_ASSERT(stream[request.head_size - 1] == '\n');
    const Bytes head = stream.first(request.head_size);
    SLUICE_ASSERT(inside(request.method, head) && inside(request.host, head));
    SLUICE_ASSERT(inside(request.host_header, head));
    SLUICE_ASSERT(!request.method.empty() && request.method.size() <= wire::kHttpMethodMax);
    for (char c : request.host)
        SLUICE_ASSERT(static_cast<unsigned char>(c) > ' ');
    SLUICE_ASSERT((request.body == wire::HttpBody::sized) == (request.body_size != 0));
}

void check_prefixes(Bytes stream) {
    const auto last = wire::parse_http_request(stream);
    if (last) check_request(*last, stream);
    test::for_prefixes(stream, [&](Bytes prefix) {
        const auto line = wire::parse_http_request_line(prefix);
        const auto early = wire::parse_http_request(prefix);
        SLUICE_ASSERT(line.ok() || (!early && early.error() == line.error()));
        if (!early && early.error() == wire::Stop::need_more) return;
        SLUICE_ASSERT(early.ok() == last.ok());
        if (!early) {
            SLUICE_ASSERT(early.error() == last.error());
            return;
        }
        SLUICE_ASSERT(early->head_size == last->head_size && early->host == last->host);
        SLUICE_ASSERT(early->body == last->body && early->body_size == last->body_size);
    });
}

std::size_t feed_in_pieces(wire::ChunkedBody& body, Bytes stream, std::size_t piece) {
    std::size_t taken = 0;
    while (taken < stream.size()) {
        const std::size_t size = std::min(piece, stream.size() - taken);
        const std::size_t fed = body.feed(stream.subspan(taken, size));
        SLUICE_ASSERT(fed <= size);
        taken += fed;
        if (fed < size) break;
    }
    return taken;
}

void check_chunked(Bytes stream) {
    wire::ChunkedBody whole;
    const std::size_t taken = whole.feed(stream);
    SLUICE_ASSERT(taken == stream.size() || whole.done() || whole.broken());
    for (std::size_t piece : {1, 2, 3, 7}) {
        wire::ChunkedBody body;
        SLUICE_ASSERT(feed_in_pieces(body, stream, piece) == taken);
        SLUICE_ASSERT(body.done() == whole.done() && body.broken() == whole.broken());
    }
    if (whole.done() || whole.broken()) SLUICE_ASSERT(whole.feed(stream) == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const Bytes rest{data + 1, size - 1};
    if (data[0] % 2 == 0)
        check_prefixes(rest);
    else
        check_chunked(rest);
    return 0;
}
