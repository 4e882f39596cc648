// Http2: the two sessions of a flow that speaks HTTP/2, and their streams. http2.h says what for.
#pragma once
#include "dataplane/inspect/http2_stream.h"
#include "dataplane/inspect/protocol.h"

namespace sluice::inspect {

struct Session2Free {
    void operator()(nghttp2_session* session) const { nghttp2_session_del(session); }
};
using Session2Ptr = std::unique_ptr<nghttp2_session, Session2Free>;

class Http2 final : public Protocol {
  public:
    Http2(Conduit& flow, HttpJudge judge);
    ~Http2() override;

    void on_bytes(Side from, Bytes bytes) override;
    void on_end(Side from, bool clean) override;
    void on_room(Side to) override;
    bool wants(Side from) const override;

    // Whose callbacks they are.
    struct LegTag {
        Http2* flow;
        Side side;
    };

  private:
    friend struct Callbacks2;
    nghttp2_session* session(Side side) { return sessions_[static_cast<std::size_t>(side)].get(); }
    Stream2* stream_of(Side side, std::int32_t id);

    // http2_flow.cc: what comes in
    int begin_fields(Side from, const nghttp2_frame& frame);
    int add_field(Side from, std::int32_t id, std::string_view name, std::string_view value);
    void on_frame(Side from, const nghttp2_frame& frame);
    void on_fields(Side from, Stream2& stream, bool last);
    void on_request(Stream2& stream, bool last);
    void on_response(Stream2& stream, bool last);
    void on_data(Side from, std::int32_t id, Bytes bytes);
    void on_last(Side from, Stream2& stream);
    void on_closed(Side side, std::int32_t id, std::uint32_t error);
    void on_settings(const nghttp2_settings& settings);

    // http2_send.cc: what goes out
    void open_sessions();
    void pass_heads(bool all);
    static void on_head_wait(void* self);
    void pass_head(Side from, Stream2& stream);
    void pass_interim(Stream2& stream);
    void resume(Side from, Stream2& stream);
    std::ptrdiff_t give(Side from, Stream2& stream, std::span<std::uint8_t> into,
                        std::uint32_t& flags);
    void refuse(Stream2& stream);
    void drop_waiting(Stream2& stream);
    void reset(Side side, Stream2& stream, std::uint32_t error);
    void flush();
    bool flush_side(Side side);
    void forget_if_over(Stream2& stream);
    void end_if_over();
    void bad();

    Conduit& flow_;
    HttpJudge judge_;
    LegTag tags_[2];
    Session2Ptr sessions_[2];
    std::list<Stream2> streams_;
    std::vector<Stream2*> heads_;  // with a head that waits: for the end of the round, or a body
    Timer head_wait_;
    bool flushing_ = false;
    bool over_ = false;
    bool server_ended_ = false;
    bool server_ended_clean_ = false;
};

}  // namespace sluice::inspect
