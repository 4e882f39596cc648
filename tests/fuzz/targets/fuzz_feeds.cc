// Lists of any bytes in each format. The first byte chooses the format and how strict it is. What
// is kept is canonical and covered by no exception; what is not is counted or told.
#include <string>

#include "rules/base/assert.h"
#include "rules/base/bytes.h"
#include "rules/load/feed_formats.h"
#include "rules/load/host_name.h"

using namespace sluice;
using namespace sluice::load;
using Kind = model::FeedContent::Kind;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::uint8_t mode = data[0];
    const std::string_view text = as_text({data + 1, size - 1});
    Report report;
    model::FeedContent content;
    model::Feed feed;
    feed.allow_suffix = {"gov.kz"};
    const bool lenient = (mode & 8) != 0;
    FeedSink sink(feed, lenient, report, content);
    sink.in_file(report.add_file("feed"), "feed", 0);
    switch (mode % 8) {
        case 0:
            read_domains(text, sink);
            break;
        case 1:
            read_hosts(text, sink);
            break;
        case 2:
            read_adblock(text, sink);
            break;
        case 3:
            read_rpz(text, sink);
            break;
        case 4:
            read_ut1_domains(text, sink);
            break;
        case 5:
            read_ut1_urls(text, sink);
            break;
        default:
            read_changes(text, sink);
            break;
    }
    sink.finish();
    SLUICE_ASSERT(!lenient || !report.has_errors());
    const auto& counts = content.counts;
    SLUICE_ASSERT(counts.names + counts.urls + counts.exceptions + counts.changes ==
                  content.rows.size());
    SLUICE_ASSERT(counts.addresses == content.addresses.size());
    SLUICE_ASSERT((counts.skipped == 0) == content.last_skipped.empty() || counts.excepted != 0);
    for (const auto& row : content.rows) {
        const std::string_view spelling = content.spelling(row);
        const std::string host(spelling.substr(0, spelling.find('/')));
        SLUICE_ASSERT((row.kind == Kind::url) == (host.size() != spelling.size()));
        std::string again;
        SLUICE_ASSERT(host_name(host, again) && again == host);
    }
    for (const auto& address : content.addresses)
        SLUICE_ASSERT(masked(address.prefix.network, address.prefix.length) ==
                      address.prefix.network);
    return 0;
}
