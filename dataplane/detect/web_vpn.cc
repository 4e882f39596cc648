// words: sstp softether anyconnect globalprotect forticlient tailscale psiphon
// looks at: the request line of a VPN that opens its tunnel with HTTP: the method or the path is
//   the product's own
// limits: in clear only. Inside TLS such a request is not seen, and the flow is told as tls
// source: MS-SSTP 3.2.4.1; SoftEther src/Cedar/Protocol.c; draft-mavrogiannopoulos-openconnect-04;
//   openconnect gpst.c and fortinet.c; Tailscale control/controlhttp, derp
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

namespace {

// Method and path, in front of a query, a version or a further part of the path.
Answer path_is(Bytes bytes, std::initializer_list<std::string_view> requests) {
    Answer best = Answer::no;
    for (const std::string_view request : requests) {
        Probe probe(bytes);
        probe.is(request).any_of({' ', '?', '/'});
        if (probe.answer() == Answer::yes) return Answer::yes;
        if (probe.answer() == Answer::maybe) best = Answer::maybe;
    }
    return best;
}

}  // namespace

Answer sstp_over_tcp(const FirstBytesView& view) noexcept {
    return starts_with(view.bytes, "SSTP_DUPLEX_POST /");
}
Answer softether_over_tcp(const FirstBytesView& view) noexcept {
    return path_is(view.bytes, {"POST /vpnsvc/connect.cgi", "POST /vpnsvc/vpn.cgi",
                                "GET /vpnsvc/connect.cgi", "GET /vpnsvc/vpn.cgi"});
}
Answer anyconnect_over_tcp(const FirstBytesView& view) noexcept {
    return path_is(view.bytes, {"CONNECT /CSCOSSLC/tunnel", "POST /+CSCOE+", "GET /+CSCOE+"});
}
Answer globalprotect_over_tcp(const FirstBytesView& view) noexcept {
    return path_is(view.bytes, {"GET /ssl-tunnel-connect.sslvpn", "POST /ssl-vpn/login.esp",
                                "POST /ssl-vpn/getconfig.esp", "POST /global-protect/prelogin.esp",
                                "GET /global-protect/prelogin.esp"});
}
Answer forticlient_over_tcp(const FirstBytesView& view) noexcept {
    return path_is(view.bytes, {"GET /remote/sslvpn-tunnel", "GET /remote/fortisslvpn_xml",
                                "POST /remote/logincheck"});
}
Answer tailscale_over_tcp(const FirstBytesView& view) noexcept {
    return path_is(view.bytes, {"POST /ts2021", "GET /derp"});
}

}  // namespace sluice::detect
