// words: tls
// looks at: a stream joined in its middle: a record of TLS
// limits: answered as likely, and without a name: the hellos were not seen
// source: RFC 8446 5.1
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer tls_records_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::uint16_t kSizeMax = 16 * 1024 + 256;
    Probe probe(view.bytes);
    probe.between(20, 23).is(0x03).between(0, 4).u16_in(1, kSizeMax);
    return probe.answer();
}

}  // namespace sluice::detect
