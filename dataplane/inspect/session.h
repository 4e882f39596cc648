// Session: the life of one flow that was handed over, from its first byte to its end.
//
//   opening ──► server_shake ──► leaf ──► client_shake ──► open ──► (leaving) ──► over
//      │             │             │                        ▲
//      │             └─────────────┴── (splicing) ─────────┤
//      └──────────────────────────────── relay, untouched ──┘
//
// The server comes first: until it is verified the client has not got a byte, so until then the
// flow can still be relayed untouched. README.md tells the whole story.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "dataplane/inspect/judge.h"
#include "dataplane/inspect/leg.h"
#include "dataplane/inspect/protocol.h"
#include "dataplane/inspect/shared.h"

namespace sluice::inspect {

class Session final : public Mortal,
                      private Leg::Owner,
                      private FlowKeeper,
                      private LeafCache::Waiter,
                      private Conduit {
  public:
    enum class State : std::uint8_t {
        opening,
        server_shake,
        leaf,
        client_shake,
        open,
        leaving,
        over,
        splicing
    };

    Session(Shared& shared, const Flow& flow);
    ~Session() override;

    // Takes the descriptors into the loop. Call once.
    void start();
    // There is another bundle: a flow that it leaves alone or blocks ends.
    void rejudge();
    // Ends it at once; both sides see a reset.
    void stop();

    State state() const { return state_; }
    const FlowInfo& flow() const { return flow_.info; }
    const std::string& name() const { return opening_.name; }
    const std::string& application() const { return server_notes_.alpn; }
    bool opened() const { return opened_; }  // something of it is decrypted
    std::uint64_t bytes(Side to) const { return bytes_[static_cast<std::size_t>(to)]; }
    MonoTime since() const { return since_; }

  private:
    // session.cc
    void on_leg(Leg& leg) override;
    void turn();
    void read_opening_bytes();
    void judge_opening(Opening opening);
    void speak(std::unique_ptr<Protocol> inside);
    void relay();
    void splice();
    void on_fresh(int fd) override;
    void on_stop() override { stop(); }
    void refuse(model::Reason reason, std::string detail);
    void limit(std::uint32_t ms);
    static void on_timer(void* self);
    static void on_more(void* self);
    void on_time_out();
    void over();
    lookup::Decision decide_now() const;
    std::string organisation() const;
    std::string subject() const;  // the name, or the address where there is none
    Report report(ReportKind kind) const;

    // session_tls.cc
    void greet_server();
    void shake_server();
    void on_certificate_wanted();
    bool may_splice() const;
    ChainVerdict verify_server(bool resumed) const;
    void on_server_failed();
    void on_bad_origin(OriginFault fault, const std::string& detail);
    void want_leaf(ipc::SignerIssuer issuer, std::shared_ptr<const OriginPath> path);
    void on_leaf(Result<std::shared_ptr<const Leaf>, LeafRefusal> leaf) override;
    void on_no_leaf(const LeafRefusal& refusal);
    void greet_client(const Leaf& leaf);
    void shake_client();
    void on_client_failed();
    void open_inside();

    // session_open.cc
    void pump();
    bool pump_from(Side side);
    void tell_room(Side to, std::size_t before);
    void drain();
    bool drain(Leg& leg);
    void end_if_done();
    Leg& leg(Side side) { return side == Side::client ? client_ : server_; }
    const Leg& leg(Side side) const { return side == Side::client ? client_ : server_; }
    void send(Side to, Bytes bytes) override;
    void end(Side to, bool clean) override;
    void abort() override;
    void leave() override;
    void finish() override;
    std::size_t backlog(Side to) const override { return leg(to).backlog(); }

    Shared& shared_;
    Flow flow_;
    State state_ = State::opening;
    bool opened_ = false;
    bool ended_[2] = {};   // reading from that side
    bool broken_ = false;  // a write failed: the flow ends after the callback that wrote
    std::uint64_t bytes_[2] = {};
    Opening opening_;
    model::Reason reason_ = model::Reason::learning;
    std::optional<model::Reason> page_;  // every request is answered with it
    ipc::SignerIssuer issuer_ = ipc::SignerIssuer::trusted;
    TlsNotes server_notes_, client_notes_;
    Leg client_, server_;
    Timer timer_;
    Timer more_;  // there is more to do, but others first
    MonoTime since_, last_bytes_;
    std::unique_ptr<Protocol> inside_;
};

constexpr std::string_view name_of(Session::State state) {
    constexpr std::string_view kNames[] = {
        "opening", "server_handshake", "certificate", "client_handshake",
        "open",    "leaving",          "over",        "splicing"};
    return kNames[static_cast<std::size_t>(state)];
}

}  // namespace sluice::inspect
