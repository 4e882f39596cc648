// QueryServer: the data plane's end of the query socket. Accepts up to 16 clients, checks every
// question and passes it on; one thread, poll(), nothing a client does can make it wait.
#pragma once
#include <poll.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rules/base/result.h"
#include "rules/ipc/query.h"

namespace sluice::io {

// What goes back: a header and `count` records of one size.
struct Answer {
    ipc::ReplyStatus status = ipc::ReplyStatus::ok;
    std::string message;
    std::uint64_t cursor = 0;
    std::uint32_t count = 0, record_size = 0;
    std::vector<std::uint8_t> records;

    static Answer refusal(ipc::ReplyStatus status, std::string message) {
        Answer answer;
        answer.status = status;
        answer.message = std::move(message);
        return answer;
    }
    template <class Record>
    static Answer of(std::span<const Record> records, std::uint64_t cursor = 0) {
        Answer answer;
        answer.cursor = cursor;
        answer.count = static_cast<std::uint32_t>(records.size());
        answer.record_size = sizeof(Record);
        answer.records.resize(records.size_bytes());
        if (!records.empty())
            std::memcpy(answer.records.data(), records.data(), records.size_bytes());
        return answer;
    }
};

class QueryHandler {
  public:
    virtual ~QueryHandler() = default;
    // Nothing: the answer comes later, through QueryServer::answer_waiting.
    virtual std::optional<Answer> answer(const ipc::Request& request) = 0;
};

class QueryServer {
  public:
    static constexpr std::size_t kClientsMax = 16;  // one more closes the longest silent

    // Listens at `path` (mode 0660); a socket left there by a dead process is replaced, one of a
    // living process is an error in words.
    static Result<QueryServer, std::string> listen(const std::string& path, QueryHandler& handler);
    // Serves clients of an already listening socket, which it owns.
    QueryServer(int listening, std::string path, QueryHandler& handler);
    QueryServer(QueryServer&& from) noexcept;
    QueryServer& operator=(QueryServer&&) = delete;
    ~QueryServer();

    // Waits for clients or `others` (their revents are filled), then serves what came.
    void poll_once(std::span<pollfd> others, int timeout_ms);
    // Sends `answer` to the clients whose questions the handler left for later.
    void answer_waiting(const Answer& answer);

    std::size_t clients() const { return clients_.size(); }

  private:
    struct Client {
        int fd = -1;
        bool waiting = false;  // for an answer that comes later; asks nothing meanwhile
        bool gone = false;
    };
    void accept_clients();
    void serve(Client& client);
    static void send_answer(Client& client, const Answer& answer);
    void sweep_gone();

    int listening_;
    std::string path_;
    QueryHandler* handler_;
    std::vector<Client> clients_;  // the longest silent first
    std::vector<pollfd> polled_;
};

}  // namespace sluice::io
