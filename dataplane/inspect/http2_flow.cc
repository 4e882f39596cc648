// What comes in: requests from the client, answers from the server.
#include "dataplane/inspect/http2_flow.h"

#include <algorithm>

namespace sluice::inspect {

using model::Reason;

Http2::Http2(Conduit& flow, HttpJudge judge)
    : flow_(flow),
      judge_(std::move(judge)),
      tags_{{this, Side::client}, {this, Side::server}},
      head_wait_(on_head_wait, this) {
    ++judge_.counters().h2_flows;
    open_sessions();
}

// The sessions tell of each stream that goes with them: they go first.
Http2::~Http2() {
    over_ = true;
    sessions_[0].reset();
    sessions_[1].reset();
}

Stream2* Http2::stream_of(Side side, std::int32_t id) {
    return static_cast<Stream2*>(nghttp2_session_get_stream_user_data(session(side), id));
}

bool Http2::wants(Side from) const { return !over_ && flow_.backlog(from) < kBacklogMax; }

void Http2::on_bytes(Side from, Bytes bytes) {
    if (over_) return;
    const auto taken = nghttp2_session_mem_recv(session(from), bytes.data(), bytes.size());
    if (over_) return;
    if (taken < 0 || static_cast<std::size_t>(taken) != bytes.size()) return bad();
    pass_heads(false);
    flush();
}

int Http2::begin_fields(Side from, const nghttp2_frame& frame) {
    const std::int32_t id = frame.hd.stream_id;
    Stream2* stream = stream_of(from, id);
    if (stream == nullptr) {
        if (from == Side::server || frame.headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
        stream = &streams_.emplace_back();
        stream->self = std::prev(streams_.end());
        stream->id(Side::client) = id;
        nghttp2_session_set_stream_user_data(session(from), id, stream);
    }
    // A head that still waits must go before its trailers (or the final head behind an interim one)
    // take its place.
    if (stream->way(from).head_waits) pass_head(from, *stream);
    stream->way(from).fields.clear();
    return 0;
}

int Http2::add_field(Side from, std::int32_t id, std::string_view name, std::string_view value) {
    Stream2* stream = stream_of(from, id);
    if (stream == nullptr || stream->refused) return 0;
    return stream->way(from).fields.add(name, value) ? 0 : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

void Http2::on_frame(Side from, const nghttp2_frame& frame) {
    if (frame.hd.type == NGHTTP2_SETTINGS && from == Side::server &&
        (frame.hd.flags & NGHTTP2_FLAG_ACK) == 0)
        return on_settings(frame.settings);
    if (frame.hd.type == NGHTTP2_GOAWAY && from == Side::server) {
        // Streams that the server has not begun are reset as it says: the client may ask again.
        nghttp2_submit_goaway(session(Side::client), NGHTTP2_FLAG_NONE,
                              nghttp2_session_get_last_proc_stream_id(session(Side::client)),
                              frame.goaway.error_code, nullptr, 0);
        return;
    }
    if (frame.hd.type != NGHTTP2_HEADERS && frame.hd.type != NGHTTP2_DATA) return;
    Stream2* stream = stream_of(from, frame.hd.stream_id);
    if (stream == nullptr || stream->refused) return;
    const bool last = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (frame.hd.type == NGHTTP2_HEADERS)
        on_fields(from, *stream, last);
    else if (last)
        on_last(from, *stream);
}

void Http2::on_fields(Side from, Stream2& stream, bool last) {
    Stream2::Way& way = stream.way(from);
    if (way.head_final) {
        way.trailers = !way.fields.empty();
        if (last) on_last(from, stream);
        return;
    }
    from == Side::client ? on_request(stream, last) : on_response(stream, last);
}

void Http2::on_request(Stream2& stream, bool last) {
    Stream2::Way& way = stream.way(Side::client);
    way.head_final = true;
    RequestSeen seen;
    const bool clear = see(way.fields, seen);
    stream.exchange = std::make_unique<Exchange>(judge_, seen);
    if (!clear || !stream.exchange->ruling().pass) return refuse(stream);
    ++judge_.counters().h2_requests;
    stream.exchange->begin_body(Side::client, way.fields.joined("content-encoding"));
    way.head_waits = true;
    way.head_ends = last;
    heads_.push_back(&stream);
    if (last) on_last(Side::client, stream);
}

void Http2::on_response(Stream2& stream, bool last) {
    Stream2::Way& way = stream.way(Side::server);
    if (way.fields.get(":status").starts_with('1')) return pass_interim(stream);
    way.head_final = true;
    stream.exchange->begin_body(Side::server, way.fields.joined("content-encoding"));
    way.head_waits = true;
    way.head_ends = last;
    way.head_holds = !last && stream.exchange->head_waits(way.fields.get("content-type"));
    heads_.push_back(&stream);
    if (last) on_last(Side::server, stream);
}

// Bytes are looked at before anything that depends on them goes on. What nobody will take any more
// is given back to the windows at once.
void Http2::on_data(Side from, std::int32_t id, Bytes bytes) {
    Stream2* stream = stream_of(from, id);
    const bool gone = stream == nullptr || stream->refused || stream->id(other(from)) < 0;
    const bool waits = stream != nullptr && stream->way(from).head_waits;
    if (gone && !(waits && !stream->refused)) {
        nghttp2_session_consume(session(from), id, bytes.size());
        return;
    }
    if (!stream->exchange->body(from, bytes)) {
        nghttp2_session_consume(session(from), id, bytes.size());
        return refuse(*stream);
    }
    stream->way(from).waiting.append(as_text(bytes));
    stream->way(from).head_holds = false;
    resume(from, *stream);
}

void Http2::on_last(Side from, Stream2& stream) {
    stream.way(from).ended = true;
    stream.way(from).head_holds = false;
    if (!stream.exchange->end_body(from)) return refuse(stream);
    resume(from, stream);
}

void Http2::on_closed(Side side, std::int32_t id, std::uint32_t error) {
    Stream2* stream = stream_of(side, id);
    if (stream == nullptr || over_) return;
    nghttp2_session_set_stream_user_data(session(side), id, nullptr);
    stream->id(side) = -1;
    // Cut on one leg, cut on the other; a server that answered and wants no more of the request
    // (NO_ERROR, RFC 9113 8.1) has ended its way, and what is left of it still goes to the client.
    const bool whole = side == Side::server && stream->way(Side::server).ended;
    if (!whole && !stream->refused) reset(other(side), *stream, error);
    forget_if_over(*stream);
}

// Extended CONNECT (RFC 8441: WebSocket in a stream) is offered to the client once the server has.
void Http2::on_settings(const nghttp2_settings& settings) {
    for (std::size_t i = 0; i < settings.niv; ++i) {
        if (settings.iv[i].settings_id != NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL ||
            settings.iv[i].value == 0)
            continue;
        const nghttp2_settings_entry entry{NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 1};
        nghttp2_submit_settings(session(Side::client), NGHTTP2_FLAG_NONE, &entry, 1);
    }
}

void Http2::on_end(Side from, bool clean) {
    if (over_) return;
    if (from == Side::client) {
        over_ = true;
        return flow_.finish();
    }
    server_ended_ = true;
    server_ended_clean_ = clean;
    // What came whole still goes to the client; the rest cannot become whole.
    for (auto at = streams_.begin(); at != streams_.end();) {
        Stream2& stream = *at++;
        stream.id(Side::server) = -1;
        if (!stream.way(Side::server).ended && !stream.refused)
            reset(Side::client, stream, NGHTTP2_INTERNAL_ERROR);
    }
    pass_heads(true);
    flush();
}

void Http2::on_room(Side /*to*/) {
    if (!over_) flush();
}

}  // namespace sluice::inspect
