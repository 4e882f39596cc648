#include "dataplane/inspect/insides.h"

#include "dataplane/inspect/http1.h"
#include "dataplane/inspect/http2.h"
#include "dataplane/wire/http_request.h"

namespace sluice::inspect {
namespace {

// Without ALPN: the client's first bytes say what it is; a server that speaks first is no web
// server.
class Sniffer final : public Protocol {
  public:
    Sniffer(Conduit& flow, HttpJudge judge) : flow_(flow), judge_(std::move(judge)) {}

    void on_bytes(Side from, Bytes bytes) override {
        if (inside_) return inside_->on_bytes(from, bytes);
        if (from == Side::server) {
            become(false);
            return inside_->on_bytes(from, bytes);
        }
        first_.append(as_text(bytes));
        const auto line = wire::parse_http_request_line(as_bytes(first_));
        if (!line && line.error() == wire::Stop::need_more) return;
        become(line.ok());
    }
    void on_end(Side from, bool clean) override {
        if (!inside_) become(false);
        inside_->on_end(from, clean);
    }
    void on_room(Side to) override {
        if (inside_) inside_->on_room(to);
    }
    bool wants(Side from) const override { return !inside_ || inside_->wants(from); }

  private:
    void become(bool http) {
        if (http) {
            inside_ = std::make_unique<Http1>(flow_, std::move(judge_));
        } else {
            ++judge_.counters().opaque;
            inside_ = std::make_unique<Relay>(flow_);
        }
        if (!first_.empty()) inside_->on_bytes(Side::client, as_bytes(first_));
        first_ = {};
    }

    Conduit& flow_;
    HttpJudge judge_;
    std::string first_;
    std::unique_ptr<Protocol> inside_;
};

}  // namespace

std::unique_ptr<Protocol> make_inside(std::string_view alpn, Conduit& flow, HttpJudge judge) {
    if (alpn == "h2") return make_http2(flow, std::move(judge));
    if (alpn == "http/1.1" || alpn == "http/1.0")
        return std::make_unique<Http1>(flow, std::move(judge));
    if (alpn.empty()) return std::make_unique<Sniffer>(flow, std::move(judge));
    ++judge.counters().opaque;
    return std::make_unique<Relay>(flow);
}

}  // namespace sluice::inspect
