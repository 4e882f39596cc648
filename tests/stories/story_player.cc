#include "tests/stories/story_player.h"

#include <algorithm>
#include <sstream>
#include <utility>

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
    if (fate.to_kernel != 0) text += " to_kernel=" + std::to_string(fate.to_kernel);
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
    if (word == "event") return expect_event(rest);
    if (word == "evidence") return expect_evidence(rest);
    if (word == "asked") return expect_asked(rest);
    if (word == "told") return expect_told(rest);
    if (const std::string left = unexpected(); !left.empty()) return left;
    if (word == "user") return packet(Side::user, rest);
    if (word == "internet") return packet(Side::internet, rest);
    if (word == "connect") return connect(rest);
    if (word == "wait") return wait(rest);
    if (word == "inspector") return inspector(rest);
    if (word == "broker") return broker(rest);
    if (word == "limits") return set_limits(rest);
    if (word == "wire") return gateway_->use_wire(rest), "";
    if (word == "day") return gateway_->set_day(rest), "";
    if (word == "file") return file_in_work_ = rest, file_text_.clear(), "";
    if (word == "publish") return gateway_->publish(files_), "";
    return "no story word: " + word;
}

void StoryPlayer::note_own(const Fate& fate) {
    for (const Frame& f : fate.own_to_user)
        own_.push_back("user " + own_text(f));
    for (const Frame& f : fate.own_to_internet)
        own_.push_back("internet " + own_text(f));
}

// "user A > B WORDS": the words (of the link) are on all three packets.
std::string StoryPlayer::connect(const std::string& text) {
    std::istringstream in(text);
    std::string side, from, arrow, to, words;
    in >> side >> from >> arrow >> to;
    std::getline(in, words);
    if ((side != "user" && side != "internet") || arrow != ">") return "not SIDE FROM > TO";
    const Side opener = side == "user" ? Side::user : Side::internet;
    const std::string there = "tcp " + from + " > " + to, back = "tcp " + to + " > " + from;
    const std::pair<Side, std::string> packets[] = {{opener, there + " S" + words},
                                                    {other(opener), back + " SA" + words},
                                                    {opener, there + " A" + words}};
    for (const auto& [from_side, line] : packets) {
        if (const std::string problem = packet(from_side, line); !problem.empty()) return problem;
        if (const std::string problem = expect_fate("forward"); !problem.empty()) return problem;
    }
    return "";
}

std::string StoryPlayer::wait(const std::string& text) {
    const Fate fate = gateway_->wait_ms(std::stol(text));
    note_own(fate);
    if (const std::string what = fate_text(fate); what != "nothing") fate_ = what;
    return sound();
}

// "ready", "busy" (its broker does not read), "gone".
std::string StoryPlayer::inspector(const std::string& text) {
    if (text != "ready" && text != "busy" && text != "gone") return "not ready, busy or gone";
    FakeInspector& inspector = gateway_->inspector();
    inspector.is_ready = text != "gone";
    inspector.can_be_asked = text != "busy";
    return "";
}

std::string StoryPlayer::broker(const std::string& text) {
    using Broker = Gateway::Broker;
    const std::map<std::string, Broker> words = {
        {"takes", Broker::takes}, {"refuses", Broker::refuses}, {"ends", Broker::ends}};
    const auto answer = words.find(text);
    if (answer == words.end()) return "not takes, refuses or ends";
    Fate fate;
    if (!gateway_->broker(answer->second, fate)) return "there is no such flow";
    note_own(fate);
    if (const std::string what = fate_text(fate); what != "nothing") fate_ = what;
    return sound();
}

// What the broker was asked for and has not answered: "none", or facts of the first.
std::string StoryPlayer::expect_asked(const std::string& text) {
    const auto& asked = gateway_->inspector().asked;
    if (text == "none") return asked.empty() ? "" : "it was asked for a flow";
    if (asked.empty()) return "it was not asked";
    const ipc::HandoverFlow& flow = asked.front();
    const auto end = [&](const std::string& who, const ipc::HandoverEnd& e) {
        return std::map<std::string, std::string>{
            {who + "_next", std::to_string(e.next_seq)},
            {who + "_window", std::to_string(e.window)},
            {who + "_mss", std::to_string(e.mss)},
            {who + "_scale", std::to_string(e.window_scale)},
            {who + "_sack", std::to_string(e.sack)},
            {who + "_ts", e.timestamps ? std::to_string(e.ts_value) : "none"},
            {who + "_link", std::to_string(e.link_size)},
        };
    };
    std::map<std::string, std::string> facts = {
        {"name", std::string(flow.name())},
        {"protocol", std::string(name_of(flow.protocol))},
        {"reason", std::string(name_of(flow.reason))},
        {"stalled", std::to_string(flow.stalled)},
    };
    facts.merge(end("user", flow.ends[0]));
    facts.merge(end("remote", flow.ends[1]));
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        const std::size_t equals = word.find('=');
        const auto fact = facts.find(word.substr(0, equals));
        if (fact == facts.end()) return "no asked word: " + word;
        if (fact->second != word.substr(equals + 1)) return fact->first + " is " + fact->second;
    }
    return "";
}

// How the first flow that was to end should: "became_exempt", "none".
std::string StoryPlayer::expect_told(const std::string& text) {
    auto& ends = gateway_->inspector().ends;
    if (text == "none") return ends.empty() ? "" : "a flow was to end";
    if (ends.empty()) return "no flow was to end";
    const std::string got(name_of(ends.front().how));
    ends.pop_front();
    return got == text ? "" : "it was to end so: " + got;
}

// "cold_max=4 names_max=2": a new, empty gateway of that size.
std::string StoryPlayer::set_limits(const std::string& text) {
    pipeline::WorkerLimits limits = Gateway::small();
    const std::map<std::string, std::uint32_t*> words = {
        {"flows_max", &limits.flows_max},
        {"cold_max", &limits.cold_max},
        {"small_buffers", &limits.small_buffers},
        {"large_buffers", &limits.large_buffers},
        {"names_max", &limits.names_max},
        {"dns_addresses_max", &limits.dns_addresses_max},
        {"fragments_max", &limits.fragments_max},
        {"held_packets_max", &limits.held_packets_max},
        {"new_flows_per_organisation", &limits.new_flows_per_organisation},
    };
    std::istringstream in(text);
    for (std::string word; in >> word;) {
        const std::size_t equals = word.find('=');
        const auto limit = words.find(word.substr(0, equals));
        if (limit == words.end() || equals == std::string::npos) return "no limit: " + word;
        *limit->second = static_cast<std::uint32_t>(std::stoul(word.substr(equals + 1)));
    }
    if (saw_packets_) return "limits are set before the first packet";
    gateway_ = std::make_unique<Gateway>(files_, limits);
    return "";
}

std::string StoryPlayer::packet(Side side, const std::string& text) {
    saw_packets_ = true;
    const PacketFrame frame = conversation_.packet_of(text);
    const Fate fate = gateway_->receive(side, frame.bytes, frame.wire_size);
    fate_ = fate_text(fate);
    note_own(fate);
    return sound();
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
            {"protocol", r.confidence == model::Confidence::port_only
                             ? "unknown"
                             : std::string(name_of(r.protocol))},
            {"confidence", std::string(name_of(r.confidence))},
            {"name", std::string(r.name())},
            {"source", std::string(name_of(r.name_source))},
            {"evidence", std::string(name_of(r.evidence))},
            {"org", std::string(gateway_->bundle().organisation_id(r.org))},
            {"packets", std::to_string(r.packets)},
            {"opener", r.from_internet ? "internet" : "user"},
        };
        std::istringstream words(text.substr(tuple.size()));
        for (std::string word; words >> word;) {
            const std::size_t equals = word.find('=');
            const auto fact = facts.find(word.substr(0, equals));
            if (fact == facts.end()) return "no flow word: " + word;
            if (fact->second != word.substr(equals + 1)) return fact->first + " is " + fact->second;
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
    if (r.confidence != model::Confidence::port_only) f.protocol = r.protocol;
    f.confidence = r.confidence;
    f.name_source = r.name_source;
    f.evidence = r.evidence;
    f.name = r.name();
    f.name_state = !f.name.empty()                       ? lookup::NameState::known
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

// "unknown_source 10.99.9.9 packets=3", "flow_blocked 10.10.0.5 reason=not_granted name=..."
std::string StoryPlayer::expect_event(const std::string& text) {
    for (const ipc::Event& e : gateway_->events())
        events_.push_back(e);
    if (text == "none") return events_.empty() ? "" : "there was an event";
    if (events_.empty()) return "there was no event";
    const ipc::Event e = events_.front();
    events_.pop_front();
    const std::string_view name(reinterpret_cast<const char*>(e.name_bytes), e.name_size);
    if (e.kind == ipc::EventKind::new_flow_flood) {
        const std::string flood = "new_flow_flood " +
                                  std::string(gateway_->bundle().organisation_id(e.org)) +
                                  " packets=" + std::to_string(e.packets);
        return flood == text ? "" : "the event was: " + flood;
    }
    std::string got =
        e.kind == ipc::EventKind::unknown_source ? "unknown_source " : "flow_blocked ";
    got += to_text(e.tuple.user);
    if (e.kind == ipc::EventKind::unknown_source)
        got += " packets=" + std::to_string(e.packets);
    else
        got += " reason=" + std::string(name_of(e.reason)) + " name=" + std::string(name);
    return got == text ? "" : "the event was: " + got;
}

std::string StoryPlayer::unexpected() const {
    if (fate_) return "nothing was expected of the packet before, which was: " + *fate_;
    if (!own_.empty()) return "nothing was expected of what Sluice sent: " + own_.front();
    return "";
}

// "begun 10.10.0.5 reason=exempt_finance name=bank.example", "ended ... packets=9"; "none".
std::string StoryPlayer::expect_evidence(const std::string& text) {
    if (text == "none") return evidence_.empty() ? "" : "there was evidence";
    if (evidence_.empty()) return "there was no evidence";
    const ipc::Evidence e = evidence_.front();
    evidence_.pop_front();
    constexpr std::string_view kKinds[] = {"begun", "answered", "ended"};
    const std::map<std::string, std::string> facts = {
        {"reason", std::string(name_of(e.reason))},
        {"name", std::string(e.name())},
        {"org", std::string(gateway_->bundle().organisation_id(e.org))},
        {"packets", std::to_string(e.packets)},
        {"message", std::to_string(e.hash_of_bytes)},
        {"why", std::string(ipc::kEvidenceEnds[static_cast<std::size_t>(e.end)])},
    };
    std::istringstream words(text);
    std::string kind, user;
    words >> kind >> user;
    const std::string_view got = kKinds[static_cast<std::size_t>(e.kind)];
    if (kind != got || user != to_text(e.tuple.user))
        return "the evidence was: " + std::string(got) + " " + to_text(e.tuple.user);
    for (std::string word; words >> word;) {
        const std::size_t equals = word.find('=');
        const auto fact = facts.find(word.substr(0, equals));
        if (fact == facts.end()) return "no evidence word: " + word;
        if (fact->second != word.substr(equals + 1)) return fact->first + " is " + fact->second;
    }
    return "";
}

std::string StoryPlayer::sound() {
    const std::vector<ipc::Evidence> evidence = gateway_->evidence();
    FakeInspector& inspector = gateway_->seen_by_inspector();
    const auto asked = std::exchange(inspector.all_asked, {});
    const auto sent = std::exchange(inspector.all_sent, {});
    evidence_.insert(evidence_.end(), evidence.begin(), evidence.end());
    if (const std::string problem = witness_.see(evidence, asked, sent); !problem.empty())
        return problem;
    return gateway_->balanced() ? "" : "rx is not forwarded + dropped + held";
}

// Every exempt flow has an open record, but those that became exempt in the sockets: they end.
std::string StoryPlayer::finish() {
    if (const std::string left = unexpected(); !left.empty()) return left;
    const auto& ends = gateway_->seen_by_inspector().all_ends;
    for (const ipc::FlowRecord& flow : gateway_->flows()) {
        const bool handed = std::ranges::any_of(
            ends, [&](const auto& end) { return end.flow.tuple == flow.tuple; });
        if (model::is_exempt(flow.reason) && !handed && !witness_.is_open(flow.tuple))
            return "there is no evidence of " + tuple_text(flow.tuple);
    }
    return sound();
}

}  // namespace sluice::testing
