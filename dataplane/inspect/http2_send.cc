// What goes out: heads, bodies as the other side's windows allow, refusals; and nghttp2's
// callbacks.
#include <algorithm>
#include <array>
#include <cstring>

#include "dataplane/inspect/http2.h"
#include "dataplane/inspect/http2_flow.h"
#include "rules/base/assert.h"

namespace sluice::inspect {

using model::Reason;

// The bridge from C. `user` is the leg's tag.
struct Callbacks2 {
    static Http2::LegTag& tag(void* user) { return *static_cast<Http2::LegTag*>(user); }

    static int begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) {
        return tag(user).flow->begin_fields(tag(user).side, *frame);
    }
    static int header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                      std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                      std::uint8_t, void* user) {
        return tag(user).flow->add_field(tag(user).side, frame->hd.stream_id,
                                         as_text(Bytes{name, name_size}),
                                         as_text(Bytes{value, value_size}));
    }
    static int frame_received(nghttp2_session*, const nghttp2_frame* frame, void* user) {
        tag(user).flow->on_frame(tag(user).side, *frame);
        return 0;
    }
    static int data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes,
                    std::size_t size, void* user) {
        tag(user).flow->on_data(tag(user).side, id, Bytes{bytes, size});
        return 0;
    }
    static int closed(nghttp2_session*, std::int32_t id, std::uint32_t error, void* user) {
        tag(user).flow->on_closed(tag(user).side, id, error);
        return 0;
    }
    // Body bytes for the leg of `user`; they come from its other side.
    static ssize_t give(nghttp2_session*, std::int32_t, std::uint8_t* into, std::size_t size,
                        std::uint32_t* flags, nghttp2_data_source* source, void* user) {
        auto& stream = *static_cast<Stream2*>(source->ptr);
        return tag(user).flow->give(other(tag(user).side), stream, {into, size}, *flags);
    }
};

namespace {

struct OptionFree {
    void operator()(nghttp2_option* option) const { nghttp2_option_del(option); }
};
struct CallbacksFree {
    void operator()(nghttp2_session_callbacks* callbacks) const {
        nghttp2_session_callbacks_del(callbacks);
    }
};

std::unique_ptr<nghttp2_session_callbacks, CallbacksFree> make_callbacks() {
    nghttp2_session_callbacks* callbacks = nullptr;
    SLUICE_ASSERT(nghttp2_session_callbacks_new(&callbacks) == 0);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, Callbacks2::begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, Callbacks2::header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Callbacks2::frame_received);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Callbacks2::data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Callbacks2::closed);
    return std::unique_ptr<nghttp2_session_callbacks, CallbacksFree>(callbacks);
}

// Windows are given back when the other side has taken the bytes, not when they came.
std::unique_ptr<nghttp2_option, OptionFree> make_options() {
    nghttp2_option* option = nullptr;
    SLUICE_ASSERT(nghttp2_option_new(&option) == 0);
    nghttp2_option_set_no_auto_window_update(option, 1);
    nghttp2_option_set_no_closed_streams(option, 1);
    return std::unique_ptr<nghttp2_option, OptionFree>(option);
}

}  // namespace

std::unique_ptr<Protocol> make_http2(Conduit& flow, HttpJudge judge) {
    return std::make_unique<Http2>(flow, std::move(judge));
}

void Http2::open_sessions() {
    const auto callbacks = make_callbacks();
    const auto options = make_options();
    nghttp2_session* made = nullptr;
    SLUICE_ASSERT(nghttp2_session_server_new2(&made, callbacks.get(), &tags_[0], options.get()) ==
                  0);
    sessions_[0].reset(made);
    SLUICE_ASSERT(nghttp2_session_client_new2(&made, callbacks.get(), &tags_[1], options.get()) ==
                  0);
    sessions_[1].reset(made);
    const nghttp2_settings_entry to_client[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, kStreamsMax},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kStreamWindow},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, Fields2::kBytesMax}};
    const nghttp2_settings_entry to_server[] = {
        {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kStreamWindow},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, Fields2::kBytesMax}};
    nghttp2_submit_settings(session(Side::client), NGHTTP2_FLAG_NONE, to_client,
                            std::size(to_client));
    nghttp2_submit_settings(session(Side::server), NGHTTP2_FLAG_NONE, to_server,
                            std::size(to_server));
    for (const Side side : {Side::client, Side::server})
        nghttp2_session_set_local_window_size(session(side), NGHTTP2_FLAG_NONE, 0, kFlowWindow);
    flush();
}

// Heads go once their round of bytes has been looked at, some once their body has begun: what comes
// with them may still turn them into a page.
void Http2::pass_heads(bool all) {
    std::vector<Stream2*> holding;
    for (Stream2* stream : std::exchange(heads_, {})) {
        if (!all && stream->way(Side::server).head_waits && stream->way(Side::server).head_holds) {
            holding.push_back(stream);
            continue;
        }
        for (const Side from : {Side::client, Side::server})
            if (stream->way(from).head_waits) pass_head(from, *stream);
    }
    heads_ = std::move(holding);
    Loop& loop = judge_.loop();
    if (heads_.empty())
        head_wait_.stop();
    else if (!head_wait_.armed())
        loop.timers().set(head_wait_, after_ms(loop.now().mono, kHeadWaitMs));
}

void Http2::on_head_wait(void* self) {
    auto& flow = *static_cast<Http2*>(self);
    if (flow.over_) return;
    flow.pass_heads(true);
    flow.flush();
}

void Http2::pass_head(Side from, Stream2& stream) {
    Stream2::Way& way = stream.way(from);
    way.head_waits = false;
    way.head_passed = true;
    const auto fields = way.fields.nv();
    nghttp2_data_provider body{{.ptr = &stream}, Callbacks2::give};
    nghttp2_data_provider* provider = way.head_ends ? nullptr : &body;
    if (from == Side::client) {
        const std::int32_t id =
            server_ended_ ? -1
                          : nghttp2_submit_request(session(Side::server), nullptr, fields.data(),
                                                   fields.size(), provider, &stream);
        stream.id(Side::server) = std::max(id, -1);
        if (id < 0) reset(Side::client, stream, NGHTTP2_REFUSED_STREAM);
    } else if (stream.id(Side::client) >= 0) {
        nghttp2_submit_response(session(Side::client), stream.id(Side::client), fields.data(),
                                fields.size(), provider);
    }
    if (!way.trailers) way.fields.clear();
}

void Http2::pass_interim(Stream2& stream) {
    Stream2::Way& way = stream.way(Side::server);
    const auto fields = way.fields.nv();
    if (stream.id(Side::client) >= 0)
        nghttp2_submit_headers(session(Side::client), NGHTTP2_FLAG_NONE, stream.id(Side::client),
                               nullptr, fields.data(), fields.size(), nullptr);
    way.fields.clear();
}

void Http2::resume(Side from, Stream2& stream) {
    const Side to = other(from);
    if (stream.way(from).head_passed && stream.id(to) >= 0)
        nghttp2_session_resume_data(session(to), stream.id(to));
}

std::ptrdiff_t Http2::give(Side from, Stream2& stream, std::span<std::uint8_t> into,
                           std::uint32_t& flags) {
    Stream2::Way& way = stream.way(from);
    const std::size_t size = std::min(into.size(), way.left());
    if (size == 0 && !way.ended) return NGHTTP2_ERR_DEFERRED;
    std::memcpy(into.data(), way.waiting.data() + way.done, size);
    way.done += size;
    if (way.left() == 0) {
        way.waiting = {};
        way.done = 0;
    }
    if (size != 0 && stream.id(from) >= 0 && !stream.refused)
        nghttp2_session_consume(session(from), stream.id(from), size);
    else if (size != 0 && !stream.refused && !(from == Side::server && server_ended_))
        nghttp2_session_consume_connection(session(from), size);  // its stream is over there
    if (way.left() != 0 || !way.ended) return static_cast<std::ptrdiff_t>(size);
    flags |= NGHTTP2_DATA_FLAG_EOF;
    if (way.trailers) {
        flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        const auto fields = way.fields.nv();
        nghttp2_submit_trailer(session(other(from)), stream.id(other(from)), fields.data(),
                               fields.size());
        way.fields.clear();
    }
    return static_cast<std::ptrdiff_t>(size);
}

// A page where the client has seen nothing of the answer, else a reset. The server is told to stop.
void Http2::refuse(Stream2& stream) {
    const Refusal refusal = stream.exchange->refuse();
    std::erase(heads_, &stream);
    drop_waiting(stream);
    stream.refused = true;
    reset(Side::server, stream, NGHTTP2_CANCEL);
    Stream2::Way& way = stream.way(Side::server);
    if (way.head_passed) return reset(Side::client, stream, NGHTTP2_INTERNAL_ERROR);
    way = {};
    const bool head_only = stream.exchange->method() == "HEAD";
    static_cast<void>(way.fields.add(":status", std::to_string(refusal.status)) &&
                      way.fields.add("content-type", "text/html; charset=utf-8") &&
                      way.fields.add("cache-control", "no-store") &&
                      way.fields.add("content-length", std::to_string(refusal.html.size())));
    if (!head_only) way.waiting = refusal.html;
    way.ended = true;
    way.head_ends = head_only;
    pass_head(Side::server, stream);
}

// Nobody will take what waits: the windows get it back.
void Http2::drop_waiting(Stream2& stream) {
    for (const Side from : {Side::client, Side::server}) {
        Stream2::Way& way = stream.way(from);
        const bool listens = from == Side::client || !server_ended_;
        if (way.left() != 0 && listens && stream.id(from) >= 0)
            nghttp2_session_consume(session(from), stream.id(from), way.left());
        else if (way.left() != 0 && listens && !stream.refused)
            nghttp2_session_consume_connection(session(from), way.left());
        way.waiting = {};
        way.done = 0;
    }
}

void Http2::reset(Side side, Stream2& stream, std::uint32_t error) {
    if (stream.id(side) < 0 || (side == Side::server && server_ended_)) return;
    nghttp2_submit_rst_stream(session(side), NGHTTP2_FLAG_NONE, stream.id(side), error);
}

bool Http2::flush_side(Side side) {
    if (side == Side::server && server_ended_) return false;
    std::array<std::uint8_t, 16 * 1024> record;
    std::size_t filled = 0;
    bool sent = false;
    const auto out = [&] {
        if (filled == 0) return;
        flow_.send(side, Bytes(record).first(filled));
        filled = 0;
        sent = true;
    };
    while (flow_.backlog(side) < kBacklogMax) {
        const std::uint8_t* bytes = nullptr;
        auto left = nghttp2_session_mem_send(session(side), &bytes);
        if (left < 0) {
            bad();
            return false;
        }
        if (left == 0) break;
        while (left > 0) {
            const auto part = std::min(static_cast<std::size_t>(left), record.size() - filled);
            std::memcpy(record.data() + filled, bytes, part);
            filled += part;
            bytes += part;
            left -= static_cast<ssize_t>(part);
            if (filled == record.size()) out();
        }
    }
    out();
    return sent;
}

// What one leg takes opens the other one's windows, so both until neither has more to say.
void Http2::flush() {
    if (flushing_) return;
    flushing_ = true;
    for (bool sent = true; sent && !over_;) {
        sent = flush_side(Side::client);
        if (!over_) sent = flush_side(Side::server) || sent;
    }
    flushing_ = false;
    end_if_over();
}

void Http2::forget_if_over(Stream2& stream) {
    if (stream.id(Side::client) >= 0 || stream.id(Side::server) >= 0) return;
    // A request whose head still waits for the end of the round has no stream there yet.
    std::erase(heads_, &stream);
    drop_waiting(stream);
    streams_.erase(stream.self);
}

void Http2::end_if_over() {
    if (over_) return;
    const bool done = nghttp2_session_want_read(session(Side::client)) == 0 &&
                      nghttp2_session_want_write(session(Side::client)) == 0;
    if (!done && !(server_ended_ && streams_.empty())) return;
    over_ = true;
    if (server_ended_ && !server_ended_clean_ && !done) return flow_.abort();
    flow_.finish();
}

// No HTTP/2: nothing said in it can be believed.
void Http2::bad() {
    if (over_) return;
    over_ = true;
    ++judge_.counters().bad_http;
    judge_.tell({ReportKind::refused, Reason::bad_http, {}, {}, "frames"});
    flow_.abort();
}

}  // namespace sluice::inspect
