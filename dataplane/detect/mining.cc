// words: stratum
// looks at: a JSON object on the first line with a method of mining pools: mining.*,
//   eth_submitLogin, eth_getWork, or a login with a wallet and an agent
// limits: pools inside TLS are told by name only
// source: Stratum mining protocol (slush pool), Stratum for Ethereum, Monero's stratum (login, job,
//   submit)
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {
namespace {

struct Object {
    std::string_view text;
    bool ended;
};

// The object on the first line, as far as it is there. What ends it never changes with more bytes.
Object object_of(std::string_view seen) {
    bool quoted = false, escaped = false;
    unsigned depth = 0;
    for (std::size_t i = 0; i < seen.size(); ++i) {
        const char c = seen[i];
        if (c != '\t' && c != '\r' && (c < ' ' || c == 0x7f)) return {seen.substr(0, i), true};
        if (quoted) {
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{') {
            ++depth;
        } else if (c == '}' && --depth == 0) {
            return {seen.substr(0, i + 1), true};
        }
    }
    return {seen, false};
}

bool has(std::string_view text, std::string_view word) {
    return text.find(word) != std::string_view::npos;
}

}  // namespace

Answer stratum_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kLooked = 1024;
    if (view.bytes[0] != '{') return Answer::no;
    const std::string_view seen = as_text(view.bytes.first(std::min(view.bytes.size(), kLooked)));
    const auto [object, ended] = object_of(seen);
    for (const std::string_view word : {"\"mining.", "\"eth_submitLogin\"", "\"eth_getWork\"",
                                        "\"eth_submitWork\"", "\"eth_login\""})
        if (has(object, word)) return Answer::yes;
    if (has(object, "\"login\"") && has(object, "\"pass\"") && has(object, "\"params\"") &&
        has(object, "\"method\""))
        return Answer::yes;
    return ended || seen.size() == kLooked ? Answer::no : Answer::maybe;
}

}  // namespace sluice::detect
