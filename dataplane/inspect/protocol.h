// Protocol: what is spoken inside a flow once both legs are open. Told of bytes and ends, writes
// through a Conduit. Relay is the simplest one.
#pragma once
#include <cstdint>
#include <memory>

#include "rules/base/bytes.h"
#include "rules/model/reason.h"

namespace sluice::inspect {

enum class Side : std::uint8_t { client, server };
constexpr Side other(Side side) { return side == Side::client ? Side::server : Side::client; }

// What a protocol may do with the flow it is in.
class Conduit {
  public:
    virtual void send(Side to, Bytes bytes) = 0;
    // No more will be sent there. `clean`: the TLS way; else as a cut connection looks.
    virtual void end(Side to, bool clean) = 0;
    // Ends the flow so that both see it (RST).
    virtual void abort() = 0;
    // Lets the client read what was sent, then ends the flow; the server is left at once.
    virtual void leave() = 0;
    // Lets both read what was sent, then ends the flow; what they still send is not wanted.
    virtual void finish() = 0;
    // Bytes sent there that the socket has not taken.
    virtual std::size_t backlog(Side to) const = 0;

  protected:
    ~Conduit() = default;
};

// Of one direction, before its other side is no longer read [bytes].
inline constexpr std::size_t kBacklogMax = 64 * 1024;

class Protocol {
  public:
    virtual ~Protocol() = default;
    // At least one byte; never after on_end() of that side.
    virtual void on_bytes(Side from, Bytes bytes) = 0;
    virtual void on_end(Side from, bool clean) = 0;
    // The backlog of that side shrank below its limit.
    virtual void on_room(Side /*to*/) {}
    // Whether on_bytes() from there is welcome now.
    virtual bool wants(Side /*from*/) const { return true; }
};

// Passes everything on as it is.
class Relay final : public Protocol {
  public:
    explicit Relay(Conduit& flow) : flow_(flow) {}
    void on_bytes(Side from, Bytes bytes) override { flow_.send(other(from), bytes); }
    void on_end(Side from, bool clean) override { flow_.end(other(from), clean); }

  private:
    Conduit& flow_;
};

}  // namespace sluice::inspect
