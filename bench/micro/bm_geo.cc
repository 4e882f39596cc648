// Where an address is, and whether it is in a segment: against libmaxminddb's own lookup in the
// same database in the same run. Prints one line a figure and the ratios.
//
//   bm_geo [FILE.mmdb | prefixes]      default: 200,000 random prefixes
#include <arpa/inet.h>
#include <maxminddb.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <sstream>

#include "rules/base/assert.h"
#include "rules/compile/compile.h"
#include "tests/support/mmdb_writer.h"

using namespace sluice;

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kAsked = 1'000'000;

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

std::string random_database(std::size_t prefixes) {
    std::mt19937_64 random(3);
    std::set<Prefix> taken;
    while (taken.size() < prefixes) {
        const auto length = static_cast<std::uint8_t>(96 + 12 + random() % 13);
        taken.insert({masked(IpAddress::v4(static_cast<std::uint32_t>(random())), length), length});
    }
    std::vector<test::MmdbEntry> entries;  // by network, wider ones first
    for (const Prefix& prefix : taken) {
        const auto letter = [&] { return static_cast<char>('A' + random() % 26); };
        entries.push_back({prefix, std::string{letter(), letter()}, 0, ""});
    }
    entries.front().country = "KZ";
    return test::mmdb(entries, 32);
}

std::string content(const char* file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream all;
    all << in.rdbuf();
    return all.str();
}

template <class Ask>
double ns_each(const std::vector<IpAddress>& asked, Ask ask) {
    double best = 1e18;
    for (int round = 0; round < 9; ++round) {
        const auto begin = Clock::now();
        std::size_t sum = 0;
        for (const IpAddress& address : asked)
            sum += ask(address);
        asm volatile("" : : "r"(sum));
        best = std::min(best, seconds_since(begin) * 1e9 / static_cast<double>(asked.size()));
    }
    return best;
}

}  // namespace

int main(int argc, char** argv) {
    const bool file = argc > 1 && std::filesystem::exists(argv[1]);
    const std::size_t prefixes = argc > 1 && !file ? std::strtoull(argv[1], nullptr, 10) : 200'000;
    const std::string bytes = file ? content(argv[1]) : random_database(prefixes);
    auto geo = std::make_shared<model::GeoContent>();
    geo->bytes = bytes;
    model::Policy policy;
    policy.geo.push_back({"geo", "", "", {}, {}});
    policy.geo_content.push_back(geo);
    policy.segments.push_back({"national", {"KZ"}, {}, {}, {}, {}});
    auto begin = Clock::now();
    const auto compiled = compile::compile(policy);
    SLUICE_ASSERT(compiled.ok());
    const auto bundle = ipc::load_compiled(compiled->bundle);
    SLUICE_ASSERT(bundle.ok());
    std::printf("compiled and loaded in %.2f s: %zu + %zu intervals, %zu bytes\n",
                seconds_since(begin), bundle->geo->view.starts4.size(),
                bundle->geo->view.starts6.size(), bundle->geo->memory.size());

    const std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("bm_geo." + std::to_string(::getpid()));
    std::ofstream(path, std::ios::binary) << bytes;
    MMDB_s peer;
    SLUICE_ASSERT(MMDB_open(path.c_str(), MMDB_MODE_MMAP, &peer) == MMDB_SUCCESS);
    std::filesystem::remove(path);
    std::mt19937_64 random(5);
    std::vector<IpAddress> asked;
    for (std::size_t i = 0; i < kAsked; ++i)
        asked.push_back(IpAddress::v4(static_cast<std::uint32_t>(random())));
    const double theirs = ns_each(asked, [&](const IpAddress& address) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_addr.s_addr = htonl(address.as_v4());
        int error = 0;
        return std::size_t{
            MMDB_lookup_sockaddr(&peer, reinterpret_cast<const sockaddr*>(&to), &error)
                .found_entry};
    });
    MMDB_close(&peer);
    const lookup::GeoView& view = bundle->geo->view;
    const double place = ns_each(
        asked, [&](const IpAddress& a) { return std::size_t{view.place_of(a).country[0] != 0}; });
    const double segment =
        ns_each(asked, [&](const IpAddress& a) { return std::size_t{view.in_segment(0, a)}; });
    std::printf("libmaxminddb, entry found   %8.1f ns\n", theirs);
    std::printf("place_of                    %8.1f ns   %.2f x\n", place, place / theirs);
    std::printf("in_segment                  %8.1f ns   %.2f x\n", segment, segment / theirs);
    return 0;
}
