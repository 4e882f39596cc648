// Event intake: drains the data plane's rings into the verdict log, the reference index and the
// list of unknown sources. Bounded work a turn; nothing here can make the data plane wait.
#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "control/api/flow_facts.h"
#include "control/daemon/verdict_log.h"
#include "control/store/store.h"
#include "rules/ipc/shm_reader.h"

namespace sluice::control {

class Intake {
  public:
    Intake(std::string runtime_dir, Store& store, VerdictLog& log)
        : runtime_dir_(std::move(runtime_dir)), store_(store), log_(log) {}

    // Reads what the rings hold, at most kEventsPerTurn. Called about every 100 ms.
    void turn(const Rulebook* rules);
    // One event, as turn() does it.
    void take(const ipc::Event& event, const Rulebook& rules);
    // Writes what was collected. Called about once a second, and at the end.
    void flush();
    // Why the store did not take the latest flush; empty when it did.
    const std::string& trouble() const { return trouble_; }

  private:
    static constexpr std::size_t kEventsPerTurn = 16'384;
    static constexpr std::size_t kPendingMax = 100'000;  // while the store cannot be written
    void open_rings();
    void drain(const Rulebook& rules, std::size_t& left);

    std::string runtime_dir_;
    Store& store_;
    VerdictLog& log_;
    std::vector<ipc::EventReader> rings_;
    std::map<std::pair<std::string, std::string>, UnknownSource> unknown_;
    std::vector<Reference> references_;
    std::string trouble_;
};

}  // namespace sluice::control
