// A Conduit that only remembers: for protocols without sockets.
#pragma once
#include <string>

#include "dataplane/inspect/protocol.h"

namespace sluice::inspect::test {

class MemoryConduit final : public Conduit {
  public:
    void send(Side to, Bytes bytes) override {
        out[static_cast<std::size_t>(to)].append(as_text(bytes));
    }
    void end(Side to, bool clean) override {
        ended[static_cast<std::size_t>(to)] = true;
        cleanly = clean;
    }
    void abort() override { aborted = true; }
    void leave() override { left = true; }
    void finish() override { finished = true; }
    std::size_t backlog(Side) const override { return full ? kBacklogMax : 0; }

    std::string& to(Side side) { return out[static_cast<std::size_t>(side)]; }

    std::string out[2];
    bool ended[2] = {};
    bool cleanly = true, aborted = false, left = false, finished = false, full = false;
};

}  // namespace sluice::inspect::test
