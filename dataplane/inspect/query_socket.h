// The socket on which a worker answers about itself (rules/ipc/inspect_query.h). In the worker's
// own loop: a client that does not read is let go, none is waited for.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dataplane/inspect/loop.h"
#include "rules/base/result.h"
#include "rules/ipc/inspect_query.h"

namespace sluice::inspect {

// Records of one kind as bytes, and where to go on.
struct QueryAnswer {
    std::uint32_t record_size = 0;
    std::uint32_t count = 0;
    std::uint64_t cursor = 0;
    std::vector<std::uint8_t> bytes;

    template <class Record>
    void add(const Record& record) {
        record_size = sizeof record;
        ++count;
        const auto* at = reinterpret_cast<const std::uint8_t*>(&record);
        bytes.insert(bytes.end(), at, at + sizeof record);
    }
    bool full() const { return count == ipc::kInspectRecordsPerReply; }
};

class QuerySocket final : private Watcher {
  public:
    static constexpr std::size_t kClientsMax = 16;  // one more closes the oldest
    using Answer = std::function<QueryAnswer(const ipc::InspectRequest&)>;

    // Listens at `path` (mode 0660); what a dead process left there is replaced. Error in words.
    static Result<int, std::string> listen(const std::string& path);
    QuerySocket(Loop& loop, int listening, Answer answer);
    ~QuerySocket();
    QuerySocket(const QuerySocket&) = delete;
    QuerySocket& operator=(const QuerySocket&) = delete;

  private:
    class Client;
    void on_events(std::uint32_t events) override;
    void drop(Client& client);

    Loop& loop_;
    int listening_;
    Answer answer_;
    std::vector<std::unique_ptr<Client>> clients_;  // oldest first
};

}  // namespace sluice::inspect
