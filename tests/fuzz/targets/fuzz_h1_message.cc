// Fuzzes HTTP/1 heads and bodies: what is read does not depend on how it was cut, views stay inside
// the input, and a body's bytes are exactly those that belong to it.
#include <string>

#include "dataplane/inspect/http1_body.h"
#include "dataplane/inspect/http1_head.h"
#include "rules/base/assert.h"
#include "tests/fuzz/targets/prefixes.h"

using namespace sluice;
using namespace sluice::inspect;

namespace {

void check_head(const Head& head, Bytes stream) {
    SLUICE_ASSERT(head.size >= 4 && head.size <= stream.size() && head.size <= kHeadBytesMax);
    SLUICE_ASSERT(as_text(stream.first(head.size)).ends_with("\r\n\r\n"));
    for (std::size_t i = 0; i < head.field_count; ++i) {
        const auto& field = head.fields[i];
        SLUICE_ASSERT(!field.name.empty());
        for (const std::string_view view : {field.name, field.value})
            SLUICE_ASSERT(view.empty() ||
                          (as_bytes(view).data() >= stream.data() &&
                           as_bytes(view).data() + view.size() <= stream.data() + head.size));
        SLUICE_ASSERT(field.value.find_first_of("\r\n") == std::string_view::npos);
    }
}

void check_prefixes(Bytes stream, bool request) {
    const auto parse = request ? parse_request_head : parse_response_head;
    const auto whole = parse(stream);
    if (whole) check_head(*whole, stream);
    test::for_prefixes(stream, [&](Bytes prefix) {
        const auto early = parse(prefix);
        if (!early && early.error() == HeadStop::need_more) return;
        SLUICE_ASSERT(early.ok() == whole.ok());
        if (early) SLUICE_ASSERT(early->size == whole->size && early->target == whole->target);
    });
}

std::string content_of(Body body, Bytes stream, std::size_t piece, std::size_t& taken, bool& done) {
    BodyReader reader(body);
    std::string content;
    taken = 0;
    while (taken < stream.size() && !reader.done() && !reader.broken()) {
        const Bytes part = stream.subspan(taken, std::min(piece, stream.size() - taken));
        taken += reader.feed(part, [&](Bytes bytes) { content.append(as_text(bytes)); });
    }
    done = reader.done();
    return content;
}

void check_body(Bytes stream, const Body& body) {
    std::size_t taken = 0, taken_cut = 0;
    bool done = false, done_cut = false;
    const std::string whole = content_of(body, stream, stream.size() + 1, taken, done);
    SLUICE_ASSERT(whole.size() <= taken);
    for (const std::size_t piece : {1, 2, 5}) {
        SLUICE_ASSERT(content_of(body, stream, piece, taken_cut, done_cut) == whole);
        SLUICE_ASSERT(taken == taken_cut && done == done_cut);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const Bytes rest{data + 1, size - 1};
    switch (data[0] % 4) {
        case 0:
            check_prefixes(rest, true);
            break;
        case 1:
            check_prefixes(rest, false);
            break;
        case 2:
            check_body(rest, {Framing::chunked});
            break;
        default:
            check_body(rest, {Framing::sized, size / 2});
            break;
    }
    return 0;
}
