// words: h2c
// looks at: the 24 bytes every HTTP/2 client begins with
// limits: HTTP/2 that begins as an upgrade of HTTP/1.1 is http
// source: RFC 9113 3.4
#include "dataplane/detect/recognisers.h"
#include "dataplane/wire/http2_start.h"

namespace sluice::detect {

Answer http2_over_tcp(const FirstBytesView& view) noexcept {
    return starts_with(view.bytes, wire::kHttp2Preface);
}

}  // namespace sluice::detect
