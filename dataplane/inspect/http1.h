// Http1: HTTP/1.x between client and server as two streams of messages. Heads are read strictly,
// bodies are looked into while they pass, bytes go on exactly as they came.
#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "dataplane/inspect/http1_body.h"
#include "dataplane/inspect/http1_head.h"
#include "dataplane/inspect/http_judge.h"
#include "dataplane/inspect/protocol.h"

namespace sluice::inspect {

class Http1 final : public Protocol {
  public:
    // Requests whose answers have not come: more wait in the socket.
    static constexpr std::size_t kPipelineMax = 16;

    Http1(Conduit& flow, HttpJudge judge)
        : flow_(flow), judge_(std::move(judge)), head_wait_(on_head_wait, this) {}

    void on_bytes(Side from, Bytes bytes) override;
    void on_end(Side from, bool clean) override;
    bool wants(Side from) const override;

  private:
    // One direction. `sent` and `at` are places in the bytes that are being worked on.
    struct Half {
        bool in_body = false;
        bool begun = false;  // a byte of the message that is passing was sent before
        BodyReader body;
        std::string waiting;  // bytes of a message that cannot be judged yet
    };
    struct Span {
        Bytes bytes;
        std::size_t at = 0;    // worked on up to here
        std::size_t sent = 0;  // passed on up to here
    };
    Half& half(Side side) { return halves_[static_cast<std::size_t>(side)]; }
    void work(Side from, Span& span);
    bool work_head(Side from, Span& span);
    bool work_body(Side from, Span& span);
    bool on_request(const Head& head, Span& span);
    bool on_response(const Head& head, Span& span);
    bool on_message_end(Side from, Span& span);
    void become_tunnel(Span& span);
    void pass_on(Side from, Span& span);
    static void on_head_wait(void* self);
    void release_head();
    void work_waiting(Side from);
    bool may_begin(Side from) const;
    void refuse_request(Exchange& exchange);
    void refuse_response(Span& span);
    void on_bad(Side from, Span& span);
    void answer(const Refusal& refusal, bool head_only);
    void show_waiting_answer();

    Conduit& flow_;
    HttpJudge judge_;
    Half halves_[2];
    Timer head_wait_;
    std::string head_;                                 // of an answer, until its body begins
    bool head_waits_ = false;                          // such a head is passing
    std::deque<std::shared_ptr<Exchange>> exchanges_;  // asked, not answered; the oldest first
    std::shared_ptr<Exchange> asking_;  // whose body passes: it may be answered already
    bool upgrade_asked_ = false;        // until its answer nothing of the client can be understood
    bool tunnel_ = false;
    bool stopped_ = false;
    struct Answer {
        Refusal refusal;
        bool head_only = false;
    };
    std::optional<Answer> answer_;  // when what was asked before is answered
};

}  // namespace sluice::inspect
