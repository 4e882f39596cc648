// An operator's catalog of a million rows, from the bytes of its feed to the bundle that is
// published: each step's time. No benchmark library: one line a step, and it fails when the sum
// misses the limit: 5 s for a whole catalog, 1 s for a delta of 1,000 (both without the network).
//
//   bm_catalog [rows]      default 1,000,000; below a million times are not judged
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "control/catalog/replica_files.h"
#include "control/engine/live_engine.h"
#include "control/store/sha256.h"
#include "rules/base/assert.h"

using namespace sluice;
using namespace sluice::control;
using namespace sluice::control::catalog;

namespace {

// The shipped lists have days of their own, which must have come.
const UtcTime kNow{static_cast<std::int64_t>(std::time(nullptr))};
constexpr double kWholeMax_s = 5, kDeltaMax_s = 1;

class Steps {
  public:
    template <class Do>
    auto time(const char* name, Do step) {
        const auto begin = std::chrono::steady_clock::now();
        auto result = step();
        const double took =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        sum_ += took;
        std::printf("  %-24s %7.3f s\n", name, took);
        return result;
    }
    double sum() const { return sum_; }

  private:
    double sum_ = 0;
};

FileSet sample() {
    FileSet files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(RULES_DATA "/sample"))
        if (entry.is_regular_file()) {
            std::ostringstream text;
            text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
            files[std::filesystem::relative(entry.path(), RULES_DATA "/sample")] = text.str();
        }
    return files;
}

// Neighbouring rows belong to the two organisations in turn, so that no two can be joined.
Row row_of(std::uint32_t i, const std::vector<std::string>& organisations) {
    return {{IpAddress::v4(0x0a00'0000u + (i << 4)), 124}, organisations[i % organisations.size()]};
}

struct World {
    explicit World(const std::filesystem::path& dir)
        : files(dir / "catalog"),
          engine(
              dir / "bundle", [] { return kNow; }, layout::NameKey{1, 2}) {
        candidate = engine.build(sample(), nullptr);
        for (const auto& d : candidate.diagnostics)
            std::fprintf(stderr, "%s:%u: %s\n", d.file.c_str(), static_cast<unsigned>(d.line),
                         d.message.c_str());
        SLUICE_ASSERT(candidate.ok());
        operator_id = candidate.policy->operators[0].id;
        for (const auto& o : candidate.policy->organisations)
            if (o.operator_id == operator_id) organisations.push_back(o.id);
        SLUICE_ASSERT(!organisations.empty());
        replica.operator_id = operator_id;
    }
    // From the believed replica to the bundle on disk.
    void take(Steps& steps, Replica next) {
        const Difference change =
            steps.time("difference", [&] { return difference(replica.rows, next.rows); });
        steps.time("replica to disk", [&] { return files.save(next, change, kNow).ok(); });
        replica = std::move(next);
        engine.set_catalog({{operator_id, replica.rows}});
        candidate = steps.time("compile", [&] { return engine.rebuild(candidate); });
        SLUICE_ASSERT(candidate.ok() && candidate.layer_troubles.empty());
        SLUICE_ASSERT(steps.time("publish", [&] { return engine.publish(candidate).ok(); }));
    }

    ReplicaFiles files;
    LiveEngine engine;
    Candidate candidate;
    std::string operator_id;
    std::vector<std::string> organisations;
    Replica replica;
};

double take_whole(World& world, std::uint32_t rows) {
    Snapshot snapshot{world.operator_id, "session", 1, {}};
    for (std::uint32_t i = 0; i < rows; ++i)
        snapshot.rows.push_back(row_of(i, world.organisations));
    const std::string text = write_snapshot(snapshot);
    std::printf("%u rows, a snapshot of %zu MB\n", rows, text.size() >> 20);
    Steps steps;
    steps.time("sha256", [&] { return sha256_hex(text); });
    const auto parsed = steps.time("parse", [&] { return parse_snapshot(text); });
    SLUICE_ASSERT(parsed.ok());
    auto next = steps.time("apply", [&] { return apply(world.replica, *parsed, Gate{}); });
    SLUICE_ASSERT(next.ok() && next->rows.size() == rows);
    world.take(steps, std::move(*next));
    std::printf("  %-24s %7.3f s (%.0f s wanted)\n", "whole", steps.sum(), kWholeMax_s);
    return steps.sum();
}

double take_delta(World& world, std::uint32_t rows) {
    Delta delta{world.operator_id, "session", 2, {}};
    const std::uint32_t changes = std::min(1'000u, rows / 4);
    for (std::uint32_t i = 0; i < changes / 2; ++i) {
        delta.changes.push_back({false, row_of(i * (rows / changes), world.organisations)});
        delta.changes.push_back({true, row_of(rows + i, world.organisations)});
    }
    const std::string text = write_delta(delta);
    std::printf("a delta of %u\n", changes);
    Steps steps;
    const auto parsed = steps.time("parse", [&] { return parse_delta(text); });
    SLUICE_ASSERT(parsed.ok());
    auto next = steps.time("apply", [&] { return apply(world.replica, *parsed, Gate{100, true}); });
    SLUICE_ASSERT(next.ok() && next->rows.size() == rows);
    world.take(steps, std::move(*next));
    std::printf("  %-24s %7.3f s (%.0f s wanted)\n", "whole", steps.sum(), kDeltaMax_s);
    return steps.sum();
}

}  // namespace

int main(int argc, char** argv) {
    const auto rows = static_cast<std::uint32_t>(argc > 1 ? std::atoi(argv[1]) : 1'000'000);
    std::string name = std::filesystem::temp_directory_path() / "sluice-bm-catalog-XXXXXX";
    SLUICE_ASSERT(mkdtemp(name.data()) != nullptr);
    std::filesystem::create_directories(name + "/bundle");
    bool good = true;
    {
        World world(name);
        const double whole = take_whole(world, rows), delta = take_delta(world, rows);
        const auto again = world.files.replica(world.operator_id);
        SLUICE_ASSERT(again.ok() && again->rows == world.replica.rows);
        good = rows < 1'000'000 || (whole <= kWholeMax_s && delta <= kDeltaMax_s);
    }
    std::filesystem::remove_all(name);
    return good ? 0 : 1;
}
