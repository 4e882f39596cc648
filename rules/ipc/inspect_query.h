// Questions to a worker of sluice-inspect: <runtime_dir>/inspect-<worker>.sock, SOCK_SEQPACKET, one
// InspectRequest, one InspectReply with `count` records behind it. Flat structs of one build; both
// ends check version and sizes. Everything a client sends is untrusted.
#pragma once
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "rules/base/bytes.h"
#include "rules/base/result.h"
#include "rules/ipc/flow_record.h"

namespace sluice::ipc {

inline constexpr std::uint32_t kInspectVersion = 1;
inline constexpr std::size_t kInspectRecordsPerReply = 64;
inline constexpr std::size_t kInspectIdBytes = 64;  // an id of the policy, zero-ended

enum class InspectKind : std::uint8_t {
    status,    // -> InspectStatus
    counters,  // -> InspectCounter[]
    sessions,  // -> InspectSession[], a page from `cursor`
    pins,      // -> InspectPin[], likewise
    spliced,   // -> InspectSplice[], likewise
};

struct InspectRequest {
    std::uint32_t version = kInspectVersion;
    InspectKind kind = InspectKind::status;
    std::uint8_t zero[3] = {};
    std::uint64_t cursor = 0;  // 0 at first, then InspectReply::cursor
};

struct InspectReply {
    std::uint32_t version = kInspectVersion;
    std::uint32_t count = 0;
    std::uint32_t record_size = 0;
    bool refused = false;  // the request was none
    std::uint8_t zero[3] = {};
    std::uint64_t cursor = 0;  // 0 = that was all
};

struct InspectStatus {
    std::uint32_t pid = 0;
    std::uint32_t worker = 0;
    std::uint32_t flows_max = 0;
    bool attached = false;  // to the broker, or listening for TPROXY
    bool has_content = false;
    std::uint8_t zero[2] = {};
    std::uint64_t flows_live = 0;
    std::uint64_t leaves = 0, upstream_sessions = 0;  // cached
    std::int64_t started_utc = 0;
    std::uint8_t bundle_hash[32] = {};      // zero: none
    char generation[kInspectIdBytes] = {};  // of the CA
};

struct InspectCounter {
    char name[56] = {};
    std::uint64_t value = 0;
};

struct InspectSession {
    FlowTuple tuple;
    char state[24] = {};
    char organisation[kInspectIdBytes] = {};
    char name[kNameSizeMax + 1] = {};
    char application[32] = {};  // ALPN
    bool opened = false;        // a certificate of ours was shown: it is looked into
    std::uint64_t bytes_to_client = 0, bytes_to_server = 0;
    std::int64_t age_ms = 0;
};

struct InspectPin {
    char organisation[kInspectIdBytes] = {};
    char name[kNameSizeMax + 1] = {};
    std::uint8_t alert = 0;  // RFC 8446 6
    IpAddress user;          // the last one
    std::uint64_t complaints = 0, accepted = 0;
    std::int64_t first_utc = 0, last_utc = 0;
};

struct InspectSplice {
    IpAddress user, remote;
    std::uint16_t remote_port = 0;
    char name[kNameSizeMax + 1] = {};
    std::uint64_t flows = 0;
    std::int64_t since_utc = 0, until_utc = 0;
};

static_assert(std::is_trivially_copyable_v<InspectSession> &&
              std::is_trivially_copyable_v<InspectPin> &&
              std::is_trivially_copyable_v<InspectSplice>);

// What a request says, once it is one: right size, version, kind.
std::optional<InspectRequest> check_inspect_request(Bytes message);

// The texts of records: what fits, zero-ended.
template <std::size_t Size>
void set_text(char (&out)[Size], std::string_view text) {
    const std::size_t size = text.size() < Size ? text.size() : Size - 1;
    std::memcpy(out, text.data(), size);
    out[size] = 0;
}
// A text that another process wrote: its end is looked for inside the field.
template <std::size_t Size>
std::string_view text_in(const char (&field)[Size]) {
    return {field, strnlen(field, Size)};
}

std::string inspect_socket_path(const std::string& runtime_dir, unsigned worker);

// Asks one worker for all records of a kind. The error is for people.
struct InspectRecords {
    std::vector<std::uint8_t> bytes;
    std::size_t count = 0;

    template <class Record>
    std::vector<Record> as() const {
        std::vector<Record> records(bytes.size() == count * sizeof(Record) ? count : 0);
        if (!records.empty()) std::memcpy(records.data(), bytes.data(), bytes.size());
        return records;
    }
};
Result<InspectRecords, std::string> ask_inspect(const std::string& socket_path, InspectKind kind);
// Sockets of the workers that may be running, by number.
std::vector<std::string> inspect_sockets(const std::string& runtime_dir);

}  // namespace sluice::ipc
