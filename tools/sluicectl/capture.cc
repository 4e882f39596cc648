// sluicectl capture: packets of a flow, an address, an organisation or a reason, or dropped for
// one, into a pcapng file.
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <thread>
#include <vector>

#include "tools/sluicectl/commands.h"
#include "tools/sluicectl/pcapng.h"

namespace sluice::ctl {
namespace {

volatile std::sig_atomic_t stop_asked = 0;

struct Order {
    std::string flow, address, organisation, policy_reason, drop_reason, op, reason, grant, file;
    unsigned seconds = 60;
    std::uint64_t packets = 0;  // 0 = as many as come
    bool payload = false;
};

std::vector<std::uint8_t> bytes_of_base64(const std::string& text) {
    std::array<int, 256> value;
    value.fill(-1);
    const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < digits.size(); ++i)
        value[static_cast<unsigned char>(digits[i])] = static_cast<int>(i);
    std::vector<std::uint8_t> bytes;
    std::uint32_t collected = 0;
    int bits = 0;
    for (const char c : text) {
        const int digit = value[static_cast<unsigned char>(c)];
        if (digit < 0) break;
        collected = collected << 6 | static_cast<std::uint32_t>(digit);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        bytes.push_back(static_cast<std::uint8_t>(collected >> bits));
    }
    return bytes;
}

// The file as it grows.
class File {
  public:
    File(const std::string& path, const Json& wires) {
        if (path != "-") file_.open(path, std::ios::binary | std::ios::trunc);
        out() << pcapng_section("sluicectl capture");
        for (const Json& wire : wires)
            for (const char* side : {"user", "internet"})
                out() << pcapng_interface(cell(wire.at("id")) + " " + side, 2'048);
    }
    bool good() { return out().good(); }
    void add(const Json& packet) {
        const std::vector<std::uint8_t> bytes = bytes_of_base64(packet.at("bytes"));
        const std::string fate = packet.at("fate");
        utc_ns_ = packet.at("utc_ns").get<std::int64_t>();
        out() << pcapng_packet({.interface = packet.at("wire").get<std::uint32_t>() * 2 +
                                             (packet.at("side") == "user" ? 0 : 1),
                                .utc_ns = utc_ns_,
                                .wire_bytes = packet.at("size").get<std::uint32_t>(),
                                .bytes = bytes,
                                .comment = fate == "forwarded" ? ""
                                           : fate == "own"     ? "made by Sluice"
                                                               : "dropped"});
    }
    // What is written so far is in the file.
    void flush() { out().flush(); }
    void end(const Json& capture) {
        const auto lost = capture.at("lost").get<std::uint64_t>();
        out() << pcapng_statistics(0, utc_ns_, capture.at("matched").get<std::uint64_t>(), lost);
        flush();
    }

  private:
    std::ostream& out() { return file_.is_open() || file_.fail() ? file_ : std::cout; }
    std::ofstream file_;
    std::int64_t utc_ns_ = 0;
};

Response start(Context& context, const Order& order) {
    Json body = {{"reason", order.reason}, {"seconds", order.seconds}};
    const auto add = [&](const char* key, const std::string& value) {
        if (!value.empty()) body[key] = value;
    };
    add("flow", order.flow);
    add("address", order.address);
    add("organisation", order.organisation);
    add("policy_reason", order.policy_reason);
    add("drop_reason", order.drop_reason);
    add("operator", order.op);
    if (order.payload) body["grant"] = order.grant;
    return post(context, "/v1/captures", body);
}

// Reads until the capture ends, enough has come, or somebody interrupts.
Response collect(Context& context, const Order& order, const std::string& path, File& file) {
    std::uint64_t written = 0;
    for (;;) {
        Response piece = post(context, path + "/read", Json::object());
        if (piece.code != kYes) return piece;
        const Json& capture = piece.body.at("items")[0];
        for (const Json& packet : capture.at("packets")) {
            if (order.packets != 0 && written == order.packets) break;
            file.add(packet);
            ++written;
        }
        const bool enough = order.packets != 0 && written == order.packets;
        const bool over = !capture.at("running").get<bool>() && capture.at("packets").empty();
        if (stop_asked || enough) post(context, path + "/stop", Json::object());
        if (enough || over || !file.good()) {
            piece.body["items"][0].erase("packets");
            piece.body["items"][0]["written"] = written;
            return piece;
        }
        if (capture.at("packets").empty())
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

std::string summary(const Json& document) {
    const Json& c = document.at("items")[0];
    return cell(c.at("written")) + " packets of " + cell(c.at("matched")) + " that matched; " +
           cell(c.at("lost")) + " lost, " + cell(c.at("unseen")) +
           " went by unseen (to not slow the gateway down)\n";
}

void capture(Context& context, const Order& order) {
    const Response wires = get(context, "/v1/wires");
    if (wires.code != kYes) return show(context, wires, {});
    File file(order.file, wires.body.at("items"));
    if (!file.good())
        return show(context,
                    error_of(kUsage, "usage", order.file + ": cannot be written",
                             "name a file in a directory of yours"),
                    {});
    const Response started = start(context, order);
    if (started.code != kYes) return show(context, started, {});
    file.flush();
    std::signal(SIGINT, [](int) { stop_asked = 1; });
    const std::string path = "/v1/captures/" + cell(started.body.at("items")[0].at("id"));
    const Response done = collect(context, order, path, file);
    if (done.code != kYes) return show(context, done, {});
    file.end(done.body.at("items")[0]);
    if (order.file == "-") {  // stdout is the capture's
        std::fputs(summary(done.body).c_str(), stderr);
        return;
    }
    show(context, done, {summary});
}

}  // namespace

void add_capture(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand(
        "capture", "Packets as they leave, into a pcapng file; headers only unless granted");
    auto order = std::make_shared<Order>();
    command->add_option("file", order->file, "The file to write; - is stdout")->required();
    auto* flow = command->add_option("--flow", order->flow,
                                     "Of this flow: its id, or \"tcp SRC:PORT > DST:PORT\"");
    command->add_option("--address", order->address, "From or to this address")->excludes(flow);
    command->add_option("--org", order->organisation, "Of this organisation");
    command->add_option("--drop-reason", order->drop_reason,
                        "Dropped for this reason, whatever it is of (`sluicectl counters`)");
    command->add_option("--policy-reason", order->policy_reason,
                        "Of flows judged for this reason (`sluicectl counters` lists them)");
    command->add_option("--operator", order->op, "With --flow as a tuple: whose catalog");
    command->add_option("--seconds", order->seconds, "At most so long (60)")
        ->check(CLI::Range(1u, 3600u));
    command->add_option("--packets", order->packets, "At most so many");
    auto* payload = command->add_flag(
        "--payload", order->payload, "With what packets carry; exempt flows stay cut all the same");
    command->add_option("--grant", order->grant, "On whose word payload may be seen")
        ->needs(payload);
    command->add_option("--reason", order->reason, "Why: goes into the audit")->required();
    command->callback([&context, order] {
        if (order->payload && order->grant.empty())
            throw CLI::ValidationError("--payload", "needs --grant: on whose word it may be seen");
        capture(context, *order);
    });
}

}  // namespace sluice::ctl
