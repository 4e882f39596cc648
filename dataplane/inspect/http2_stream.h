// One request of HTTP/2 with its response, as it passes from leg to leg.
#pragma once
#include <nghttp2/nghttp2.h>

#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dataplane/inspect/http_judge.h"

namespace sluice::inspect {

// Fields of one HEADERS frame (and what continues it).
class Fields2 {
  public:
    static constexpr std::size_t kCountMax = 256;
    static constexpr std::size_t kBytesMax = 64 * 1024;

    // False: more than is taken.
    [[nodiscard]] bool add(std::string_view name, std::string_view value);
    // The value of the first field of that name; empty: none.
    std::string_view get(std::string_view name) const;
    std::size_t count(std::string_view name) const;
    std::string joined(std::string_view name) const;
    bool empty() const { return fields_.empty(); }
    void clear();
    // As nghttp2 takes them; valid until the next change.
    std::vector<nghttp2_nv> nv() const;

  private:
    std::vector<std::pair<std::string, std::string>> fields_;
    std::size_t bytes_ = 0;
};

struct Stream2 {
    // What comes from one side for the other.
    struct Way {
        Fields2 fields;           // of the frame that is coming in, or waits to be passed on
        bool head_final = false;  // the head (not an interim one) has come
        bool head_waits = false;  // it has come and was not passed on yet
        bool head_holds = false;  // it waits for the first bytes of the body
        bool head_passed = false;
        bool head_ends = false;  // there is no body behind it
        std::string waiting;     // body bytes
        std::size_t done = 0;    // of `waiting`, passed on
        bool ended = false;      // no more comes
        bool trailers = false;   // `fields` are trailers, to be sent behind the body
        std::size_t left() const { return waiting.size() - done; }
    };
    std::unique_ptr<Exchange> exchange;  // once the request's head is whole
    std::int32_t ids[2] = {-1, -1};      // on each leg; -1: not there (any more)
    Way ways[2];                         // by the side they come from
    bool refused = false;                // answered here
    std::list<Stream2>::iterator self;

    std::int32_t& id(Side side) { return ids[static_cast<std::size_t>(side)]; }
    Way& way(Side from) { return ways[static_cast<std::size_t>(from)]; }
};

// Where the request goes; false: it does not say, or says two things.
bool see(const Fields2& fields, RequestSeen& seen);

}  // namespace sluice::inspect
