// StoryPlayer: one story, line by line, against the real worker.
#pragma once
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "tests/support/exempt_witness.h"
#include "tests/support/gateway.h"
#include "tests/support/packet_text.h"

namespace sluice::testing {

class StoryPlayer {
  public:
    explicit StoryPlayer(const std::filesystem::path& policy);

    // Empty when the line is as it should be, else what is not.
    std::string play(const std::string& line);
    // After the last line: nothing may be left unexpected, and the books balance.
    std::string finish();
    bool saw_packets() const { return saw_packets_; }

  private:
    std::string packet(pipeline::Side side, const std::string& text);
    // The three packets of a handshake, each of which must be forwarded.
    std::string connect(const std::string& text);
    std::string wait(const std::string& text);
    std::string inspector(const std::string& text);
    std::string broker(const std::string& text);
    std::string expect_asked(const std::string& text);
    std::string expect_told(const std::string& text);
    std::string set_limits(const std::string& text);
    std::string expect_fate(const std::string& text);
    std::string expect_own(const std::string& text);
    std::string expect_flow(const std::string& text);
    std::string expect_count(const std::string& text);
    std::string expect_event(const std::string& text);
    std::string expect_evidence(const std::string& text);
    // After every step: no exempt flow was handed over, and the books balance.
    std::string sound();
    void note_own(const Fate& fate);
    std::string unexpected() const;
    // The same facts through decide() again: the auditor's page gives the packet path's answer.
    std::string explained_equally(const ipc::FlowRecord& record) const;

    load::FileSet files_;
    std::unique_ptr<Gateway> gateway_;
    Conversation conversation_;
    std::optional<std::string> fate_;  // of the packet before, not asked about yet
    std::vector<std::string> own_;     // packets of Sluice's own, not asked about yet
    std::deque<ipc::Event> events_;    // not asked about yet
    ExemptWitness witness_;
    std::deque<ipc::Evidence> evidence_;  // not asked about yet
    std::string file_in_work_, file_text_;
    bool saw_packets_ = false;
};

}  // namespace sluice::testing
