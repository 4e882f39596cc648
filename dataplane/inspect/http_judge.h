// What is judged of HTTP inside a flow, whichever version carries it: each request by its host and
// URL, each body by its content. One HttpJudge a flow, one Exchange a request with its response.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "dataplane/inspect/protocol.h"
#include "dataplane/inspect/shared.h"
#include "rules/content/body_scan.h"

namespace sluice::inspect {

// What a request says about where it goes, as sent.
struct RequestSeen {
    std::string_view method;
    std::string_view host;       // authority, with its port; empty: none
    std::string_view target;     // path and query
    bool through_proxy = false;  // absolute form
};

struct Ruling {
    bool pass = true;
    unsigned status = 403;  // of the refusal: 403, 421, 400
    model::Reason reason = model::Reason::under_inspection;
    bool look_inside = false;  // bodies
};

// A refusal as HTTP shows it.
struct Refusal {
    unsigned status = 403;
    std::string html;
};
std::string_view phrase_of(unsigned status);

struct HttpSetting {
    std::string leaf_name;              // empty: plain HTTP
    std::optional<model::Reason> page;  // every request is refused with it
};

class HttpJudge {
  public:
    HttpJudge(Shared& shared, const FlowInfo& flow, HttpSetting setting)
        : shared_(shared), flow_(flow), setting_(std::move(setting)) {}

    Ruling judge(const RequestSeen& request) const;
    Counters& counters() const { return shared_.counters; }
    const content::Rules* rules() const { return shared_.rules; }
    bool unread_is_open() const;
    Loop& loop() const { return shared_.loop; }

    struct Told {
        ReportKind kind = ReportKind::refused;
        model::Reason reason = model::Reason::bad_http;
        std::string host, target, detail;
    };
    // Counts and reports; returns the reference.
    std::uint64_t tell(const Told& told) const;
    Refusal refusal(unsigned status, model::Reason reason, std::string_view host,
                    std::uint64_t reference) const;

  private:
    Ruling judge_inside(const RequestSeen& request, const std::string& host) const;

    Shared& shared_;
    FlowInfo flow_;
    HttpSetting setting_;
};

inline constexpr std::int64_t kHeadWaitMs = 100;

class Exchange {
  public:
    Exchange(const HttpJudge& judge, const RequestSeen& request);

    const Ruling& ruling() const { return ruling_; }
    const std::string& method() const { return method_; }
    // A body from that side begins.
    void begin_body(Side from, std::string_view content_encoding);
    // Whether the head of the answer is to wait for the first bytes of its body (kHeadWaitMs at
    // most): if those are bad there is a page instead. Not for streams of events, whose first bytes
    // may take long and whose head alone means something.
    bool head_waits(std::string_view content_type) const;
    // False: these bytes must not be passed on; refuse() says what instead.
    [[nodiscard]] bool body(Side from, Bytes bytes);
    [[nodiscard]] bool end_body(Side from);
    // Counts, reports and makes the page; of the ruling, or of the content found. Once.
    Refusal refuse();

  private:
    bool judge_finding(const std::optional<content::Finding>& finding);
    bool judge_unread(Side from);

    const HttpJudge& judge_;
    std::string method_, host_, target_, detail_;
    Ruling ruling_;
    std::unique_ptr<content::BodyScan> scans_[2];
};

// "Example.COM:8443" -> "example.com"; "[2001:DB8::1]:443" -> "2001:db8::1"; empty for what is
// neither a name nor an address.
std::string host_of(std::string_view authority);

}  // namespace sluice::inspect
