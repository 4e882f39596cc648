// sluicectl top: rates once a second; into a pipe one snapshot of totals.
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <map>
#include <memory>
#include <thread>

#include "tools/render/table.h"
#include "tools/sluicectl/commands.h"

namespace sluice::ctl {
namespace {

using Clock = std::chrono::steady_clock;
volatile std::sig_atomic_t stop_asked = 0;

// Every number of a document by a name of its own, so that two documents can be subtracted.
using Numbers = std::map<std::string, std::uint64_t>;
Numbers numbers_of(const Json& document) {
    Numbers all;
    for (const Json& item : document.at("items")) {
        const std::string group = cell(item.at("group"));
        if (group == "wire") {
            for (const char* side : {"user", "internet"})
                for (const char* field :
                     {"rx_packets", "rx_bytes", "tx_packets", "tx_bytes", "missed"})
                    all[cell(item.at("id")) + "/" + side + "/" + field] =
                        item.at(side).at(field).get<std::uint64_t>();
        } else if (item.contains("value")) {
            all[group + "/" + cell(item.at("name"))] = item.at("value").get<std::uint64_t>();
        }
    }
    return all;
}

// What is shown: totals, or the difference of two readings by the seconds between them.
struct Reading {
    Numbers now, before;
    double seconds = 0;  // 0: totals
    std::uint64_t value(const std::string& name) const {
        const auto at = now.find(name);
        if (at == now.end()) return 0;
        if (seconds == 0) return at->second;
        const auto old = before.find(name);
        const std::uint64_t base = old == before.end() ? 0 : old->second;
        return at->second < base ? 0  // the data plane was started anew
                                 : static_cast<std::uint64_t>(
                                       static_cast<double>(at->second - base) / seconds + 0.5);
    }
};

std::string wires(const Json& items, const Reading& r) {
    using render::Align;
    render::Table t({{"WIRE"},
                     {"SIDE"},
                     {"RX PKTS", Align::right},
                     {"RX BITS", Align::right},
                     {"TX PKTS", Align::right},
                     {"TX BITS", Align::right},
                     {"MISSED", Align::right}});
    for (const Json& item : items) {
        if (item.at("group") != "wire") continue;
        for (const char* side : {"user", "internet"}) {
            const auto of = [&](const char* field) {
                return r.value(cell(item.at("id")) + "/" + side + "/" + field);
            };
            t.add({cell(item.at("id")), side, render::short_count(of("rx_packets")),
                   render::short_count(8 * of("rx_bytes")), render::short_count(of("tx_packets")),
                   render::short_count(8 * of("tx_bytes")), render::short_count(of("missed"))});
        }
    }
    return t.text();
}

std::string reasons(const Json& items, const Reading& r) {
    render::Table t({{"GROUP"}, {"REASON"}, {"COUNT", render::Align::right}});
    for (const Json& item : items) {
        const std::string group = cell(item.at("group"));
        if (group != "decided" && group != "dropped" && group != "blocked") continue;
        const std::uint64_t n = r.value(group + "/" + cell(item.at("name")));
        if (n != 0) t.add({group, cell(item.at("name")), render::short_count(n)});
    }
    return t.text();
}

std::string organisations(const Json& items) {
    using render::Align;
    render::Table t({{"ORGANISATION"},
                     {"FLOWS", Align::right},
                     {"PKTS", Align::right},
                     {"BYTES", Align::right}});
    for (const Json& item : items)
        if (item.at("group") == "organisation")
            t.add({cell(item.at("organisation")), cell(item.at("flows")),
                   render::short_count(item.at("packets").get<std::uint64_t>()),
                   render::short_count(item.at("bytes").get<std::uint64_t>())});
    return t.text();
}

std::string page(const Json& document, const Reading& r) {
    const Json& items = document.at("items");
    std::string out = cell(document.at("meta").at("node")) + "  " +
                      cell(document.at("meta").at("at")) +
                      (r.seconds == 0 ? "  totals\n" : "  per second\n");
    out += "packets  received " + render::short_count(r.value("worker/rx")) + "  forwarded " +
           render::short_count(r.value("worker/forwarded")) + "  new flows " +
           render::short_count(r.value("worker/flows_new")) + "  flows now " +
           render::short_count(Reading{r.now, {}, 0}.value("worker/flows_live")) + "\n\n";
    return out + wires(items, r) + "\n" + reasons(items, r) + "\n" + organisations(items);
}

void live(Context& context) {
    std::signal(SIGINT, [](int) { stop_asked = 1; });
    Numbers before;
    Clock::time_point before_at{};
    while (!stop_asked) {
        const Response response = get(context, "/v1/top");
        const auto at = Clock::now();
        if (response.code != kYes) {
            show(context, response, {});
            return;
        }
        Reading r{numbers_of(response.body), before, 0};
        if (!before.empty()) r.seconds = std::chrono::duration<double>(at - before_at).count();
        // Home, the page with each line cleared to its end, then the rest of the screen cleared.
        std::string text = page(response.body, r);
        for (std::size_t i = 0; (i = text.find('\n', i)) != std::string::npos; i += 4)
            text.insert(i, "\x1b[K");
        std::printf("\x1b[H%s\x1b[J", text.c_str());
        std::fflush(stdout);
        before = std::move(r.now);
        before_at = at;
        std::this_thread::sleep_until(at + std::chrono::seconds(1));
    }
}

}  // namespace

void add_top(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand("top", "Rates, live; one snapshot into a pipe");
    auto once = std::make_shared<bool>(false);
    command->add_flag("--once", *once, "One snapshot of totals");
    command->callback([&context, once] {
        if (!*once && !context.json() && isatty(STDOUT_FILENO)) {
            std::fputs("\x1b[2J", stdout);
            live(context);
            return;
        }
        show(context, get(context, "/v1/top"), {[](const Json& d) {
                 return page(d, Reading{numbers_of(d), {}, 0});
             }});
    });
}

}  // namespace sluice::ctl
