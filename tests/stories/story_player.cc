#include "tests/stories/story_player.h"

#include <sstream>

#include "rules/lookup/decide.h"
#include "tests/support/frame_text.h"

namespace sluice::testing {

using pipeline::Side;

namespace {

// The first word of `text`, which loses it.
std::string take_word(std::string& text) {
    std::istringstream in(text);
    std::string word, rest;
    in >> word;
    std::getline(in >> std::ws, rest);
    text = rest;
    return word;
}

load::FileSet read_policy(const std::filesystem::path& directory) {
    std::vector<load::Diagnostic> problems;
    auto files = load::read_policy_files(directory, problems);
    if (!problems.empty()) throw std::invalid_argument(to_text(problems.front()));
    return files;
}

std::string endpoint_text(const IpAddress& address, std::uint16_t port) {
    return (address.is_v4() ? to_text(address) : "[" + to_text(address) + "]") + ":" +
           std::to_string(port);
}

// "tcp 10.10.0.5:40000 > 203.0.113.9:443", user side first.
std::string tuple_text(const ipc::FlowTuple& t) {
    const char* proto = t.ip_protocol == 6 ? "tcp" : t.ip_protocol == 17 ? "udp" : nullptr;
    return (proto != nullptr ? proto : "proto=" + std::to_string(t.ip_protocol)) + " " +
           endpoint_text(t.user, t.user_port) + " > " + endpoint_text(t.remote, t.remote_port);
}

// Text of a packet of Sluice's own, on one line.
std::string own_text(const Frame& frame) {
    return text_of(frame, {.payload_max = 22, .show_macs = false, .show_ip = false});
}

std::string fate_text(const Fate& fate) {
    std::string text = fate.word;
    if (!fate.released.empty()) text += " released=" + std::to_string(fate.released.size());
    if (fate.dropped_too != 0) text += " dropped=" + std::to_string(fate.dropped_too);
    return text.empty() ? "nothing" : text[0] == ' ' ? text.substr(1) : text;
}

}  // namespace

StoryPlayer::StoryPlayer(const std::filesystem::path& policy)
    : files_(read_policy(policy)), gateway_(std::make_unique<Gateway>(files_)) {}

std::string StoryPlayer::play(const std::string& line) {
    if (!file_in_work_.empty()) {
        if (line.starts_with("  ")) {
            file_text_ += line.substr(2) + "\n";
            return "";
        }
        files_[file_in_work_] = file_text_;
        file_in_work_.clear();
    }
    std::string rest = line;
    const std::string word = take_word(rest);
    if (word.empty() || word[0] == '#') return "";
    if (word == "out") return expect_fate(rest);
    if (word == "own") return expect_own(rest);
    if (word == "flow") return expect_flow(rest);
    if (word == "count") return expect_count(rest);
    if (const std::string left = unexpected(); !left.empty()) return left;
    if (word == "user") return packet(Side::user, rest);
    if (word == "internet") return packet(Side::internet, rest);
    if (word == "wait") {
        const Fate fate = gateway_->wait_ms(std::stol(rest));
        for (const Frame& f : fate.own_to_user)
            own_.push_back("user " + own_text(f));
        for (const Frame& f : fate.own_to_internet)
            own_.push_back("internet " + own_text(f));
        if (const std::string text = fate_text(fate); text != "nothing") fate_ = text;
        return "";
    }
    if (word == "wire") return gateway_->use_wire(rest), "";
    if (word == "day") return gateway_->set_day(rest), "";
    if (word == "file") return file_in_work_ = rest, file_text_.clear(), "";
    if (word == "publish") return gateway_->publish(files_), "";
    return "no story word: " + word;
}

std::string StoryPlayer::packet(Side side, const std::string& text) {
    saw_packets_ = true;
    const PacketFrame frame = conversation_.packet_of(text);
    const Fate fate = gateway_->receive(side, frame.bytes, frame.wire_size);
    fate_ = fate_text(fate);
    for (const Frame& f : fate.own_to_user)
        own_.push_back("user " + own_text(f));
    for (const Frame& f : fate.own_to_internet)
        own_.push_back("internet " + own_text(f));
    return gateway_->balanced() ? "" : "rx is not forwarded + dropped + held";
}

std::string StoryPlayer::expect_fate(const std::string& text) {
    if (!fate_) return "no packet to expect anything of";
    const std::string got = *fate_;
    fate_.reset();
    return got == text ? "" : "came out: " + got;
}

std::string StoryPlayer::expect_own(const std::string& text) {
    if (own_.empty()) return "Sluice sent nothing";
    const std::string got = own_.front();
    own_.erase(own_.begin());
    return got.find(text) == 0 ? "" : "Sluice sent: " + got;
}

std::string StoryPlayer::expect_flow(const std::string& text) {
    for (const ipc::FlowRecord& r : gateway_->flows()) {
        const std::string tuple = tuple_text(r.tuple);
        if (!text.starts_with(tuple + " ")) continue;
        const std::map<std::string, std::string> facts = {
            {"verdict", std::string(name_of(r.verdict))},
            {"reason", std::string(name_of(r.reason))},
            {"protocol", std::string(name_of(r.protocol))},
            {"name", std::string(r.name())},
            {"source", std::string(name_of(r.name_source))},
            {"org", std::string(gateway_->bundle().organisation_id(r.org))},
            {"packets", std::to_string(r.packets)},
            {"opener", r.from_internet ? "internet" : "user"},
        };
        std::istringstream words(text.substr(tuple.size()));
        for (std::string word; words >> word;) {
            const std::size_t equals = word.find('=');
            const auto fact = facts.find(word.substr(0, equals));
            if (fact == facts.end()) return "no flow word: " + word;
            if (fact->second != word.substr(equals + 1))
                return fact->first + " is " + fact->second;
        }
        return explained_equally(r);
    }
    return "there is no such flow";
}

std::string StoryPlayer::explained_equally(const ipc::FlowRecord& r) const {
    if (r.reason == model::Reason::unclassified_open ||
        r.reason == model::Reason::unclassified_closed ||
        r.reason == model::Reason::inspect_unavailable)
        return "";  // run-time answers: no fact of the flow is their cause
    lookup::Facts f;
    f.operator_id = r.tuple.operator_id;
    f.org = r.org;
    f.user = r.tuple.user;
    f.remote = r.tuple.remote;
    f.user_port = r.tuple.user_port;
    f.remote_port = r.tuple.remote_port;
    f.ip_protocol = r.tuple.ip_protocol;
    f.from_internet = r.from_internet;
    f.midstream = r.midstream;
    f.protocol = r.protocol;
    f.name_source = r.name_source;
    f.name = r.name();
    f.name_state = !f.name.empty()                            ? lookup::NameState::known
                   : r.reason == model::Reason::learning ? lookup::NameState::pending
                                                              : lookup::NameState::absent;
    f.now = gateway_->now().utc;
    const lookup::Decision again = lookup::decide(gateway_->bundle(), f);
    if (again.reason == r.reason && again.verdict == r.verdict) return "";
    return "decide() on the same facts says " + std::string(name_of(again.reason));
}

std::string StoryPlayer::expect_count(const std::string& text) {
    std::string rest = text;
    const std::string word = take_word(rest);
    const std::uint64_t got = gateway_->count(word);
    return std::to_string(got) == rest ? "" : word + " is " + std::to_string(got);
}

std::string StoryPlayer::unexpected() const {
    if (fate_) return "nothing was expected of the packet before, which was: " + *fate_;
    if (!own_.empty()) return "nothing was expected of what Sluice sent: " + own_.front();
    return "";
}

std::string StoryPlayer::finish() {
    if (const std::string left = unexpected(); !left.empty()) return left;
    return gateway_->balanced() ? "" : "rx is not forwarded + dropped + held";
}

}  // namespace sluice::testing
