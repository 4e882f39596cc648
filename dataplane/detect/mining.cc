// words: stratum
// looks at: a JSON object on the first line with a method of mining pools: mining.*,
//   eth_submitLogin, eth_getWork, or a login with a wallet and an agent
// limits: pools inside TLS are told by name only
// source: Stratum mining protocol (slush pool), Stratum for Ethereum, Monero's stratum (login, job,
//   submit)
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer stratum_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::size_t kLooked = 1024;
    if (view.bytes[0] != '{') return Answer::no;
    const std::string_view seen = as_text(view.bytes.first(std::min(view.bytes.size(), kLooked)));
    if (!all_printable(as_bytes(seen.substr(0, seen.find_first_of("\r\n\t"))))) return Answer::no;
    for (const std::string_view word : {"\"mining.", "\"eth_submitLogin\"", "\"eth_getWork\"",
                                        "\"eth_submitWork\"", "\"eth_login\""})
        if (seen.find(word) != std::string_view::npos) return Answer::yes;
    if (seen.find("\"login\"") != std::string_view::npos &&
        seen.find("\"pass\"") != std::string_view::npos &&
        seen.find("\"params\"") != std::string_view::npos &&
        seen.find("\"method\"") != std::string_view::npos)
        return Answer::yes;
    // A whole line was read, or what is held of it is enough to be sure.
    const bool more =
        seen.find('\n') == std::string_view::npos && seen.size() < kLooked && !seen.ends_with('}');
    return more ? Answer::maybe : Answer::no;
}

}  // namespace sluice::detect
